// One camera for all scenes of a page (Explore, Surface): they turn together while one is dragged, and keep their camera through
// every update of a figure. Dash 4.4.1 loses a scene's camera at the first drag after an update; it is put back here.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const pages = new Map(); // id of a page → {id, now, dragging, frame}
  const owners = new WeakMap(); // figure → its page's entry
  const home = new WeakMap(); // figure → the camera that it came with
  let busy = false; // a relayout of ours is under way

  const live = (gd) => Boolean(landscape.internals.scene(gd));
  const read = (gd) => landscape.internals.camera(gd);
  const same = (a, b) =>
    ["eye", "center", "up"].every((part) =>
      ["x", "y", "z"].every((axis) => Math.abs(a[part][axis] - b[part][axis]) < 1e-6),
    );
  const turns = (change) => Object.keys(change || {}).some((key) => key.startsWith("scene.camera"));
  const scenes = (page) => [...document.querySelectorAll(`#${page.id} .js-plotly-plot`)].filter(live);

  function pageOf(gd) {
    return pageCalled(gd.closest(`#${landscape.ids.explore}, #${landscape.ids.surface}`).id);
  }

  function pageCalled(id) {
    if (!pages.has(id)) pages.set(id, { id, now: null, dragging: null, frame: 0 });
    return pages.get(id);
  }

  // Layout and drawing alike, so that plotly and Dash agree with what is seen.
  const agrees = (gd, camera) => {
    const settled = landscape.internals.settledCamera(gd);
    return Boolean(settled) && same(settled, camera) && same(read(gd), camera);
  };

  function settle(gd, camera) {
    if (agrees(gd, camera)) return;
    busy = true;
    window.Plotly.relayout(gd, { "scene.camera": camera });
    busy = false;
  }

  // While one scene is dragged the others follow without a relayout; at the end every layout is told.
  function follow(source) {
    const page = owners.get(source);
    if (page.frame) return;
    page.frame = requestAnimationFrame(() => {
      page.frame = 0;
      if (!live(source)) return;
      page.now = read(source);
      for (const gd of scenes(page)) if (gd !== source) landscape.internals.look(gd, page.now);
    });
  }

  function finish(source) {
    if (!live(source)) return;
    const page = owners.get(source);
    page.now = read(source);
    for (const gd of scenes(page)) settle(gd, page.now);
  }

  function restore(gd) {
    const page = owners.get(gd);
    if (!busy && !page.dragging && page.now && live(gd)) settle(gd, page.now);
  }

  // The camera that a link names: for the scenes that are there, and for those that come.
  function turn(id, camera) {
    const page = pageCalled(id);
    page.now = camera;
    for (const gd of scenes(page)) settle(gd, camera);
  }

  function remember(gd) {
    if (live(gd) && !home.has(gd)) home.set(gd, read(gd));
  }

  // A double click goes back to the camera that the figure came with.
  function goHome(gd) {
    const page = owners.get(gd);
    if (!live(gd) || !home.has(gd)) return;
    page.now = home.get(gd);
    for (const other of scenes(page)) settle(other, page.now);
  }

  function attach(gd) {
    if (owners.has(gd)) return;
    owners.set(gd, pageOf(gd));
    gd.on("plotly_relayouting", () => {
      if (!busy && live(gd)) follow(gd);
    });
    gd.on("plotly_relayout", (change) => {
      if (!busy && turns(change)) finish(gd);
    });
    for (const event of ["plotly_react", "plotly_restyle"]) gd.on(event, () => restore(gd));
    gd.on("plotly_afterplot", () => remember(gd));
    gd.addEventListener(
      "pointerdown",
      () => {
        if (live(gd)) owners.get(gd).dragging = gd;
      },
      true,
    );
    gd.addEventListener(
      "wheel",
      () => {
        if (live(gd)) follow(gd);
      },
      { passive: true },
    );
    gd.addEventListener("dblclick", () => goHome(gd));
    remember(gd);
    restore(gd);
  }

  function release(then) {
    for (const page of pages.values()) {
      const source = page.dragging;
      page.dragging = null;
      if (source) then(source);
    }
  }

  // A release outside the canvas emits no plotly_relayout: the window hears it.
  window.addEventListener("pointerup", () => release((source) => requestAnimationFrame(() => finish(source))));
  window.addEventListener("pointercancel", () => release(() => {}));

  const now = (id) => pages.get(id)?.now || null;
  const moved = (gd, before) => Boolean(before) && !same(read(gd), before);
  landscape.camera = { attach, turn, now, read, same, turns, moved };
})();
