// The table of measures of Explore, drawn from plain values.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});

  const make = (...parts) => landscape.make(...parts);

  function head(runs) {
    const row = make("tr");
    row.append(make("th", "", "measure", { scope: "col" }));
    for (const run of runs) {
      const cell = make("th", "", undefined, { scope: "col", title: run.label });
      cell.append(make("span", `ls-run ls-run-${run.look}`, run.mark, { role: "img", "aria-label": run.label }));
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
      const value = make("td", `ls-num ls-cell-${runs[i].look}`, undefined, cell.detail ? { title: cell.detail } : {});
      value.style.setProperty("--share", cell.share);
      value.append(make("span", "ls-cell", cell.text));
      element.append(value);
    });
    return element;
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.explore = Object.assign(window.dash_clientside.explore || {}, {
    measures(data) {
      const place = document.getElementById(landscape.ids.exploreMeasuresTable);
      const unchanged = window.dash_clientside.no_update;
      if (!place || !data) return unchanged;
      if (!data.rows.length) {
        place.replaceChildren(
          make("p", "ls-muted ls-small ls-measures-none", "Measures appear when the runs are sampled and analysed."),
        );
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
