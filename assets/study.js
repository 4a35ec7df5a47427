// The page Study: rows of the ranking are clicked wherever they are, points and table rows are picked,
// and the tables are drawn from plain values.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const unchanged = () => window.dash_clientside.no_update;
  const page = () => document.getElementById(landscape.ids.study);
  const set = (id, props) => window.dash_clientside.set_props(id, props);

  const make = (...parts) => landscape.make(...parts);

  // --- picking
  const choose = (measure) => set(landscape.ids.studyMeasure, { value: measure });
  const pick = (run) => set(landscape.ids.studyPicked, { data: { run, at: Date.now() } });

  // --- the ranking: which row is under the pointer
  const ranking = () => document.querySelector(`#${landscape.ids.studyRanking} .js-plotly-plot`);

  function rowAt(event) {
    const gd = ranking();
    const axis = landscape.internals.axis(gd, "yaxis");
    const names = gd?.layout?.meta?.names;
    if (!axis || !names) return null;
    const row = Math.round(axis.value(event.clientY - gd.getBoundingClientRect().top));
    return row >= 0 && row < names.length ? { row, name: names[row], gd, axis } : null;
  }

  function step(by) {
    const gd = ranking();
    const names = gd?.layout?.meta?.names || [];
    const band = (gd?.layout?.shapes || []).find((shape) => shape.name === "chosen");
    const now = band ? Math.round((band.y0 + band.y1) / 2) : -1;
    const next = Math.min(Math.max(now + by, 0), names.length - 1);
    if (names[next] === undefined) return;
    choose(names[next]);
    const box = gd.closest(".ls-study-scroll");
    const y = landscape.internals.axis(gd, "yaxis").pixel(next);
    if (y < box.scrollTop + 40) box.scrollTop = y - 40;
    else if (y > box.scrollTop + box.clientHeight - 20) box.scrollTop = y - box.clientHeight + 20;
  }

  // The definition of a measure, beside its name in the ranking.
  document.addEventListener("mousemove", (event) => {
    if (!event.target.closest?.("[data-ranking]")) return;
    const at = rowAt(event);
    event.target.closest("[data-ranking]").style.cursor = at ? "pointer" : "";
    if (!at) {
      landscape.tip.hide();
      return;
    }
    const edge = at.gd.getBoundingClientRect();
    const right = edge.left + landscape.internals.axis(at.gd, "xaxis").start;
    const top = edge.top + at.axis.pixel(at.row);
    if (event.clientX >= right) {
      landscape.tip.hide();
    } // the pointer is right of the names
    else landscape.tip.show(at.gd.layout.meta.tips?.[at.row], { left: event.clientX, right, top: top - 8, height: 16 });
  });

  document.addEventListener("click", (event) => {
    if (!page()) return;
    const row = event.target.closest?.(`#${landscape.ids.studyTablePlace} [data-key]`);
    const out = event.target.closest?.(`#${landscape.ids.studyTrayList} [data-run]`);
    if (row && row.dataset.pick === "run") pick(row.dataset.key);
    else if (row) choose(row.dataset.key);
    else if (out) pick(out.dataset.run);
    else if (event.target.closest?.("[data-ranking]")) {
      const at = rowAt(event);
      if (at) choose(at.name);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!page()) return;
    if (event.target.matches?.("[data-ranking]") && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    }
    if (
      (event.key === "Enter" || event.key === " ") &&
      event.target.matches?.(`#${landscape.ids.studyTablePlace} [data-key]`)
    ) {
      event.preventDefault();
      event.target.click();
    }
  });

  // --- networks of the scatter without a pointer: arrow keys go from one to the next, Enter picks
  // The networks of traces from left to right, {run, x, y, trace, text}.
  function networks(traces) {
    const found = traces.flatMap(({ x, y, customdata, text }, trace) =>
      (customdata || []).map((run, i) => ({ run, x: x[i], y: y[i], trace, text: text?.[i] || "" })),
    );
    return found.filter(({ run, y }) => typeof run === "string" && Number.isFinite(y)).sort((a, b) => a.x - b.x || a.y - b.y);
  }
  const plain = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent;

  function go(gd, by) {
    const all = networks(landscape.internals.traces(gd));
    const now = all.findIndex(({ run }) => run === gd.dataset.network);
    const at = all[now < 0 ? 0 : Math.min(Math.max(now + by, 0), all.length - 1)];
    if (!at) return;
    gd.dataset.network = at.run;
    const [x, y] = landscape.internals.pixel(gd, at.x, at.y, at.trace);
    const edge = gd.getBoundingClientRect();
    const lines = at.text.split("<br>").map(plain);
    landscape.tip.show(lines, { left: edge.left + x - 8, right: edge.left + x + 8, top: edge.top + y - 8, height: 16 });
    landscape.keyboard.tell(lines.join(", "));
  }

  document.addEventListener("keydown", (event) => {
    const gd = event.target;
    if (!gd.matches?.(`#${landscape.ids.studyScatter} .js-plotly-plot`)) return;
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const enters = event.key === "Enter" || event.key === " ";
    if (by || enters) event.preventDefault();
    if (enters && gd.dataset.network) pick(gd.dataset.network);
    else if (by || enters) go(gd, by || 0);
  });

  landscape.studyNetworks = networks;

  // A click on a point picks its run; Dash itself tells nothing of a second click on the same one.
  const bound = new WeakSet();
  let scheduled = false;
  function scan() {
    scheduled = false;
    const gd = document.querySelector(`#${landscape.ids.studyScatter} .js-plotly-plot`);
    if (!gd || !gd.on || bound.has(gd)) return;
    bound.add(gd);
    gd.tabIndex = 0;
    landscape.keyboard.tell(""); // a screen reader knows the place before anything is said there
    gd.setAttribute("role", "application");
    gd.setAttribute("aria-label", "Networks: arrow keys go from one to the next, Enter picks.");
    gd.on("plotly_click", (event) => {
      const run = event.points?.[0]?.customdata;
      if (typeof run === "string") pick(run);
    });
  }
  new MutationObserver(() => {
    if (scheduled || !page()) return;
    scheduled = true;
    setTimeout(scan, 60);
  }).observe(document.documentElement, { childList: true, subtree: true });

  // --- tables
  function head(columns) {
    const row = make("tr");
    for (const column of columns) {
      const cell = make("th", "", column.label, { scope: "col" });
      if (column.tip.length) Object.assign(cell, { tabIndex: 0 }).dataset.tip = JSON.stringify(column.tip);
      row.append(cell);
    }
    const part = make("thead");
    part.append(row);
    return part;
  }

  function line(row, pickAs) {
    const element = make("tr", `ls-pickable${row.on ? " ls-lit" : ""}`, undefined, {
      tabindex: "0",
      ...(row.on ? { "aria-current": "true" } : {}),
    });
    Object.assign(element.dataset, { key: row.key, pick: pickAs });
    const name = make("th", "", undefined, { scope: "row" });
    name.append(make("span", "ls-study-mark", row.mark, { "aria-hidden": "true" }), row.label);
    if (row.tip.length) name.dataset.tip = JSON.stringify(row.tip);
    else name.title = row.label;
    element.append(
      name,
      ...row.cells.map((cell) => make("td", "ls-num", cell.text, cell.title ? { title: cell.title } : {})),
    );
    return element;
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.study = {
    toggle(picked, tray) {
      const runs = tray || [];
      if (!picked || !picked.run) return unchanged();
      if (runs.includes(picked.run)) return runs.filter((run) => run !== picked.run);
      return [...runs, picked.run].slice(-landscape.constants.mostRuns); // the newest ones
    },

    table(data) {
      const place = document.getElementById(landscape.ids.studyTablePlace);
      if (!place || !data) return unchanged();
      if (!data.rows.length) {
        place.replaceChildren(make("p", "ls-muted ls-small ls-study-empty", data.empty));
        return unchanged();
      }
      const focused = document.activeElement?.closest?.(`#${landscape.ids.studyTablePlace} [data-key]`)?.dataset.key;
      const same = place.dataset.kind === data.caption;
      const top = same ? place.scrollTop : 0;
      const table = make("table", "ls-study-numbers");
      table.append(make("caption", "ls-unseen", data.caption), head(data.columns));
      const body = make("tbody");
      body.append(...data.rows.map((row) => line(row, data.pick)));
      table.append(body);
      place.replaceChildren(table);
      place.dataset.kind = data.caption;
      place.scrollTop = top;
      if (focused) [...body.children].find((row) => row.dataset.key === focused)?.focus({ preventScroll: true });
      return unchanged();
    },
  };
})();
