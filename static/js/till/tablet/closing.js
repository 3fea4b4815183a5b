// Puts cash in and out, and the close of a day, on the tablet's disk: numbered, whole, in the outbox.

import {
  DENOMINATIONS,
  dayOf,
  expectedOf,
  movedOf,
  sumsOf,
  totalOfCount,
  withClose,
  withMovement,
} from "./day.js";
import { nextInBook } from "./numbers.js";
import { EMPTY_BOOK, readMetaIn, write, writeMetaIn } from "./storage.js";

/** @import {CashRequest, CloseRequest, Counting, Movement, Slip} from "./types.js" */
/** @import {Circumstances} from "./saving.js" */
/** @import {Days} from "./day.js" */
/** @import {Counters, Database, StoredEntry, Writing} from "./storage.js" */

const KEEP_SLIPS = 60;

/** Something was sold or moved after the money was counted: the count is no longer of now. */
export class CountIsStale extends Error {}

/** @typedef {{entry: StoredEntry | null, counters: Counters, days: Days, slips: Slip[], slip: Slip | null}} BookSaved */

/**
 * @param {Writing} tx
 * @returns {Promise<{counters: Counters, position: number, days: Days, slips: Slip[]}>}
 */
const before = async (tx) => {
  const [book, slips] = await Promise.all([readMetaIn(tx, "book"), readMetaIn(tx, "slips")]);
  const { counters, position, days } = book ?? EMPTY_BOOK;
  return { counters, position: position + 1, days, slips: slips ?? [] };
};

/** @param {Circumstances} at @param {Date} now */
const shownAt = (at, now) =>
  new Date(now.getTime() + (at.clockOffsetMs ?? at.likelyOffsetMs)).toISOString();

/**
 * Save that cash went into the drawer or out of it. Asked again with the same UUID it saves nothing.
 * @param {Database} db @param {Circumstances} at
 * @param {{uuid: string, kind: Movement["kind"], amount: number, reason: string}} asked
 * @returns {Promise<BookSaved>}
 */
export const saveMovement = (db, at, { uuid, kind, amount, reason }) => {
  const now = new Date();
  return write(db, at.owner, async (tx) => {
    const { prefix } = at.till;
    const given = await before(tx);
    const day = dayOf(shownAt(at, now));
    if (sumsOf(given.days, prefix, day).movements.some((one) => one.uuid === uuid)) {
      return { ...given, entry: null, slip: null };
    }
    const { number, counters } = nextInBook(given.counters, prefix, "cash");
    /** @type {CashRequest} */
    const request = {
      kind: "cash",
      uuid,
      number,
      device_at: now.toISOString(),
      clock_offset_ms: at.clockOffsetMs,
      cashier_id: at.cashier?.id ?? null,
      movement: kind,
      amount_rupiah: amount,
      reason: reason.trim(),
    };
    const days = withMovement(given.days, prefix, day, {
      uuid,
      number,
      kind,
      amount_rupiah: amount,
      reason: request.reason,
      at: shownAt(at, now),
    });
    const entry = entryOf(given.position, request);
    await keep(tx, { counters, days, position: given.position }, entry);
    return { entry, counters, days, slips: given.slips, slip: null };
  });
};

/**
 * Keep what was counted, before anybody sees what was expected. It is what the close will say.
 * @param {Database} db @param {Circumstances} at @param {string} day
 * @param {Record<string, number>} counted pieces by denomination
 * @returns {Promise<Counting>}
 */
export const keepCount = (db, at, day, counted) =>
  write(db, at.owner, async (tx) => {
    const { prefix } = at.till;
    const { days } = await before(tx);
    const sums = sumsOf(days, prefix, day);
    /** @type {Counting} */
    const counting = {
      uuid: crypto.randomUUID(),
      prefix,
      day,
      counted: Object.fromEntries(
        DENOMINATIONS.filter((value) => counted[value]).map((value) => [value, counted[value] ?? 0]),
      ),
      counted_rupiah: totalOfCount(counted),
      expected_rupiah: expectedOf(sums),
      changes: sums.changes,
    };
    await writeMetaIn(tx, "counting", counting);
    return counting;
  });

/**
 * Close the day with what was counted. Throws CountIsStale where the drawer changed since.
 * @param {Database} db @param {Circumstances} at @param {string} note
 * @returns {Promise<BookSaved>}
 */
export const saveClose = (db, at, note) => {
  const now = new Date();
  return write(db, at.owner, async (tx) => {
    const { prefix } = at.till;
    const [given, counting] = await Promise.all([before(tx), readMetaIn(tx, "counting")]);
    if (!counting || counting.prefix !== prefix) throw new CountIsStale();
    const sums = sumsOf(given.days, prefix, counting.day);
    if (sums.changes !== counting.changes) throw new CountIsStale();
    const { number, counters } = nextInBook(given.counters, prefix, "close");
    /** @type {CloseRequest} */
    const request = {
      kind: "close",
      uuid: counting.uuid,
      number,
      device_at: now.toISOString(),
      clock_offset_ms: at.clockOffsetMs,
      cashier_id: at.cashier?.id ?? null,
      business_date: counting.day,
      counted: counting.counted,
      counted_rupiah: counting.counted_rupiah,
      expected_rupiah: counting.expected_rupiah,
      last_counter: counters[prefix]?.sale ?? 0,
      note: note.trim(),
    };
    /** @type {Slip} */
    const slip = {
      uuid: request.uuid,
      number,
      prefix,
      day: counting.day,
      at: shownAt(at, now),
      cashier: at.cashier?.name ?? "",
      stand: `${at.stand.stand.code} · ${at.stand.stand.name}`,
      expo: at.stand.expo.name,
      counted: counting.counted,
      counted_rupiah: counting.counted_rupiah,
      expected_rupiah: counting.expected_rupiah,
      note: request.note,
      float_rupiah: movedOf(sums, "float"),
      in_rupiah: movedOf(sums, "in"),
      out_rupiah: movedOf(sums, "out"),
      sales: sums.sales,
      reversals: sums.reversals,
      gross_rupiah: sums.gross,
      reversed_rupiah: sums.reversed,
      methods: sums.methods,
      last_counter: request.last_counter,
      is_recount: sums.closes > 0,
    };
    const days = withClose(given.days, prefix, counting.day);
    const slips = [...given.slips, slip].slice(-KEEP_SLIPS);
    const entry = entryOf(given.position, request);
    await writeMetaIn(tx, "counting", null);
    await writeMetaIn(tx, "slips", slips);
    await keep(tx, { counters, days, position: given.position }, entry);
    return { entry, counters, days, slips, slip };
  });
};

/** @param {number} position @param {CashRequest | CloseRequest} request @returns {StoredEntry} */
const entryOf = (position, request) => ({
  position,
  uuid: request.uuid,
  request,
  state: "unsent",
  problems: [],
  taken: [],
});

/**
 * @param {Writing} tx @param {{counters: Counters, days: Days, position: number}} given
 * @param {StoredEntry} entry
 */
const keep = async (tx, { counters, days, position }, entry) => {
  await writeMetaIn(tx, "book", { counters, position, days });
  await tx.objectStore("outbox").add(entry);
};
