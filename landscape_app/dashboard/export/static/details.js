// The numbers of what is picked in a report: of a snapshot and its counterparts in the other runs, of a bar, of many snapshots.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const make = (...parts) => landscape.make(...parts);
  const shown = (value, percent) => (percent ? landscape.numbers.percent(value) : landscape.numbers.number(value));

  const mark = (run) => make("span", `ls-run ls-run-${run.look + 1}`, run.mark, { role: "img", "aria-label": run.label });
  const at = (table, row) => table.row.indexOf(row);

  function name(pick, run) {
    const line = make("p", "ls-picked-name");
    if (pick.focus === 0) {
      line.append("Anchors");
      return line;
    }
    const { trajectory, epoch } = landscape.picks.place(run, pick.focus);
    const [seed, step] = run.trajectories[trajectory];
    line.append(mark(run), ` seed ${seed}, step ${step}, epoch ${epoch}`);
    return line;
  }

  function rowsOf(head, lines) {
    const table = make("table", "ls-facts ls-details-facts");
    for (const [label, ...cells] of head ? [head, ...lines] : lines) {
      const row = make("tr");
      const title = make("th", "", undefined, { scope: "row" });
      title.append(label);
      row.append(title);
      for (const cell of cells) {
        const place = make("td");
        place.append(cell);
        row.append(place);
      }
      table.append(row);
    }
    return table;
  }

  // The snapshot in focus in every run that has its counterpart.
  function snapshots(pick, report) {
    const runs = landscape.known.runs;
    const lit = landscape.picks.lit(pick, runs, []);
    const there = Object.entries(lit).filter(([id, { focus }]) => report.columns[id] && at(report.columns[id], focus) >= 0);
    const cells = (column, percent) =>
      there.map(([id, { focus }]) => shown(report.columns[id][column][at(report.columns[id], focus)], percent));
    return [
      name(pick, runs[pick.run]),
      rowsOf(
        ["", ...there.map(([id]) => mark(runs[id]))],
        report.scores.map(([column, label, percent]) => [label, ...cells(column, percent)]),
      ),
    ];
  }

  function range(table, rows, column, percent) {
    const values = rows.map((row) => table[column][at(table, row)]).filter(Number.isFinite);
    if (!values.length) return "–";
    const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => shown(value, percent));
    return low === high ? low : `${low} – ${high}`;
  }

  // Many snapshots: how many of which run, and the range of their scores.
  function several(sets, report) {
    const blocks = [];
    for (const [id, rows] of Object.entries(sets)) {
      const [run, table] = [landscape.known.runs[id], report.columns[id]];
      if (!run || !table || !rows.length) continue;
      const line = make("p", "ls-picked-name");
      line.append(mark(run), ` ${rows.length} snapshots`);
      const scores = report.scores.map(([column, label, percent]) => [label, range(table, rows, column, percent)]);
      blocks.push(line, rowsOf(null, scores));
    }
    return blocks;
  }

  function bar(pick, report) {
    const written = report.bars[`${pick.run} ${pick.kind} ${pick.bar}`];
    if (written) {
      const place = make("div");
      place.innerHTML = written;
      return [place];
    }
    const run = landscape.known.runs[pick.run];
    const line = make("p", "ls-picked-name");
    line.append(mark(run), ` ${landscape.constants.bars[pick.kind]}, bar ${pick.bar}`);
    const lit = landscape.lit[pick.run];
    return [line, ...several({ [pick.run]: lit ? lit.rows || [] : [] }, report)];
  }

  // What a figure says of a point of a static sampling.
  function pointWords(pick) {
    const groups = landscape.graphs().flatMap((gd) => gd.layout.meta.points || []);
    const own = groups.find(({ run, sampling }) => run === pick.run && sampling === pick.sampling);
    return own ? own.words[own.rows.indexOf(pick.focus)] : "";
  }

  landscape.pickedNumbers = (pick, report) => {
    if (!pick || !landscape.known.runs[pick.run]) {
      return [make("p", "ls-muted ls-small ls-hint", report.hint)];
    }
    if (pick.kind === "point") return [make("p", "ls-picked-name", pointWords(pick))];
    if (pick.kind === "trajectory") return snapshots(pick, report);
    if (pick.kind in landscape.constants.bars) return bar(pick, report);
    const lit = Object.entries(landscape.picks.lit(pick, landscape.known.runs, []));
    return several(Object.fromEntries(lit.map(([id, { rows }]) => [id, rows])), report);
  };
})();
