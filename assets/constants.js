// What scripts and server must agree on: tests/scripts compares every entry with Python. No other script writes these words.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});

  landscape.ids = {
    notices: "notices",
    helpOpen: "help-open",
    tourOpen: "tour-open",
    railOpen: "rail-open",
    railFold: "rail-fold",
    navOpen: "nav-open",
    presentation: "presentation-scale",
    libraryGrid: "library-grid",
    libraryDelete: "library-delete",
    jobsImport: "jobs-import",
    jobsImportSays: "jobs-import-says",
    graph: "graph",
    place: "place",
    explore: "explore",
    exploreRuns: "explore-runs",
    explorePick: "explore-pick",
    explorePart: "explore-part",
    exploreChips: "explore-chips",
    exploreColour: "explore-colour",
    exploreCopyPython: "explore-copy-python",
    exploreSeeds: "explore-seeds",
    exploreSteps: "explore-steps",
    exploreEpochs: "explore-epochs",
    exploreEpochsShown: "explore-epochs-shown",
    explorePlay: "explore-play",
    exploreMeasuresTable: "explore-measures-table",
    exploreTour: "explore-tour",
    surface: "surface",
    study: "study",
    studyMeasure: "study-measure",
    studyPicked: "study-picked",
    studyRanking: "study-ranking",
    studyScatter: "study-scatter",
    studyTablePlace: "study-table-place",
    studyTrayList: "study-tray-list",
  };

  landscape.constants = {
    mostRuns: 4, // runs beside each other
    piece: 384 * 1024, // bytes of an archive in one request, below what the server takes
    archiveHeader: ["X-Landscape", "archive"],
    schemeCookie: "landscape-scheme",
    presentationKey: "landscape-presentation",
    presentation: 1.4, // how much larger everything is in a presentation
    percentFormat: ".0%", // an axis whose values are shares
    paperColour: "paper", // the colour that comes with marks of its own, so that the server draws it
    bars: {
      sublevel: "sublevel",
      rips0: "Rips H₀",
      rips1: "Rips H₁",
      rips2: "Rips H₂",
      over0: "picture H₀",
      over1: "picture H₁",
    },
  };
})();
