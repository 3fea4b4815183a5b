// What the server has said that it has, kept for some days beside the outbox: a server that was put back
// to an older copy of its database lacks what came since, and gets it from here again.

import { openDB } from "../../../vendor/idb/index.js";
import { readMetaIn, write, writeMeta, writeMetaIn } from "./storage.js";

/** @import {DBSchema, IDBPDatabase} from "../../../vendor/idb/index.js" */
/** @import {Database, StoredEntry, Writing} from "./storage.js" */

/** @typedef {StoredEntry & {sent_at: number}} SentEntry */

/**
 * @typedef {object} Schema
 * @property {{key: number, value: SentEntry}} sent by its position, which no other entry of this storage has
 */

/** A database of its own: the one that sells keeps its version, and a page of before still opens it. */
const NAME = "opop-till-sent";
const VERSION = 1;
const DAYS = 10;
/** So many stay however old they look: a clock that was set to next year forgets no day's sales. */
const ALWAYS = 3_000;
/** And never more than these: some 20 MB. */
const MOST = 20_000;
/** So many go back in one transaction. */
const BACK_AT_ONCE = 500;
/** In the epoch's place until all are back; no server knows it, so one that sends under it is told to begin again. */
export const RESENDING = "resending";

/** @returns {Promise<IDBPDatabase<DBSchema & Schema>>} */
const open = () =>
  openDB(NAME, VERSION, {
    upgrade: (database) => void database.createObjectStore("sent", { keyPath: "position" }),
    // Opened again when it is asked for next.
    terminated: () => (opened = undefined),
  });

/** @type {ReturnType<typeof open> | undefined} */
let opened;

const sent = async () => {
  opened ??= open();
  try {
    return await opened;
  } catch (error) {
    opened = undefined;
    throw error;
  }
};

let unkept = 0;

/** How many that were sent could not be kept, since this page was opened. */
export const countUnkept = () => unkept;

/** @returns {Promise<number | null>} how many are kept; null where this browser will not say */
export const countSent = async () => {
  try {
    return await (await sent()).count("sent");
  } catch {
    return null;
  }
};

/** @returns {Promise<StoredEntry[]>} everything that is kept; rejects where it cannot be read */
export const allSent = async () => (await sent()).getAll("sent");

/**
 * Keep what was taken. Called before the outbox lets go of it; where there is no room for it, it is
 * counted and no less sent.
 * @param {StoredEntry[]} entries
 */
export const keepSent = async (entries) => {
  if (entries.length === 0) return;
  try {
    await keep(entries);
  } catch {
    // The browser may have ended the connection: once more over another.
    const before = opened;
    opened = undefined;
    before?.then((db) => db.close()).catch(() => {});
    await keep(entries).catch(() => (unkept += entries.length));
  }
};

/** @param {StoredEntry[]} entries */
const keep = async (entries) => {
  const db = await sent();
  // On the disk before the outbox lets go: the outbox was the only other place.
  const tx = db.transaction("sent", "readwrite", { durability: "strict" });
  for (const entry of entries) void tx.store.put({ ...entry, sent_at: Date.now() }).catch(() => {});
  await tx.done;
};

/** Let go of what no restore will ask for any more. */
export const forgetOldSent = async () => {
  const db = await sent();
  const tx = db.transaction("sent", "readwrite");
  const positions = await tx.store.getAllKeys();
  const oldest = Date.now() - DAYS * 24 * 60 * 60 * 1000;
  for (const [place, position] of positions.entries()) {
    const newer = positions.length - place;
    if (newer <= ALWAYS) break;
    const entry = newer > MOST ? null : await tx.store.get(position);
    if (!entry || entry.sent_at < oldest) await tx.store.delete(position);
  }
  await tx.done;
};

/**
 * Put everything that is kept back into the outbox, in its place before what waits there, and write down
 * at last for which epoch. Where it ends early the next one begins anew.
 * @param {Database} db @param {string} owner @param {string} epoch
 * @param {(entries: StoredEntry[]) => void} onBack hears what was put back, piece by piece
 * @returns {Promise<void>}
 */
export const sendAllAgain = async (db, owner, epoch, onBack) => {
  const isDone = await writeMeta(db, owner, async (tx) => {
    if ((await readMetaIn(tx, "epoch")) === epoch) return true;
    void writeMetaIn(tx, "epoch", RESENDING)?.catch(() => {});
    return false;
  });
  if (isDone) return;
  // Read after that: what was let go of before is among these, and what is answered now is not let go of.
  const kept = await (await sent()).getAll("sent");
  for (let from = 0; from < kept.length; from += BACK_AT_ONCE) {
    const some = kept.slice(from, from + BACK_AT_ONCE);
    onBack(await write(db, owner, (tx) => putBack(tx, some)));
  }
  await writeMeta(db, owner, async (tx) => void writeMetaIn(tx, "epoch", epoch)?.catch(() => {}));
};

/** @param {Writing} tx @param {SentEntry[]} kept @returns {Promise<StoredEntry[]>} what was not there */
const putBack = async (tx, kept) => {
  const [first, last] = [kept.at(0), kept.at(-1)];
  if (!first || !last) return [];
  const range = IDBKeyRange.bound(first.position, last.position);
  const there = new Set(await tx.objectStore("outbox").getAllKeys(range));
  /** @type {StoredEntry[]} */
  const back = [];
  for (const { sent_at: _at, ...entry } of kept) {
    if (!there.has(entry.position)) back.push({ ...entry, state: "unsent", problems: [] });
  }
  const receipts = tx.objectStore("receipts");
  for (const entry of back) {
    void tx.objectStore("outbox").put(entry).catch(() => {});
    const stored = await receipts.get(entry.uuid);
    if (stored) {
      const receipt = { ...stored.receipt, sent: /** @type {const} */ ("unsent") };
      void receipts.put({ ...stored, receipt }).catch(() => {});
    }
  }
  return back;
};
