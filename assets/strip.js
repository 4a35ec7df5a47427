// A line of plotly in WebGL: a strip of triangles with four corners from each point to the next; where the pen is lifted two
// corners are repeated before and two after. Here is which corners show which points, without a document.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const [CORNERS, LIFT] = [4, 2];
  const [FLOATS, COLOUR] = [12, 4]; // of a corner, and of its colour, which is the last

  // Where in the strip the line to each point begins (starts[i], −1: there is none), and how many floats the strip has.
  function of({ x, y, z }) {
    const starts = new Int32Array(x.length).fill(-1);
    const there = (i) => Number.isFinite(x[i]) && Number.isFinite(y[i]) && Number.isFinite(z[i]);
    let [corners, lifted] = [0, false];
    for (let i = 1; i < x.length; i += 1) {
      if (there(i - 1) && there(i)) {
        if (lifted) corners += LIFT;
        lifted = false;
        starts[i] = corners;
        corners += CORNERS;
      } else if (corners) {
        corners += LIFT;
        lifted = true;
      }
    }
    return { starts, floats: corners * FLOATS };
  }

  // The strip in other colours: of the lines to each point (see `of`) the first two corners have that of the point before it.
  // colourOf(i): [r, g, b] from 0 to 255.
  function coloured(strip, starts, colourOf) {
    const result = strip.slice();
    const put = (corner, [r, g, b]) => {
      const at = corner * FLOATS + FLOATS - COLOUR;
      [result[at], result[at + 1], result[at + 2]] = [r / 255, g / 255, b / 255];
    };
    let before = colourOf(0);
    for (let i = 1; i < starts.length; i += 1) {
      const own = colourOf(i);
      if (starts[i] >= 0) for (let corner = 0; corner < CORNERS; corner += 1) put(starts[i] + corner, corner < 2 ? before : own);
      before = own;
    }
    return result;
  }

  // {runs: [[first corner, how many], …], count: corners of all and of the lifts between them} of the lines between points that
  // are both shown.
  function runs(starts, shown) {
    const result = [];
    let count = 0;
    for (let i = 1; i < starts.length; i += 1) {
      if (starts[i] < 0 || !shown[i - 1] || !shown[i]) continue;
      const last = result[result.length - 1];
      const goesOn = last && last[0] + last[1] === starts[i];
      if (goesOn) last[1] += CORNERS;
      else result.push([starts[i], CORNERS]);
      count += CORNERS + (last && !goesOn ? 2 * LIFT : 0);
    }
    return { runs: result, count };
  }

  // The strip of those lines alone.
  function some(strip, { runs: parts, count }) {
    const result = new Float32Array(count * FLOATS);
    let at = 0;
    const put = (first, corners) => {
      result.set(strip.subarray(first * FLOATS, (first + corners) * FLOATS), at);
      at += corners * FLOATS;
    };
    let last = 0;
    parts.forEach(([first, corners], i) => {
      if (i) for (const corner of [last, last, first, first]) put(corner, 1);
      put(first, corners);
      last = first + corners - 1;
    });
    return result;
  }

  landscape.strip = { of, coloured, runs, some };
})();
