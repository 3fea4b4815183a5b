// What a till's day comes to on this tablet: sums that are kept with each sale, so that receipts may
// be forgotten and the drawer is still known.

/** @import {DaySums, Movement, Receipt} from "./types.js" */
/** @typedef {Record<string, Record<string, DaySums>>} Days by the till's prefix, then by day */

/** Notes and coins to count, the largest first. */
export const DENOMINATIONS = [100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100];
/** As the server reads it. */
export const MOST_PIECES = 9999;
export const MOST_MOVED = 1_000_000_000;

const WIB_MS = 7 * 60 * 60 * 1000;
const KEPT_DAYS = 14;

/** @param {number | string} at @returns {string} `2026-11-25`, the day in Surabaya */
export const dayOf = (at) => new Date(new Date(at).getTime() + WIB_MS).toISOString().slice(0, 10);

/** @type {DaySums} */
export const NO_SUMS = Object.freeze({
  sales: 0,
  reversals: 0,
  gross: 0,
  reversed: 0,
  methods: {},
  movements: [],
  closes: 0,
  changes: 0,
});

/** @param {Days} days @param {string} prefix @param {string} day */
export const sumsOf = (days, prefix, day) => days[prefix]?.[day] ?? NO_SUMS;

/**
 * @param {Days} days @param {string} prefix @param {string} day @param {Partial<DaySums>} change
 * @returns {Days}
 */
const put = (days, prefix, day, change) => {
  const before = sumsOf(days, prefix, day);
  const all = { ...days[prefix], [day]: { ...before, ...change, changes: before.changes + 1 } };
  const kept = Object.keys(all).sort().slice(-KEPT_DAYS);
  return { ...days, [prefix]: Object.fromEntries(kept.map((name) => [name, all[name] ?? NO_SUMS])) };
};

/**
 * Add a sale or a reversal; training counts for nothing.
 * @param {Days} days @param {string} prefix @param {Receipt} receipt @returns {Days}
 */
export const withReceipt = (days, prefix, receipt) => {
  if (receipt.training) return days;
  const day = dayOf(receipt.sold_at);
  const before = sumsOf(days, prefix, day);
  const paid = new Map(Object.entries(before.methods));
  for (const { method, amount_rupiah } of receipt.payments) {
    paid.set(method, (paid.get(method) ?? 0) + amount_rupiah);
  }
  const methods = Object.fromEntries(paid);
  const total = receipt.total_rupiah;
  return put(
    days,
    prefix,
    day,
    receipt.kind === "sale"
      ? { methods, sales: before.sales + 1, gross: before.gross + total }
      : { methods, reversals: before.reversals + 1, reversed: before.reversed - total },
  );
};

/** @param {Days} days @param {string} prefix @param {string} day @param {Movement} movement */
export const withMovement = (days, prefix, day, movement) =>
  put(days, prefix, day, { movements: [...sumsOf(days, prefix, day).movements, movement] });

/** @param {Days} days @param {string} prefix @param {string} day */
export const withClose = (days, prefix, day) =>
  put(days, prefix, day, { closes: sumsOf(days, prefix, day).closes + 1 });

/** @param {DaySums} sums @param {Movement["kind"]} kind @returns {number} whole rupiah */
export const movedOf = (sums, kind) =>
  sums.movements.reduce((sum, one) => sum + (one.kind === kind ? one.amount_rupiah : 0), 0);

/** @param {DaySums} sums @returns {number} what should lie in the drawer */
export const expectedOf = (sums) =>
  movedOf(sums, "float") +
  movedOf(sums, "in") -
  movedOf(sums, "out") +
  (sums.methods["cash"] ?? 0);

/** @param {Readonly<Record<string, number>>} counted pieces by denomination @returns {number} */
export const totalOfCount = (counted) =>
  DENOMINATIONS.reduce((sum, value) => sum + value * (counted[value] ?? 0), 0);

/** @param {Days} days @param {string} prefix @param {string} today @returns {string[]} earlier days that nobody closed */
export const forgottenDays = (days, prefix, today) =>
  Object.entries(days[prefix] ?? {})
    .filter(([day, sums]) => day < today && sums.closes === 0 && sums.changes > 0)
    .map(([day]) => day)
    .sort();
