// The switch on the cards of topology: one click changes the part that all of them show; a hidden input carries it to the server.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest?.(`#${landscape.ids.explore} [data-part]`);
    if (!chosen || chosen.getAttribute("aria-pressed") === "true") return;
    for (const button of document.querySelectorAll(`#${landscape.ids.explore} [data-part]`)) {
      button.setAttribute("aria-pressed", String(button.dataset.part === chosen.dataset.part));
    }
    window.dash_clientside.set_props(landscape.ids.explorePart, { value: chosen.dataset.part });
  });
})();
