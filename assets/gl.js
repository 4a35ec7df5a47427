// Lighting up a scene without a redraw of its traces: Plotly.restyle converts every point of every trace again (30-80 ms a scene
// with software WebGL), while an overlay of 41 points and a change of colours already on the GPU take 1-3 ms. This reaches into
// plotly 7.1's scene (traces[uid].linePlot, .scatterPlot); where that is not as expected, paint.js restyles.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const kept = new WeakMap(); // GL buffer → {data, stride, offset}: the colours it was last given by plotly
  const raised = new WeakSet();
  const STRIDE = { line: 12, marker: 4 }; // floats a vertex; the colour is the last four

  const sceneOf = (gd) => gd._fullLayout.scene._scene;
  const drawn = (gd, trace) => sceneOf(gd).traces[gd._fullData[trace].uid];
  const dirty = (gd) => sceneOf(gd).glplot.update({});

  function buffers(one) {
    const found = [];
    if (one.linePlot && one.linePlot.vertexCount) found.push([one.linePlot.buffer, STRIDE.line]);
    if (one.scatterPlot && one.scatterPlot.pointCount) found.push([one.scatterPlot.colorBuffer, STRIDE.marker]);
    return found;
  }

  // plotly gives its colours to a buffer once and forgets them: have it give them again, and listen.
  function listen(gd, trace) {
    const one = drawn(gd, trace);
    if (!one) return;
    const open = buffers(one).filter(([buffer]) => !kept.has(buffer));
    if (!open.length) return;
    for (const [buffer, stride] of open) {
      buffer.update = function update(data, offset) {
        kept.set(buffer, { data: Float32Array.from(data), stride });
        delete buffer.update;
        return buffer.update(data, offset);
      };
    }
    one.update(gd._fullData[trace]);
  }

  function raise(plot) {
    raised.add(plot);
    const { draw } = plot;
    plot.draw = function above(...given) {
      const before = plot.gl.getParameter(plot.gl.DEPTH_FUNC);
      plot.gl.depthFunc(plot.gl.ALWAYS);
      draw.apply(plot, given);
      plot.gl.depthFunc(before);
    };
  }

  const linear = (colour) => colour.match(/\d+/g).map((part) => Number(part) / 255);

  landscape.gl = {
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
        if (one) for (const [buffer] of buffers(one)) kept.delete(buffer);
      }
    },

    fill(gd, trace, axes) {
      const one = drawn(gd, trace);
      if (one) one.update(Object.assign({}, gd._fullData[trace], axes, { _length: axes.x.length }));
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
