// Between memory and disk: what the till reads when it opens, and what it keeps while it sells.

import { EMPTY } from "./cart.js";
import { NO_CART } from "./memory.js";
import { NotSaleable } from "./saving.js";
import { RESENDING, countSent, forgetOldSent } from "./sent.js";
import { EMPTY_BOOK, NotOwner, readAllMeta, writeMeta, writeMetaIn } from "./storage.js";

/** @import {Cart, Offer, Receipt} from "./types.js" */
/** @import {Mind} from "./memory.js" */
/** @import {Claim, Meta, StoredCart, StoredEntry} from "./storage.js" */

const KEEP_RECEIPTS = 300;
/** What opening the till need not wait for. */
const LATER_MS = 5_000;
const AGAIN_MS = 300;

/**
 * @typedef {object} Keeping
 * @property {(isAgain?: boolean) => Promise<void>} load again: what is in the cart is newer than what is kept
 * @property {() => Promise<void>} tryRefusedAgain
 * @property {(values: Partial<Meta>) => Promise<void>} remember
 * @property {() => Promise<unknown>} keepCart
 * @property {() => Promise<unknown>} cartWritten when the last cart is on the disk
 * @property {(next: Cart, offers?: Offer[]) => void} setCart
 * @property {(error: unknown) => void} noticeLoss
 * @property {(uuid: string) => Promise<Receipt | null>} receiptOf
 * @property {<Result>(save: () => Promise<Result>) => Promise<Result>} savedOnce
 * @property {(limit?: number) => Promise<Receipt[]>} receipts newest first
 */

/**
 * @param {object} parts
 * @param {Mind} parts.mind
 * @param {string} parts.page the name under which this page owns the storage
 * @param {(claims: Claim[], waiting: Iterable<StoredEntry>) => Promise<void>} parts.startVouchers
 * @returns {Keeping}
 */
export const createKeeping = ({ mind: { memory, tell, become }, page, startVouchers }) => {
  /** One write of the cart after the other, so that the last one wins. @type {Promise<unknown>} */
  let cartWritten = Promise.resolve();

  const load = async (isAgain = false) => {
    const meta = await readAllMeta(memory.db);
    memory.pairing = meta.pairing ?? "unpaired";
    memory.till = meta.till ?? null;
    memory.stand = meta.stand ?? null;
    if (!isAgain) {
      // Where the page was closed while the customer paid, the cart is there with the same UUID.
      memory.cart = { ...(await unsold(meta.cart ?? NO_CART)), frozen: false };
      memory.tiles = [];
    }
    const { counters, days } = meta.book ?? EMPTY_BOOK;
    memory.counters = counters;
    memory.days = days;
    memory.cashier = meta.cashier ?? null;
    memory.training = meta.training ?? false;
    memory.likelyOffsetMs = meta.clock_offset_ms ?? 0;
    memory.lastContactAt = meta.last_contact_at ?? null;
    memory.counting = meta.counting ?? null;
    memory.slips = meta.slips ?? [];
    memory.epoch = meta.epoch ?? "";
    if (memory.epoch === RESENDING) memory.owed = { kept: await countSent() };
    await tryRefusedAgain();
    const entries = await memory.db.getAll("outbox");
    memory.waiting = new Map(entries.map((entry) => [entry.position, entry]));
    // Again, the customer who pays still has his.
    if (!isAgain) await startVouchers(meta.claims ?? [], memory.waiting.values());
    setTimeout(() => {
      void forgetOldReceipts().catch(() => {});
      void forgetOldSent().catch(() => {});
    }, LATER_MS);
    memory.last = (await receipts(20)).find((receipt) => receipt.kind === "sale") ?? null;
  };

  /**
   * A sale empties its cart. Wherever one with a receipt came from, it is paid: what is added to it would be
   * taken for that sale.
   * @param {StoredCart} cart
   */
  const unsold = async (cart) =>
    cart.cart.uuid && (await receiptOf(cart.cart.uuid)) ? NO_CART : cart;

  /** What was refused may have been this page's fault or the server's, and either mended since. */
  const tryRefusedAgain = async () => {
    const tx = memory.db.transaction("outbox", "readwrite");
    for (const entry of await tx.store.getAll()) {
      if (entry.state === "refused") await tx.store.put({ ...entry, state: "unsent" });
    }
    await tx.done;
  };

  const forgetOldReceipts = async () => {
    const uuids = await memory.db.getAllKeysFromIndex("receipts", "order");
    const needed = new Set([...memory.waiting.values()].map((entry) => entry.uuid));
    for (const uuid of uuids.slice(0, -KEEP_RECEIPTS)) {
      if (!needed.has(uuid)) await memory.db.delete("receipts", uuid);
    }
  };

  /** @param {Partial<Meta>} values */
  const remember = async (values) => {
    try {
      await writeMeta(
        memory.db,
        null,
        async (tx) => {
          for (const [name, value] of Object.entries(values)) {
            await writeMetaIn(tx, /** @type {keyof Meta} */ (name), value);
          }
        },
        "relaxed",
      );
    } catch (error) {
      noticeLoss(error);
    }
  };

  const keepCart = () => {
    const now = memory.cart;
    cartWritten = cartWritten
      .then(() =>
        writeMeta(memory.db, page, async (tx) => void (await writeMetaIn(tx, "cart", now)), "relaxed"),
      )
      .catch(noticeLoss);
    return cartWritten;
  };

  /** @param {unknown} error */
  const noticeLoss = (error) => {
    if (error instanceof NotOwner && memory.phase === "ready") become("elsewhere");
  };

  /** @param {Cart} next @param {Offer[]} [offers] */
  const setCart = (next, offers = memory.cart.priced) => {
    memory.cart = { ...memory.cart, cart: next, priced: offers };
    if (next.lines.length === 0) memory.cart = { ...NO_CART, cart: { ...EMPTY, note: "" } };
    void keepCart();
    tell();
  };

  /** @param {string} uuid @returns {Promise<Receipt | null>} */
  const receiptOf = async (uuid) => (await memory.db.get("receipts", uuid))?.receipt ?? null;

  /**
   * Once more where the storage failed. What is saved under its UUID is found where nobody heard that it was, as
   * when the browser ended the connection just then, and saved where it was not.
   * @template Result
   * @param {() => Promise<Result>} save @returns {Promise<Result>}
   */
  const savedOnce = async (save) => {
    try {
      return await save();
    } catch (error) {
      noticeLoss(error);
      if (error instanceof NotOwner || error instanceof NotSaleable) throw error;
    }
    // That a connection has ended may be heard later than what failed by it.
    await new Promise((done) => setTimeout(done, AGAIN_MS));
    await memory.opening;
    return save();
  };

  /** @param {number} [limit] */
  const receipts = async (limit = KEEP_RECEIPTS) => {
    /** @type {Receipt[]} */
    const found = [];
    const store = memory.db.transaction("receipts").store;
    let cursor = await store.index("order").openCursor(null, "prev");
    while (cursor && found.length < limit) {
      found.push(cursor.value.receipt);
      cursor = await cursor.continue();
    }
    return found;
  };

  return {
    load,
    tryRefusedAgain,
    remember,
    keepCart,
    cartWritten: () => cartWritten,
    setCart,
    noticeLoss,
    receiptOf,
    savedOnce,
    receipts,
  };
};
