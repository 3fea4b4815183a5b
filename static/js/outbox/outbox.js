// A queue on this device of what has happened: kept on the disk, sent in order, lost never.

import { waitAfter as backOff } from "../till/tablet/backoff.js";
import { createClock } from "../till/tablet/clock.js";
import { createSender } from "./sender.js";
import { openStore } from "./storage.js";

/** @import {Answer} from "./post.js" */
/** @import {Entry, View} from "./types.js" */

const ASK_EVERY_MS = 60_000;

/**
 * @typedef {object} Outbox
 * @property {(content: Record<string, any>, more?: {after?: string}) => Promise<Entry>} put
 * Resolves when it is on this device's disk, and rejects where it is not. `content.uuid` is made
 * where it has none; when it happened is added. `after`: the UUID of another without which it
 * means nothing
 * @property {() => Promise<View>} view
 * @property {() => void} sendNow
 * @property {(uuid?: string) => Promise<void>} retry sends refused ones once more
 * @property {(uuid: string) => Promise<void>} drop lets go of a refused one
 * @property {(name: string, value: any) => Promise<void>} keep a value of the page's own
 * @property {(name: string) => Promise<any>} kept
 * @property {() => number} now the server's time as far as it is known, in milliseconds
 * @property {() => void} close
 */

/** Whether this browser, at this address, can have an outbox: it needs https or localhost. */
export const canKeep = () =>
  Boolean(globalThis.isSecureContext && globalThis.indexedDB && navigator.locks);

/**
 * Open the outbox of that name and go on sending what it holds.
 * @param {object} options
 * @param {string} options.name of the database, the lock and the channel between pages
 * @param {string} options.address where the requests go
 * @param {string} options.language of the server's reasons
 * @param {string} [options.version] of the page
 * @param {() => object} [options.about] more for each request
 * @param {number} [options.keepRecent] how many of the last ones `view` tells of; 0 keeps none
 * @param {string[]} [options.forget] fields that those are remembered without, such as a name
 * @param {() => void} [options.onChange] something became otherwise, here or in another page
 * @param {() => void} [options.onLost] nothing can be put any more: the page must be opened again
 * @param {(failures: number) => number} [options.waitAfter] for tests
 * @returns {Promise<Outbox>}
 */
export const openOutbox = async ({
  name,
  address,
  language,
  version = "",
  about = () => ({}),
  keepRecent = 50,
  forget = [],
  onChange = () => {},
  onLost,
  waitAfter = backOff,
}) => {
  const store = await openStore(name, { keepRecent, forget, ...(onLost && { onLost }) });
  const page = crypto.randomUUID();
  const clock = createClock();
  const channel = new BroadcastChannel(name);
  channel.onmessage = () => onChange();
  const changed = () => {
    channel.postMessage("changed");
    onChange();
  };

  const sender = createSender({
    store,
    lock: name,
    address,
    page,
    language,
    waitAfter,
    envelope: () => ({ ...about(), version, sent_at: new Date().toISOString() }),
    onAnswer: (/** @type {Answer} */ { body, sentTick, receivedTick }) => {
      if (body) clock.measure(Date.parse(body.server_at), sentTick, receivedTick);
    },
    onChange: changed,
  });

  const whenOnline = () => sender.sendNow();
  const whenSeen = () => {
    if (document.visibilityState === "hidden") clock.mayHaveSlept();
    else {
      clock.isAwake();
      sender.sendNow();
    }
  };
  addEventListener("online", whenOnline);
  document.addEventListener("visibilitychange", whenSeen);
  const timers = [
    setInterval(() => clock.sample(), 1000),
    setInterval(() => {
      if (document.visibilityState === "visible" && sender.contact() === "ok") sender.sendNow();
    }, ASK_EVERY_MS),
  ];
  // Refused, and then it stays: the browser may say no.
  void navigator.storage?.persist?.().catch(() => false);
  sender.sendNow();

  return {
    put: async (content, { after } = {}) => {
      const entry = await store.add(
        {
          ...content,
          uuid: content["uuid"] ?? crypto.randomUUID(),
          device_at: new Date().toISOString(),
          clock_offset_ms: clock.offset(),
        },
        { page, tick: performance.now(), ...(after && { after }) },
      );
      changed();
      sender.kick();
      return entry;
    },
    view: () => store.view(sender.contact()),
    sendNow: () => sender.sendNow(),
    retry: async (uuid) => {
      await store.release(uuid);
      changed();
      sender.sendNow();
    },
    drop: async (uuid) => {
      await store.drop(uuid);
      changed();
    },
    keep: store.keep,
    kept: store.kept,
    now: () => Date.now() + (clock.offset() ?? 0),
    close: () => {
      sender.stop();
      timers.forEach(clearInterval);
      removeEventListener("online", whenOnline);
      document.removeEventListener("visibilitychange", whenSeen);
      channel.close();
      store.close();
    },
  };
};

/**
 * What the head of a page says of its outbox, by the name of the text and what stands in it.
 * @param {View} view
 * @returns {{text: "all_sent" | "unsent" | "sign_in" | "no_contact" | "no_contact_yet", n: number, since: number | null}}
 */
export const summary = ({ unsent, contact, contactAt }) => {
  const said = { n: unsent, since: contactAt };
  if (contact === "sign_in") return { text: "sign_in", ...said };
  if (contact === "no_contact") {
    return { text: contactAt === null ? "no_contact_yet" : "no_contact", ...said };
  }
  return { text: unsent ? "unsent" : "all_sent", ...said };
};
