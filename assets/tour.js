// The tour of Explore: a dialog beside one card after another. It starts by itself once, and again from the help.
(() => {
  "use strict";
  const SEEN = "landscape-tour"; // in localStorage: the tour was taken or skipped
  const GAP = 10; // px between a card and the dialog
  const known = new WeakSet(); // pages that it was offered on
  let taken = null; // {page, dialog, steps, at, back} while it is under way

  function seen() {
    try {
      return window.localStorage.getItem(SEEN) !== null;
    } catch {
      return true; // without a memory it would come back each time
    }
  }

  function remember() {
    try {
      window.localStorage.setItem(SEEN, "seen");
    } catch {
      // nothing is remembered: the help still starts it
    }
  }

  function made(tag, className, words = "") {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = words;
    return element;
  }

  function button(words, act) {
    const element = made("button", "ls-button", words);
    element.type = "button";
    element.addEventListener("click", act);
    return element;
  }

  function end(remembered = true) {
    if (!taken) return;
    const { dialog, back } = taken;
    mark(null);
    taken = null;
    dialog.remove();
    if (remembered) remember();
    if (back?.isConnected) back.focus({ preventScroll: true });
  }

  function mark(card) {
    for (const marked of document.querySelectorAll(".ls-toured")) marked.classList.remove("ls-toured");
    card?.classList.add("ls-toured");
  }

  // Under the card, else over it, else inside its lower edge; always whole in the window.
  function place() {
    if (!taken) return;
    const { dialog } = taken;
    const card = document.getElementById(taken.steps[taken.at].card)?.getBoundingClientRect();
    if (!card) return;
    const { offsetWidth: width, offsetHeight: height } = dialog;
    const under = card.bottom + GAP;
    const over = card.top - GAP - height;
    const top = under + height < window.innerHeight ? under : over > 0 ? over : card.bottom - GAP - height;
    const within = (at, most) => `${Math.max(GAP, Math.min(at, most - GAP))}px`;
    dialog.style.top = within(top, window.innerHeight - height);
    dialog.style.left = within(card.left + GAP, window.innerWidth - width);
  }

  function show(at) {
    taken.at = at;
    const { dialog, steps } = taken;
    const step = steps[at];
    const card = document.getElementById(step.card);
    const scene = document.querySelector(`[data-scene="${step.card.replace("card-", "")}"]`);
    if (!card.checkVisibility()) scene?.click(); // a telephone shows one at a time
    mark(card);
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    card.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    const title = made("h2", "ls-tour-title", step.title);
    title.id = "ls-tour-title";
    const buttons = made("div", "ls-tour-buttons");
    buttons.append(made("span", "ls-muted ls-small", `${at + 1} of ${steps.length}`));
    if (at + 1 < steps.length) buttons.append(button("Skip", () => end()));
    if (at > 0) buttons.append(button("Back", () => show(at - 1)));
    if (step.href) {
      const link = made("a", "ls-button", step.words);
      link.href = step.href;
      link.addEventListener("click", remember);
      buttons.append(link);
    }
    buttons.append(at + 1 < steps.length ? button("Next", () => show(at + 1)) : button("Done", () => end()));
    dialog.replaceChildren(title, made("p", "", step.text), buttons);
    place();
    dialog.focus({ preventScroll: true });
  }

  function start(page) {
    end(false);
    const steps = JSON.parse(page.dataset.steps).filter(({ card }) => document.getElementById(card));
    if (!steps.length) return;
    const dialog = made("div", "ls-tour");
    dialog.tabIndex = -1;
    dialog.setAttribute("role", "dialog");
    dialog.setAttribute("aria-labelledby", "ls-tour-title");
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Escape") end();
      event.stopPropagation(); // these keys are not the figures'
    });
    taken = { page, dialog, steps, at: 0, back: document.getElementById(window.landscape.ids.helpOpen) };
    document.body.append(dialog);
    show(0);
  }

  function look() {
    if (taken && !taken.page.isConnected) end(false);
    place(); // figures and words that come may move the card
    const page = document.getElementById(window.landscape.ids.exploreTour);
    if (!page || known.has(page)) return;
    known.add(page);
    if (!seen()) start(page);
  }

  document.addEventListener("click", ({ target }) => {
    if (!target.closest?.(`#${window.landscape.ids.tourOpen}`)) return;
    document.querySelector('[aria-label="Close the help"]')?.click();
    const page = document.getElementById(window.landscape.ids.exploreTour);
    // the drawer gives the focus back when it is gone
    if (page) setTimeout(() => start(page), 400);
  });
  window.addEventListener("resize", place);
  window.addEventListener("scroll", place, true);
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
})();
