// Lighting up a scene, and hiding snapshots in it, without a redraw of its traces: Plotly.restyle converts every point of every
// trace again (30-80 ms a scene with software WebGL), while an overlay of 41 points, and a change of what is already on the GPU,
// take 1-3 ms. Where plotly's drawing cannot be reached (see internals.js), paint.js restyles.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const colours = new WeakMap(); // GL buffer → {data, floats}: what plotly last gave it
  const given = new WeakMap(); // plotly's drawing of a trace → what it was last filled with
  const looks = new WeakMap(); // … → {share, card, shown}: how faded it is, and which of its points are shown
  const depths = new WeakMap(); // WebGL context → its depth function
  const raised = new WeakSet();
  const contexts = new Map(); // figure → its WebGL context

  const drawing = (gd, trace) => landscape.internals.drawing(gd, trace);
  const buffers = (drawn) => landscape.internals.buffers(drawn);
  const redraw = (gd) => landscape.internals.redraw(gd);
  const linear = (colour) => colour.match(/\d+/g).map((part) => Number(part) / 255);

  // plotly gives its colours to a buffer once and forgets them: they are noted on the way.
  function update(drawn, data) {
    for (const [buffer, floats] of buffers(drawn)) {
      buffer.update = function noted(values, offset) {
        colours.set(buffer, { data: Float32Array.from(values), floats });
        delete buffer.update;
        return buffer.update(values, offset);
      };
    }
    drawn.update(data);
  }

  function listen(gd, trace) {
    const drawn = drawing(gd, trace);
    if (drawn && buffers(drawn).some(([buffer]) => !colours.has(buffer))) {
      update(drawn, given.get(drawn) || landscape.internals.trace(gd, trace));
    }
  }

  // The depth function that is set: to ask the context would wait until all that was drawn so far is finished.
  function depthOf(gl) {
    if (!depths.has(gl)) {
      depths.set(gl, gl.LEQUAL);
      const { depthFunc } = gl;
      gl.depthFunc = function noted(how) {
        depths.set(gl, how);
        depthFunc.call(gl, how);
      };
    }
    return depths.get(gl);
  }

  function raise(plot) {
    raised.add(plot);
    const { draw } = plot;
    plot.draw = function above(...how) {
      const before = depthOf(plot.gl);
      plot.gl.depthFunc(plot.gl.ALWAYS);
      draw.apply(plot, how);
      plot.gl.depthFunc(before);
    };
  }

  // What plotly gave to the buffers of a drawing, as it is to look now.
  function upload(drawn) {
    const { share = 0, card, shown } = looks.get(drawn) || {};
    for (const [buffer] of buffers(drawn)) {
      const { data, floats } = colours.get(buffer) || {};
      if (!data) continue;
      const mixed = share ? blended(data, floats, linear(card), share) : data;
      buffer.update(shown ? landscape.strip.some(mixed, shown) : mixed);
    }
    if (shown) landscape.internals.count(drawn, shown.count);
  }

  // A page has 16 WebGL contexts, and those of figures that are gone wait for the garbage collector: give them back.
  const lose = (gl) => gl.getExtension("WEBGL_lose_context")?.loseContext();

  // Vertices of `floats` numbers whose last four are a colour: the colour mixed toward `card`, its alpha as it was.
  function blended(data, floats, card, share) {
    const result = data.slice();
    for (let i = floats - 4; i < result.length; i += floats) {
      for (let c = 0; c < 3; c += 1) result[i + c] += (card[c] - result[i + c]) * share;
    }
    return result;
  }

  landscape.gl = {
    blended,

    // Whether the browser draws in WebGL. The page's head asks the same before any script is there.
    supported() {
      const gl = document.createElement("canvas").getContext("webgl");
      if (gl) lose(gl);
      return Boolean(gl);
    },

    hold(gd) {
      landscape.internals.guard(gd);
      const gl = landscape.internals.context(gd);
      const before = contexts.get(gd);
      if (before && before !== gl) lose(before); // the figure has gone to the plane, or to another canvas
      if (gl) contexts.set(gd, gl);
      else contexts.delete(gd);
    },

    release() {
      for (const [gd, gl] of contexts) {
        if (gd.isConnected) continue;
        contexts.delete(gd);
        lose(gl);
      }
    },

    usable: (gd) => Boolean(gd.layout.meta.overlay) && landscape.internals.reachable(gd, gd.layout.meta.overlay.path),

    // Anchors and overlays are seen whatever is before them (a control trajectory hardly leaves its anchor).
    front(gd, traces) {
      for (const trace of traces) {
        const drawn = drawing(gd, trace);
        for (const plot of drawn ? landscape.internals.plots(drawn) : []) if (!raised.has(plot)) raise(plot);
      }
      redraw(gd);
    },

    // Ahead of the first pick, while nothing else happens.
    prepare(gd, traces) {
      for (const trace of traces) listen(gd, trace);
    },

    // plotly has drawn the traces anew: what their buffers held is no more.
    forget(gd, traces) {
      for (const trace of traces) {
        const drawn = drawing(gd, trace);
        if (!drawn) continue;
        given.delete(drawn);
        looks.delete(drawn);
        for (const [buffer] of buffers(drawn)) colours.delete(buffer);
      }
    },

    // Other places for a trace's points than the figure says; its figure stays as it is.
    fill(gd, trace, axes) {
      const drawn = drawing(gd, trace);
      if (!drawn) return;
      const data = landscape.internals.moved(gd, trace, axes);
      given.set(drawn, data);
      looks.delete(drawn);
      update(drawn, data);
      redraw(gd);
    },

    // The colours that a trace of the figure has now.
    recolour(gd, trace, { color, cmin, cmax, colorscale }) {
      const drawn = drawing(gd, trace);
      if (!drawn) return;
      const data = given.get(drawn) || landscape.internals.trace(gd, trace);
      const [[buffer]] = buffers(drawn);
      const noted = landscape.internals.lineAlone(drawn) && colours.get(buffer);
      const { starts, floats } = noted ? landscape.strip.of(data) : {};
      if (noted && noted.data.length === floats) {
        const of = landscape.scaled(colorscale, cmin, cmax);
        noted.data = landscape.strip.coloured(noted.data, starts, (i) => of(color[i]));
      } else update(drawn, data);
      upload(drawn);
    },

    // Of a trace that is a line alone only those points that are `shown` (1 each, else 0), without asking plotly to make it anew;
    // false where that cannot be done. axes: all its coordinates. The scene has to be drawn then.
    show(gd, trace, axes, shown) {
      const drawn = drawing(gd, trace);
      if (!drawn || !landscape.internals.lineAlone(drawn)) return false;
      listen(gd, trace);
      const { starts, floats } = landscape.strip.of(axes);
      const [[buffer]] = buffers(drawn);
      if (colours.get(buffer)?.data.length !== floats) return false;
      looks.set(drawn, { ...looks.get(drawn), shown: landscape.strip.runs(starts, shown) });
      upload(drawn);
      return true;
    },

    // The colours of `traces` mixed toward `card` (rgb(r,g,b)), or as they were.
    fade(gd, traces, card, share) {
      for (const trace of traces) {
        listen(gd, trace);
        const drawn = drawing(gd, trace);
        if (!drawn) continue;
        looks.set(drawn, { ...looks.get(drawn), share, card });
        upload(drawn);
      }
      redraw(gd);
    },
  };
})();
