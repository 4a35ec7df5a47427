// What a person takes away: an entry of a menu names a file; the browser adds what it alone knows (camera, pick, filters), fetches
// the file and saves it. A refusal is said in the words of the server.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const LONGEST = 60_000; // characters of an address that every server takes
  let count = 0; // files asked for, so that each has a notice of its own

  // The address of a file: its own query first, then the settings of the page's address, then `more`, {name: text or null}.
  function address(path, search, more) {
    const parts = path.slice(path.indexOf("?") + 1).split("&");
    const names = new Set(parts.map((part) => part.split("=")[0]));
    const add = (name, part) => {
      if (!name || names.has(name)) return;
      names.add(name);
      parts.push(part);
    };
    for (const part of search.replace(/^\?/, "").split("&")) add(part.split("=")[0], part);
    for (const [name, value] of Object.entries(more)) {
      if (value !== null) add(name, `${name}=${encodeURIComponent(value)}`);
    }
    return `${path.split("?")[0]}?${parts.join("&")}`;
  }

  // The filters of the rail as the server reads them; what hides nothing is left out.
  function filtered(filter) {
    if (!filter) return {};
    const list = (values) => (values ? [...values].join(",") : null);
    return { seeds: list(filter.seeds), steps: list(filter.steps), epochs: `${filter.low},${filter.high}` };
  }

  // The name of the file in the header Content-Disposition.
  const fileName = (header) => /filename="([^"]+)"/.exec(header || "")?.[1] || "landscape";

  function camera() {
    const scene = [...document.querySelectorAll(".js-plotly-plot")].find((gd) => landscape.internals.scene(gd));
    return scene ? JSON.stringify(landscape.camera.read(scene)) : null;
  }

  function asShown() {
    if (!document.getElementById(landscape.ids.explore)) return { camera: camera() };
    const pick = landscape.pick ? JSON.stringify(landscape.pick) : null;
    return { camera: camera(), ...filtered(landscape.filter), pick };
  }

  function asked(entry) {
    const scheme = document.documentElement.getAttribute("data-mantine-color-scheme");
    if (!entry.dataset.asShown) return address(entry.dataset.take, "", { scheme });
    const more = { scheme, ...asShown() };
    const whole = address(entry.dataset.take, window.location.search, more);
    // A lasso of very many snapshots is not taken along.
    return whole.length <= LONGEST ? whole : address(entry.dataset.take, window.location.search, { ...more, pick: null });
  }

  const notice = (props) =>
    window.dash_clientside.set_props(landscape.ids.notices, { sendNotifications: [{ withBorder: true, ...props }] });

  function busy(name, is) {
    for (const button of document.querySelectorAll(".ls-take")) {
      if (button.dataset.takes === name) button.setAttribute("aria-busy", String(is));
    }
  }

  async function file(path) {
    const answer = await fetch(path).catch(() => null);
    if (!answer) throw new Error("The server does not answer.");
    if (answer.ok) return { content: await answer.blob(), name: fileName(answer.headers.get("Content-Disposition")) };
    const inWords = (answer.headers.get("Content-Type") || "").startsWith("text/plain");
    throw new Error(inWords ? await answer.text() : `The server cannot make this file (${answer.status}).`);
  }

  function save({ content, name }) {
    const href = window.URL.createObjectURL(content);
    landscape.make("a", "", "", { href, download: name }).click();
    setTimeout(() => window.URL.revokeObjectURL(href), 60_000);
  }

  async function take(entry) {
    const { from, making } = entry.dataset;
    const id = `take-${(count += 1)}`;
    busy(from, true);
    notice({ action: "show", id, message: making, loading: true, autoClose: false, color: "accent" });
    try {
      const made = await file(asked(entry));
      save(made);
      notice({ action: "update", id, message: `Saved: ${made.name}`, loading: false, autoClose: 6000, color: "accent" });
    } catch (error) {
      const { message } = error;
      notice({ action: "update", id, title: "Not saved", message, loading: false, autoClose: false, color: "red" });
    }
    busy(from, false);
  }

  document.addEventListener("click", (event) => {
    const entry = event.target.closest?.("[data-take]");
    if (entry && entry.getAttribute("aria-busy") !== "true") take(entry);
  });

  landscape.downloads = { address, filtered, fileName };
})();
