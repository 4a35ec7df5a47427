// What is under the pointer, in one line beside it: made from the figure's own numbers, no request.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const pointer = { x: 0, y: 0 };
  document.addEventListener("pointermove", (event) => { pointer.x = event.clientX; pointer.y = event.clientY; }, { passive: true });

  function number(value) {
    if (!Number.isFinite(value)) return "–";
    if (value === 0) return "0";
    const size = Math.floor(Math.log10(Math.abs(value)));
    if (size < -4 || size >= 6) return value.toExponential(1).replace("e", " × 10^");
    return value.toFixed(Math.max(0, 2 - size)).replace("-", "−");
  }

  const shown = (value, percent) => (percent ? `${(100 * value).toFixed(1)} %` : number(value));

  function snapshot(run, row) {
    if (row === 0) return "anchor";
    const { trajectory, epoch } = landscape.place(run, row);
    const [seed, step] = landscape.known.runs[run].trajectories[trajectory];
    return `seed ${seed} · step ${step} · epoch ${epoch}`;
  }

  function value(gd, point) {
    const about = landscape.known.value;
    if (gd.layout.meta.view === "curves") return `${gd._fullLayout.yaxis.title.text} ${shown(point.y, gd._fullLayout.yaxis.tickformat === ".0%")}`;
    if (gd.layout.meta.view === "tree") return `train loss ${number(point.y)}`;
    const full = gd._fullData[point.curveNumber];
    const colour = [full.marker?.color, full.line?.color].find((one) => one && typeof one === "object");
    if (!colour || about.label === "direction seed") return "";
    const drawn = colour[point.pointNumber];
    return `${about.label} ${shown(about.log ? 10 ** drawn : drawn, about.percent)}`;
  }

  function text(gd, point) {
    const meta = gd.layout.meta;
    const pick = landscape.fromPoint(gd, point);
    if (!pick || !landscape.known.runs[pick.run]) return "";
    const { mark, label } = landscape.known.runs[pick.run];
    const name = `${mark} ${label}`;
    if (pick.kind === "trajectory") return [name, snapshot(pick.run, pick.focus), value(gd, point)].filter(Boolean).join(" · ");
    const what = { sublevel: "sublevel", rips0: "Rips H₀", rips1: "Rips H₁", rips2: "Rips H₂", over0: "picture H₀", over1: "picture H₁" }[pick.kind];
    if (pick.kind === "rips0") return `${name} · ${what} · death ${number(point.y)}`;
    const group = meta.bars.find((one) => one.trace === point.curveNumber);
    const i = group.bar.indexOf(pick.bar);
    const birth = group.birth ? group.birth[i] : point.x; // a profile's points stand elsewhere
    const death = group.death ? group.death[i] : point.y;
    return `${name} · ${what} · birth ${number(birth)} · ${group.never || death === null ? "never dies" : `death ${number(death)}`}`;
  }

  const element = () => document.getElementById("explore-readout");

  landscape.readout = {
    show(gd, point) {
      const box = element();
      const line = box && !landscape.camera.busyDragging ? text(gd, point) : "";
      if (!line) return landscape.readout.hide();
      box.textContent = line;
      box.classList.add("ls-on");
      const left = Math.min(pointer.x + 14, window.innerWidth - box.offsetWidth - 8);
      const top = pointer.y + 18 + box.offsetHeight > window.innerHeight ? pointer.y - box.offsetHeight - 10 : pointer.y + 16;
      box.style.transform = `translate(${Math.max(4, left)}px, ${top}px)`;
    },
    hide() { element()?.classList.remove("ls-on"); },
  };
})();
