// The page Surface: the reliefs turn together and keep their camera when they are drawn anew, and the address line says what is shown.
// Dash 4.4.1 loses a scene's camera at the first drag after a figure update (see camera.js, which does the same for Explore).
(() => {
  "use strict";
  const state = { now: null, busy: false, frame: 0, dragging: null };
  const bound = new WeakSet();
  const starts = new WeakMap(); // the camera that a relief came with: a double click goes back to it
  const drawn = (gd) => gd && gd._fullLayout && gd._fullLayout.scene && gd._fullLayout.scene._scene;
  const scenes = () => [...document.querySelectorAll("#surface .js-plotly-plot")].filter(drawn);
  const list = ({ x, y, z }) => [x, y, z];
  const same = (a, b) => ["eye", "center", "up"].every((part) => ["x", "y", "z"].every((axis) => Math.abs(a[part][axis] - b[part][axis]) < 1e-6));

  function read(gd) {
    const { eye, center, up } = drawn(gd).getCamera();
    return { eye: { ...eye }, center: { ...center }, up: { ...up } };
  }

  // While one is dragged the others follow without a relayout; at its end every layout is told.
  function follow(source) {
    if (state.frame) return;
    state.frame = requestAnimationFrame(() => {
      state.frame = 0;
      if (!drawn(source)) return;
      state.now = read(source);
      for (const gd of scenes()) {
        if (gd === source) continue;
        const scene = drawn(gd);
        scene.camera.lookAt(list(state.now.eye), list(state.now.center), list(state.now.up));
        if (scene.glplot && scene.glplot.setDirty) scene.glplot.setDirty();
      }
    });
  }

  function settle(gd) {
    if (!state.now || !drawn(gd)) return;
    const held = gd._fullLayout.scene.camera;
    if (same(held, state.now) && same(read(gd), state.now)) return;
    state.busy = true;
    window.Plotly.relayout(gd, { "scene.camera": state.now });
    state.busy = false;
  }

  function finish(source) {
    if (!drawn(source)) return;
    state.now = read(source);
    for (const gd of scenes()) settle(gd);
  }

  // Jumps, trajectories and anchor lie on and under the relief: they are seen through it (see gl.js).
  function front(gd) {
    const base = gd.layout?.meta?.base;
    if (base && drawn(gd)?.traces) window.landscape?.gl?.front(gd, base.map((one) => one.trace));
  }

  function home(gd) {
    if (!drawn(gd) || !starts.has(gd)) return;
    state.now = starts.get(gd);
    for (const other of scenes()) settle(other);
  }

  function attach(gd) {
    if (bound.has(gd)) return;
    bound.add(gd);
    gd.on("plotly_relayouting", () => { if (!state.busy) follow(gd); });
    gd.on("plotly_relayout", (change) => {
      if (!state.busy && change && Object.keys(change).some((key) => key.startsWith("scene.camera"))) finish(gd);
    });
    for (const event of ["plotly_react", "plotly_restyle"]) gd.on(event, () => { if (!state.busy && !state.dragging) settle(gd); });
    gd.addEventListener("pointerdown", () => { if (drawn(gd)) state.dragging = gd; }, true);
    gd.addEventListener("wheel", () => { if (drawn(gd)) follow(gd); }, { passive: true });
    gd.addEventListener("dblclick", () => home(gd));
    gd.on("plotly_afterplot", () => front(gd));
    if (drawn(gd)) starts.set(gd, read(gd));
    front(gd);
    window.landscape?.gl?.hold(gd); // its WebGL context is given back when the card is gone
    settle(gd);
  }

  // A release outside the canvas emits no plotly_relayout: the window hears it.
  window.addEventListener("pointerup", () => {
    const source = state.dragging;
    state.dragging = null;
    if (source) requestAnimationFrame(() => finish(source));
  });
  window.addEventListener("pointercancel", () => { state.dragging = null; });

  let scheduled = false;
  function scan() {
    scheduled = false;
    for (const gd of scenes()) if (gd.on) attach(gd);
  }
  new MutationObserver(() => {
    if (scheduled || !document.getElementById("surface")) return;
    scheduled = true;
    setTimeout(scan, 50);
  }).observe(document.documentElement, { childList: true, subtree: true });

  const DEFAULTS = { kind: "random", value: "train_loss", heights: "log" };
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.surface = {
    // A launch was answered, or refused: the buttons that wait for it wait no more.
    answered() {
      if (!document.getElementById("surface")) return window.dash_clientside.no_update;
      window.dash_clientside.set_props("surface-compute", { loading: false });
      for (const button of document.querySelectorAll('[id*="surface-compute"][id^="{"]')) window.dash_clientside.set_props(JSON.parse(button.id), { loading: false });
      return window.dash_clientside.no_update;
    },

    address(runs, kind, value, heights) {
      const changed = Object.entries({ kind, value, heights }).filter(([name, one]) => one && one !== DEFAULTS[name]);
      const query = [`runs=${(runs || []).map(encodeURIComponent).join(",")}`, ...changed.map(([name, one]) => `${name}=${encodeURIComponent(one)}`)].join("&");
      if (document.getElementById("surface")) window.history.replaceState(window.history.state, "", `${window.location.pathname}?${query}`);
      return window.dash_clientside.no_update;
    },
  };
})();
