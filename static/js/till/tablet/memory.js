// What the open till has in mind, and what its screens see of that.

import { EMPTY, byId, priced, totalOf } from "./cart.js";
import { dayOf, forgottenDays, sumsOf } from "./day.js";

/** @import {Cashier, Counting, Drawer, Offer, Phase, Receipt, Slip, Snapshot, TillInfo} from "./types.js" */
/** @import {Clock} from "./clock.js" */
/** @import {Days} from "./day.js" */
/** @import {Sender} from "./outbox.js" */
/** @import {Counters, Database, Meta, StoredCart, StoredEntry, StoredStand} from "./storage.js" */

/**
 * @typedef {object} Memory
 * @property {Database} db open before anything is asked of it
 * @property {Promise<void>} opening when a connection that the browser ended is there again, or will not be
 * @property {string} storageId
 * @property {boolean} persists whether the browser promised to keep what is stored
 * @property {Phase} phase
 * @property {Meta["pairing"]} pairing
 * @property {TillInfo | null} till
 * @property {StoredStand | null} stand
 * @property {Offer[]} tiles as they were laid out: what sells out or comes meanwhile moves none of them
 * @property {StoredCart} cart
 * @property {Counters} counters
 * @property {Cashier | null} cashier
 * @property {boolean} training
 * @property {Map<number, StoredEntry>} waiting by its position
 * @property {Receipt | null} last
 * @property {Days} days
 * @property {Counting | null} counting
 * @property {Slip[]} slips
 * @property {string} epoch
 * @property {Snapshot["owed"]} owed
 * @property {number} likelyOffsetMs
 * @property {number | null} lastContactAt
 * @property {boolean} inContact
 * @property {boolean} hasNewVersion
 * @property {Sender | null} sender only the page that sells has one
 * @property {(addresses: string[]) => void} keepPhotos
 */

/**
 * @typedef {object} Mind
 * @property {Memory} memory
 * @property {() => void} tell everybody who listens that something changed
 * @property {(next: Phase) => void} become
 * @property {() => Snapshot} snapshot
 * @property {() => void} redraw the next snapshot is made anew, told or not
 * @property {(listener: (snapshot: Snapshot) => void) => () => void} subscribe
 */

/** @type {StoredCart} */
export const NO_CART = { cart: EMPTY, priced: [], frozen: false };

/** @returns {Memory} */
const nothingYet = () => ({
  db: /** @type {Database} */ (/** @type {unknown} */ (undefined)),
  opening: Promise.resolve(),
  storageId: "",
  persists: false,
  phase: "starting",
  pairing: "unpaired",
  till: null,
  stand: null,
  tiles: [],
  cart: NO_CART,
  counters: {},
  cashier: null,
  training: false,
  waiting: new Map(),
  last: null,
  days: {},
  counting: null,
  slips: [],
  epoch: "",
  owed: null,
  likelyOffsetMs: 0,
  lastContactAt: null,
  inContact: false,
  hasNewVersion: false,
  sender: null,
  keepPhotos: () => {},
});

/** @param {{clock: Clock}} parts @returns {Mind} */
export const createMind = ({ clock }) => {
  const memory = nothingYet();
  /** @type {Set<(snapshot: Snapshot) => void>} */
  const listeners = new Set();
  /** @type {Snapshot | null} */
  let drawn = null;

  const redraw = () => {
    drawn = null;
  };

  const tell = () => {
    redraw();
    for (const listener of listeners) listener(snapshot());
  };

  /** @returns {Snapshot} */
  const snapshot = () => (drawn ??= makeSnapshot());

  /** @returns {Snapshot} */
  const makeSnapshot = () => {
    const { cart, stand, till } = memory;
    const entries = [...memory.waiting.values()];
    const offers = offersNow(stand?.state.offers ?? [], entries);
    return {
      phase: memory.phase,
      till,
      stand: stand && { ...stand.state, offers },
      tiles: (memory.tiles = laidOut(memory.tiles, offers, cart.cart.lines.length > 0)),
      cart: cart.cart,
      cart_offers: cart.priced,
      total_rupiah: totalOf(priced(cart.cart, byId(cart.priced))),
      cashier: memory.cashier,
      training: memory.training,
      unsent: entries.filter((entry) => entry.state === "unsent").length,
      refused: entries.filter((entry) => entry.state === "refused").length,
      owed: memory.owed,
      last_contact_at: memory.lastContactAt,
      in_contact: memory.inContact,
      new_version: memory.hasNewVersion,
      last: memory.last,
      drawer: till && drawerOf(till.prefix),
    };
  };

  /** @param {string} prefix @returns {Drawer} */
  const drawerOf = (prefix) => {
    const { counting, days, slips } = memory;
    const day = dayOf(Date.now() + (clock.offset() ?? memory.likelyOffsetMs));
    return {
      day,
      sums: sumsOf(days, prefix, day),
      forgotten: forgottenDays(days, prefix, day),
      counting: counting?.prefix === prefix ? counting : null,
      slips: slips.filter((one) => one.prefix === prefix).reverse(),
    };
  };

  return {
    memory,
    tell,
    become: (next) => {
      memory.phase = next;
      tell();
    },
    snapshot,
    redraw,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};

/** What is left less what waits here. @param {Offer[]} offers @param {StoredEntry[]} entries */
const offersNow = (offers, entries) => {
  /** @type {Map<number, number>} */
  const taken = new Map();
  for (const { offer_id, quantity } of entries.flatMap((entry) => entry.taken)) {
    taken.set(offer_id, (taken.get(offer_id) ?? 0) + quantity);
  }
  return offers.map((offer) =>
    offer.left === null ? offer : { ...offer, left: offer.left - (taken.get(offer.id) ?? 0) },
  );
};

/**
 * Each tile in its place, under a finger that is on its way there: what was withdrawn while somebody buys looks
 * sold out, and what is new stands behind. Where none is laid out yet, those that are sold out stand last.
 * @param {Offer[]} tiles @param {Offer[]} offers @param {boolean} isSelling @returns {Offer[]}
 */
const laidOut = (tiles, offers, isSelling) => {
  const now = byId(offers);
  const before = byId(tiles);
  const added = offers.filter((offer) => !before.has(offer.id));
  const isOut = (/** @type {Offer} */ offer) => offer.left !== null && offer.left <= 0;
  return [
    ...tiles.flatMap((offer) => now.get(offer.id) ?? (isSelling ? { ...offer, left: 0 } : [])),
    ...added.filter((offer) => !isOut(offer)),
    ...added.filter(isOut),
  ];
};
