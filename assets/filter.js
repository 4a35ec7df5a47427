// Which snapshots of Explore are shown: direction seeds, step sizes and a range of epochs, without a document.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const [SEED, STEP] = [0, 1]; // where they are in a trajectory's pair

  const lastEpoch = (runs) => Math.max(0, ...Object.values(runs).map((run) => run.epochs));
  const everyone = (runs, part) =>
    new Set(Object.values(runs).flatMap((run) => run.trajectories.map((pair) => pair[part])));

  // A set of the chosen values, or null where all of what there is was chosen.
  function chosen(runs, values, part) {
    const wanted = new Set((values || []).map(Number));
    return [...everyone(runs, part)].every((value) => wanted.has(value)) ? null : wanted;
  }

  // {seeds, steps, low, high, key}, or null where nothing is hidden; epochs: [first, last] that are shown, both included.
  function filterOf(runs, seeds, steps, epochs) {
    const last = lastEpoch(runs);
    const [low, high] = epochs || [0, last];
    const filter = { seeds: chosen(runs, seeds, SEED), steps: chosen(runs, steps, STEP), low, high };
    if (!filter.seeds && !filter.steps && low <= 0 && high >= last) return null;
    filter.key = JSON.stringify([filter.seeds && [...filter.seeds], filter.steps && [...filter.steps], low, high]);
    return filter;
  }

  // The anchor is always shown.
  function passes(filter, run, row) {
    if (!filter || row === 0) return true;
    const { trajectory, epoch } = landscape.picks.place(run, row);
    const [seed, step] = run.trajectories[trajectory] || [];
    const among = (set, value) => !set || set.has(value);
    return epoch >= filter.low && epoch <= filter.high && among(filter.seeds, seed) && among(filter.steps, step);
  }

  // 1 for each of `rows` that is shown, and where the pen is lifted (−1); else 0.
  function mask(filter, run, rows) {
    const shown = new Uint8Array(rows.length).fill(1);
    if (filter) rows.forEach((row, i) => (shown[i] = row < 0 || passes(filter, run, row) ? 1 : 0));
    return shown;
  }

  landscape.filters = { filterOf, passes, mask, lastEpoch };
})();
