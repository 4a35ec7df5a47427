// Another colour of the scenes without the server: what it sends once has the values of every snapshot for every colour. A figure
// that comes in another colour than the page shows gets this one, as it gets the pick and the filter; Dash keeps what was sent.
// The colours of the paper have marks of their own: the server draws them, and what comes after them.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const GONE = "The colours did not come. Reload the page.";
  let wanted = null; // key of the colour that the page shows
  let known = null; // {token, rows: {run: {row: place}}, colours}: what was sent last
  let coming = null; // token of what is on its way

  const scheme = () =>
    document.documentElement.getAttribute("data-mantine-color-scheme") === "dark" ? "dark" : "light";

  // --- what was sent, without a document
  const bytes = (text) => Uint8Array.from(window.atob(text), (letter) => letter.charCodeAt(0)).buffer;

  // {run: array} of {run: base64}
  const unpacked = (byRun, Kind) =>
    Object.fromEntries(Object.entries(byRun).map(([run, text]) => [run, new Kind(bytes(text))]));

  function decode({ rows, colours }) {
    const places = Object.fromEntries(
      Object.entries(unpacked(rows, Int32Array)).map(([run, ids]) => [run, new Map([...ids].map((id, i) => [id, i]))]),
    );
    const all = Object.entries(colours).map(([key, given]) => [key, { ...given, values: unpacked(given.values, Float32Array) }]);
    return { rows: places, colours: Object.fromEntries(all) };
  }

  // The values of a trace's points. A lifted pen has the lowest one: plotly wants a number, and draws nothing there.
  function valuesOf({ run, rows }, colour, places) {
    const [values, at] = [colour.values[run], places[run]];
    return Float32Array.from(rows, (row) => (row < 0 ? colour.low : (values?.[at?.get(row)] ?? NaN)));
  }

  // What of a figure's traces changes, {trace: {part, color, cmin, cmax, colorscale}}, and what the figure says of itself then.
  function change(meta, key, { rows, colours }, scale) {
    const colour = colours[key];
    const scaled = ([, , name]) => name === "scale" || name === "stepped";
    const traces = {};
    for (const [trace, where] of meta.paint.filter(scaled)) {
      const base = meta.base.find((given) => given.trace === trace);
      const range = { cmin: colour.low, cmax: colour.high, colorscale: colour.stops || scale };
      traces[trace] = { part: where.split(".")[0], color: valuesOf(base, colour, rows), ...range };
    }
    const paint = meta.paint.map((given) => (scaled(given) ? [given[0], given[1], colour.stops ? "stepped" : "scale"] : given));
    return { traces, meta: { ...meta, paint, colour: key, scale: colour.stops } };
  }

  // --- figures
  const tokenOf = (address) => address && new window.URLSearchParams(address.split("?")[1]).get("token");
  const ours = (key) => Boolean(key) && key !== landscape.constants.paperColour;
  const other = (gd) => ours(wanted) && ours(gd.layout.meta.colour) && gd.layout.meta.colour !== wanted;
  const current = () => Boolean(known) && known.token === tokenOf(landscape.known.columns);

  // The colour that the page shows for a figure that has another one.
  function fit(gd) {
    if (!other(gd)) return;
    if (!current()) {
      bring();
      return;
    }
    const scale = landscape.stops(landscape.known.palettes[scheme()].scale);
    const { traces, meta } = change(gd.layout.meta, wanted, known, scale);
    landscape.internals.recolour(gd, traces, meta);
    landscape.paint.recolour(gd, traces);
    landscape.known.value = known.colours[wanted].value;
  }

  const all = () => landscape.graphs().forEach(fit);

  // --- asking for it
  function say(message) {
    const notice = { action: "show", message, color: "red", withBorder: true };
    window.dash_clientside.set_props(landscape.ids.notices, { sendNotifications: [notice] });
  }

  async function bring() {
    const address = landscape.known.columns;
    const token = tokenOf(address);
    if (!token || coming === token || current()) return;
    coming = token;
    try {
      const response = await fetch(address);
      if (!response.ok) throw new Error(await response.text());
      const sent = decode(await response.json());
      if (coming === token) known = { token, ...sent };
    } catch {
      if (coming === token && landscape.graphs().some(other)) say(GONE);
    }
    if (coming !== token) return;
    coming = null;
    if (current()) all();
  }

  // Whoever comes near the control may want another colour.
  for (const event of ["pointerover", "focusin"]) {
    document.addEventListener(event, ({ target }) => {
      if (target.closest?.(`#${landscape.ids.exploreColour}`)) bring();
    });
  }

  // The colour that the page is to show, by its key.
  function want(key) {
    wanted = key;
    all();
  }

  // The choice in the control's list, before Dash has told all who wait for it.
  function chosen({ target }) {
    const option = target.closest?.("[role=option]");
    const control = option && document.getElementById(landscape.ids.exploreColour);
    if (!control || control.getAttribute("aria-controls") !== option.closest("[role=listbox]")?.id || !current()) return;
    const key = Object.keys(known.colours).find((name) => known.colours[name].value.label === option.textContent);
    if (key) want(key);
  }

  document.addEventListener("click", chosen, true);

  landscape.recolour = { decode, valuesOf, change, fit, want };
})();
