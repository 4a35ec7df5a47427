// What a person takes away: an entry of a menu names a file; the browser adds what it alone knows (camera, pick, filters), fetches
// the file and saves it. A refusal is said in the words of the server.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const LONGEST = 60_000; // characters of an address that every server takes
  const LEFT = "The selection is too large to be taken along: nothing is picked in the file.";
  const REPORT = "/take/report";
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

  function asShown(path) {
    if (!document.getElementById(landscape.ids.explore)) return { camera: camera() };
    const picked = landscape.pick && path.startsWith(landscape.at(REPORT)); // nothing else begins with what is picked
    const pick = picked ? JSON.stringify(landscape.pick) : null;
    return { camera: camera(), ...filtered(landscape.filter), pick };
  }

  // {path, note}: the address, and what is said with the file. A lasso of very many snapshots is not taken along: `left` says so
  // to the report.
  function fitted(path, search, more) {
    const whole = address(path, search, more);
    if (whole.length <= LONGEST) return { path: whole, note: "" };
    return { path: address(path, search, { ...more, pick: null, left: "pick" }), note: LEFT };
  }

  function asked(entry) {
    const scheme = document.documentElement.getAttribute("data-mantine-color-scheme");
    if (!entry.dataset.asShown) return { path: address(entry.dataset.take, "", { scheme }), note: "" };
    return fitted(entry.dataset.take, window.location.search, { scheme, ...asShown(entry.dataset.take) });
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
      const { path, note } = asked(entry);
      const made = await file(path);
      save(made);
      const message = [`Saved: ${made.name}`, note].filter(Boolean).join(". ");
      const how = note ? { autoClose: false, color: "yellow" } : { autoClose: 6000, color: "accent" };
      notice({ action: "update", id, message, loading: false, ...how });
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

  landscape.downloads = { address, filtered, fileName, fitted };
})();
