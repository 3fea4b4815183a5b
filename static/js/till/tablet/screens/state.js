// What the screens remember between two drawings: which view is open, and what was typed in it.

/** @import {Payment, Receipt, Slip} from "../types.js" */

/** @typedef {"sell" | "pay" | "receipt" | "reversal" | "receipts" | "menu" | "cashier" | "unsent" | "export" | "goods" | "drawer" | "count" | "review" | "slip"} View */
/** @import {Method} from "../types.js" */

/**
 * @typedef {object} Ui
 * @property {View} view
 * @property {Method} method
 * @property {string} typed digits on the keypad
 * @property {boolean} partial whether a part of the rest is being typed for a payment without cash
 * @property {Payment[]} parts what a split sale has paid already
 * @property {"" | "asking" | "saving"} busy what is waited for: an answer, which may be left, or the disk, which may not
 * @property {string} trouble what went wrong, in words
 * @property {Receipt | null} receipt the one that is shown
 * @property {Slip | null} slip the close that is shown
 * @property {boolean} fresh whether it was saved just now
 * @property {string} search
 * @property {boolean} noting
 * @property {{code: string, number: string, value_rupiah: number, values: number[], room_rupiah: number} | null} voucher found, and not yet a part of what is paid
 * @property {string} voucherTyped
 * @property {boolean} scanning
 */

/**
 * For `aria-disabled` of what is pressed and keeps the keyboard while something is waited for.
 * @param {Ui} ui
 */
export const isBusy = (ui) => (ui.busy ? "true" : "false");

/** @returns {Ui} */
export const freshUi = () => ({
  view: "sell",
  method: "cash",
  typed: "",
  partial: false,
  parts: [],
  busy: "",
  trouble: "",
  receipt: null,
  slip: null,
  fresh: false,
  search: "",
  noting: false,
  voucher: null,
  voucherTyped: "",
  scanning: false,
});
