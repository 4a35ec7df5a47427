// In the browser that draws pictures for print: scenes get the pixels of 300 dots per inch, whatever the format.
(() => {
  "use strict";
  const RATIO = 300 / 96; // dots of print for each pixel of a browser's lengths
  const draw = window.Plotly.toImage;
  window.Plotly.toImage = (figure, options) =>
    draw({ ...figure, config: { ...figure.config, plotGlPixelRatio: RATIO } }, options);
})();
