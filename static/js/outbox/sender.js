// Sends what waits: in order, from one page at a time, until the server has said that it has it.

import { agesOf } from "./ages.js";
import { fateOf, post } from "./post.js";

/** @import {Answer} from "./post.js" */
/** @import {Settled, Store} from "./storage.js" */
/** @import {Contact, Entry, Request} from "./types.js" */

const MOST_AT_ONCE = 50;
const MOST_BYTES = 200_000;
/** A server that fails at so many one after the other fails at all: it is left in peace for a while. */
const MOST_FAULTS = 3;

/**
 * @typedef {object} Sender
 * @property {() => void} kick something new waits
 * @property {() => void} sendNow ends any waiting, and asks even where nothing waits
 * @property {() => Contact} contact how the last attempt went
 * @property {() => void} stop
 */

/** @typedef {"again" | "done" | "unheard" | "later"} Next `later`: some are left for another round */

/**
 * @param {object} parts
 * @param {Store} parts.store
 * @param {string} parts.lock one sender a device, whatever pages are open
 * @param {string} parts.address
 * @param {string} parts.language
 * @param {string} parts.page this one, by a name that no other has
 * @param {() => object} parts.envelope what each request begins with
 * @param {(answer: Answer) => void} parts.onAnswer
 * @param {() => void} parts.onChange
 * @param {(failures: number) => number} parts.waitAfter milliseconds
 * @returns {Sender}
 */
export const createSender = ({
  store,
  lock,
  address,
  language,
  page,
  envelope,
  onAnswer,
  onChange,
  waitAfter,
}) => {
  /** @type {Contact} */
  let contact = "ok";
  let isRunning = false;
  let isWanted = false;
  let isStopped = false;
  /** Asked for although nothing may wait: for the clock, and for what the server says of the rest. */
  let isAsked = false;
  /** In a row, without an answer of ours. */
  let failures = 0;
  let retryAfterMs = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** One by one, after a batch that the server could not take as a whole. */
  let isCareful = false;
  let faults = 0;
  /** Left for the next round: what stands behind them does not wait. @type {Set<number>} */
  const skipped = new Set();
  let rounds = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let roundTimer;

  /** @param {Entry[]} entries @returns {Entry[]} as many of the first as go together */
  const together = (entries) => {
    if (isCareful) return entries.slice(0, 1);
    let bytes = 0;
    const most = entries.slice(0, MOST_AT_ONCE);
    const tooMany = most.findIndex((entry, place) => {
      bytes += JSON.stringify(entry.request).length;
      return place > 0 && bytes > MOST_BYTES;
    });
    return tooMany === -1 ? most : most.slice(0, tooMany);
  };

  /** @returns {Promise<Next>} */
  const sendSome = async () => {
    const unsent = await store.unsent();
    const waiting = unsent.filter((one) => !skipped.has(one.position));
    if (waiting.length === 0 && !isAsked) {
      if (skipped.size === 0) isCareful = false;
      return skipped.size ? "later" : "done";
    }
    const some = together(waiting);
    const items = some.map((entry) => entry.request);
    const known = agesOf(unsent, { page, tick: performance.now() });
    const ages = some.map((entry) => known.get(entry.position) ?? 0);
    const answer = await post(address, { ...envelope(), items, ages }, language);
    onAnswer(answer);
    if (!answer.isOurs && !(answer.isFault && some.length)) {
      contact = answer.needsSignIn ? "sign_in" : "no_contact";
      retryAfterMs = answer.retryAfterMs;
      return "unheard";
    }
    if (!answer.isOurs) {
      // The server lives and does not like these. The others do not wait for that.
      if (some.length > 1) isCareful = true;
      else if (some[0]) skipped.add(some[0].position);
      faults += 1;
      if (faults <= MOST_FAULTS) return "again";
      contact = "no_contact";
      return "unheard";
    }
    contact = "ok";
    failures = 0;
    faults = 0;
    isAsked = false;
    await settle(some, answer.body);
    return "again";
  };

  /** @param {Entry[]} entries @param {any} body */
  const settle = async (entries, body) => {
    /** @type {Settled[]} */
    const settled = [];
    const refused = new Map(
      (await store.view(contact)).entries
        .filter((one) => one.state === "refused")
        .map((one) => [one.uuid, one.message ?? ""]),
    );
    entries.forEach((entry, place) => {
      const answer = body.answers[place];
      let fate = fateOf(answer, entry.uuid);
      let message = String(answer?.message ?? "");
      // It waits for one that the server will not take: then it will not take this one either.
      const why = entry.after === undefined ? undefined : refused.get(entry.after);
      if (fate === "later" && why !== undefined) [fate, message] = ["refused", why];
      if (fate === "unknown" || fate === "later") {
        skipped.add(entry.position);
        return;
      }
      if (fate === "refused") refused.set(entry.uuid, message);
      settled.push({ entry, fate, message, answer });
    });
    await store.settle(settled, { state: body.state, at: Date.now() });
    if (settled.length) rounds = 0;
  };

  const run = async () => {
    isRunning = true;
    clearTimeout(timer);
    /** @type {Next} */
    let next = "again";
    try {
      await navigator.locks.request(lock, async () => {
        while (next === "again" && !isStopped) {
          isWanted = false;
          next = await sendSome();
          onChange();
          if (next === "done" && isWanted) next = "again";
        }
      });
    } catch {
      // The storage would not be read, or the lock was lost: what waits is where it was.
      next = "unheard";
    }
    isRunning = false;
    if (!isStopped) goOn(next);
  };

  /** @param {Next} next what the last attempt led to */
  const goOn = (next) => {
    if (next === "unheard") {
      failures += 1;
      faults = 0;
      timer = setTimeout(kick, Math.max(retryAfterMs, waitAfter(failures)));
      return;
    }
    if (next === "later") {
      rounds += 1;
      clearTimeout(roundTimer);
      roundTimer = setTimeout(nextRound, waitAfter(rounds));
    }
    if (isWanted) kick(); // something came while the lock was given back
  };

  const nextRound = () => {
    skipped.clear();
    kickUnlessWaiting();
  };

  const kick = () => {
    isWanted = true;
    if (!isRunning && !isStopped) void run();
  };

  /** While it waits for the network, something new does not end the waiting. */
  const kickUnlessWaiting = () => {
    if (failures === 0) kick();
    else isWanted = true;
  };

  return {
    kick: kickUnlessWaiting,
    sendNow: () => {
      failures = 0;
      retryAfterMs = 0;
      isAsked = true;
      skipped.clear();
      kick();
    },
    contact: () => contact,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      clearTimeout(roundTimer);
    },
  };
};
