// A menu's button says that it opens a menu, and whether it is open: the component library says it of a box around the button,
// which no screen reader reads.
(() => {
  "use strict";
  const SAID = ["aria-haspopup", "aria-expanded", "aria-controls"];

  function move(box) {
    const button = box.querySelector(":scope > button");
    if (!button) return;
    if (box.hasAttribute("aria-expanded")) button.removeAttribute("aria-controls");
    for (const name of SAID) {
      if (!box.hasAttribute(name)) continue;
      button.setAttribute(name, box.getAttribute(name));
      box.removeAttribute(name);
    }
  }
  new MutationObserver(() => document.querySelectorAll("div[aria-haspopup], div[aria-expanded]").forEach(move)).observe(
    document.documentElement,
    { childList: true, subtree: true, attributes: true, attributeFilter: SAID },
  );
})();
