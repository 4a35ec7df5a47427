// A link to what Explore shows: runs and controls of the address line, and what only the scripts know (filters, pick, camera).
// Python reads it again (explore/linked.py); tests/dashboard/explore/test_linked.py holds both sides together.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const LONGEST = 6000; // characters of a pick; mail and chats cut longer addresses
  const DIGITS = 4; // of a camera's numbers
  const AGAIN = 100; // ms between two looks for the figures of a pick …
  const LOOKS = 100; // … and how many there are

  // --- what is shown, as the words of a query
  const shorter = (key, given) => (typeof given === "number" ? Number(given.toFixed(DIGITS)) + 0 : given);

  // {name: text} of a state {seeds, steps, epochs, pick, camera}; what is null is as a page opens.
  function encode(shown) {
    const result = {};
    for (const name of ["seeds", "steps", "epochs"]) {
      if (shown[name]) result[name] = shown[name].length ? shown[name].join(",") : "none";
    }
    if (shown.pick && JSON.stringify(shown.pick).length <= LONGEST) result.pick = JSON.stringify(shown.pick);
    if (shown.camera) result.camera = JSON.stringify(shown.camera, shorter);
    return result;
  }

  // The address line with the state in its query; `runs` where it names none.
  function address(href, shown) {
    const [place, query = ""] = href.split("#")[0].split("?");
    const words = Object.entries(encode(shown)).map(([name, text]) => `${name}=${encodeURIComponent(text)}`);
    const line = query.split("&");
    if (shown.runs && !line.some((part) => part.startsWith("runs="))) line.unshift(`runs=${shown.runs.join(",")}`);
    const all = [...line, ...words].filter(Boolean).join("&").replaceAll("%2C", ",");
    return all ? `${place}?${all}` : place;
  }

  function state() {
    const { filter } = landscape;
    const whole = !filter || (filter.low <= 0 && filter.high >= landscape.filters.lastEpoch(landscape.known.runs));
    const runs = [...document.querySelectorAll(`#${landscape.ids.exploreChips} [data-run]`)];
    return {
      runs: runs.map((chip) => chip.dataset.run),
      seeds: filter?.seeds ? [...filter.seeds] : null,
      steps: filter?.steps ? [...filter.steps] : null,
      epochs: whole ? null : [filter.low, filter.high],
      pick: landscape.pick,
      camera: landscape.camera.now(landscape.ids.explore),
    };
  }

  // --- what a link named is set, once for each page
  let restored = 0;
  function restore(linked) {
    if (!linked || linked.stamp === restored) return;
    restored = linked.stamp;
    if (linked.camera) landscape.camera.turn(landscape.ids.explore, linked.camera);
    for (const [id, value] of [
      [landscape.ids.exploreSeeds, linked.seeds],
      [landscape.ids.exploreSteps, linked.steps],
      [landscape.ids.exploreEpochs, linked.epochs],
    ]) {
      if (value) window.dash_clientside.set_props(id, { value });
    }
    if (linked.pick) light(linked.pick, linked.stamp, LOOKS);
  }

  // A bar is known when its figure is drawn.
  function light(pick, stamp, looks) {
    if (stamp !== restored || !looks || landscape.pick) return;
    const metas = landscape.graphs().map((gd) => gd.layout.meta);
    const there = (meta) => landscape.picks.pointOf(meta, pick);
    const lit = () => Object.keys(landscape.picks.lit(pick, landscape.known.runs, metas)).length;
    const found = pick.kind === "point" ? metas.some(there) : metas.length && lit();
    if (found) landscape.choose(pick);
    else setTimeout(() => light(pick, stamp, landscape.cards?.come() === false ? looks : looks - 1), AGAIN);
  }

  // --- copies
  function say(message, color) {
    const notice = { action: "show", message, color, withBorder: true };
    window.dash_clientside.set_props(landscape.ids.notices, { sendNotifications: [notice] });
  }

  // Without https a browser has no clipboard for scripts; a selected text can still be copied.
  function bySelection(text) {
    const area = landscape.make("textarea", "ls-unseen", undefined, { "aria-hidden": "true", readonly: "" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("The browser did not copy.");
  }

  async function copy(text, what) {
    landscape.lastCopied = text;
    try {
      if (window.navigator.clipboard) await window.navigator.clipboard.writeText(text);
      else bySelection(text);
      say(`${what} copied`, "accent");
    } catch {
      say(`${what}: the browser does not let this page copy.`, "red");
    }
  }

  landscape.linked = { encode, address, restore };
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.explore = Object.assign(window.dash_clientside.explore || {}, {
    link(clicks) {
      if (clicks) {
        const shown = state();
        const left = shown.pick && !encode(shown).pick;
        copy(address(window.location.href, shown), left ? "The selection is too large for a link. The rest is" : "Link");
      }
      return window.dash_clientside.no_update;
    },
    // What only the scripts know goes with the question for a command or for lines of Python.
    asked(command, python) {
      const [clicked] = window.dash_clientside.callback_context.triggered;
      if (!clicked?.value) return window.dash_clientside.no_update;
      const { camera, pick } = encode(state());
      const what = clicked.prop_id.startsWith(landscape.ids.exploreCopyPython) ? "python" : "command";
      return { what, camera: camera ?? null, pick: pick ?? null, stamp: [command, python].join() };
    },
    copied(data) {
      if (data) copy(data.text, data.what);
      return window.dash_clientside.no_update;
    },
  });
})();
