// What a narrow window has no room for: the rail beside the figures, which a wide window folds away and a narrow one draws over the
// page, and the list of pages. What a person chose in a wide window is there again after a narrow one, and the other way round.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const root = document.documentElement;
  let shown = null; // the rail of the page that is there

  const at = (id) => document.getElementById(id);
  const rail = () => document.querySelector(".ls-drawer");
  const floats = (element) => window.getComputedStyle(element).position === "fixed";
  const drawn = () => "rail" in root.dataset;

  // Lists of the component library stand at the end of the body, over the drawer.
  const within = (event, ...elements) =>
    event.composedPath().some((node) => elements.includes(node) || node.hasAttribute?.("data-portal"));

  // What the attributes of the page say, for those who do not see it; behind an open drawer nothing takes a click or the focus.
  function tell() {
    const [aside, opener, fold] = [rail(), at(landscape.ids.railOpen), at(landscape.ids.railFold)];
    if (!aside || !fold) return;
    const over = floats(aside);
    opener?.setAttribute("aria-expanded", String(drawn()));
    const open = over ? drawn() : !("folded" in root.dataset);
    fold.setAttribute("aria-expanded", String(open));
    fold.setAttribute("aria-label", open ? "Hide the controls" : "Show the controls");
    fold.title = fold.getAttribute("aria-label");
    for (const beside of aside.parentElement.children) if (beside !== aside) beside.inert = over && drawn();
  }

  function draw(open) {
    if (open === drawn()) return;
    const held = rail()?.contains(document.activeElement);
    root.toggleAttribute("data-rail", open);
    tell();
    if (open) at(landscape.ids.railFold)?.focus();
    else if (held || document.activeElement === document.body) at(landscape.ids.railOpen)?.focus();
  }

  function turn() {
    if (floats(rail())) draw(false);
    else {
      root.toggleAttribute("data-folded");
      tell();
    }
  }

  // A list of the rail is open: Escape closes it first.
  const inList = () => document.activeElement?.getAttribute("aria-expanded") === "true" && document.activeElement.matches("input");

  // --- the list of pages
  const list = (open) => at(landscape.ids.navOpen)?.setAttribute("aria-expanded", String(open));
  const listed = () => at(landscape.ids.navOpen)?.getAttribute("aria-expanded") === "true";

  document.addEventListener("click", (event) => {
    const [opener, fold, pages] = [landscape.ids.railOpen, landscape.ids.railFold, landscape.ids.navOpen].map(at);
    const on = (button) => button && event.composedPath().includes(button);
    list(on(pages) ? !listed() : false);
    if (on(opener)) draw(!drawn());
    else if (on(fold)) turn();
    else if (drawn() && rail() && floats(rail()) && !within(event, rail())) draw(false);
  });

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") return;
      if (listed()) {
        list(false);
        at(landscape.ids.navOpen).focus();
      } else if (drawn() && rail() && floats(rail()) && !inList()) draw(false);
      else return;
      event.stopPropagation(); // the selection stays
    },
    true,
  );

  // --- pages come and go, windows change
  if (window.ResizeObserver) new window.ResizeObserver(tell).observe(root);
  new MutationObserver(() => {
    if (rail() === shown) return;
    shown = rail();
    root.removeAttribute("data-rail");
    tell();
  }).observe(root, { childList: true, subtree: true });
})();
