// What the scripts of the page ask of Dash, in a file without it: properties that are set go to whoever asked for them, and a
// patch is the list of its changes. It is loaded before all other scripts.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const heard = new Map(); // id of an element → what is called with the properties that are set

  class Patch {
    constructor() {
      this.changes = [];
    }

    assign(path, value) {
      this.changes.push([path, value]);
    }

    build() {
      return this;
    }
  }

  // {data, layout} with the changes of a patch; what they do not touch is the same object.
  function patched(figure, patch) {
    const result = { ...figure };
    for (const [path, value] of patch.changes) {
      let place = result;
      for (const key of path.slice(0, -1)) {
        place[key] = Array.isArray(place[key]) ? [...place[key]] : { ...place[key] };
        place = place[key];
      }
      place[path[path.length - 1]] = value;
    }
    return result;
  }

  window.dash_clientside = Object.assign(window.dash_clientside || {}, {
    no_update: Object.freeze({ unchanged: true }),
    Patch,
    set_props: (id, properties) => heard.get(id)?.(properties),
  });
  landscape.standIn = { hear: (id, call) => heard.set(id, call), patched };
})();
