// Colours as the scripts of Explore need them: mixed toward the card to step back, and spread over a scale.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});

  const NONE = [68, 68, 68]; // plotly's, of a point without a value

  function parts(hex) {
    const text = hex.length === 4 ? [...hex.slice(1)].map((c) => c + c).join("") : hex.slice(1);
    return [0, 2, 4].map((i) => parseInt(text.slice(i, i + 2), 16));
  }

  function mixed(colour, toward, share) {
    const [a, b] = [parts(colour), parts(toward)];
    return `rgb(${a.map((value, i) => Math.round(value + (b[i] - value) * share)).join(",")})`;
  }

  // A function of a number: its colour [r, g, b] on a scale of [place, colour] from `low` to `high`, as plotly mixes it.
  function scaled(stops, low, high) {
    const places = stops.map(([place]) => low + place * (high - low));
    const colours = stops.map(([, colour]) => parts(colour));
    return (value) => {
      if (!Number.isFinite(value)) return NONE;
      let i = 1;
      while (i < places.length - 1 && value > places[i]) i += 1;
      const width = places[i] - places[i - 1];
      const share = width ? Math.min(Math.max((value - places[i - 1]) / width, 0), 1) : 1;
      return colours[i].map((part, c) => Math.round(colours[i - 1][c] + (part - colours[i - 1][c]) * share));
    };
  }

  // What a figure's record names as the colour of a trace, in a scheme: a colour, or a scale.
  function painted(meta, name, scheme) {
    const palette = landscape.known.palettes[scheme];
    if (name === "scale") return landscape.stops(palette.scale);
    return name === "fading" ? meta.fading[scheme] : palette[name];
  }

  landscape.mixed = mixed;
  landscape.painted = painted;
  landscape.scaled = scaled;
  landscape.stops = (scale) => scale.map((colour, i) => [i / (scale.length - 1), colour]);
})();
