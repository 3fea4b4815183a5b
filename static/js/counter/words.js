// The words of the page, and how numbers and hours are written in them.

/** @typedef {Record<string, string>} Texts */

/** @returns {Texts} as the server put them into the page */
export const readTexts = () => JSON.parse(document.getElementById("texts")?.textContent ?? "{}");

/** @param {string | undefined} text @param {Record<string, string | number>} values */
export const say = (text = "", values = {}) =>
  text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));

/** @param {number} n @returns {string} */
export const number = (n) => n.toLocaleString(document.documentElement.lang === "en" ? "en" : "id");

/** @param {number} n @returns {string} `+5`, `−5` */
export const signed = (n) => (n < 0 ? `−${number(-n)}` : `+${number(n)}`);

const clock = new Intl.DateTimeFormat("id", {
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
  timeZone: "Asia/Jakarta",
});

/** @param {number} ms @returns {string} `10.32`, in English `10:32` */
export const hourOf = (ms) =>
  clock.format(ms).replace(/[.:]/, document.documentElement.lang === "en" ? ":" : ".");
