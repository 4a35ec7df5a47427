// The library of runs: what its cells show, and what the search, the grouping and the buttons do.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const known = (value) => typeof value === "number" && Number.isFinite(value);

  // Numbers in order; unknown ones last, whether the order rises or falls.
  function compare(one, other, a, b, falling) {
    if (!known(one) || !known(other)) return (known(other) - known(one)) * (falling ? -1 : 1);
    return one - other;
  }

  // What can be done with these rows: the ids, and for each button whether it is off.
  function chosen(rows) {
    const ids = rows.map((row) => row.id);
    const waiting = rows.filter((row) => !row.sampled).length;
    const few = ids.length >= 2 && ids.length <= landscape.constants.mostRuns;
    const label = few
      ? `Compare ${ids.length} runs${waiting ? ` (${waiting} not yet sampled)` : ""}`
      : `Compare (2 to ${landscape.constants.mostRuns})`;
    return { ids, off: !few || waiting > 0, label, none: ids.length === 0 };
  }

  // Whether who looks may not use this control (dashboard/looking.py).
  const refused = (id) => document.getElementById(id)?.dataset.refused !== undefined;

  // The grid, where there is one: it is made a moment after its page.
  function grid() {
    try {
      return window.dash_ag_grid?.getApi(landscape.ids.libraryGrid);
    } catch {
      return undefined;
    }
  }
  function withGrid(work, tries = 100) {
    const api = grid();
    if (api) work(api);
    else if (tries && document.getElementById(landscape.ids.libraryGrid)) {
      setTimeout(() => withGrid(work, tries - 1), 50);
    }
  }

  let grouped = false;
  const study = (node) => node?.data?.study ?? "";
  const begins = (api, index) =>
    index > 0 && study(api.getDisplayedRowAtIndex(index)) !== study(api.getDisplayedRowAtIndex(index - 1));

  const heard = new WeakSet();
  const sorted = (api) =>
    api
      .getColumnState()
      .filter((column) => column.sort)
      .sort((a, b) => a.sortIndex - b.sortIndex);

  // Another order stays within the studies, and the lines between these move with their rows.
  function keep(api) {
    if (!grouped) return;
    if (sorted(api)[0]?.colId !== "study") group(api, true);
    else api.redrawRows();
  }

  function group(api, on) {
    const others = sorted(api).filter((column) => column.colId !== "study");
    grouped = Boolean(on);
    if (!heard.has(api)) {
      heard.add(api);
      for (const change of ["sortChanged", "filterChanged"]) api.addEventListener(change, () => keep(api));
    }
    const sorts = [...(on ? [{ colId: "study", sort: "asc" }] : []), ...others];
    api.applyColumnState({
      state: sorts.map(({ colId, sort }, sortIndex) => ({ colId, sort, sortIndex })),
      defaultState: { sort: null },
    });
    api.redrawRows();
  }

  // --- columns as wide as their letters: of a presentation wider; on a telephone no label stays beside what is scrolled
  const REM = 16; // px of a letter for which the columns have their widths
  const TELEPHONE = 600; // px of a window
  const THERE = { label: 96, id: 180 }; // px of columns there
  let fitted = "";
  function fit(api) {
    const by = parseFloat(window.getComputedStyle(document.documentElement).fontSize) / REM;
    const narrow = window.innerWidth < TELEPHONE;
    if (fitted === `${by} ${narrow} ${api.getGridId()}`) return;
    fitted = `${by} ${narrow} ${api.getGridId()}`;
    const pinned = { label: narrow ? null : "left" };
    const state = api.getColumns().map((column) => {
      const colId = column.getColId();
      const width = (narrow && THERE[colId]) || column.getColDef().width;
      return { colId, width: Math.round(width * by), ...(colId in pinned ? { pinned: pinned[colId] } : {}) };
    });
    api.applyColumnState({ state });
  }

  window.addEventListener("resize", () => grid() && fit(grid()));
  document.addEventListener("click", (event) => {
    if (event.target.closest?.(`#${landscape.ids.presentation}`)) setTimeout(() => grid() && fit(grid()));
  });

  const none = () => window.dash_clientside.no_update;
  landscape.library = { compare, chosen };
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.library = {
    search(text) {
      withGrid((api) => api.setGridOption("quickFilterText", text ?? ""));
      return none();
    },
    group(on) {
      withGrid((api) => {
        if (Boolean(on) !== grouped) group(api, on);
      });
      return none();
    },
    chosen(rows) {
      const { ids, off, label, none: empty } = chosen(rows ?? []);
      return [ids, off, label, empty, empty || refused(landscape.ids.libraryDelete)];
    },
    listed() {
      withGrid(fit);
      return none();
    },
    compare(clicks, ids) {
      return clicks && ids?.length ? `/?runs=${ids.join(",")}` : none();
    },
    wanted(clicks, ids) {
      return clicks && ids?.length ? { ids, at: clicks } : none();
    },
  };

  const tip = (params, otherwise) => params.data?.locked || params.data?.ignored || otherwise;
  Object.assign((window.dashAgGridFunctions = window.dashAgGridFunctions || {}), {
    lsPercent: (params) => landscape.numbers.percent(params.value),
    lsNumber: (params) => landscape.numbers.number(params.value),
    lsCount: (params) => (params.value ?? 0).toLocaleString("en-US"),
    lsSize: (params) => landscape.numbers.size(params.value),
    lsNumbers: compare,
    lsUnlocked: (params) => !params.data.locked,
    lsLabelTip: (params) => tip(params, params.value || "Double-click to give the run a label."),
    lsNoteTip: (params) => tip(params, params.value || "Double-click to write a note."),
    lsStateTip: (params) => params.data?.about,
    lsBegins: (params) => grouped && begins(params.api, params.node.rowIndex),
  });

  const element = (...parts) => window.React.createElement(...parts);
  Object.assign((window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {}), {
    LibraryRun: ({ value }) =>
      element(window.dash_core_components.Link, { href: landscape.at(`/jobs?show=${value}`), title: value }, value),
    LibraryState: ({ value, data }) => element("span", { className: `ls-badge ls-badge-${data.tone}` }, value),
  });
})();
