// What this browser keeps: the schema of the tablet's database, how it is opened, and its identity.

import { openDB } from "../../../vendor/idb/index.js";

/** @import {DBSchema, IDBPDatabase, IDBPTransaction} from "../../../vendor/idb/index.js" */
/** @import {Cart, Cashier, Counting, Offer, OutboxEntry, Receipt, Slip, StandState, TillInfo} from "./types.js" */
/** @import {Days} from "./day.js" */

/** @typedef {{offer_id: number, quantity: number}} Taken what an entry takes off what is left; below nought for a reversal */
/** @typedef {OutboxEntry & {taken: Taken[]}} StoredEntry */
/** @typedef {{uuid: string, order: number, receipt: Receipt}} StoredReceipt */
/** @typedef {Record<string, {sale: number, training: number, close?: number, cash?: number}>} Counters by the till's prefix */
/** @typedef {{counters: Counters, position: number, days: Days}} Book `position` of what was saved last: the order in which it is sent; `days`: what each comes to */
/** @typedef {{cart: Cart, priced: Offer[], frozen: boolean}} StoredCart the offers as they were when they were tapped, or when the payment panel opened */
/** @typedef {{etag: string, state: StandState}} StoredStand */
/** @typedef {{code: string, sale: string, isLeft: boolean}} Claim a voucher that the server may hold for a sale; `isLeft`: to be given back */
/** @typedef {{salt: Uint8Array<ArrayBuffer>, iterations: number, hash: Uint8Array<ArrayBuffer>}} PinVerifier */

/**
 * The store `meta` holds one value under each of these names. Additions only: an older page may
 * find what a newer one wrote.
 * @typedef {object} Meta
 * @property {string} storage_id made together with the storage, never again
 * @property {string} owner the page that sells; a page that finds another name here writes nothing
 * @property {StoredCart} cart
 * @property {Book} book what every sale moves on, in one record: fewer rounds to the disk's process
 * @property {TillInfo} till
 * @property {StoredStand} stand
 * @property {"unpaired" | "revoked" | "paired"} pairing
 * @property {Cashier | null} cashier
 * @property {boolean} training
 * @property {number} clock_offset_ms the last one measured
 * @property {number} last_contact_at
 * @property {Record<number, PinVerifier>} pins
 * @property {number[]} wrong_pins instants of the wrong PINs typed without a network
 * @property {Claim[]} claims
 * @property {Counting | null} counting
 * @property {Slip[]} slips the last closes, the newest at the end
 * @property {string} epoch the server's, for which everything kept was sent; see sent.js
 */

/**
 * @typedef {object} Schema
 * @property {{key: string, value: any}} meta
 * @property {{key: number, value: StoredEntry, indexes: {uuid: string}}} outbox
 * @property {{key: string, value: StoredReceipt, indexes: {order: number}}} receipts
 */

/** @typedef {IDBPDatabase<DBSchema & Schema>} Database */
/** @typedef {IDBPTransaction<DBSchema & Schema, ("meta" | "outbox" | "receipts")[], "readwrite">} Writing */

/**
 * @typedef {object} Storage
 * @property {Database} db
 * @property {string} storageId
 * @property {() => Promise<number>} countUnsent sales and reversals that the server has not taken, refused ones too
 * @property {() => void} close
 */

const NAME = "opop-till";
const VERSION = 1;

/**
 * Open the storage, and make it with its identity where there is none. Rejects where this browser
 * keeps nothing.
 * @param {{onLost?: () => void, onBlocked?: () => void}} [options] `onLost`: this page's connection
 * has ended, because a newer page wants another schema or because the browser ended it
 * @returns {Promise<Storage>}
 */
export const openStorage = async ({ onLost, onBlocked } = {}) => {
  /** @type {Database} */
  const db = await openDB(NAME, VERSION, {
    upgrade: (database, oldVersion) => {
      if (oldVersion < 1) {
        database.createObjectStore("meta");
        const outbox = database.createObjectStore("outbox", {
          keyPath: "position",
          autoIncrement: true,
        });
        outbox.createIndex("uuid", "uuid", { unique: true });
        const receipts = database.createObjectStore("receipts", { keyPath: "uuid" });
        receipts.createIndex("order", "order");
      }
    },
    blocked: () => onBlocked?.(),
    // A newer page waits for this one to let go; all that was saved is on the disk already.
    blocking: () => {
      db.close();
      onLost?.();
    },
    terminated: () => onLost?.(),
  });
  return {
    db,
    storageId: await identify(db),
    countUnsent: () => db.count("outbox"),
    close: () => db.close(),
  };
};

/** @param {Database} db @returns {Promise<string>} */
const identify = async (db) => {
  const known = await db.get("meta", "storage_id");
  if (known) return known;
  const tx = db.transaction("meta", "readwrite", { durability: "strict" });
  /** @type {string | undefined} */
  let id = await tx.store.get("storage_id");
  if (!id) {
    id = crypto.randomUUID();
    await tx.store.put(id, "storage_id");
  }
  await tx.done;
  return id;
};

/**
 * @template {keyof Meta} Name
 * @param {Database} db @param {Name} name @returns {Promise<Meta[Name] | undefined>}
 */
export const readMeta = (db, name) => db.get("meta", name);

/** @param {Database} db @returns {Promise<Partial<Meta>>} everything in `meta`, read at once */
export const readAllMeta = async (db) => {
  const { store } = db.transaction("meta");
  const [names, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
  return Object.fromEntries(names.map((name, place) => [name, values[place]]));
};

/**
 * @template {keyof Meta} Name
 * @param {{objectStore: (name: "meta") => {get: (key: string) => Promise<any>}}} tx
 * @param {Name} name @returns {Promise<Meta[Name] | undefined>}
 */
export const readMetaIn = (tx, name) => tx.objectStore("meta").get(name);

/**
 * @template {keyof Meta} Name
 * @param {{objectStore: (name: "meta") => {put?: (value: any, key: string) => Promise<unknown>}}} tx
 * @param {Name} name @param {Meta[Name]} value
 */
export const writeMetaIn = (tx, name, value) => tx.objectStore("meta").put?.(value, name);

/** @type {Book} */
export const EMPTY_BOOK = Object.freeze({ counters: {}, position: 0, days: {} });

/** @type {("meta" | "outbox" | "receipts")[]} */
const STORES = ["meta", "outbox", "receipts"];

/** Another page has become the one that sells. */
export class NotOwner extends Error {}

/**
 * One transaction over all that a sale touches, on the disk when it resolves. It writes nothing
 * unless `owner` is still the page that sells: else it is undone. `work` may await nothing but this
 * database, and need not await what it writes.
 * @template Result
 * @param {Database} db @param {string | null} owner null asks nobody
 * @param {(tx: Writing) => Promise<Result>} work
 * @param {"strict" | "relaxed"} [durability]
 * @param {("meta" | "outbox" | "receipts")[]} [stores]
 * @returns {Promise<Result>}
 */
export const write = async (db, owner, work, durability = "strict", stores = STORES) => {
  /** @type {Writing} */
  const tx = db.transaction(stores, "readwrite", { durability });
  // Heard of below; without this a failing transaction is also reported as unhandled.
  tx.done.catch(() => {});
  try {
    // Asked together with what the work asks first: each round to the disk's process takes time.
    const named = owner === null ? null : readMetaIn(tx, "owner");
    const result = await work(tx);
    if (named && (await named) !== owner) throw new NotOwner();
    tx.commit();
    await tx.done;
    return result;
  } catch (error) {
    try {
      tx.abort();
    } catch {
      // It has ended by itself.
    }
    // Where a request failed because the transaction did, the transaction's own error says why.
    throw error instanceof NotOwner ? error : (tx.error ?? error);
  }
};

/**
 * The same over `meta` alone: it waits for nobody who reads receipts or sends what waits.
 * @template Result
 * @param {Database} db @param {string | null} owner
 * @param {(tx: Writing) => Promise<Result>} work
 * @param {"strict" | "relaxed"} [durability]
 */
export const writeMeta = (db, owner, work, durability) => write(db, owner, work, durability, ["meta"]);
