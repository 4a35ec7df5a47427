// The table of measures of Explore, drawn from plain values: six key measures with bars, then every other measure in its family.
// A family is folded until a person opens it, or searches.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const OFF = "beyond the scale of the bars";
  const NONE = "Measures appear when the runs are sampled and analysed.";
  // what a person opened stays open when the table is drawn again
  const state = { data: null, query: "", families: new Set(), explained: new Set() };

  const make = (...parts) => landscape.make(...parts);

  // --- what is listed, without a document
  // Whether a row has every word of the query in its label, name, family or texts.
  function matches(row, query) {
    const text = [row.label, row.name, row.group, ...row.tip].join(" ").toLowerCase();
    return query
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word));
  }

  // [{name, rows, count, open}] of the rows that are no key measures, in their order; searched, only families with a match.
  function families(data, query, open) {
    const key = new Set(data.key.map(({ name }) => name));
    const listed = new Map();
    for (const row of data.rows.filter(({ name }) => !key.has(name))) {
      listed.set(row.group, [...(listed.get(row.group) || []), row]);
    }
    const searched = Boolean(query.trim());
    return [...listed]
      .map(([name, rows]) => ({
        name,
        rows: rows.filter((row) => matches(row, query)),
        count: rows.length,
        open: searched || open.has(name),
      }))
      .filter((family) => family.rows.length);
  }

  landscape.measureList = { matches, families };

  // --- rows
  function head(runs) {
    const row = make("tr");
    const name = make("th", "", undefined, { scope: "col" });
    const search = make("input", "ls-measures-search", undefined, {
      type: "search",
      placeholder: "Search",
      "aria-label": "Search measures",
    });
    search.value = state.query;
    search.addEventListener("input", () => {
      state.query = search.value;
      redraw();
    });
    name.append(search);
    row.append(name);
    for (const run of runs) {
      const cell = make("th", "", undefined, { scope: "col", title: run.label });
      cell.append(make("span", `ls-run ls-run-${run.look}`, run.mark, { role: "img", "aria-label": run.label }));
      row.append(cell);
    }
    const part = make("thead");
    part.append(row);
    return part;
  }

  // A button that opens something; a pick of the row around it stays as it is.
  function opener(className, text, open, key, toggle) {
    const button = make("button", className, text, { type: "button", "aria-expanded": String(open), "data-key": key });
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      toggle();
      redraw();
    });
    button.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") event.stopPropagation();
    });
    return button;
  }

  const flip = (set, value) => {
    if (!set.delete(value)) set.add(value);
  };

  function heading(family, columns) {
    const count = family.rows.length < family.count ? `${family.rows.length} of ${family.count}` : String(family.count);
    const cell = make("th", "", undefined, { colspan: columns, scope: "rowgroup" });
    const button = opener("ls-measures-family", family.name, family.open, `family ${family.name}`, () =>
      flip(state.families, family.name),
    );
    button.append(make("span", "ls-measures-count", count));
    cell.append(button);
    const row = make("tr", "ls-measures-group");
    row.append(cell);
    return row;
  }

  // The name of a row, which opens the paragraph below it; on hover the same as a tip.
  function named(row) {
    const open = state.explained.has(row.name);
    const cell = make("th", "", undefined, { scope: "row" });
    if (!open) cell.dataset.tip = JSON.stringify(row.tip);
    cell.append(opener("ls-measure-name", row.label, open, `about ${row.name}`, () => flip(state.explained, row.name)));
    return cell;
  }

  function started(row) {
    const element = make("tr", row.pick ? "ls-pickable" : "", undefined, { "data-measure": row.name });
    if (row.pick) {
      element.dataset.pick = JSON.stringify(row.pick);
      element.dataset.key = `row ${row.name}`;
      element.tabIndex = 0;
    }
    return element;
  }

  const titled = (detail) => (detail ? { title: detail } : {});

  function line(row, runs) {
    const element = started(row);
    element.append(named(row));
    row.cells.forEach((cell, i) => {
      const value = make("td", `ls-num ls-cell-${runs[i].look}`, undefined, titled(cell.detail));
      value.style.setProperty("--share", cell.share);
      value.append(make("span", "ls-cell", cell.text));
      if (cell.off) value.append(beyond(cell));
      element.append(value);
    });
    return element;
  }

  // The mark of a bar that goes on beyond the scale of its row.
  const beyond = ({ off, text }) =>
    make("span", "ls-off", off, { role: "img", "aria-label": OFF, title: `${text}: ${OFF}` });

  // A part of a bar: [from, to] as shares of its track.
  function stretch(className, [from, to]) {
    const part = make("span", className);
    part.style.left = `${100 * from}%`;
    part.style.width = `${100 * (to - from)}%`;
    return part;
  }

  function keyCell(cell, run) {
    const value = make("td", `ls-num ls-cell-${run.look}`, undefined, titled(cell.detail));
    const text = make("span", "ls-cell", cell.text);
    if (cell.error) text.append(make("span", "ls-cell-error", ` ${cell.error}`));
    if (cell.off) text.append(beyond(cell));
    value.append(text);
    if (cell.bar) {
      const track = make("span", "ls-key-track", undefined, { "aria-hidden": "true" });
      track.append(stretch("ls-key-bar", cell.bar));
      if (cell.whisker) track.append(stretch("ls-key-whisker", cell.whisker));
      value.append(track);
    }
    return value;
  }

  function keyLine(row, runs) {
    const element = started(row);
    const name = named(row);
    const under = make("span", "ls-key-worse", `${row.worse} = worse`);
    if (row.mark) {
      const text = [row.mark, row.pairs].filter(Boolean).join(" ");
      under.append(make("span", "ls-key-mark", text, { role: "img", "aria-label": row.words, title: row.words }));
    }
    name.append(under);
    element.append(name);
    if (row.none) {
      const why = { colspan: runs.length, title: row.cells[0].detail };
      element.append(make("td", "ls-key-none", row.none, why));
    } else {
      element.append(...row.cells.map((cell, i) => keyCell(cell, runs[i])));
    }
    return element;
  }

  // What the measure means, when it misleads, its source; then what is known of each run's number.
  function paragraph(row, runs) {
    const cell = make("td", "", undefined, { colspan: runs.length + 1 });
    cell.append(...row.tip.map((text) => make("p", "", text)));
    if (row.words) cell.append(make("p", "", row.words));
    if (row.off) cell.append(make("p", "", row.off));
    row.cells.forEach((of, i) => {
      if (of.detail) cell.append(make("p", "", `${runs[i].mark} ${runs[i].label}: ${of.detail}`));
    });
    const element = make("tr", "ls-measure-about");
    element.append(cell);
    return element;
  }

  function body(rows, drawn, runs, className = "") {
    const part = make("tbody", className);
    for (const row of rows) {
      part.append(drawn(row, runs));
      if (state.explained.has(row.name)) part.append(paragraph(row, runs));
    }
    return part;
  }

  // --- the table
  function bodies({ runs, key, rows }) {
    const keys = key.filter((row) => matches(row, state.query));
    const listed = families({ key, rows }, state.query, state.families);
    const parts = keys.length ? [body(keys, keyLine, runs, "ls-measures-key")] : [];
    for (const family of listed) {
      const part = family.open ? body(family.rows, line, runs) : make("tbody");
      part.prepend(heading(family, runs.length + 1));
      parts.push(part);
    }
    if (parts.length) return parts;
    const row = make("tr");
    const cell = make("td", "ls-measures-none", undefined, { colspan: runs.length + 1 });
    cell.append(make("p", "", "No measure has these words.", { role: "status" }));
    row.append(cell);
    const part = make("tbody");
    part.append(row);
    return [part];
  }

  // The head stays in its place, so a person can go on writing; whatever else has the focus has it again afterwards.
  function redraw() {
    const place = document.getElementById(landscape.ids.exploreMeasuresTable);
    if (!place || !state.data) return;
    const focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    const runs = JSON.stringify(state.data.runs);
    let table = place.querySelector("table");
    if (table?.dataset.runs !== runs) {
      table = make("table", `ls-measures ls-measures-of-${state.data.runs.length}`, undefined, { "data-runs": runs });
      table.append(head(state.data.runs));
      place.replaceChildren(table);
    }
    for (const part of [...table.tBodies]) part.remove();
    table.append(...bodies(state.data));
    if (focused) table.querySelector(`[data-key="${window.CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    if (landscape.markRows) landscape.markRows(landscape.pick);
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.explore = Object.assign(window.dash_clientside.explore || {}, {
    measures(data) {
      const place = document.getElementById(landscape.ids.exploreMeasuresTable);
      const unchanged = window.dash_clientside.no_update;
      if (!place || !data) return unchanged;
      if (!data.rows.length) {
        place.replaceChildren(make("p", "ls-muted ls-small ls-measures-none", NONE));
        return unchanged;
      }
      const drawn = place.firstChild && JSON.stringify(state.data) === JSON.stringify(data);
      state.data = data;
      if (!drawn) redraw();
      return unchanged;
    },
  });
})();
