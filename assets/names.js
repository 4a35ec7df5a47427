// Names of runs in their common picture stay inside it: a narrow window has less room beside the points than the picture was made
// for, and a name must not lose its beginning.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const AIR = 3; // px

  // How far a name has to move to lie between the edges; one that is wider than that shows its beginning.
  function inward(name, edges) {
    const back = Math.min(0, edges.right - AIR - name.right);
    return Math.max(back, edges.left + AIR - name.left);
  }

  function fit(gd) {
    const names = gd.querySelectorAll(".cartesianlayer .textpoint text");
    const edges = gd.getBoundingClientRect();
    for (const name of names) name.style.translate = "";
    const moves = [...names].map((name) => inward(name.getBoundingClientRect(), edges));
    for (const [i, name] of names.entries()) if (moves[i]) name.style.translate = `${moves[i]}px 0`;
  }

  landscape.names = { fit, inward };
})();
