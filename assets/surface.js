// The page Surface: what is drawn on a relief is seen through it.
// The reliefs have one camera (camera.js).
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const bound = new WeakSet();
  const scenes = () =>
    [...document.querySelectorAll(`#${landscape.ids.surface} .js-plotly-plot`)].filter((gd) =>
      landscape.internals.scene(gd),
    );

  // Jumps, trajectories and anchor are on and under the relief.
  function front(gd) {
    const base = gd.layout?.meta?.base;
    if (base && landscape.internals.scene(gd)?.traces) {
      landscape.gl.front(
        gd,
        base.map(({ trace }) => trace),
      );
    }
  }

  function attach(gd) {
    if (bound.has(gd)) return;
    bound.add(gd);
    gd.on("plotly_afterplot", () => front(gd));
    front(gd);
    landscape.gl.hold(gd); // its WebGL context is given back when the card is gone
    landscape.camera.attach(gd);
  }

  let scheduled = false;
  function scan() {
    scheduled = false;
    for (const gd of scenes()) if (gd.on) attach(gd);
  }
  new MutationObserver(() => {
    if (scheduled || !document.getElementById(landscape.ids.surface)) return;
    scheduled = true;
    setTimeout(scan, 50);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
