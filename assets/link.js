// Picks in Explore: where they come from (points, bars, curves, rows, keys), and that every view hears of them at once. What a
// pick is, and what it lights, is in picks.js. paint.js draws it without asking the server; only the details panel asks.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const STILL = 3; // px that a pointer may move and still mean a click
  const bound = new WeakSet();
  const hovered = new WeakMap();
  let serial = 0;
  let released = 0; // when a pointer last came up, on the clock of performance.now()
  window.addEventListener(
    "pointerup",
    (event) => {
      released = event.timeStamp;
    },
    true,
  );

  Object.assign(landscape, { pick: null, known: { runs: {} }, lastRestyle: 0, lastPick: null });

  const graphs = () =>
    [...document.querySelectorAll(`#${landscape.ids.explore} .js-plotly-plot`)].filter(
      (gd) => landscape.internals.drawn(gd) && gd.layout?.meta,
    );
  landscape.graphs = graphs;

  // --- picking and clearing
  function choose(pick, source) {
    const begun = performance.now();
    const send = () =>
      window.dash_clientside.set_props(landscape.ids.explorePick, {
        data: pick ? { ...pick, serial: ++serial } : null,
      });
    landscape.pick = pick;
    landscape.lit = landscape.picks.lit(
      pick,
      landscape.known.runs,
      graphs().map((gd) => gd.layout.meta),
    );
    const after = () => {
      document.getElementById(landscape.ids.explore)?.setAttribute("data-lit", pick ? pick.kind : "");
      send();
      landscape.keyboard.say(pick, source);
    };
    landscape.paint.all(source, after); // the picture first
    markRows(pick);
    landscape.lastRestyle = performance.now();
    landscape.lastPick = {
      begun,
      ended: landscape.lastRestyle,
      ms: landscape.lastRestyle - begun,
      sincePointerUp: landscape.lastRestyle - released,
      kind: pick ? pick.kind : null,
    };
    document.getElementById(landscape.ids.explore)?.setAttribute("data-picked", pick ? pick.kind : "");
  }
  landscape.choose = choose;

  function markRows(pick) {
    for (const row of document.querySelectorAll(`#${landscape.ids.explore} .ls-pickable`)) {
      row.classList.toggle("ls-lit", landscape.picks.isOf(JSON.parse(row.dataset.pick), pick, landscape.lit));
    }
  }

  landscape.markRows = markRows;

  // --- one figure: bound once, whatever Dash draws into it later
  function attach(gd) {
    if (bound.has(gd)) return;
    bound.add(gd);
    landscape.camera.attach(gd);
    const { hear } = landscape.internals;
    hear(gd, "plotly_hover", (event) => {
      hovered.set(gd, event.points[0]);
      landscape.readout.show(gd, event.points[0]);
    });
    hear(gd, "plotly_unhover", () => {
      hovered.delete(gd);
      landscape.readout.hide();
    });
    hear(gd, "plotly_click", (event) => {
      if (!landscape.internals.spatial(gd)) accept(gd, event.points[0]);
    });
    hear(gd, "plotly_selected", (event) => {
      if (!event || !event.points) return;
      const pick = landscape.picks.fromLasso(gd.layout.meta, event.points);
      window.Plotly.update(gd, { selectedpoints: [null] }, { selections: [] });
      if (pick) choose(pick, gd);
    });
    gd.on("plotly_afterplot", () => {
      landscape.paint.fresh(gd);
      landscape.names.fit(gd);
    });
    tap(gd);
    landscape.keyboard.offer(gd);
    landscape.paint.fresh(gd);
    landscape.names.fit(gd);
    gd.dataset.bound = "true";
  }

  // plotly_click never fires for a short tap in a scene: what is under the pointer when it goes down is taken when it comes up.
  function tap(gd) {
    let down = null;
    gd.addEventListener(
      "pointerdown",
      (event) => {
        if (!landscape.internals.spatial(gd)) return;
        down = { x: event.clientX, y: event.clientY, point: hovered.get(gd), camera: landscape.camera.read(gd) };
      },
      true,
    );
    gd.addEventListener(
      "pointerup",
      (event) => {
        const began = down;
        down = null;
        if (!began || !began.point || !landscape.internals.spatial(gd)) return;
        if (
          Math.hypot(event.clientX - began.x, event.clientY - began.y) >= STILL ||
          landscape.camera.moved(gd, began.camera)
        ) {
          return;
        }
        accept(gd, began.point);
      },
      true,
    );
  }

  function accept(gd, point) {
    const pick = landscape.picks.fromPoint(gd.layout.meta, point);
    if (pick) choose(pick, gd);
  }

  // --- keys and rows
  const typing = (target) =>
    Boolean(
      target.closest &&
      target.closest("input, textarea, select, [role=slider], [role=menu], [role=listbox], [contenteditable=true]"),
    );

  document.addEventListener("keydown", (event) => {
    if (!document.getElementById(landscape.ids.explore)) return;
    const row = event.target.closest && event.target.closest(".ls-pickable[data-pick]");
    if (row && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      choose(JSON.parse(row.dataset.pick));
      return;
    }
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && landscape.pick) choose(null);
    const by = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowUp: [1, 0], ArrowDown: [-1, 0] }[event.key];
    const next = by && landscape.picks.stepped(landscape.pick, landscape.known.runs, ...by);
    if (next) choose(next);
    if (next !== undefined) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const row = event.target.closest && event.target.closest(`#${landscape.ids.explore} .ls-pickable[data-pick]`);
    if (row) choose(JSON.parse(row.dataset.pick));
  });

  // --- figures come and go with the page
  let scheduled = false;
  function scan() {
    scheduled = false;
    for (const gd of document.querySelectorAll(`#${landscape.ids.explore} .js-plotly-plot`)) {
      if (gd.on && landscape.internals.drawn(gd) && gd.layout?.meta) attach(gd);
    }
  }
  landscape.scan = scan;
  new MutationObserver(() => {
    landscape.gl.release();
    if (scheduled || !document.getElementById(landscape.ids.explore)) return;
    scheduled = true;
    setTimeout(scan, 30);
  }).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["class"],
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.explore = Object.assign(window.dash_clientside.explore || {}, {
    learn(known, _, linked) {
      landscape.known = known || { runs: {} };
      if (landscape.pick && !landscape.known.runs[landscape.pick.run]) choose(null);
      scan();
      landscape.cards?.bring(landscape.known.figures); // a report has its figures
      landscape.paint.late();
      landscape.linked.restore(linked);
      return window.dash_clientside.no_update;
    },
  });
})();
