// The focus stays where a person put it when Dash replaces the focused element: a job's row that is drawn anew has the same button.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const PATIENCE = 3000; // ms that a new element may take to come
  const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";
  let last = null; // {element, told, around}: where the focus is, or was before its element went

  // What tells an element from its neighbours, for those that have no lasting id.
  const told = (element) => ({
    id: element.id,
    tag: element.tagName,
    words: element.getAttribute("aria-label") || element.getAttribute("href") || element.textContent.trim(),
  });

  // A button of a job, {action, id, place}, without what it does: Resume stands where Cancel was.
  function place(id) {
    try {
      const { action, ...rest } = JSON.parse(id);
      return action ? JSON.stringify(rest) : "";
    } catch {
      return "";
    }
  }

  // The position of the element that takes the place of the one told of, or -1.
  function successor(gone, there) {
    const by = (same) => there.findIndex(same);
    const named = gone.id ? by(({ id }) => id === gone.id) : -1;
    if (named >= 0) return named;
    const beside = place(gone.id);
    const alike = beside ? by(({ id }) => place(id) === beside) : -1;
    return alike >= 0 || beside ? alike : by(({ tag, words }) => tag === gone.tag && words && words === gone.words);
  }

  // Ids of the elements around it, the nearest first.
  function around(element) {
    const ids = [];
    for (let at = element.parentElement; at; at = at.parentElement) if (at.id) ids.push(at.id);
    return ids;
  }

  document.addEventListener("focusin", ({ target }) => {
    last = { element: target, told: told(target), around: around(target), gone: 0 };
  });
  // Who clicks beside it, or leaves the page, takes the focus away.
  document.addEventListener("pointerdown", () => (last = null), true);
  document.addEventListener("focusout", ({ target }) => {
    setTimeout(() => {
      if (last?.element === target && target.isConnected && document.activeElement === document.body) last = null;
    });
  });

  function restore() {
    if (!last || last.element.isConnected || document.activeElement !== document.body) return;
    last.gone = last.gone || performance.now();
    if (performance.now() - last.gone > PATIENCE) last = null;
    const near = last?.around.map((id) => document.getElementById(id)).find(Boolean);
    if (!near) return;
    const there = [...near.querySelectorAll(FOCUSABLE)].filter((element) => !element.disabled);
    there[successor(last.told, there.map(told))]?.focus({ preventScroll: true });
  }
  new MutationObserver(restore).observe(document.documentElement, { childList: true, subtree: true });

  landscape.focus = { successor };
})();
