// What a pick lights in persistence diagrams: the bar itself, and the bars born, merged or closed among the picked snapshots.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});

  function ends(gd, trace, point) {
    const { x, y } = landscape.internals.trace(gd, trace);
    return landscape.internals.pixel(gd, x[point], y[point], trace);
  }

  landscape.bars = (gd, layer, put) => {
    const meta = gd.layout.meta;
    const lit = landscape.lit[meta.runs[0]];
    if (!lit) return;
    const rows = new Set(lit.rows);
    const both = (edge) => edge && rows.has(edge[0]) && rows.has(edge[1]);
    for (const group of meta.bars) {
      group.bar.forEach((number, i) => {
        const itself = Boolean(lit.bar) && lit.bar.kind === group.kind && lit.bar.bar === number;
        const among = !lit.bar && (group.kind === "sublevel" ? rows.has(group.focus[i]) : both(group.edge[i]));
        if (!itself && !among) return;
        const [x, y] = ends(gd, group.trace, i * group.stride);
        if (!Number.isFinite(x) || !Number.isFinite(y)) return;
        if (group.stride > 1) {
          const [right] = ends(gd, group.trace, i * group.stride + 1);
          put(layer, "path", "ls-tick", { d: `M${x},${y}H${right + (itself ? 6 : 0)}` });
        } else put(layer, "circle", itself ? "ls-ring ls-ring-strong" : "ls-ring", { cx: x, cy: y, r: itself ? 8 : 6 });
      });
    }
  };
})();
