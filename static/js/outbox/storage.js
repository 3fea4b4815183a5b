// What an outbox keeps on this device: what waits, the last ones, and what the server said last.

import { openDB } from "../../vendor/idb/index.js";

/** @import {DBSchema, IDBPDatabase} from "../../vendor/idb/index.js" */
/** @import {Contact, Entry, Recent, Request, Taken, View} from "./types.js" */

/**
 * @typedef {object} Schema
 * @property {{key: number, value: Entry, indexes: {uuid: string}}} outbox
 * @property {{key: number, value: Recent, indexes: {uuid: string}}} recent
 * @property {{key: string, value: any}} meta `state` and `contactAt`, and what the page keeps
 */

/** @typedef {IDBPDatabase<DBSchema & Schema>} Database */

/**
 * What became of one that was sent.
 * @typedef {{entry: Entry, fate: Taken | "refused", message: string, answer: any}} Settled
 */

/**
 * @typedef {object} Store
 * @property {(request: Request, more?: {after?: string, page?: string, tick?: number}) => Promise<Entry>} add
 * on the disk when it resolves
 * @property {() => Promise<Entry[]>} unsent in order
 * @property {(settled: Settled[], heard?: {state?: any, at: number}) => Promise<void>} settle
 * @property {(uuid?: string) => Promise<void>} release refused ones are sent once more
 * @property {(uuid: string) => Promise<void>} drop a refused one, by somebody who has read why
 * @property {(contact: Contact) => Promise<View>} view
 * @property {(name: string, value: any) => Promise<void>} keep
 * @property {(name: string) => Promise<any>} kept
 * @property {() => void} close
 */

/**
 * @template T @param {T} value @param {Set<string>} fields
 * @returns {T} without those fields, at any depth
 */
const without = (value, fields) => {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  const left = Object.entries(value).filter(([name]) => !fields.has(name));
  return /** @type {T} */ (Object.fromEntries(left.map(([name, one]) => [name, without(one, fields)])));
};

// Additions only. An older page may be open beside a newer one, and what it wrote is sent by both.
const VERSION = 1;

/** @param {Database} database */
const makeStores = (database) => {
  const outbox = database.createObjectStore("outbox", { keyPath: "position", autoIncrement: true });
  outbox.createIndex("uuid", "uuid", { unique: true });
  const recent = database.createObjectStore("recent", { keyPath: "position" });
  recent.createIndex("uuid", "uuid", { unique: true });
  database.createObjectStore("meta");
};

/**
 * Open an outbox, and make it where there is none. Rejects where this browser keeps nothing.
 * @param {string} name
 * @param {{keepRecent: number, forget?: string[], onLost?: () => void}} options `forget`: fields
 * that the last ones are remembered without; `onLost`: this page's connection has ended, because a
 * newer page wants another schema or because the browser ended it
 * @returns {Promise<Store>}
 */
export const openStore = async (name, { keepRecent, forget = [], onLost }) => {
  const forgotten = new Set(forget);
  /** @type {(version?: number) => Promise<Database>} */
  const open = (version) =>
    openDB(name, version, {
      upgrade: (database, oldVersion) => {
        if (oldVersion < 1) makeStores(database);
      },
      // A newer page waits for this one to let go; all that was put is on the disk already.
      blocking: () => {
        db.close();
        onLost?.();
      },
      terminated: () => onLost?.(),
    });
  // A newer page was here before: its stores are these and perhaps more.
  const db = await open(VERSION).catch((error) => {
    if (error?.name !== "VersionError") throw error;
    return open();
  });

  /** @returns {Promise<Entry[]>} */
  const unsent = async () =>
    (await db.getAll("outbox")).filter((entry) => entry.state === "unsent");

  /** @type {Store["add"]} */
  const add = async (request, { after, page, tick } = {}) => {
    const tx = db.transaction(["outbox", "recent"], "readwrite", { durability: "strict" });
    tx.done.catch(() => {});
    /** @type {any} */
    const entry = { uuid: request.uuid, request, state: "unsent", page, tick, ...(after && { after }) };
    const position = await tx.objectStore("outbox").add(entry);
    const recent = tx.objectStore("recent");
    if (keepRecent) {
      const remembered = without(request, forgotten);
      await recent.add({ position, uuid: request.uuid, request: remembered, state: "unsent" });
      const tooOld = position - keepRecent;
      if (tooOld > 0) await recent.delete(IDBKeyRange.upperBound(tooOld));
    }
    await tx.done;
    return { ...entry, position };
  };

  /** @type {Store["settle"]} */
  const settle = async (settled, heard) => {
    const tx = db.transaction(["outbox", "recent", "meta"], "readwrite");
    tx.done.catch(() => {});
    for (const { entry, fate, message, answer } of settled) {
      if (fate === "refused") {
        await tx.objectStore("outbox").put({ ...entry, state: "refused", message });
      } else await tx.objectStore("outbox").delete(entry.position);
      const recent = await tx.objectStore("recent").get(entry.position);
      if (recent) {
        const remembered = without(answer, forgotten);
        await tx.objectStore("recent").put({ ...recent, state: fate, answer: remembered });
      }
    }
    if (heard) {
      await tx.objectStore("meta").put(heard.at, "contactAt");
      if (heard.state !== undefined) await tx.objectStore("meta").put(heard.state, "state");
    }
    await tx.done;
  };

  /** @type {Store["release"]} */
  const release = async (uuid) => {
    const tx = db.transaction("outbox", "readwrite");
    for (const entry of await tx.store.getAll()) {
      if (entry.state !== "refused" || (uuid && entry.uuid !== uuid)) continue;
      const { message: _message, ...rest } = entry;
      await tx.store.put({ ...rest, state: "unsent" });
    }
    await tx.done;
  };

  /** @type {Store["drop"]} */
  const drop = async (uuid) => {
    const tx = db.transaction("outbox", "readwrite", { durability: "strict" });
    const entry = await tx.store.index("uuid").get(uuid);
    if (entry?.state === "refused") await tx.store.delete(entry.position);
    await tx.done;
  };

  /** @type {Store["view"]} */
  const view = async (contact) => {
    const tx = db.transaction(["outbox", "recent", "meta"]);
    const meta = tx.objectStore("meta");
    const [entries, recent, state, contactAt] = await Promise.all([
      tx.objectStore("outbox").getAll(),
      tx.objectStore("recent").getAll(),
      meta.get("state"),
      meta.get("contactAt"),
    ]);
    const refused = entries.filter((entry) => entry.state === "refused").length;
    return {
      entries,
      recent: recent.reverse(),
      unsent: entries.length - refused,
      refused,
      state: state ?? null,
      contactAt: contactAt ?? null,
      contact,
    };
  };

  return {
    add,
    unsent,
    settle,
    release,
    drop,
    view,
    keep: async (key, value) => void (await db.put("meta", value, `page:${key}`)),
    kept: (key) => db.get("meta", `page:${key}`),
    close: () => db.close(),
  };
};
