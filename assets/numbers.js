// Numbers as a person reads them, in the same words as landscape_app/number_text.py (a test compares them).
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
  const raised = (whole) => [...String(whole)].map((sign) => RAISED[sign]).join("");

  // Three significant digits: 0.0366, 23.9, 1.2 × 10⁻⁵; – for what is not finite.
  function number(value) {
    if (!Number.isFinite(value)) return "–";
    if (Number.isInteger(value) && Math.abs(value) < 1e5) return value.toFixed(0).replace("-", "−");
    const power = Math.floor(Math.log10(Math.abs(value)));
    if (power < -4 || power >= 6) return `${(value / 10 ** power).toFixed(1)} × 10${raised(power)}`;
    return value.toFixed(Math.max(0, 2 - power)).replace("-", "−");
  }

  const percent = (value) => (Number.isFinite(value) ? `${(100 * value).toFixed(1)} %`.replace("-", "−") : "–");

  // Bytes with the unit that fits: 640 kB, 68 MB, 1.4 GB.
  function size(count) {
    if (!Number.isFinite(count)) return "–";
    const [unit, scale] = [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]].find(([, least]) => count >= least) ?? ["B", 1];
    const share = count / scale;
    return `${Number(share.toFixed(share >= 100 ? 0 : share >= 10 ? 1 : 2)) || 0} ${unit}`;
  }

  landscape.numbers = { number, percent, size };
})();
