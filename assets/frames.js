// Loops of frames rest while nothing happens. Plotly 7.1 asks for the next frame of every 3-D scene without end, also when
// nothing has changed: three scenes that nobody touches take a sixth of a processor. A function that has asked for itself
// TURNS times in a row gets its next frame after REST ms, until somebody points, presses a key or scrolls, or a script draws.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const TURNS = 120; // 2 s at 60 frames a second: longer than any animation of the page
  const QUIET = 1000; // ms after the last event or drawing
  const REST = 250; // ms
  const EVENTS = ["pointermove", "pointerdown", "pointerup", "wheel", "keydown", "touchmove", "resize"];

  // Loops at rest: each has a timer, or its next frame.
  function resting(request, cancel, clock) {
    const loops = new Map(); // id → {draw, timer} or {draw, frame}
    let next = -1; // the browser's own ids are positive

    function framed(id, draw) {
      const frame = request((time) => {
        loops.delete(id);
        draw(time);
      });
      loops.set(id, { draw, frame });
    }

    return {
      add(draw) {
        const id = next;
        next -= 1;
        loops.set(id, { draw, timer: clock.later(() => framed(id, draw), REST) });
        return id;
      },
      // A frame for each.
      stir() {
        for (const [id, { draw, timer, frame }] of loops) {
          if (frame !== undefined) continue; // it has its frame already
          clock.never(timer);
          framed(id, draw);
        }
      },
      remove(id) {
        const { timer, frame } = loops.get(id) || { frame: id };
        clock.never(timer);
        if (frame !== undefined) cancel(frame);
        loops.delete(id);
      },
    };
  }

  /**
   * Stand-ins for the browser's functions `request` and `cancel` (of animation frames). `wake` ends the rest of all loops.
   * clock: {now() in ms, later(call, ms) → timer, never(timer)}.
   */
  function paced(request, cancel, clock) {
    const loops = resting(request, cancel, clock);
    const turns = new WeakMap(); // function → how often it has asked for itself in a row
    let running = null;
    let stirred = clock.now();

    const noted = (draw) => (time) => {
      const before = running;
      running = draw;
      try {
        draw(time);
      } finally {
        running = before;
      }
    };

    return {
      request(draw) {
        const own = draw === running;
        turns.set(draw, own ? (turns.get(draw) || 0) + 1 : 0);
        if (!own) loops.stir(); // something else is drawn
        const idle = turns.get(draw) >= TURNS && clock.now() - stirred >= QUIET;
        return idle ? loops.add(noted(draw)) : request(noted(draw));
      },
      cancel: loops.remove,
      wake() {
        stirred = clock.now();
        loops.stir();
      },
    };
  }

  landscape.frames = { paced, TURNS, QUIET, REST, wake: () => {} };
  if (!window.requestAnimationFrame) return;
  const own = paced(window.requestAnimationFrame.bind(window), window.cancelAnimationFrame.bind(window), {
    now: () => performance.now(),
    later: (call, ms) => setTimeout(call, ms),
    never: (timer) => clearTimeout(timer),
  });
  window.requestAnimationFrame = own.request;
  window.cancelAnimationFrame = own.cancel;
  landscape.frames.wake = own.wake;
  for (const event of EVENTS) window.addEventListener(event, own.wake, { capture: true, passive: true });
})();
