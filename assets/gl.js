// Lighting up a scene without a redraw of its traces: Plotly.restyle converts every point of every trace again (30-80 ms a scene
// with software WebGL), while an overlay of 41 points and a change of colours already on the GPU take 1-3 ms. This reaches into
// plotly 7.1's scene (traces[uid].linePlot, .scatterPlot); where that is not as expected, paint.js restyles.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const kept = new WeakMap(); // GL buffer → {data, stride, offset}: the colours it was last given by plotly
  const given = new WeakMap(); // plotly's object of a trace → what it was last filled with
  const raised = new WeakSet();
  const guarded = new WeakSet();
  const STRIDE = { line: 12, marker: 4 }; // floats a vertex; the colour is the last four

  const sceneOf = (gd) => gd._fullLayout?.scene?._scene;
  const drawn = (gd, trace) => sceneOf(gd).traces[gd._fullData[trace].uid];
  const dirty = (gd) => sceneOf(gd).glplot.update({});

  function buffers(one) {
    const found = [];
    if (one.linePlot) found.push([one.linePlot.buffer, STRIDE.line]);
    if (one.scatterPlot) found.push([one.scatterPlot.colorBuffer, STRIDE.marker]);
    return found;
  }

  // plotly gives its colours to a buffer once and forgets them: they are noted on the way.
  function update(one, data) {
    for (const [buffer, stride] of buffers(one)) {
      buffer.update = function noted(values, offset) {
        kept.set(buffer, { data: Float32Array.from(values), stride });
        delete buffer.update;
        return buffer.update(values, offset);
      };
    }
    one.update(data);
  }

  function listen(gd, trace) {
    const one = drawn(gd, trace);
    if (one && buffers(one).some(([buffer]) => !kept.has(buffer))) update(one, given.get(one) || gd._fullData[trace]);
  }

  function raise(plot) {
    raised.add(plot);
    const { draw } = plot;
    plot.draw = function above(...how) {
      const before = plot.gl.getParameter(plot.gl.DEPTH_FUNC);
      plot.gl.depthFunc(plot.gl.ALWAYS);
      draw.apply(plot, how);
      plot.gl.depthFunc(before);
    };
  }

  const linear = (colour) => colour.match(/\d+/g).map((part) => Number(part) / 255);

  // A page has 16 WebGL contexts, and those of figures that are gone wait for the garbage collector: give them back.
  const contexts = new Map();
  const lose = (gl) => gl.getExtension("WEBGL_lose_context")?.loseContext();

  // A scene that appears under a resting pointer is asked what lies there before it knows where: plotly 7.1 then throws.
  function guard(scene) {
    if (guarded.has(scene)) return;
    guarded.add(scene);
    const { render } = scene;
    scene.render = function careful(...how) {
      const found = scene.glplot.selection;
      if (found && found.object && !found.dataCoordinate) found.object = null;
      return render.apply(scene, how);
    };
  }

  landscape.gl = {
    hold(gd) {
      if (sceneOf(gd)) guard(sceneOf(gd));
      const gl = sceneOf(gd)?.glplot?.gl;
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

    usable(gd) {
      const scene = sceneOf(gd);
      return Boolean(scene && scene.traces && scene.glplot && typeof scene.glplot.update === "function" && gd.layout.meta.overlay && drawn(gd, gd.layout.meta.overlay.path));
    },

    // Anchors and overlays are seen whatever lies before them (a control trajectory hardly leaves its anchor).
    front(gd, traces) {
      for (const trace of traces) {
        const one = drawn(gd, trace);
        for (const plot of one ? [one.linePlot, one.scatterPlot] : []) if (plot && !raised.has(plot)) raise(plot);
      }
      dirty(gd);
    },

    // Ahead of the first pick, while nothing else happens.
    prepare(gd, traces) {
      for (const trace of traces) listen(gd, trace);
    },

    // plotly has drawn the traces anew: what their buffers held is no more.
    forget(gd, traces) {
      for (const trace of traces) {
        const one = drawn(gd, trace);
        if (!one) continue;
        given.delete(one);
        for (const [buffer] of buffers(one)) kept.delete(buffer);
      }
    },

    // Other places for a trace's points than the figure says; its figure stays as it is.
    fill(gd, trace, axes) {
      const one = drawn(gd, trace);
      if (!one) return;
      const data = Object.assign({}, gd._fullData[trace], axes, { _length: axes.x.length });
      given.set(one, data);
      update(one, data);
      dirty(gd);
    },

    // The colours of `traces` mixed toward `card` (rgb(r,g,b)), or as they were.
    fade(gd, traces, card, share) {
      for (const trace of traces) {
        listen(gd, trace);
        const one = drawn(gd, trace);
        if (!one) continue;
        for (const [buffer] of buffers(one)) {
          const { data, stride } = kept.get(buffer) || {};
          if (data) buffer.update(share ? mixed(data, stride, linear(card), share) : data);
        }
      }
      dirty(gd);
    },
  };

  function mixed(data, stride, card, share) {
    const result = data.slice();
    for (let i = stride - 4; i < result.length; i += stride) for (let c = 0; c < 3; c += 1) result[i + c] += (card[c] - result[i + c]) * share;
    return result;
  }
})();
