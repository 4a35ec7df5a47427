// The table of measures, drawn from plain values, and the definitions that appear on hover and focus of whatever has a data-tip.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});

  function make(tag, className, text, attributes) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    return element;
  }

  function head(runs) {
    const row = make("tr");
    row.append(make("th", "", "measure", { scope: "col" }));
    for (const run of runs) {
      const cell = make("th", "", undefined, { scope: "col", title: run.label });
      cell.append(make("span", `ls-run ls-run-${run.slot}`, run.mark, { role: "img", "aria-label": run.label }));
      row.append(cell);
    }
    const part = make("thead");
    part.append(row);
    return part;
  }

  function heading(text, runs) {
    const row = make("tr", "ls-measures-group");
    row.append(make("th", "", text, { colspan: runs.length + 1, scope: "colgroup" }));
    return row;
  }

  function line(row, runs) {
    const element = make("tr", row.pick ? "ls-pickable" : "", undefined, { tabindex: "0", "data-measure": row.name });
    if (row.pick) element.dataset.pick = JSON.stringify(row.pick);
    const name = make("th", "", row.label, { scope: "row" });
    name.dataset.tip = JSON.stringify(row.tip);
    element.append(name);
    row.cells.forEach((cell, i) => {
      const value = make("td", `ls-num ls-cell-${runs[i].slot}`, undefined, cell.detail ? { title: cell.detail } : {});
      value.style.setProperty("--share", cell.share);
      value.append(make("span", "ls-cell", cell.text));
      element.append(value);
    });
    return element;
  }

  // --- definitions
  const box = () => document.getElementById("explore-tip");

  function lines(text) {
    try {
      const parts = JSON.parse(text);
      return Array.isArray(parts) ? parts.filter(Boolean) : [text];
    } catch {
      return [text];
    }
  }

  function show(target) {
    const element = box();
    if (!element) return;
    const parts = lines(target.dataset.tip);
    element.replaceChildren(...parts.map((part, i) => {
      const paragraph = make("p");
      paragraph.append(parts.length > 1 && i === 0 ? make("strong", "", part) : part);
      return paragraph;
    }));
    target.setAttribute("aria-describedby", "explore-tip");
    const at = target.getBoundingClientRect();
    const right = at.right + 10 + element.offsetWidth < window.innerWidth;
    const left = right ? at.right + 10 : Math.max(6, at.left - element.offsetWidth - 10);
    const top = Math.min(Math.max(6, at.top + at.height / 2 - element.offsetHeight / 2), window.innerHeight - element.offsetHeight - 6);
    element.style.transform = `translate(${left}px, ${top}px)`;
    element.classList.add("ls-on");
  }

  const hide = () => box()?.classList.remove("ls-on");
  const tipOf = (event) => event.target.closest?.("#explore [data-tip]") || event.target.querySelector?.(":scope > [data-tip]");
  document.addEventListener("mouseover", (event) => {
    const target = event.target.closest?.("#explore [data-tip]");
    if (target) show(target);
    else hide();
  });
  document.addEventListener("focusin", (event) => {
    const target = tipOf(event);
    if (target && event.target.matches(":focus-visible")) show(target);
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.explore = Object.assign(window.dash_clientside.explore || {}, {
    measures(data) {
      const place = document.getElementById("explore-measures-table");
      const unchanged = window.dash_clientside.no_update;
      if (!place || !data) return unchanged;
      if (!data.rows.length) {
        place.replaceChildren(make("p", "ls-muted ls-small ls-measures-none", "Measures appear when the runs are sampled and analysed."));
        return unchanged;
      }
      const table = make("table", "ls-measures");
      const body = make("tbody");
      let group = "";
      for (const row of data.rows) {
        if (row.group && row.group !== group) body.append(heading(row.group, data.runs));
        group = row.group;
        body.append(line(row, data.runs));
      }
      table.append(head(data.runs), body);
      place.replaceChildren(table);
      if (landscape.markRows) landscape.markRows(landscape.pick);
      return unchanged;
    },
  });
})();
