// Sends what waits: in order, from one page at a time, until the server has said that it has it.

import { waitAfter } from "./backoff.js";
import { fateOf, pairingOf, post } from "./protocol.js";
import { keepSent } from "./sent.js";
import { readMetaIn } from "./storage.js";

/** @import {Answer} from "./protocol.js" */
/** @import {Database, StoredEntry} from "./storage.js" */

const LOCK = "opop-till-send";
const MOST_AT_ONCE = 100;
const MOST_BYTES = 500_000;
// Where answers take long, a hall sends at the same moment: no tablet keeps the server busy more than a
// fifth of the time. What is sold while it rests goes in one request, which costs hardly more than one
// sale does.
const RESTS_FOR = 4;
const MOST_REST_MS = 300;
/** @param {number} ms */
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** @typedef {{entry: StoredEntry, fate: "sent" | "held" | "refused", problems: string[]}} Settled */

/**
 * @typedef {object} Sender
 * @property {() => void} kick something new waits
 * @property {() => void} sendNow ends any waiting
 */

/**
 * @param {object} parts
 * @param {Database} parts.db
 * @param {string} parts.language
 * @param {() => {epoch: string}} parts.envelope
 * @param {(answer: Answer) => void} parts.onAnswer
 * @param {(pairing: "unpaired" | "revoked") => void} parts.onPairing
 * @param {(settled: Settled[]) => void} parts.onSettled
 * @param {() => Iterable<number>} [parts.known] positions of what this page believes to wait
 * @param {(positions: number[]) => void} [parts.onGone] those among them that wait no more: another page sent them
 * @param {(epoch: unknown) => Promise<void>} parts.onEpoch the server first wants again what it took before
 * @param {() => boolean} parts.mayTry whether the credential was good at the last contact
 * @returns {Sender}
 */
export const createSender = ({
  db,
  language,
  envelope,
  onAnswer,
  onPairing,
  onSettled,
  known = () => [],
  onGone = () => {},
  onEpoch,
  mayTry,
}) => {
  let isRunning = false;
  let isWanted = false;
  let failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** One by one, after a batch that the server could not take as a whole. */
  let isCareful = false;
  /** After a short request, for a few times as long as its answer took. */
  let restsUntil = 0;
  /** Those that failed alone in this round: the others do not wait for them. @type {Set<number>} */
  const skipped = new Set();

  /** @param {StoredEntry[]} entries @returns {StoredEntry[]} as many of the first as go together */
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

  /** @returns {Promise<"again" | "done" | {wait: number}>} */
  const sendSome = async () => {
    // Before the outbox is read: what this epoch wants again is in it then.
    const head = envelope();
    // Before it too: what is known then is on the disk, unless it has been sent since.
    const believed = [...known()];
    const all = await db.getAll("outbox");
    const there = new Set(all.map((one) => one.position));
    const gone = believed.filter((position) => !there.has(position));
    if (gone.length) onGone(gone);
    const waiting = all.filter((one) => one.state === "unsent" && !skipped.has(one.position));
    if (waiting.length === 0) {
      if (skipped.size === 0) isCareful = false;
      return skipped.size ? { wait: 0 } : "done";
    }
    const some = together(waiting);
    const requests = some.map((entry) => entry.request);
    const answer = await (requests.length === 1
      ? post("penjualan", { ...head, sale: requests[0] }, language)
      : post("kiriman", { ...head, sales: requests }, language));
    onAnswer(answer);
    const isShort = some.length < MOST_AT_ONCE / 2;
    const took = answer.receivedTick - answer.sentTick;
    const rest = Math.min(took * RESTS_FOR, MOST_REST_MS);
    restsUntil = isShort ? answer.receivedTick + rest : 0;
    const pairing = pairingOf(answer);
    if (pairing) {
      onPairing(pairing);
      return "done";
    }
    if (answer.status === 409 && answer.body?.error === "epoch") {
      await onEpoch(answer.body.epoch);
      return { wait: 0 };
    }
    const bodies = requests.length === 1 ? [answer.body] : (answer.body?.answers ?? []);
    const settled = await settle(some, bodies, head.epoch);
    if (!settled) return { wait: 0 };
    if (settled.length) {
      onSettled(settled);
      failures = 0;
    }
    if (settled.length === some.length) return "again";
    const isUnheard = answer.status === 0 && !answer.isFault;
    if (isUnheard || answer.status === 503) return { wait: answer.retryAfterMs };
    // The server lives and does not like this one. What stands behind it does not wait for that.
    if (some.length > 1) isCareful = true;
    else if (some[0]) skipped.add(some[0].position);
    return "again";
  };

  /**
   * @param {StoredEntry[]} entries @param {any[]} bodies @param {string} epoch under which they were sent
   * @returns {Promise<Settled[] | null>} null: the server was put back meanwhile, and all wait on
   */
  const settle = async (entries, bodies, epoch) => {
    /** @type {Settled[]} */
    const settled = [];
    entries.forEach((entry, place) => {
      const body = bodies[place];
      const fate = fateOf(body, entry.uuid);
      if (fate === "unknown") return;
      /** @type {{message?: unknown}[]} */
      const problems = Array.isArray(body.problems) ? body.problems : [];
      settled.push({ entry, fate, problems: problems.map((one) => String(one.message)) });
    });
    if (settled.length === 0) return settled;
    const taken = settled.filter(({ fate }) => fate !== "refused").map(({ entry }) => entry);
    await keepSent(taken); // for a restore
    const tx = db.transaction(["meta", "outbox", "receipts"], "readwrite");
    // Who answered may be the server of before, and what is kept may have been read already.
    if (epoch && (await readMetaIn(tx, "epoch")) !== epoch) {
      await tx.done;
      return null;
    }
    for (const { entry, fate, problems } of settled) {
      if (fate === "refused") {
        await tx.objectStore("outbox").put({ ...entry, state: "refused", problems });
      } else await tx.objectStore("outbox").delete(entry.position);
      const stored = await tx.objectStore("receipts").get(entry.uuid);
      if (stored) {
        const receipt = { ...stored.receipt, sent: fate };
        await tx.objectStore("receipts").put({ ...stored, receipt });
      }
    }
    await tx.done;
    return settled;
  };

  const run = async () => {
    isRunning = true;
    clearTimeout(timer);
    /** @type {Awaited<ReturnType<typeof sendSome>>} */
    let next = "again";
    try {
      await navigator.locks.request(LOCK, async () => {
        while (next === "again" && mayTry()) {
          const pause = restsUntil - performance.now();
          if (pause > 0) await sleep(pause);
          isWanted = false;
          next = await sendSome();
          if (next === "done" && isWanted) next = "again";
        }
      });
    } catch {
      // The storage would not be read, or the lock was lost: what waits is where it was.
      next = { wait: 0 };
    }
    isRunning = false;
    goOn(next);
  };

  /** @param {Awaited<ReturnType<typeof sendSome>>} next what the last attempt led to */
  const goOn = (next) => {
    if (typeof next === "object") {
      failures += 1;
      skipped.clear();
      timer = setTimeout(kick, Math.max(next.wait, waitAfter(failures)));
    } else if (isWanted) kick(); // something came while the lock was given back
  };

  const kick = () => {
    isWanted = true;
    if (!isRunning && mayTry()) void run();
  };

  return {
    kick: () => {
      // While it waits after a failure, a new sale does not end the waiting.
      if (failures === 0) kick();
      else isWanted = true;
    },
    sendNow: () => {
      failures = 0;
      kick();
    },
  };
};
