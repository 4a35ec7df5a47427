// What the filters do beside hiding points: medians and bands are made of what is shown, rows of hidden trajectories go, and the
// cards on which filters do not act say so.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const QUARTILES = [0.25, 0.5, 0.75];

  // The value below which the share lies, linear between neighbours as NumPy has it; sorted: ascending numbers, at least one.
  function quantile(sorted, share) {
    const at = share * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
    return below + (above - below) * (at - Math.floor(at));
  }

  // {epochs, low, median, high} of the values of the snapshots `rows` that pass, over trajectories with a step size above 0.
  function middle(rows, values, run, passes) {
    const byEpoch = new Map();
    rows.forEach((row, i) => {
      if (row <= 0 || !Number.isFinite(values[i]) || !passes(row)) return;
      const { trajectory, epoch } = landscape.picks.place(run, row);
      if (!(run.trajectories[trajectory][1] > 0)) return;
      if (!byEpoch.has(epoch)) byEpoch.set(epoch, []);
      byEpoch.get(epoch).push(values[i]);
    });
    const epochs = [...byEpoch.keys()].sort((a, b) => a - b);
    const sorted = epochs.map((epoch) => byEpoch.get(epoch).sort((a, b) => a - b));
    const [low, median, high] = QUARTILES.map((share) => sorted.map((several) => quantile(several, share)));
    return { epochs, low, median, high };
  }

  // The traces of a figure that follow: [[trace, {x, y}], …]. originalsOf: the coordinates of a trace with all snapshots.
  function followers(meta, originalsOf, runs, passesOf) {
    return (meta.middle || []).flatMap(({ run, of, band, median }) => {
      const single = meta.base.find((base) => base.trace === of);
      if (!runs[run]) return [];
      const curve = middle(single.rows, originalsOf(of).y, runs[run], passesOf(run));
      const around = { x: [...curve.epochs, ...[...curve.epochs].reverse()], y: [...curve.low, ...[...curve.high].reverse()] };
      return [
        [band, around],
        [median, { x: curve.epochs, y: curve.median }],
      ];
    });
  }

  // --- the page: a class while a filter is set, and the rows of tables
  function hideRows() {
    const { filter, known } = landscape;
    const whole = filter && { ...filter, low: 0, high: Infinity }; // a row is of a whole trajectory
    for (const row of document.querySelectorAll(`#${landscape.ids.explore} .ls-twin-table tr[data-pick]`)) {
      const { kind, run, focus } = JSON.parse(row.dataset.pick);
      const card = row.closest("[data-view]");
      const acts = kind === "trajectory" && known.runs[run] && !card?.querySelector(":scope > .ls-view-body > .ls-unfiltered");
      row.hidden = Boolean(acts && !landscape.filters.passes(whole, known.runs[run], focus));
    }
  }

  function mark() {
    const { filter, filters, known } = landscape;
    const some = filter && (filter.low > 0 || filter.high < filters.lastEpoch(known.runs));
    const page = document.getElementById(landscape.ids.explore);
    page?.classList.toggle("ls-filtering", Boolean(filter));
    page?.classList.toggle("ls-filtering-epochs", Boolean(some));
    hideRows();
  }

  landscape.filtered = { quantile, middle, followers, mark, hideRows };

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.explore = Object.assign(window.dash_clientside.explore || {}, {
    // A table is put in place of a figure: its rows are marked and filtered as all others.
    tabled() {
      setTimeout(() => {
        landscape.markRows(landscape.pick);
        hideRows();
      });
      return window.dash_clientside.no_update;
    },
  });
})();
