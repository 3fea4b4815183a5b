// What the till tells the server at each contact, and what it takes over from the answers.

import { byId } from "./cart.js";
import { countForServer, raiseTo } from "./numbers.js";
import { pairingOf, post } from "./protocol.js";
import { countSent, countUnkept, sendAllAgain } from "./sent.js";
import { EMPTY_BOOK, NotOwner, readMetaIn, writeMeta, writeMetaIn } from "./storage.js";

/** @import {Offer, StandState, TillInfo} from "./types.js" */
/** @import {Clock} from "./clock.js" */
/** @import {Keeping} from "./keeping.js" */
/** @import {Mind} from "./memory.js" */
/** @import {Settled} from "./outbox.js" */
/** @import {Answer} from "./protocol.js" */
/** @import {StoredEntry} from "./storage.js" */

const CONTACT_MS = 5_000;
const HIDDEN_CONTACT_MS = 30_000;
const SILENT_CONTACT_MS = 15_000;
/** Where not all could be put back, what could is sent anew each time. */
const RESEND_AGAIN_MS = 60_000;
/** Ages are told up to here. */
const LONGEST_MS = 365 * 24 * 60 * 60 * 1000;

/**
 * @typedef {object} Hearing
 * @property {() => {epoch: string}} envelope what every message begins with
 * @property {(answer: Answer) => void} heard
 * @property {(next: "unpaired" | "revoked" | "paired") => void} setPairing
 * @property {() => void} phaseFromPairing
 * @property {() => Promise<void>} contact ask how the stand looks, and tell what waits here
 * @property {() => void} fallSilent no contact until it is asked for again
 * @property {(body: any) => Promise<void>} takeState
 * @property {(epoch: unknown) => Promise<void>} takeEpoch
 * @property {() => void} resendSoon what could not be sent again is tried at the next contact
 * @property {(state: StandState) => void} repriceCart
 * @property {() => void} tellPhotos
 * @property {(settled: Settled[]) => void} letGoOf
 * @property {(positions: number[]) => void} areGone what another page sent, as one that was at it when this one took over
 */

/**
 * @param {object} parts
 * @param {Mind} parts.mind
 * @param {Clock} parts.clock
 * @param {Keeping} parts.keeping
 * @param {string} parts.page
 * @param {string} parts.language
 * @param {string} parts.version
 * @param {() => Promise<void> | undefined} parts.sendReleases
 * @returns {Hearing}
 */
export const createHearing = ({ mind, clock, keeping, page, language, version, sendReleases }) => {
  const { memory, tell, become } = mind;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let contactTimer;
  /** @type {Promise<void> | null} */
  let resending = null;
  let resendAt = 0;

  const envelope = () => ({
    sent_at: new Date().toISOString(),
    storage_id: memory.storageId,
    app_version: version,
    storage_persists: memory.persists,
    epoch: memory.epoch,
    unkept: countUnkept(),
    ...troubles(),
    tills: countForServer(
      memory.counters,
      [...memory.waiting.values()].map((entry) => entry.request.number),
    ),
  });

  /** What an organiser sees: that the portal refuses some, lacks some, or does not take what waits. */
  const troubles = () => {
    let refused = 0;
    let oldest = Infinity;
    for (const { state, request } of memory.waiting.values()) {
      if (state === "refused") refused += 1;
      else oldest = Math.min(oldest, Date.parse(request.device_at));
    }
    // As an age: whatever the tablet's clock says, it is the same at the portal.
    const age = Number.isFinite(oldest) ? Math.max(0, Date.now() - oldest) : 0;
    return { refused, owes: memory.owed !== null, waits_ms: Math.min(age, LONGEST_MS) };
  };

  /** @param {Answer} answer */
  const heard = ({ status, body, sentTick, receivedTick }) => {
    // Only the portal itself says its own words: a stranger's page proves no contact.
    const isOurs = status > 0 && (body?.server_at || body?.status || body?.error || body?.ok);
    memory.inContact = Boolean(isOurs) && status < 500;
    if (memory.inContact) {
      memory.lastContactAt = Date.now();
      if (body.server_at) clock.measure(Date.parse(body.server_at), sentTick, receivedTick);
      memory.likelyOffsetMs = clock.offset() ?? memory.likelyOffsetMs;
    }
    tell();
  };

  /** @param {"unpaired" | "revoked" | "paired"} next */
  const setPairing = (next) => {
    if (memory.pairing !== next) {
      memory.pairing = next;
      void keeping.remember({ pairing: next });
    }
    phaseFromPairing();
  };

  const phaseFromPairing = () => {
    const { phase, pairing, till, stand } = memory;
    if (phase === "elsewhere" || phase === "starting" || phase === "unpaired" || phase === "revoked" || phase === "ready") {
      if (pairing === "paired") become(till && stand ? "ready" : "starting");
      else become(pairing);
    }
  };

  const contact = async () => {
    clearTimeout(contactTimer);
    if (!memory.sender) return;
    const seen = memory.stand?.etag ?? "";
    const answer = await post("kabar", { ...envelope(), seen }, language);
    if (!memory.sender) return;
    heard(answer);
    const refused = pairingOf(answer);
    if (refused) setPairing(refused);
    if (answer.status === 200 && answer.body.till) {
      await takeState(answer.body);
      await takeEpoch(answer.body.epoch);
      setPairing("paired");
      memory.sender.kick();
      void sendReleases();
    } else if (memory.pairing === "paired" && !memory.stand && memory.phase === "starting") {
      become("unpaired");
    }
    clearTimeout(contactTimer);
    const isSilent = !memory.inContact;
    const wait = isSilent ? SILENT_CONTACT_MS : document.hidden ? HIDDEN_CONTACT_MS : CONTACT_MS;
    contactTimer = setTimeout(() => void contact(), refused ? SILENT_CONTACT_MS : wait);
  };

  /** @param {{till: TillInfo, etag: string, state: StandState | null}} body */
  const takeState = async (body) => {
    const isOtherTill = memory.till !== null && memory.till.prefix !== body.till.prefix;
    memory.till = body.till;
    if (isOtherTill) memory.tiles = [];
    memory.counters = raiseTo(memory.counters, body.till);
    if (body.state) {
      memory.stand = { etag: body.etag, state: body.state };
      repriceCart(body.state);
      const { cashier } = memory;
      if (cashier && !body.state.cashiers.some((one) => one.id === cashier.id)) {
        memory.cashier = null;
      }
      tellPhotos();
    }
    const offset = memory.likelyOffsetMs;
    try {
      await writeMeta(
        memory.db,
        page,
        async (tx) => {
          // Numbers are given in transactions of their own: never put an older count back.
          const book = (await readMetaIn(tx, "book")) ?? EMPTY_BOOK;
          memory.counters = raiseTo(book.counters, body.till);
          await writeMetaIn(tx, "book", { ...book, counters: memory.counters });
          await writeMetaIn(tx, "till", body.till);
          if (body.state && memory.stand) await writeMetaIn(tx, "stand", memory.stand);
          await writeMetaIn(tx, "cashier", memory.cashier);
          await writeMetaIn(tx, "clock_offset_ms", offset);
          await writeMetaIn(tx, "last_contact_at", memory.lastContactAt ?? Date.now());
        },
        // A till that changed must be on the disk before it gives a number.
        isOtherTill ? "strict" : "relaxed",
      );
    } catch (error) {
      keeping.noticeLoss(error);
    }
    tell();
  };

  /**
   * Another epoch than the one that is known: the server lacks what it took before. It says so at a contact,
   * and takes nothing newer before.
   * @param {unknown} epoch
   */
  const takeEpoch = async (epoch) => {
    if (typeof epoch !== "string" || !epoch || epoch === memory.epoch) return;
    if (performance.now() < resendAt) return;
    // Told at a sale and at a contact: once for both.
    resending ??= resend(epoch).finally(() => (resending = null));
    await resending;
  };

  /** @param {string} epoch */
  const resend = async (epoch) => {
    try {
      await sendAllAgain(memory.db, page, epoch, areBack);
      memory.epoch = epoch;
      memory.owed = null;
    } catch (error) {
      keeping.noticeLoss(error);
      if (!(error instanceof NotOwner)) {
        // Without one the server takes what comes: rather newer before older than nothing at all.
        memory.epoch = "";
        resendAt = performance.now() + RESEND_AGAIN_MS;
        memory.owed = { kept: await countSent() };
      }
    }
    tell();
  };

  /** @param {StoredEntry[]} entries */
  const areBack = (entries) => {
    for (const entry of entries) memory.waiting.set(entry.position, entry);
    const { last } = memory;
    if (last && entries.some((entry) => entry.uuid === last.uuid)) {
      memory.last = { ...last, sent: "unsent" };
    }
  };

  /** The cart follows the stand until the customer pays. @param {StandState} state */
  const repriceCart = (state) => {
    const { cart } = memory;
    if (cart.frozen || cart.cart.lines.length === 0) return;
    const now = byId(state.offers);
    const known = byId(cart.priced);
    const offers = cart.cart.lines.flatMap(({ offer_id }) => {
      const offer = now.get(offer_id) ?? known.get(offer_id);
      return offer ? [offer] : [];
    });
    memory.cart = { ...cart, priced: offers };
    void keeping.keepCart();
  };

  const tellPhotos = () => {
    const { stand } = memory;
    const addresses = (stand?.state.offers ?? []).flatMap(({ photo }) => (photo ? [photo] : []));
    if (stand?.state.stand.qris) addresses.push(stand.state.stand.qris);
    memory.keepPhotos(addresses);
  };

  /** @param {Settled[]} settled */
  const letGoOf = (settled) => {
    const before = memory.stand;
    for (const { entry, fate, problems } of settled) {
      if (fate === "refused") {
        memory.waiting.set(entry.position, { ...entry, state: "refused", problems });
      } else {
        memory.waiting.delete(entry.position);
        takeOffLeft(entry);
      }
      if (memory.last?.uuid === entry.uuid) memory.last = { ...memory.last, sent: fate };
    }
    // So that a page opened again without a network knows what is left.
    if (memory.stand && memory.stand !== before) void keeping.remember({ stand: memory.stand });
    tell();
  };

  /** @param {number[]} positions */
  const areGone = (positions) => {
    for (const position of positions) memory.waiting.delete(position);
    tell();
    const { last } = memory;
    if (!last) return;
    void keeping.receiptOf(last.uuid).then(
      (receipt) => {
        if (receipt && memory.last === last) memory.last = receipt;
        tell();
      },
      () => {},
    );
  };

  /** The server counts it now; until it says so, this page remembers. @param {StoredEntry} entry */
  const takeOffLeft = (entry) => {
    const { stand } = memory;
    const taken = new Map(entry.taken.map((one) => [one.offer_id, one.quantity]));
    const isCounted = (/** @type {Offer} */ offer) => offer.left !== null && taken.has(offer.id);
    // What never runs out is as it was, and a stand with hundreds of offers need not come anew.
    if (!stand?.state.offers.some(isCounted)) return;
    const offers = stand.state.offers.map((offer) =>
      offer.left === null ? offer : { ...offer, left: offer.left - (taken.get(offer.id) ?? 0) },
    );
    // Without its name the next contact brings the whole state again.
    memory.stand = { etag: "", state: { ...stand.state, offers } };
  };

  return {
    envelope,
    heard,
    setPairing,
    phaseFromPairing,
    contact,
    fallSilent: () => clearTimeout(contactTimer),
    takeState,
    takeEpoch,
    resendSoon: () => void (resendAt = 0),
    repriceCart,
    tellPhotos,
    letGoOf,
    areGone,
  };
};
