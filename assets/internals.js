// Everything that plotly 7.1 keeps to itself and the scripts of the page need: no other file reads plotly's own fields (a test
// looks). A plotly of another version is tried against this file alone.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const FLOATS = { line: 12, marker: 4 }; // floats a vertex; the colour is the last four

  const drawn = (gd) => Boolean(gd && gd._fullLayout);
  const spatial = (gd) => Boolean(gd._fullLayout?.scene);
  const scene = (gd) => gd?._fullLayout?.scene?._scene || null;
  const trace = (gd, index) => gd._fullData[index];
  const copy = ({ eye, center, up }) => ({ eye: { ...eye }, center: { ...center }, up: { ...up } });
  const list = ({ x, y, z }) => [x, y, z];

  // Whether a figure is drawn as large as its place; plotly takes a pixel for nothing, too.
  function fits(gd) {
    const { width, height } = gd?._fullLayout || {};
    const place = width && window.getComputedStyle(gd);
    return Boolean(place) && Math.abs(parseFloat(place.width) - width) < 1 && Math.abs(parseFloat(place.height) - height) < 1;
  }

  // An axis of a figure in the plane: pixels from the figure's left or top edge, and back.
  function axis(gd, name) {
    const own = gd?._fullLayout?.[name];
    return (
      own && {
        start: own._offset,
        pixel: (at) => own._offset + own.d2p(at),
        value: (at) => own.p2d(at - own._offset),
        title: own.title?.text || "",
        format: own.tickformat || "",
      }
    );
  }

  // Where (x, y) is drawn, in pixels of the figure: on the first pair of axes, or on those of a trace.
  function pixel(gd, x, y, index) {
    const { xaxis, yaxis } = index === undefined ? { xaxis: "x", yaxis: "y" } : trace(gd, index);
    const own = gd._fullLayout._plots[`${xaxis}${yaxis}`];
    return [own.xaxis._offset + own.xaxis.d2p(x), own.yaxis._offset + own.yaxis.d2p(y)];
  }

  // … the same of a trace in pixels of its plot, as a function of (x, y).
  function inside(gd, index) {
    const { xaxis, yaxis } = trace(gd, index);
    const own = gd._fullLayout._plots[`${xaxis}${yaxis}`];
    return (x, y) => [own.xaxis.d2p(x), own.yaxis.d2p(y)];
  }

  // Events of a figure that the scripts alone hear: Dash would keep each as a property, and ask every component of the page
  // whether it is concerned. It listens after its first drawing, so it is sent away when the pointer comes.
  const ours = new WeakMap(); // figure → {name: listener}
  function hear(gd, name, call) {
    if (!ours.has(gd)) {
      ours.set(gd, {});
      gd.addEventListener("pointerenter", () => alone(gd));
    }
    ours.get(gd)[name] = call;
    gd.on(name, call);
  }

  function alone(gd) {
    for (const [name, call] of Object.entries(ours.get(gd))) {
      for (const other of gd._ev.listeners(name)) if (other !== call) gd.removeListener(name, other);
    }
  }

  // The camera that is drawn, which may be ahead of the one in the layout.
  const camera = (gd) => copy(scene(gd).getCamera());
  const settledCamera = (gd) => gd._fullLayout.scene.camera && copy(gd._fullLayout.scene.camera);

  // Turn the drawing alone: no layout, no events; 0.1 ms a scene.
  function look(gd, { eye, center, up }) {
    const own = scene(gd);
    own.camera.lookAt(list(eye), list(center), list(up));
    if (own.glplot && own.glplot.setDirty) own.glplot.setDirty();
    landscape.frames.wake();
  }

  // --- WebGL: what plotly drew for a trace
  const drawing = (gd, index) => scene(gd).traces?.[trace(gd, index)?.uid];
  const plots = (one) => [one.linePlot, one.scatterPlot, one.textMarkers].filter(Boolean);

  // [buffer of colours, floats a vertex] of a trace's lines and markers
  function buffers(one) {
    const found = [];
    if (one.linePlot) found.push([one.linePlot.buffer, FLOATS.line]);
    if (one.scatterPlot) found.push([one.scatterPlot.colorBuffer, FLOATS.marker]);
    return found;
  }

  // A trace that is a line and nothing else; how many corners of its strip are drawn.
  const lineAlone = (one) => Boolean(one.linePlot && !one.scatterPlot && !one.textMarkers && !one.errorBars);
  const count = (one, corners) => {
    one.linePlot.vertexCount = corners;
  };

  // The trace with other coordinates, as plotly's own update takes it.
  const moved = (gd, index, axes) => Object.assign({}, trace(gd, index), axes, { _length: axes.x.length });

  // Other colours for traces {trace: {part, color, …}} and what the figure says of itself. Nothing is drawn. What plotly was given
  // stays as it is: Dash holds it, too.
  function recolour(gd, traces, meta) {
    gd.data = gd.data.map((given, index) => {
      if (!traces[index]) return given;
      const { part, ...colours } = traces[index];
      const own = { ...given, [part]: { ...given[part], ...colours } };
      Object.assign(trace(gd, index)[part], colours);
      trace(gd, index)._input = own;
      gd.calcdata[index].forEach((point, i) => {
        point.mc = colours.color[i];
      });
      return own;
    });
    gd.layout = { ...gd.layout, meta };
  }

  // One frame now, without the second drawing that tells what is under the pointer, and without new ticks of the axes: both cost
  // as much again. `redraw` makes good for it.
  function frame(gd) {
    const { glplot } = scene(gd);
    const { onrender } = glplot;
    glplot.onrender = null;
    glplot.redraw();
    glplot.onrender = onrender;
  }

  // Whether lines and markers can be reached as this file reaches them.
  function reachable(gd, index) {
    const own = scene(gd);
    return Boolean(own && own.traces && own.glplot && typeof own.glplot.update === "function" && drawing(gd, index));
  }

  // A scene that appears under a resting pointer is asked what is there before it knows where: plotly 7.1 then throws.
  const guarded = new WeakSet();
  function guard(gd) {
    const own = scene(gd);
    landscape.frames.wake(); // plotly has drawn
    if (!own || guarded.has(own)) return;
    guarded.add(own);
    const { render } = own;
    own.render = function careful(...how) {
      const selection = own.glplot.selection;
      if (selection && selection.object && !selection.dataCoordinate) selection.object = null;
      return render.apply(own, how);
    };
  }

  landscape.internals = {
    drawn,
    fits,
    hear,
    spatial,
    scene,
    trace,
    traces: (gd) => gd._fullData,
    axis,
    pixel,
    inside,
    camera,
    settledCamera,
    look,
    drawing,
    plots,
    buffers,
    lineAlone,
    count,
    moved,
    recolour,
    frame,
    reachable,
    guard,
    context: (gd) => scene(gd)?.glplot?.gl,
    redraw(gd) {
      scene(gd).glplot.update({});
      landscape.frames.wake();
    },
  };
})();
