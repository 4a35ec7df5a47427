// Figures of Explore come after the page, card by card, in one answer that goes on. Each is drawn when it is there, and the next
// one after it: the browser shows the first while the others are on their way.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const PATIENCE = 5000; // ms at most from a figure that is put in place to the next one
  const EVERY = 200; // ms from one picture of the page to the next, while figures come
  const GONE = "The figures did not come. Reload the page.";
  const AGAIN = 3000; // ms after a change of a control: by then its answer says where the figures are
  let coming = null; // {address, names, scheme, stop}: the answer that is still going on
  let again = 0; // timer
  let seen = 0; // when the browser last showed what had come

  const card = (name) => document.getElementById(`card-${name}`);
  const places = () => [...document.querySelectorAll(`#${landscape.ids.explore} .ls-place`)];
  const nameOf = (place) => place.closest("[data-view]").dataset.view;
  const scheme = () =>
    document.documentElement.getAttribute("data-mantine-color-scheme") === "dark" ? "dark" : "light";
  const graphIn = (place) => place?.querySelector(".dash-graph");

  // The lines of an answer, each as soon as it is there.
  async function* lines(body) {
    const reader = body.pipeThrough(new window.TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const parts = (rest + value).split("\n");
      rest = parts.pop();
      yield* parts;
    }
  }

  function put(name, children) {
    const place = card(name)?.querySelector(".ls-place");
    if (!place) return;
    const figure = children.props.figure;
    if (figure && graphIn(place)) window.dash_clientside.set_props({ type: landscape.ids.graph, name }, { figure });
    else window.dash_clientside.set_props({ type: landscape.ids.place, name }, { children });
  }

  const message = (text) => ({
    namespace: "dash_html_components",
    type: "Div",
    props: {
      className: "ls-state ls-failed",
      role: "status",
      children: { namespace: "dash_html_components", type: "P", props: { className: "ls-message", children: text } },
    },
  });

  // The next moment at which the browser has shown what there is; a hidden tab shows nothing.
  const painted = () =>
    new Promise((done) => {
      if (document.hidden) setTimeout(done);
      else requestAnimationFrame(() => setTimeout(done));
    });

  // Until the card has its figure, or why it has none; the browser shows the first at once, the others together where they are
  // drawn quickly. A figure that nobody sees is drawn when it is seen (scenes.js).
  async function shown(name) {
    const end = performance.now() + PATIENCE;
    const ready = () => !card(name)?.checkVisibility() || card(name).querySelector(".main-svg, .ls-failed");
    while (!ready() && performance.now() < end) await new Promise((done) => setTimeout(done));
    landscape.scan();
    if (performance.now() - seen < EVERY) return;
    await painted();
    seen = performance.now();
  }

  // A figure that was asked for in another scheme than the page has now.
  function repaint(name, asked) {
    if (scheme() === asked) return;
    landscape.known.scheme = scheme();
    const patch = landscape.repainted(name);
    if (patch) window.dash_clientside.set_props({ type: landscape.ids.graph, name }, { figure: patch });
  }

  async function follow(answer) {
    const waiting = new Set(answer.names);
    try {
      const response = await fetch(`${answer.address}&cards=${answer.names.join(",")}`, { signal: answer.stop.signal });
      if (!response.ok) throw new Error(await response.text());
      for await (const line of lines(response.body)) {
        if (coming !== answer) return;
        const { name, children } = JSON.parse(line);
        waiting.delete(name);
        put(name, children);
        await shown(name);
        repaint(name, answer.scheme);
      }
    } catch {
      // what is still waited for is told below
    }
    if (coming !== answer) return;
    coming = null;
    for (const name of waiting) put(name, message(GONE));
  }

  // All figures that are not there, and those of an answer that was going on: they may be of what was shown before.
  function bring(address) {
    const names = places()
      .filter((place) => !graphIn(place) || coming?.names.includes(nameOf(place)))
      .map(nameOf);
    if (coming?.address === address && names.every((name) => coming.names.includes(name))) return;
    halt();
    if (!names.length || !address) return;
    landscape.presentation.begin();
    landscape.known.scheme = scheme();
    coming = { address, names, scheme: scheme(), stop: new window.AbortController() };
    follow(coming);
  }

  function halt() {
    clearTimeout(again);
    coming?.stop.abort();
    coming = null;
  }

  // A control was changed: what is still to come would be of its old value. The answer to the change says where it is now; there
  // is none where the control is back before it was looked at.
  function hold() {
    if (!coming) return;
    halt();
    again = setTimeout(() => bring(landscape.known.figures), AGAIN);
  }

  landscape.cards = { bring, hold, come: () => !coming };
})();
