"""What is asked of the running page: scripts that note when something has been painted. All times
are in ms of the page's own clock.
"""

from __future__ import annotations

# Put in place before any script of the page. `painted` ends after the next frame is on the screen.
WATCH = """(() => {
  const bench = (window.landscapeBench = { card: null, first: null, drawn: null });
  bench.painted = () => new Promise((done) =>
    requestAnimationFrame(() => setTimeout(() => done(performance.now()))));
  const count = (what) => document.querySelectorAll(`#explore ${what}`).length;
  let first = false;
  const look = () => {
    const card = document.querySelector("#explore section[data-view]");
    if (bench.card === null && card && card.getBoundingClientRect().height > 0) {
      bench.card = performance.now();
    }
    const wanted = count(".ls-twin"); // a card with a figure has a place for its table
    const bound = count("[data-bound=true]");
    if (bound && !first) {
      first = true;
      bench.painted().then((now) => { bench.first = now; });
    }
    if (wanted && bound >= wanted) {
      bench.painted().then((now) => { bench.drawn = now; });
    } else {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
})()"""

FIRST = "landscapeBench.first"
DRAWN = "landscapeBench.drawn"
CARD = "landscapeBench.card"

# Pixels of the window at which a snapshot in the middle of the curves is drawn.
POINT = """() => {
  const gd = document.querySelector("#explore [data-view=curves] .js-plotly-plot");
  const box = gd.getBoundingClientRect();
  for (const { trace, rows } of gd.layout.meta.base) {
    const { x, y } = landscape.internals.trace(gd, trace);
    for (let i = x.length >> 1; i < x.length; i += 1) {
      if (rows[i] < 0 || !Number.isFinite(y[i])) continue;
      const [left, top] = landscape.internals.pixel(gd, x[i], y[i], trace);
      return [box.left + left, box.top + top];
    }
  }
  return null;
}"""

# From the pointer that comes up to the frame in which its figure is lit, and every view.
AWAIT_PICK = """() => {
  landscapeBench.picked = landscapeBench.lit = null;
  let up = 0;
  const once = { capture: true, once: true };
  addEventListener("pointerup", (event) => { up = event.timeStamp; }, once);
  for (const [attribute, name] of [["data-picked", "picked"], ["data-lit", "lit"]]) {
    const watcher = new MutationObserver(() => {
      watcher.disconnect();
      landscapeBench.painted().then((now) => { landscapeBench[name] = now - up; });
    });
    watcher.observe(document.getElementById("explore"), { attributeFilter: [attribute] });
  }
}"""
PICKED = "landscapeBench.picked"
LIT = "landscapeBench.lit"

# From the click to the frame in which the last scene has its new colours.
AWAIT_COLOUR = """() => {
  landscapeBench.coloured = null;
  let click = 0;
  addEventListener("click", (event) => { click = event.timeStamp; }, { capture: true, once: true });
  const colours = (gd) => {
    const [trace, part] = gd.layout.meta.paint.find(([, , name]) => name === "scale");
    return gd.data[trace][part.split(".")[0]].color;
  };
  const views = ["scene", "joint"];
  const scenes = landscape.graphs().filter((gd) => views.includes(gd.layout.meta.view));
  const waits = new Map(scenes.map((gd) => [gd, colours(gd)]));
  const look = () => {
    for (const [gd, before] of waits) if (colours(gd) !== before) waits.delete(gd);
    if (waits.size) requestAnimationFrame(look);
    else landscapeBench.painted().then((now) => { landscapeBench.coloured = now - click; });
  };
  requestAnimationFrame(look);
}"""
COLOURED = "landscapeBench.coloured"

# Frames of the player: moments at which another choice of snapshots was on the screen; and how
# often the curves were drawn for it.
AWAIT_FRAMES = """() => {
  const frames = (landscapeBench.frames = []);
  landscapeBench.flat = 0;
  landscape.graphs().find((gd) => gd.layout.meta.view === "curves")
    ?.on("plotly_restyle", () => { landscapeBench.flat += 1; });
  let before = landscape.filter && landscape.filter.key;
  const look = () => {
    if (landscapeBench.frames !== frames) return;
    const key = landscape.filter && landscape.filter.key;
    if (key !== before) frames.push(performance.now());
    before = key;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
FRAMES = "landscapeBench.frames"
FLAT = "landscapeBench.flat"

# The scripts' own work to turn all other scenes after one, in ms; each look turns one of them.
AWAIT_SYNCS = """() => {
  const syncs = (landscapeBench.syncs = { ms: 0, looks: 0, others: 0 });
  syncs.others = landscape.graphs().filter((gd) => landscape.internals.scene(gd)).length - 1;
  const { look } = landscape.internals;
  landscape.internals.look = (...which) => {
    const begun = performance.now();
    look(...which);
    syncs.ms += performance.now() - begun;
    syncs.looks += 1;
  };
}"""
SYNCS = "landscapeBench.syncs"

SCENE = """() => {
  const gd = landscape.graphs().find((figure) => landscape.internals.scene(figure));
  if (!gd) return null;
  const box = gd.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height * 0.8];
}"""
