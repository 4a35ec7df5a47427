// The two boxes that appear beside the pointer on every page: the definition of whatever has a data-tip (on hover and on focus),
// and one line about what is under the pointer. Both are made on first use.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const EDGE = 6; // px that a box stays away from the window's edge
  const pointer = { x: 0, y: 0 };

  // --- where a box goes: {left, top} in px; size: {width, height} of the box, view: of the window
  function beside(at, size, view, gap = 10) {
    const fits = at.right + gap + size.width < view.width;
    const middle = at.top + at.height / 2 - size.height / 2;
    return {
      left: fits ? at.right + gap : Math.max(EDGE, at.left - size.width - gap),
      top: Math.min(Math.max(EDGE, middle), view.height - size.height - EDGE),
    };
  }

  function under({ x, y }, size, view) {
    const left = Math.min(x + 14, view.width - size.width - 8);
    return { left: Math.max(4, left), top: y + 18 + size.height > view.height ? y - size.height - 10 : y + 16 };
  }

  // A data-tip is a list of lines as JSON, or a line.
  function lines(text) {
    try {
      const parts = JSON.parse(text);
      return Array.isArray(parts) ? parts.filter(Boolean) : [text];
    } catch {
      return text ? [text] : [];
    }
  }

  // --- the boxes
  function box(id, className, attributes) {
    const made = document.getElementById(id);
    if (made) return made;
    const element = landscape.make("div", className, undefined, { id, ...attributes });
    document.body.append(element);
    return element;
  }

  const tip = () => box("tip", "ls-tipbox", { role: "tooltip" });
  const readout = () => box("readout", "ls-readout", { "aria-hidden": "true" });

  function put(element, place) {
    const size = { width: element.offsetWidth, height: element.offsetHeight };
    const { left, top } = place(size, { width: window.innerWidth, height: window.innerHeight });
    element.style.transform = `translate(${left}px, ${top}px)`;
    element.classList.add("ls-on");
  }

  function show(said, at) {
    if (!said || !said.length) return hide();
    const element = tip();
    element.replaceChildren(
      ...said.map((line, i) => {
        const paragraph = landscape.make("p");
        paragraph.append(said.length > 1 && i === 0 ? landscape.make("strong", "", line) : line);
        return paragraph;
      }),
    );
    return put(element, (size, view) => beside(at, size, view));
  }

  const hide = () => document.getElementById("tip")?.classList.remove("ls-on");

  function explain(target) {
    target.setAttribute("aria-describedby", "tip");
    show(lines(target.dataset.tip), target.getBoundingClientRect());
  }

  document.addEventListener(
    "pointermove",
    (event) => {
      pointer.x = event.clientX;
      pointer.y = event.clientY;
    },
    { passive: true },
  );
  // What a page that changes brings under a still pointer, nobody points at: a box waits for a move.
  let over = null; // what is under the pointer and not explained yet
  document.addEventListener("mouseover", (event) => {
    over = event.target.closest?.("[data-tip]");
    hide();
  });
  document.addEventListener(
    "mousemove",
    () => {
      if (over) explain(over);
      over = null;
    },
    { passive: true },
  );
  document.addEventListener("focusin", (event) => {
    if (!event.target.matches(":focus-visible")) return;
    const target = event.target.closest("[data-tip]") || event.target.querySelector(":scope > [data-tip]");
    if (target) explain(target);
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });

  landscape.tip = { beside, under, lines, show, hide };
  landscape.pointerLine = {
    show(text) {
      const element = readout();
      element.textContent = text;
      put(element, (size, view) => under(pointer, size, view));
    },
    hide: () => document.getElementById("readout")?.classList.remove("ls-on"),
  };
})();
