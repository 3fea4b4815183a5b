// What the server has said that it has, kept for some days beside the outbox: a server that was put back
// to an older copy of its database lacks what came since, and gets it from here again.

import { openDB } from "../../../vendor/idb/index.js";
import { readMetaIn, write, writeMetaIn } from "./storage.js";

/** @import {DBSchema, IDBPDatabase} from "../../../vendor/idb/index.js" */
/** @import {Database, StoredEntry} from "./storage.js" */

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

/**
 * Keep what was taken. Called before the outbox lets go of it.
 * @param {StoredEntry[]} entries
 */
export const keepSent = async (entries) => {
  if (entries.length === 0) return;
  const db = await sent();
  const tx = db.transaction("sent", "readwrite");
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
 * for which epoch: all of it or nothing.
 * @param {Database} db @param {string} owner @param {string} epoch
 * @returns {Promise<StoredEntry[]>} what was put back
 */
export const sendAllAgain = async (db, owner, epoch) => {
  const kept = await (await sent()).getAll("sent");
  return write(db, owner, async (tx) => {
    const [known, waiting] = await Promise.all([
      readMetaIn(tx, "epoch"),
      tx.objectStore("outbox").getAllKeys(),
    ]);
    if (known === epoch) return [];
    const there = new Set(waiting);
    /** @type {StoredEntry[]} */
    const back = [];
    for (const { sent_at: _at, ...entry } of kept) {
      if (there.has(entry.position)) continue;
      back.push({ ...entry, state: "unsent", problems: [] });
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
    void writeMetaIn(tx, "epoch", epoch)?.catch(() => {});
    return back;
  });
};
