// How a total is paid: in one way or split, what is missing, what goes back, what notes are likely.

export { change, formatRupiah, parseRupiah, quickAmounts } from "../money.js";

/** @import {Method, Payment} from "./types.js" */

/** The most that QRIS takes in one transaction (Bank Indonesia). */
export const MAX_QRIS_RUPIAH = 10_000_000;

/** The most parts that the server reads in one sale. */
export const MAX_PAYMENTS = 10;

/** @type {readonly Method[]} */
export const METHODS = ["cash", "qris", "transfer", "card", "voucher"];

/** @param {readonly {amount_rupiah: number}[]} payments @returns {number} */
export const paidOf = (payments) => payments.reduce((sum, one) => sum + one.amount_rupiah, 0);

/** @param {readonly Payment[]} payments @param {number} total @returns {number} below nought where too much is paid */
export const missingOf = (payments, total) => total - paidOf(payments);

/** @param {readonly Payment[]} payments @returns {number} what goes back to the customer, in money */
export const changeOf = (payments) =>
  payments.reduce(
    (sum, { amount_rupiah, tendered_rupiah = amount_rupiah }) =>
      sum + tendered_rupiah - amount_rupiah,
    0,
  );

/**
 * Cash for the rest, out of what was handed over: less than the rest pays only a part.
 * @param {number} rest @param {number} tendered @returns {Payment}
 */
export const cashPayment = (rest, tendered) => ({
  method: "cash",
  amount_rupiah: Math.min(rest, tendered),
  tendered_rupiah: tendered,
});

/** @typedef {"none" | "many" | "method" | "amount" | "tendered" | "qris_limit" | "voucher" | "voucher_twice" | "short" | "over"} Problem */

/**
 * Why these cannot pay this total; null where they can.
 * @param {readonly Payment[]} payments @param {number} total @returns {Problem | null}
 */
export const problemOf = (payments, total) => {
  if (payments.length === 0) return "none";
  if (payments.length > MAX_PAYMENTS) return "many";
  const codes = new Set();
  for (const { method, amount_rupiah, tendered_rupiah, voucher } of payments) {
    if ((method === "voucher") !== (voucher !== undefined)) return "voucher";
    if (voucher !== undefined && codes.has(voucher)) return "voucher_twice";
    codes.add(voucher);
    if (!METHODS.includes(method)) return "method";
    if (!Number.isSafeInteger(amount_rupiah) || amount_rupiah < 0) return "amount";
    if (amount_rupiah === 0 && total > 0) return "amount";
    if (method === "qris" && amount_rupiah > MAX_QRIS_RUPIAH) return "qris_limit";
    if (tendered_rupiah !== undefined) {
      if (method !== "cash" || !Number.isSafeInteger(tendered_rupiah)) return "tendered";
      if (tendered_rupiah < amount_rupiah) return "tendered";
    }
  }
  const missing = missingOf(payments, total);
  return missing === 0 ? null : missing > 0 ? "short" : "over";
};
