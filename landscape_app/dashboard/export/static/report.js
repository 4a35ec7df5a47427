// A report: figures from the page's data are drawn, the scripts of Explore link them, and what a server answers on the page is
// looked up in the file.
(() => {
  "use strict";
  const landscape = window.landscape;
  const explore = window.dash_clientside.explore;
  const { ids } = landscape;
  const report = JSON.parse(document.getElementById("report-data").textContent);
  const byId = (id) => document.getElementById(id);
  const place = (name) => document.querySelector(`[data-figure="${name}"]`);
  const patched = (figure, patch) => landscape.standIn.patched(figure, patch);
  let scheme = "light";

  // --- figures: those in view are drawn, the others when they come into view
  function draw(name, figure) {
    const gd = place(name);
    if (!gd) return;
    window.Plotly.react(gd, figure.data, figure.layout, { ...report.config, scrollZoom: name in report.spatial });
  }

  const later = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      later.unobserve(target);
      draw(target.dataset.figure, inScheme(report.figures[target.dataset.figure]));
    }
  });

  // A figure in the colours that the page has now: each says itself what depends on them.
  function inScheme(figure) {
    const patch = new window.dash_clientside.Patch();
    patch.assign(["layout", "template"], landscape.known.templates[scheme]);
    for (const [trace, where, colour] of figure.layout.meta?.paint || []) {
      if (colour === "stepped") continue;
      patch.assign(["data", trace, ...where.split(".")], landscape.painted(figure.layout.meta, colour, scheme));
    }
    return patched(figure, patch);
  }

  // --- light and dark
  function paint(wanted) {
    scheme = wanted;
    document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
    const cards = [...document.querySelectorAll(`#${ids.explore} [data-figure]`)].map((gd) => gd.dataset.figure);
    const patches = explore.repaint(
      scheme,
      cards.map((name) => ({ name })),
    );
    patches.forEach((patch, i) => {
      const gd = place(cards[i]);
      if (patch.changes && gd.layout) draw(cards[i], patched({ data: gd.data, layout: gd.layout }, patch));
    });
    for (const gd of document.querySelectorAll(".js-plotly-plot")) {
      if (!gd.closest(`#${ids.explore}`)) draw(gd.dataset.figure, inScheme({ data: gd.data, layout: gd.layout }));
    }
  }

  // --- without WebGL: the embeddings in the plane, and in place of a relief the reason
  function flatten() {
    if (landscape.gl.supported()) return;
    const why = () => landscape.make("p", "ls-caveat ls-pad", report.flat.why);
    Object.assign(report.figures, report.flat.figures);
    document.querySelector(".ls-rail").prepend(why());
    for (const [name, { layout }] of Object.entries(report.figures)) {
      if (!layout.scene) continue;
      delete report.figures[name];
      place(name)?.replaceChildren(why());
    }
  }

  // --- filters
  const boxes = (name) => [...document.querySelectorAll(`[name="${name}"]`)];
  const chosen = (name) => boxes(name).flatMap((box) => (box.checked ? [box.value] : []));
  const ends = () => boxes("epochs").map((slider) => Number(slider.value));

  function filter() {
    const [low, high] = ends().sort((a, b) => a - b);
    explore.filter(chosen("seeds"), chosen("steps"), [low, high]);
  }

  landscape.standIn.hear(ids.exploreEpochs, ({ value }) => {
    boxes("epochs").forEach((slider, i) => {
      slider.value = value[i];
    });
    filter();
  });

  // --- the parts of topology
  landscape.standIn.hear(ids.explorePart, ({ value }) => {
    const part = report.parts[value];
    for (const [id, words] of Object.entries(part.words)) if (byId(id)) byId(id).innerHTML = words;
    for (const [name, figure] of Object.entries(part.figures)) draw(name, inScheme(figure));
    for (const name of Object.keys(part.figures)) show(name, false);
    report.twins = { ...report.twins, ...part.twins };
  });

  // --- tables in place of figures
  const twin = (name) => document.querySelector(`[data-view="${name}"] .ls-twin`);

  function show(name, open) {
    if (!twin(name)) return;
    twin(name).innerHTML = open ? report.twins[name] : "";
    landscape.markRows(landscape.pick);
    landscape.filtered.hideRows();
  }

  // --- what is picked, in numbers
  landscape.standIn.hear(ids.explorePick, ({ data }) => {
    byId(report.details).replaceChildren(...landscape.pickedNumbers(data, report));
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("#report-scheme")) paint(scheme === "light" ? "dark" : "light");
    const button = event.target.closest('button[id^="{"]');
    const named = button && JSON.parse(button.id);
    if (named && named.type === "twin-open") show(named.name, !twin(named.name).firstChild);
  });
  document.addEventListener("input", (event) => {
    if (event.target.closest("#report-filters")) filter();
  });

  document.addEventListener("DOMContentLoaded", () => {
    landscape.known = report.known;
    flatten();
    for (const [name, figure] of Object.entries(report.figures)) {
      if (place(name)?.closest(`#${ids.explore}`)) draw(name, figure);
      else if (place(name)) later.observe(place(name));
    }
    explore.measures(report.measures);
    explore.turned(report.known.filtration, report.distance);
    explore.learn(report.known);
    if (report.filters) {
      for (const name of ["seeds", "steps"]) {
        const kept = report.filters[name];
        for (const box of boxes(name)) box.checked = !kept || kept.map(Number).includes(Number(box.value));
      }
      const [low, high] = ends().sort((a, b) => a - b);
      boxes("epochs").forEach((slider, i) => (slider.value = (report.filters.epochs || [low, high])[i]));
      filter();
    }
    if (report.scheme !== scheme) paint(report.scheme);
    if (report.pick) landscape.choose(report.pick);
    document.documentElement.dataset.ready = "true";
  });
})();
