// What is under the pointer, in one line beside it: made from the figure's own numbers, no request.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});

  const number = (given) => landscape.numbers.number(given);
  const shown = (given, percent) => (percent ? landscape.numbers.percent(given) : number(given));

  function snapshot(run, row) {
    if (row === 0) return ["anchor"];
    const { trajectory, epoch } = landscape.picks.place(landscape.known.runs[run], row);
    const [seed, step] = landscape.known.runs[run].trajectories[trajectory];
    return [`seed ${seed}`, `step ${step}`, `epoch ${epoch}`];
  }

  function value(gd, point) {
    const about = landscape.known.value;
    const marked = gd.layout.meta.base.find(({ trace, words }) => words && trace === point.curveNumber);
    if (marked) return marked.words[point.pointNumber];
    const { title, format } = landscape.internals.axis(gd, "yaxis") || {};
    if (gd.layout.meta.view === "curves") {
      return `${title} ${shown(point.y, format === landscape.constants.percentFormat)}`;
    }
    if (gd.layout.meta.view === "tree") return `train loss ${number(point.y)}`;
    const full = landscape.internals.trace(gd, point.curveNumber);
    const colour = [full.marker?.color, full.line?.color].find((given) => given && typeof given === "object");
    if (!colour || about.category) return "";
    const drawn = colour[point.pointNumber];
    const beyond = about.cut !== null && drawn >= about.cut ? "≥ " : "";
    return `${about.label} ${beyond}${shown(about.log ? 10 ** drawn : drawn, about.percent)}`;
  }

  // What a point is: the label of its run, then what there is to say; none where it is no part of a run.
  function parts(gd, point) {
    const meta = gd.layout.meta;
    const pick = landscape.picks.fromPoint(meta, point);
    if (!pick || !landscape.known.runs[pick.run]) return [];
    const { label } = landscape.known.runs[pick.run];
    if (pick.kind === "point") {
      const { words } = meta.points.find(({ trace }) => trace === point.curveNumber);
      return [label, words[point.pointNumber], value(gd, point)].filter(Boolean);
    }
    if (pick.kind === "trajectory") return [label, ...snapshot(pick.run, pick.focus), value(gd, point)].filter(Boolean);
    const what = landscape.constants.bars[pick.kind];
    const group = meta.bars.find(({ trace }) => trace === point.curveNumber);
    const i = group.bar.indexOf(pick.bar);
    if (pick.kind === "rips0") return [label, what, `death ${number(group.death ? group.death[i] : point.y)}`];
    const birth = group.birth ? group.birth[i] : point.x; // a profile's points stand elsewhere
    const death = group.death ? group.death[i] : point.y;
    const end = group.never || death === null ? "never dies" : `death ${number(death)}`;
    return [label, what, `birth ${number(birth)}`, end];
  }

  function text(gd, point) {
    const said = parts(gd, point);
    if (!said.length) return "";
    const { run } = landscape.picks.fromPoint(gd.layout.meta, point);
    return `${landscape.known.runs[run].mark} ${said.join(" · ")}`;
  }

  landscape.readout = {
    parts,
    show(gd, point) {
      const line = text(gd, point);
      if (line) landscape.pointerLine.show(line);
      else landscape.pointerLine.hide();
    },
    hide: () => landscape.pointerLine.hide(),
  };
})();
