// The Import button of the Jobs page: the chosen file goes to the server in pieces, one after the other, and is imported there.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  let going = null; // the upload at work: what stops it

  const set = (id, props) => {
    if (document.getElementById(id)) window.dash_clientside.set_props(id, props);
  };
  const notice = (props) =>
    window.dash_clientside.set_props(landscape.ids.notices, {
      sendNotifications: [{ action: "show", withBorder: true, ...props }],
    });

  function show(text, fixed = false) {
    // fixed: the server is at it, and would not hear a Stop
    set(landscape.ids.jobsImportSays, { children: text });
    set(landscape.ids.jobsImport, { children: going && !fixed ? "Stop import" : "Import …", disabled: fixed });
  }

  async function ask(path, body, signal) {
    const [header, word] = landscape.constants.archiveHeader;
    const answer = await fetch(landscape.at(path), {
      method: "POST",
      headers: { [header]: word, "Content-Type": "application/octet-stream" },
      body,
      signal,
    });
    let found = {};
    try {
      found = await answer.json();
    } catch {
      /* not in our words */
    }
    if (!answer.ok) throw new Error(found.error || `The server refused the archive (${answer.status}).`);
    return found;
  }

  async function send(file) {
    const stop = new AbortController();
    going = stop;
    let token = null;
    try {
      show("sending, 0 %");
      token = (await ask(`/archive?size=${file.size}`, null, stop.signal)).token;
      for (let at = 0; at < file.size;) {
        at = (await ask(`/archive/${token}?at=${at}`, file.slice(at, at + landscape.constants.piece), stop.signal)).at;
        show(`sending, ${Math.floor((100 * at) / file.size)} %`);
      }
      show("checking …", true);
      const done = await ask(`/archive/${token}/import`, null, stop.signal);
      token = null;
      notice({ message: done.said, color: "accent" });
    } catch (error) {
      if (token) ask(`/archive/${token}/drop`, null).catch(() => {});
      if (stop.signal.aborted) {
        notice({ message: "The import was stopped. Nothing was imported.", color: "accent" });
      } else notice({ title: "Not imported", message: error.message, color: "red", autoClose: false });
    }
    going = null;
    show("");
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(`#${landscape.ids.jobsImport}`)) return;
    if (going) {
      going.abort();
      return;
    }
    const input = document.createElement("input");
    input.type = "file";
    input.accept = ".tar,.zip";
    input.addEventListener("change", () => {
      if (input.files[0] && !going) send(input.files[0]);
    });
    input.click();
  });
})();
