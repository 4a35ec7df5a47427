// One camera for all scenes of Explore: they turn together while one is dragged, and keep it through every update of a figure.
// Dash 4.4.1 loses a scene's camera at the first drag after a figure update; what is remembered here is put back.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const state = { now: null, busy: false, dragging: null, frame: 0, home: new WeakMap(), seen: new WeakSet() };

  const drawn = (gd) => gd && gd._fullLayout && gd._fullLayout.scene && gd._fullLayout.scene._scene;
  const scenes = () => [...document.querySelectorAll("#explore .js-plotly-plot")].filter(drawn);
  const read = (gd) => {
    const { eye, center, up } = drawn(gd).getCamera();
    return { eye: { ...eye }, center: { ...center }, up: { ...up } };
  };
  const same = (a, b) => ["eye", "center", "up"].every((part) => ["x", "y", "z"].every((axis) => Math.abs(a[part][axis] - b[part][axis]) < 1e-6));
  const list = (point) => [point.x, point.y, point.z];

  // The drawing alone: no layout, no events; 0.1 ms a scene.
  function look(gd, camera) {
    const scene = drawn(gd);
    scene.camera.lookAt(list(camera.eye), list(camera.center), list(camera.up));
    if (scene.glplot && scene.glplot.setDirty) scene.glplot.setDirty();
  }

  // The layout too, so that plotly and Dash agree with what is seen.
  function settle(gd, camera) {
    const held = gd._fullLayout.scene.camera;
    if (held && same({ eye: held.eye, center: held.center, up: held.up }, camera) && same(read(gd), camera)) return;
    state.busy = true;
    window.Plotly.relayout(gd, { "scene.camera": camera });
    state.busy = false;
  }

  function follow(source) {
    if (state.frame) return;
    state.frame = requestAnimationFrame(() => {
      state.frame = 0;
      if (!drawn(source)) return;
      state.now = read(source);
      for (const gd of scenes()) if (gd !== source) look(gd, state.now);
    });
  }

  function finish(source) {
    if (!drawn(source)) return;
    const camera = read(source);
    if (state.now && same(camera, state.now) && scenes().every((gd) => same(read(gd), camera) && same(gd._fullLayout.scene.camera, camera))) return;
    state.now = camera;
    for (const gd of scenes()) settle(gd, camera);
  }

  function restore(gd) {
    if (state.busy || state.dragging || !drawn(gd)) return;
    if (!state.now) return;
    settle(gd, state.now);
  }

  function attach(gd) {
    if (state.seen.has(gd)) return;
    state.seen.add(gd);
    gd.on("plotly_relayouting", () => {
      if (!state.busy && drawn(gd)) follow(gd);
    });
    gd.on("plotly_relayout", (change) => {
      if (state.busy || !drawn(gd) || !change || !Object.keys(change).some((key) => key.startsWith("scene.camera"))) return;
      finish(gd);
    });
    for (const event of ["plotly_react", "plotly_restyle"]) gd.on(event, () => restore(gd));
    gd.addEventListener("pointerdown", () => { if (drawn(gd)) state.dragging = gd; }, true);
    gd.addEventListener("wheel", () => { if (drawn(gd)) follow(gd); }, { passive: true });
    gd.addEventListener("dblclick", () => { if (drawn(gd)) home(gd); });
    gd.on("plotly_afterplot", () => remember(gd));
    remember(gd);
    restore(gd);
  }

  // The camera that the figure came with, for a double click.
  function remember(gd) {
    if (drawn(gd) && !state.home.has(gd)) state.home.set(gd, read(gd));
  }

  function home(gd) {
    const camera = state.home.get(gd);
    if (!camera) return;
    state.now = camera;
    for (const other of scenes()) settle(other, camera);
  }

  // A release outside the canvas emits no plotly_relayout: the window hears it.
  window.addEventListener("pointerup", () => {
    const source = state.dragging;
    state.dragging = null;
    if (source) requestAnimationFrame(() => finish(source));
  });
  window.addEventListener("pointercancel", () => { state.dragging = null; });

  landscape.camera = { attach, read, scenes, restore, moved: (gd, before) => Boolean(before) && !same(read(gd), before), get now() { return state.now; } };
})();
