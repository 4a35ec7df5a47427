// Switches of Explore: a button sets the controls that its data-sets names, wherever they stand; which buttons are pressed
// follows the controls.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const buttons = () => document.querySelectorAll(`#${landscape.ids.explore} [data-sets]`);

  document.addEventListener("click", (event) => {
    const chosen = event.target.closest?.(`#${landscape.ids.explore} [data-sets]`);
    if (!chosen || chosen.getAttribute("aria-pressed") === "true") return;
    for (const [id, value] of Object.entries(JSON.parse(chosen.dataset.sets))) {
      window.dash_clientside.set_props(id, { value });
    }
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.explore = Object.assign(window.dash_clientside.explore || {}, {
    switched() {
      const { inputs: now, triggered } = window.dash_clientside.callback_context;
      const placed = triggered.some(({ prop_id: name }) => name.startsWith(`${landscape.ids.exploreRuns}.`)); // all of them
      if (!placed) landscape.cards.hold();
      for (const button of buttons()) {
        const sets = Object.entries(JSON.parse(button.dataset.sets));
        button.setAttribute("aria-pressed", String(sets.every(([id, value]) => now[`${id}.value`] === value)));
      }
      landscape.recolour.want(now[`${landscape.ids.exploreColour}.value`]);
      return window.dash_clientside.no_update;
    },
  });
})();
