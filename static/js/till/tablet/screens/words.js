// The texts of the page in the tablet's language, and how numbers and times are put into words.

import { formatRupiah } from "../../money.js";

/** @typedef {Record<string, string>} Texts */

/** @returns {Texts} what the server wrote into the page */
export const readTexts = () =>
  JSON.parse(document.querySelector("#texts")?.textContent ?? "{}");

/**
 * @param {string | undefined} text with `{name}` where a value goes
 * @param {Record<string, string | number>} values @returns {string}
 */
export const say = (text, values = {}) =>
  (text ?? "").replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));

/** @param {number} amount whole rupiah, negative for what goes back @returns {string} */
export const rupiah = (amount) =>
  amount < 0 ? `−${formatRupiah(-amount)}` : formatRupiah(amount);

const CLOCK = new Intl.DateTimeFormat("id-ID", {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZone: "Asia/Jakarta",
});

/** @param {number | string} at @returns {string} `14.32`, in English `14:32`, in Surabaya */
export const clock = (at) =>
  CLOCK.format(new Date(at)).replace(/[.:]/, document.documentElement.lang === "en" ? ":" : ".");

/** @param {string | Date} at @param {string} language @returns {string} `25 November 2026` */
const inWords = (at, language) =>
  new Intl.DateTimeFormat(language === "en" ? "en-GB" : "id-ID", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "Asia/Jakarta",
  }).format(new Date(at));

/** @param {string} at @param {string} language @returns {string} `25 November 2026, 14.32 WIB` */
export const longDate = (at, language) => `${inWords(at, language)}, ${clock(at)} WIB`;

/** @param {string} day `2026-11-25` @param {string} language @returns {string} `25 November 2026` */
export const longDay = (day, language) => inWords(`${day}T12:00:00+07:00`, language);
