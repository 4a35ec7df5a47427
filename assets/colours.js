// Colours as the scripts of Explore need them: mixed toward the card to step back, and spread over a scale.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});

  function parts(hex) {
    const text = hex.length === 4 ? [...hex.slice(1)].map((c) => c + c).join("") : hex.slice(1);
    return [0, 2, 4].map((i) => parseInt(text.slice(i, i + 2), 16));
  }

  function mixed(colour, toward, share) {
    const [a, b] = [parts(colour), parts(toward)];
    return `rgb(${a.map((value, i) => Math.round(value + (b[i] - value) * share)).join(",")})`;
  }

  landscape.mixed = mixed;
  landscape.stops = (scale) => scale.map((colour, i) => [i / (scale.length - 1), colour]);
})();
