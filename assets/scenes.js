// A telephone shows one scene at a time: buttons above it choose which. A figure that nobody sees is not drawn: a scene in space
// costs a WebGL context, of which a telephone has few.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const waiting = new Map(); // figure → {draw, done}: what it is to show once it is seen

  const unseen = (gd) => gd.isConnected && gd.closest(".ls-grid") && !gd.checkVisibility();

  // `draw` at once where the figure is seen, else when it is; resolves as `draw` does.
  function seen(gd, draw) {
    const before = waiting.get(gd);
    waiting.delete(gd);
    if (!unseen(gd)) return draw().then((drawn) => (before?.done(drawn), drawn));
    return new Promise((resolve) => {
      const done = (drawn) => (before?.done(drawn), resolve(drawn));
      waiting.set(gd, { draw, done });
    });
  }

  function look() {
    for (const [gd, { draw, done }] of [...waiting]) {
      if (gd.isConnected && unseen(gd)) continue;
      waiting.delete(gd);
      if (gd.isConnected) draw().then(done);
    }
  }

  document.addEventListener("click", (event) => {
    const chosen = event.target.closest?.(`#${landscape.ids.explore} [data-scene]`);
    if (!chosen) return;
    for (const button of document.querySelectorAll(`#${landscape.ids.explore} [data-scene]`)) {
      const own = button === chosen;
      button.setAttribute("aria-pressed", String(own));
      document.getElementById(`card-${button.dataset.scene}`)?.classList.toggle("ls-chosen", own);
    }
    look();
  });
  if (window.ResizeObserver) new window.ResizeObserver(look).observe(document.documentElement);

  landscape.scenes = { seen };
})();
