// The scripts of assets/ in a window without a browser: `load` gives what they put there.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";

export const ASSETS = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../assets");
export const NAMES = readdirSync(ASSETS)
  .filter((name) => name.endsWith(".js"))
  .sort();
// Scripts of a report beside those of the page: they are named by their paths.
export const REPORT = ["stand_in.js", "details.js"].map((name) =>
  path.resolve(ASSETS, "../landscape_app/dashboard/export/static", name),
);

/**
 * The `landscape` and `dash_clientside` of a window in which the scripts ran in the order of `names`. The function that
 * the variable LANDSCAPE_BROKEN names, picks.lit, does nothing. own: what its document has instead.
 */
export function load(names = NAMES, own = {}) {
  const listen = () => {};
  const document = {
    addEventListener: listen,
    documentElement: { dataset: {}, getAttribute: () => null },
    getElementById: () => null,
    querySelectorAll: () => [],
    querySelector: () => null,
    ...own,
  };
  const window = { addEventListener: listen, document, atob };
  class MutationObserver {
    observe() {}
  }
  const context = vm.createContext({
    window,
    document,
    MutationObserver,
    performance,
    console,
    setTimeout,
    clearTimeout,
  });
  for (const name of names) vm.runInContext(readFileSync(path.resolve(ASSETS, name), "utf8"), context, { filename: name });
  const broken = (process.env.LANDSCAPE_BROKEN || "").split(".");
  const name = broken.pop();
  if (name) broken.reduce((space, key) => space[key], window.landscape)[name] = () => undefined;
  return window;
}

/** A value of a script's own realm as one of this realm, for deepEqual. */
export const plain = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
