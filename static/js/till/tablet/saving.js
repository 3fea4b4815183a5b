// Puts a sale or a reversal on the tablet's disk: once, whole, and before anybody is told so.

import { priced, totalOf } from "./cart.js";
import { withReceipt } from "./day.js";
import { NO_CART } from "./memory.js";
import { nextNumber } from "./numbers.js";
import { changeOf, problemOf } from "./payments.js";
import { EMPTY_BOOK, readMetaIn, write, writeMetaIn } from "./storage.js";

/** @import {Cashier, Line, Payment, Receipt, ReversalRequest, SaleRequest, StandState, TillInfo} from "./types.js" */
/** @import {Counters, Database, StoredCart, StoredEntry, Taken, Writing} from "./storage.js" */
/** @import {Days} from "./day.js" */

/**
 * Who sells where, and what time it is.
 * @typedef {object} Circumstances
 * @property {string} owner the page that sells
 * @property {TillInfo} till
 * @property {StandState} stand
 * @property {Cashier | null} cashier
 * @property {boolean} training
 * @property {number | null} clockOffsetMs as known now
 * @property {number} likelyOffsetMs for what is shown: the last one measured
 * @property {number} onTrustRupiah what vouchers pay without the server's word
 * @property {number} roomRupiah how much they may
 * @property {string} receiptBase where public receipts lie, with a slash at its end
 */

/** @typedef {{receipt: Receipt, entry: StoredEntry | null, counters: Counters | null, days: Days | null}} Saved `entry` null: it was saved before */

/** What was asked is not what can be saved. */
export class NotSaleable extends Error {}

/** @returns {string} 128 random bits as base64url */
export const makeToken = () =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/**
 * Save the cart as a sale, and empty it. Asked again for the same cart, it answers with the receipt
 * that is there. A cart that is another one under the name of a sale that is there becomes a sale of its
 * own under the name `spare`.
 * @param {Database} db @param {Circumstances} at @param {StoredCart} stored @param {Payment[]} payments
 * @param {string} spare a UUID, the same when it is asked again
 * @returns {Promise<Saved>}
 */
export const saveSale = (db, at, { cart, priced: offers }, payments, spare) => {
  const asked = cart.uuid;
  if (!asked) throw new NotSaleable("the payment panel was never opened");
  const byId = new Map(offers.map((offer) => [offer.id, offer]));
  const lines = priced(cart, byId);
  const total = totalOf(lines);
  const now = new Date();
  return write(db, at.owner, async (tx) => {
    const [found, given] = await Promise.all([
      tx.objectStore("receipts").get(asked),
      giveNumber(tx, at.till.prefix, at.training),
    ]);
    const isSpent = found && !isThis(found.receipt, lines, total, at.training);
    const uuid = isSpent ? spare : asked;
    const before = isSpent ? await tx.objectStore("receipts").get(spare) : found;
    if (before) {
      if ((await readMetaIn(tx, "cart"))?.cart.uuid === asked) leave(writeMetaIn(tx, "cart", NO_CART));
      return { receipt: before.receipt, entry: null, counters: null, days: null };
    }
    const problem = lines.length === 0 ? "empty" : (problemOf(payments, total) ?? trustProblem(at));
    if (problem) throw new NotSaleable(problem);
    const { number } = given;
    const token = at.training ? "" : makeToken();
    /** @type {SaleRequest} */
    const request = {
      kind: "sale",
      uuid,
      number,
      device_at: now.toISOString(),
      clock_offset_ms: at.clockOffsetMs,
      cashier_id: at.cashier?.id ?? null,
      lines,
      payments: payments.map(({ voucher_number: _number, ...sent }) => sent),
      note: cart.note.trim(),
      training: at.training,
      receipt_token: token,
    };
    /** @type {Receipt} */
    const receipt = {
      uuid,
      kind: "sale",
      number,
      ...shown(at, now),
      lines: lines.map((line, place) => ({
        position: place + 1,
        offer_id: line.offer_id,
        name: byId.get(line.offer_id)?.name ?? "",
        maker: byId.get(line.offer_id)?.maker ?? "",
        unit: byId.get(line.offer_id)?.unit ?? "",
        quantity: line.quantity,
        unit_price_rupiah: line.unit_price_rupiah,
        taken_back: 0,
      })),
      // Whoever looks into the receipts later finds no code to spend.
      payments: payments.map(({ voucher: _code, ...shown }) => shown),
      total_rupiah: total,
      change_rupiah: changeOf(payments),
      note: request.note,
      reason: "",
      training: at.training,
      receipt_url: token && `${at.receiptBase}${token}/`,
      reverses: "",
      sent: "unsent",
    };
    leave(writeMetaIn(tx, "cart", NO_CART));
    return keep(tx, given, request, receipt, at.training ? [] : lines, at.onTrustRupiah);
  });
};

/** @param {Receipt} receipt @param {Line[]} lines @param {number} total @param {boolean} training */
const isThis = (receipt, lines, total, training) =>
  receipt.kind === "sale" &&
  receipt.total_rupiah === total &&
  receipt.training === training &&
  receipt.lines.length === lines.length &&
  receipt.lines.every((line, place) => {
    const other = lines[place];
    return (
      line.offer_id === other?.offer_id &&
      line.quantity === other.quantity &&
      line.unit_price_rupiah === other.unit_price_rupiah
    );
  });

/** @typedef {Parameters<import("./types.js").TillCore["takeBack"]>[0]} TakingBack */

/**
 * Save that a sale of this tablet is taken back, whole or in part. Asked again with the same UUID, it
 * answers with the receipt that is there.
 * @param {Database} db @param {Circumstances} at @param {TakingBack} asked
 * @param {(receipt: Receipt, amount: number, earlier: Receipt[]) => {method: import("./types.js").Method, amount_rupiah: number}[]} payBack
 * @returns {Promise<Saved>}
 */
export const saveReversal = (db, at, { uuid, original, lines, reason }, payBack) => {
  const now = new Date();
  return write(db, at.owner, async (tx) => {
    const [before, stored] = await Promise.all(
      [uuid, original].map((one) => tx.objectStore("receipts").get(one)),
    );
    if (before) return { receipt: before.receipt, entry: null, counters: null, days: null };
    if (!stored || stored.receipt.kind !== "sale") throw new NotSaleable("no such sale");
    /** @type {Receipt} */
    const sale = stored.receipt;
    const byPosition = new Map(sale.lines.map((line) => [line.position, line]));
    const taken = lines.map(({ position, quantity }) => {
      const line = byPosition.get(position);
      const left = line ? line.quantity - line.taken_back : 0;
      if (!line || !Number.isInteger(quantity) || quantity < 1 || quantity > left) {
        throw new NotSaleable("more than is left");
      }
      return { line, quantity };
    });
    if (!taken.length || !reason.trim()) throw new NotSaleable("no lines or no reason");
    const total = taken.reduce((sum, one) => sum + one.quantity * one.line.unit_price_rupiah, 0);
    const all = await tx.objectStore("receipts").getAll();
    const earlier = all
      .map((one) => one.receipt)
      .filter((one) => one.kind === "reversal" && one.reverses === sale.number);
    const payments = payBack(sale, total, earlier);
    // A number is one of the till that sells now, also where the sale was made under another.
    const prefix = at.till.prefix;
    const given = await giveNumber(tx, prefix, sale.training);
    const { number } = given;
    /** @type {ReversalRequest} */
    const request = {
      kind: "reversal",
      uuid,
      number,
      device_at: now.toISOString(),
      clock_offset_ms: at.clockOffsetMs,
      cashier_id: at.cashier?.id ?? null,
      original_id: original,
      lines,
      payments,
      reason: reason.trim(),
    };
    /** @type {Receipt} */
    const receipt = {
      uuid,
      kind: "reversal",
      number,
      ...shown(at, now),
      lines: taken.map(({ line, quantity }, place) => ({
        ...line,
        position: place + 1,
        quantity: -quantity,
        taken_back: 0,
      })),
      payments: payments.map((one) => ({ ...one, amount_rupiah: -one.amount_rupiah })),
      total_rupiah: -total,
      change_rupiah: 0,
      note: "",
      reason: request.reason,
      training: sale.training,
      receipt_url: "",
      reverses: sale.number,
      sent: "unsent",
    };
    for (const { line, quantity } of taken) line.taken_back += quantity;
    leave(tx.objectStore("receipts").put({ ...stored, receipt: sale }));
    const back = taken.map((one) => ({ offer_id: one.line.offer_id, quantity: -one.quantity }));
    return keep(tx, given, request, receipt, sale.training ? [] : back);
  });
};

/** @param {Circumstances} at @returns {string | null} why the server must be asked for a voucher first */
const trustProblem = ({ onTrustRupiah, roomRupiah, training }) => {
  if (training) return null;
  return onTrustRupiah > roomRupiah ? "voucher_unconfirmed" : null;
};

/** @typedef {{number: string, counters: Counters, position: number, prefix: string, days: Days}} Given */

/** @param {Writing} tx @param {string} prefix @param {boolean} training @returns {Promise<Given>} */
const giveNumber = async (tx, prefix, training) => {
  const { counters, position, days } = (await readMetaIn(tx, "book")) ?? EMPTY_BOOK;
  const { number, counters: after } = nextNumber(counters, prefix, training);
  return { number, counters: after, position: position + 1, prefix, days };
};

/** @param {Circumstances} at @param {Date} now */
const shown = (at, now) => ({
  sold_at: new Date(now.getTime() + (at.clockOffsetMs ?? at.likelyOffsetMs)).toISOString(),
  cashier: at.cashier?.name ?? "",
  stand: `${at.stand.stand.code} · ${at.stand.stand.name}`,
  expo: at.stand.expo.name,
});

/** The transaction's end says whether it was written. @param {Promise<unknown> | undefined} writing */
const leave = (writing) => void writing?.catch(() => {});

/**
 * Write all of it. Nothing is awaited here: what fails undoes the transaction, and `write` waits for
 * its end.
 * @param {Writing} tx @param {Given} given @param {SaleRequest | ReversalRequest} request
 * @param {Receipt} receipt @param {Taken[]} taken @param {number} [onTrust] @returns {Saved}
 */
const keep = (tx, { counters, position, prefix, days: before }, request, receipt, taken, onTrust = 0) => {
  const days = withReceipt(before, prefix, receipt);
  /** @type {StoredEntry} */
  const entry = {
    position,
    uuid: request.uuid,
    request,
    state: "unsent",
    problems: [],
    taken: taken.map(({ offer_id, quantity }) => ({ offer_id, quantity })),
    on_trust_rupiah: onTrust,
  };
  leave(writeMetaIn(tx, "book", { counters, position, days }));
  leave(tx.objectStore("outbox").add(entry));
  leave(tx.objectStore("receipts").put({ uuid: request.uuid, order: position, receipt }));
  return { receipt, entry, counters, days };
};
