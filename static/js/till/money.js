// Whole rupiah: reading, writing, change, and the cash amounts that a customer is likely to hand over.

// Likeliest first: one note of 100.000 or 50.000, then what smaller notes make.
const NOTES = [100000, 50000, 5000, 20000, 10000];

/** @param {number} amount whole rupiah, not negative @returns {string} `Rp 1.950.000` */
export const formatRupiah = (amount) =>
  `Rp ${String(amount).replace(/\B(?=(\d{3})+(?!\d))/g, ".")}`;

/** @param {string} text @returns {number | null} null where the text is no amount */
export const parseRupiah = (text) => {
  const written = /^(?:Rp ?)?(\d{1,12}|\d{1,3}(?:\.\d{3}){1,3})$/.exec(text.trim());
  return written ? Number(written[1]?.replaceAll(".", "")) : null;
};

/** @param {number} total @param {number} given @returns {number} negative where it is too little */
export const change = (total, given) => given - total;

/**
 * The exact amount, and what whole notes make of it, at most five in all.
 * @param {number} total @returns {number[]} ascending, without repeats
 */
export const quickAmounts = (total) => {
  const rounded = NOTES.map((note) => Math.ceil(total / note) * note);
  return [...new Set([total, ...rounded])].slice(0, 5).sort((a, b) => a - b);
};
