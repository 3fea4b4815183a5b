// How money goes back: the ways it came, as far as each still holds some; a voucher last, and never as money.

/** @import {Method, Receipt} from "./types.js" */

/**
 * @param {Receipt} sale @param {number} amount whole rupiah
 * @param {Receipt[]} earlier reversals of the same sale, with negative payments
 * @returns {{method: Method, amount_rupiah: number}[]}
 */
export const payBack = (sale, amount, earlier) => {
  /** @type {Map<Method, number>} */
  const left = new Map();
  for (const { method, amount_rupiah } of [sale, ...earlier].flatMap((one) => one.payments)) {
    left.set(method, (left.get(method) ?? 0) + amount_rupiah);
  }
  let rest = amount;
  const payments = [];
  const voucherLast = [...left].sort(
    ([one], [other]) => Number(one === "voucher") - Number(other === "voucher"),
  );
  for (const [method, holds] of voucherLast) {
    const part = Math.min(holds, rest);
    if (part > 0) payments.push({ method, amount_rupiah: part });
    rest -= Math.max(part, 0);
  }
  if (payments.length === 0) {
    // What cost nothing goes back for nothing, the way it came.
    payments.push({ method: sale.payments[0]?.method ?? "cash", amount_rupiah: 0 });
  }
  return payments;
};
