// The till without its looks: holds what is sold, saves it, sends it, and says how things stand.

import { EMPTY, priced, totalOf, withNote, withQuantity, withUuid } from "./cart.js";
import { checkPin } from "./cashiers.js";
import { createClock } from "./clock.js";
import { CountIsStale, keepCount, saveClose, saveMovement } from "./closing.js";
import { dayOf, forgottenDays, sumsOf } from "./day.js";
import { asFile, asFrames } from "./export.js";
import { countForServer, raiseTo } from "./numbers.js";
import { createSender } from "./outbox.js";
import { payBack } from "./paying-back.js";
import { pairingOf, post } from "./protocol.js";
import { saveReversal, saveSale } from "./saving.js";
import { EMPTY_BOOK, NotOwner, openStorage, readAllMeta, readMetaIn, write, writeMetaIn } from "./storage.js";
import { watchVersions } from "./versions.js";
import { readCode } from "./voucher_codes.js";
import { createVouchers, foundOnTrust, roomOnTrust } from "./vouchers.js";

/** @import {Cashier, Counting, Drawer, Offer, Phase, Receipt, Slip, Snapshot, StandState, TillCore, TillInfo} from "./types.js" */
/** @import {BookSaved} from "./closing.js" */
/** @import {Days} from "./day.js" */
/** @import {Counters, Database, Meta, StoredCart, StoredEntry, StoredStand} from "./storage.js" */
/** @import {Answer} from "./protocol.js" */
/** @import {Circumstances} from "./saving.js" */
/** @import {Sender} from "./outbox.js" */

const SCREEN_LOCK = "opop-till-screen";
const CONTACT_MS = 5_000;
const HIDDEN_CONTACT_MS = 30_000;
const SILENT_CONTACT_MS = 15_000;
const KEEP_RECEIPTS = 300;
const IDLE_MS = 60_000;
const AFTER_SAVING_MS = 50;
/** What opening the till need not wait for. */
const LATER_MS = 5_000;

/** @type {StoredCart} */
const NO_CART = { cart: EMPTY, priced: [], frozen: false };

/**
 * @param {{language: string, version: string, receiptBase: string}} options
 * @returns {TillCore}
 */
export const createTill = ({ language, version, receiptBase }) => {
  const page = crypto.randomUUID?.() ?? String(Math.random());
  const clock = createClock();
  /** @type {Set<(snapshot: Snapshot) => void>} */
  const listeners = new Set();
  /** @type {Database} */
  let db;
  let storageId = "";
  let persists = false;
  /** @type {Phase} */
  let phase = "starting";
  /** @type {Meta["pairing"]} */
  let pairing = "unpaired";
  /** @type {TillInfo | null} */
  let till = null;
  /** @type {StoredStand | null} */
  let stand = null;
  /** @type {StoredCart} */
  let cart = NO_CART;
  /** @type {Counters} */
  let counters = {};
  /** @type {Cashier | null} */
  let cashier = null;
  let training = false;
  /** @type {Map<number, StoredEntry>} what waits, by its position */
  let waiting = new Map();
  /** @type {Receipt | null} */
  let last = null;
  /** @type {Days} */
  let days = {};
  /** @type {Counting | null} */
  let counting = null;
  /** @type {Slip[]} */
  let slips = [];
  let likelyOffsetMs = 0;
  /** @type {number | null} */
  let lastContactAt = null;
  let inContact = false;
  let hasNewVersion = false;
  let useNewVersion = () => {};
  /** @type {(addresses: string[]) => void} */
  let keepPhotos = () => {};
  /** @type {Sender | null} */
  let sender = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let contactTimer;
  /** @type {(() => void) | null} */
  let letGo = null;
  let touchedAt = performance.now();
  /** One write of the cart after the other, so that the last one wins. @type {Promise<unknown>} */
  let cartWritten = Promise.resolve();
  /** @type {Snapshot | null} */
  let drawn = null;

  const tell = () => {
    drawn = null;
    for (const listener of listeners) listener(snapshot());
  };

  // --- what the screens see ---

  /** @returns {Snapshot} */
  const snapshot = () => (drawn ??= makeSnapshot());

  /** @returns {Snapshot} */
  const makeSnapshot = () => {
    const entries = [...waiting.values()];
    return {
      phase,
      till,
      stand: stand && { ...stand.state, offers: offersNow(stand.state.offers, entries) },
      cart: cart.cart,
      cart_offers: cart.priced,
      total_rupiah: totalOf(priced(cart.cart, byId(cart.priced))),
      cashier,
      training,
      unsent: entries.filter((entry) => entry.state === "unsent").length,
      refused: entries.filter((entry) => entry.state === "refused").length,
      last_contact_at: lastContactAt,
      in_contact: inContact,
      new_version: hasNewVersion,
      last,
      drawer: till && drawerOf(till.prefix),
    };
  };

  /** @param {string} prefix @returns {Drawer} */
  const drawerOf = (prefix) => {
    const day = dayOf(Date.now() + (clock.offset() ?? likelyOffsetMs));
    return {
      day,
      sums: sumsOf(days, prefix, day),
      forgotten: forgottenDays(days, prefix, day),
      counting: counting?.prefix === prefix ? counting : null,
      slips: slips.filter((one) => one.prefix === prefix).reverse(),
    };
  };

  /** @param {Offer[]} offers @returns {Map<number, Offer>} */
  const byId = (offers) => new Map(offers.map((offer) => [offer.id, offer]));

  /** What is left less what waits here, sold out last. @param {Offer[]} offers @param {StoredEntry[]} entries */
  const offersNow = (offers, entries) => {
    /** @type {Map<number, number>} */
    const taken = new Map();
    for (const { offer_id, quantity } of entries.flatMap((entry) => entry.taken)) {
      taken.set(offer_id, (taken.get(offer_id) ?? 0) + quantity);
    }
    const shown = offers.map((offer) =>
      offer.left === null ? offer : { ...offer, left: offer.left - (taken.get(offer.id) ?? 0) },
    );
    const isOut = (/** @type {Offer} */ offer) => offer.left !== null && offer.left <= 0;
    return [...shown.filter((offer) => !isOut(offer)), ...shown.filter(isOut)];
  };

  // --- starting ---

  const start = async () => {
    if (!window.isSecureContext) return become("insecure");
    try {
      const storage = await openStorage({ onLost: () => become("storage_failed") });
      ({ db, storageId } = storage);
    } catch {
      return become("storage_failed");
    }
    void navigator.storage?.persist?.().then((granted) => (persists = granted));
    watch();
    await holdScreen({ ifAvailable: true });
    return undefined;
  };

  /** @param {Phase} next */
  const become = (next) => {
    phase = next;
    tell();
  };

  const watch = () => {
    setInterval(clock.sample, 1000);
    addEventListener("online", () => {
      sender?.sendNow();
      void contact();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) {
        clock.mayHaveSlept();
        takeVersionIfIdle(true);
      } else {
        clock.isAwake();
        void contact();
      }
    });
    for (const kind of ["pointerdown", "keydown"]) {
      addEventListener(kind, () => (touchedAt = performance.now()), { passive: true });
    }
    setInterval(() => takeVersionIfIdle(false), 5_000);
    void watchVersions(() => {
      hasNewVersion = true;
      tell();
    }).then(
      (versions) => {
        ({ use: useNewVersion, keepPhotos } = versions);
        tellPhotos();
      },
      () => {}, // it sells without; it only does not open without a network
    );
  };

  /** @param {boolean} isHidden */
  const takeVersionIfIdle = (isHidden) => {
    const isIdle = isHidden || performance.now() - touchedAt > IDLE_MS;
    if (hasNewVersion && isIdle && cart.cart.lines.length === 0) useNewVersion();
  };

  /**
   * One tab sells. The lock is held for as long as this page lives or until another takes it.
   * @param {LockOptions} options
   */
  const holdScreen = (options) =>
    new Promise((settled) => {
      navigator.locks
        .request(SCREEN_LOCK, options, async (lock) => {
          if (!lock) {
            become("elsewhere");
            settled(undefined);
            // In line behind the other: when that tab is closed, this one goes on.
            void holdScreen({});
            return undefined;
          }
          const released = new Promise((resolve) => (letGo = () => resolve(undefined)));
          await own();
          settled(undefined);
          return released;
        })
        .catch(() => {
          letGo = null;
          stop();
          become("elsewhere");
          void holdScreen({});
        });
    });

  /** Become the page that sells: whatever another page wrote is read anew. */
  const own = async () => {
    try {
      await write(
        db,
        null,
        async (tx) => void (await writeMetaIn(tx, "owner", page)),
        "relaxed",
      );
      await load();
    } catch {
      become("storage_failed");
      return;
    }
    sender = createSender({
      db,
      language,
      envelope,
      onAnswer: heard,
      onPairing: setPairing,
      onSettled: letGoOf,
      mayTry: () => phase !== "elsewhere" && pairing === "paired",
    });
    phaseFromPairing();
    sender.kick();
    await contact();
  };

  const stop = () => {
    clearTimeout(contactTimer);
    sender = null;
  };

  const load = async () => {
    const meta = await readAllMeta(db);
    pairing = meta.pairing ?? "unpaired";
    till = meta.till ?? null;
    stand = meta.stand ?? null;
    cart = meta.cart ?? NO_CART;
    ({ counters, days } = meta.book ?? EMPTY_BOOK);
    cashier = meta.cashier ?? null;
    training = meta.training ?? false;
    likelyOffsetMs = meta.clock_offset_ms ?? 0;
    lastContactAt = meta.last_contact_at ?? null;
    counting = meta.counting ?? null;
    slips = meta.slips ?? [];
    await tryRefusedAgain();
    waiting = new Map((await db.getAll("outbox")).map((entry) => [entry.position, entry]));
    await vouchers.start(meta.claims ?? [], waiting.values());
    setTimeout(() => void forgetOldReceipts().catch(() => {}), LATER_MS);
    last = (await receipts(20)).find((receipt) => receipt.kind === "sale") ?? null;
    if (cart.frozen) {
      // The page was closed while the customer paid: the cart is there, with the same UUID.
      cart = { ...cart, frozen: false };
    }
  };

  /** What was refused may have been this page's fault or the server's, and either mended since. */
  const tryRefusedAgain = async () => {
    const tx = db.transaction("outbox", "readwrite");
    for (const entry of await tx.store.getAll()) {
      if (entry.state === "refused") await tx.store.put({ ...entry, state: "unsent" });
    }
    await tx.done;
  };

  const forgetOldReceipts = async () => {
    const uuids = await db.getAllKeysFromIndex("receipts", "order");
    const needed = new Set([...waiting.values()].map((entry) => entry.uuid));
    for (const uuid of uuids.slice(0, -KEEP_RECEIPTS)) {
      if (!needed.has(uuid)) await db.delete("receipts", uuid);
    }
  };

  const phaseFromPairing = () => {
    if (phase === "elsewhere" || phase === "starting" || phase === "unpaired" || phase === "revoked" || phase === "ready") {
      if (pairing === "paired") become(till && stand ? "ready" : "starting");
      else become(pairing);
    }
  };

  // --- hearing the server ---

  const envelope = () => ({
    sent_at: new Date().toISOString(),
    storage_id: storageId,
    app_version: version,
    storage_persists: persists,
    tills: countForServer(
      counters,
      [...waiting.values()].map((entry) => entry.request.number),
    ),
  });

  /** @param {Answer} answer */
  const heard = ({ status, body, sentTick, receivedTick }) => {
    // Only the portal itself says its own words: a stranger's page proves no contact.
    const isOurs = status > 0 && (body?.server_at || body?.status || body?.error || body?.ok);
    inContact = Boolean(isOurs) && status < 500;
    if (inContact) {
      lastContactAt = Date.now();
      if (body.server_at) clock.measure(Date.parse(body.server_at), sentTick, receivedTick);
      likelyOffsetMs = clock.offset() ?? likelyOffsetMs;
    }
    tell();
  };

  /** @param {"unpaired" | "revoked" | "paired"} next */
  const setPairing = (next) => {
    if (pairing !== next) {
      pairing = next;
      void remember({ pairing: next });
    }
    phaseFromPairing();
  };

  /** Ask how the stand looks, and tell what waits here. */
  const contact = async () => {
    clearTimeout(contactTimer);
    if (!sender) return;
    const answer = await post("kabar", { ...envelope(), seen: stand?.etag ?? "" }, language);
    if (!sender) return;
    heard(answer);
    const refused = pairingOf(answer);
    if (refused) setPairing(refused);
    if (answer.status === 200 && answer.body.till) {
      await takeState(answer.body);
      setPairing("paired");
      sender.kick();
      void vouchers.sendReleases();
    } else if (pairing === "paired" && !stand && phase === "starting") {
      become("unpaired");
    }
    clearTimeout(contactTimer);
    const wait = !inContact ? SILENT_CONTACT_MS : document.hidden ? HIDDEN_CONTACT_MS : CONTACT_MS;
    contactTimer = setTimeout(() => void contact(), refused ? SILENT_CONTACT_MS : wait);
  };

  /** @param {{till: TillInfo, etag: string, state: StandState | null}} body */
  const takeState = async (body) => {
    const isOtherTill = till !== null && till.prefix !== body.till.prefix;
    till = body.till;
    counters = raiseTo(counters, body.till);
    if (body.state) {
      stand = { etag: body.etag, state: body.state };
      repriceCart(body.state);
      if (cashier && !body.state.cashiers.some((one) => one.id === cashier?.id)) cashier = null;
      tellPhotos();
    }
    const offset = likelyOffsetMs;
    try {
      await write(
        db,
        page,
        async (tx) => {
          // Numbers are given in transactions of their own: never put an older count back.
          const book = (await readMetaIn(tx, "book")) ?? EMPTY_BOOK;
          counters = raiseTo(book.counters, body.till);
          await writeMetaIn(tx, "book", { ...book, counters });
          await writeMetaIn(tx, "till", body.till);
          if (body.state && stand) await writeMetaIn(tx, "stand", stand);
          await writeMetaIn(tx, "cashier", cashier);
          await writeMetaIn(tx, "clock_offset_ms", offset);
          await writeMetaIn(tx, "last_contact_at", lastContactAt ?? Date.now());
        },
        // A till that changed must be on the disk before it gives a number.
        isOtherTill ? "strict" : "relaxed",
      );
    } catch (error) {
      noticeLoss(error);
    }
    tell();
  };

  /** The cart follows the stand until the customer pays. @param {StandState} state */
  const repriceCart = (state) => {
    if (cart.frozen || cart.cart.lines.length === 0) return;
    const now = byId(state.offers);
    const known = byId(cart.priced);
    const offers = cart.cart.lines.flatMap(({ offer_id }) => {
      const offer = now.get(offer_id) ?? known.get(offer_id);
      return offer ? [offer] : [];
    });
    cart = { ...cart, priced: offers };
    keepCart();
  };

  const tellPhotos = () => {
    const addresses = (stand?.state.offers ?? []).flatMap(({ photo }) => (photo ? [photo] : []));
    if (stand?.state.stand.qris) addresses.push(stand.state.stand.qris);
    keepPhotos(addresses);
  };

  /** @param {import("./outbox.js").Settled[]} settled */
  const letGoOf = (settled) => {
    const before = stand;
    for (const { entry, fate, problems } of settled) {
      if (fate === "refused") {
        waiting.set(entry.position, { ...entry, state: "refused", problems });
      } else {
        waiting.delete(entry.position);
        takeOffLeft(entry);
      }
      if (last?.uuid === entry.uuid) last = { ...last, sent: fate };
    }
    // So that a page opened again without a network knows what is left.
    if (stand && stand !== before) void remember({ stand });
    tell();
  };

  /** The server counts it now; until it says so, this page remembers. @param {StoredEntry} entry */
  const takeOffLeft = (entry) => {
    const taken = new Map(entry.taken.map((one) => [one.offer_id, one.quantity]));
    const isCounted = (/** @type {Offer} */ offer) => offer.left !== null && taken.has(offer.id);
    // What never runs out is as it was, and a stand with hundreds of offers need not come anew.
    if (!stand?.state.offers.some(isCounted)) return;
    const offers = stand.state.offers.map((offer) =>
      offer.left === null ? offer : { ...offer, left: offer.left - (taken.get(offer.id) ?? 0) },
    );
    // Without its name the next contact brings the whole state again.
    stand = { etag: "", state: { ...stand.state, offers } };
  };

  // --- keeping ---

  /** @param {Partial<Meta>} values */
  const remember = async (values) => {
    try {
      await write(
        db,
        null,
        async (tx) => {
          for (const [name, value] of Object.entries(values)) {
            await writeMetaIn(tx, /** @type {keyof Meta} */ (name), value);
          }
        },
        "relaxed",
      );
    } catch (error) {
      noticeLoss(error);
    }
  };

  const keepCart = () => {
    const now = cart;
    cartWritten = cartWritten
      .then(() =>
        write(db, page, async (tx) => void (await writeMetaIn(tx, "cart", now)), "relaxed"),
      )
      .catch(noticeLoss);
    return cartWritten;
  };

  /** @param {unknown} error */
  const noticeLoss = (error) => {
    if (error instanceof NotOwner && phase === "ready") become("elsewhere");
  };

  /** @param {import("./types.js").Cart} next @param {Offer[]} [offers] */
  const setCart = (next, offers = cart.priced) => {
    cart = { ...cart, cart: next, priced: offers };
    if (next.lines.length === 0) cart = { ...NO_CART, cart: { ...EMPTY, note: "" } };
    void keepCart();
    tell();
  };

  /** @returns {Circumstances} */
  const circumstances = () => {
    if (!till || !stand || phase !== "ready") throw new Error(`cannot sell while ${phase}`);
    return {
      owner: page,
      till,
      stand: stand.state,
      cashier,
      training,
      clockOffsetMs: clock.offset(),
      likelyOffsetMs,
      onTrustRupiah: 0,
      roomRupiah: roomOnTrust(stand.state, waiting.values()),
      receiptBase,
    };
  };

  /** @param {import("./saving.js").Saved} saved */
  const isSaved = async ({ receipt, entry, counters: given, days: sums }) => {
    if (entry) waiting.set(entry.position, entry);
    if (given) counters = given;
    if (sums) days = sums;
    if (receipt.kind === "sale") last = receipt;
    else if (last) last = (await receiptOf(last.uuid)) ?? last;
    drawn = null;
    // Who asked hears of it first, and the picture of it is drawn; all else comes after.
    setTimeout(() => {
      tell();
      sender?.kick();
    }, AFTER_SAVING_MS);
    return receipt;
  };

  /** @param {BookSaved} saved */
  const isInBook = (saved) => {
    if (saved.entry) waiting.set(saved.entry.position, saved.entry);
    ({ counters, days, slips } = saved);
    tell();
    sender?.kick();
  };

  const dropCount = async () => {
    counting = null;
    await remember({ counting: null });
    tell();
  };

  /** @param {string} uuid @returns {Promise<Receipt | null>} */
  const receiptOf = async (uuid) => (await db.get("receipts", uuid))?.receipt ?? null;

  /** @param {number} [limit] */
  const receipts = async (limit = KEEP_RECEIPTS) => {
    /** @type {Receipt[]} */
    const found = [];
    let cursor = await db.transaction("receipts").store.index("order").openCursor(null, "prev");
    while (cursor && found.length < limit) {
      found.push(cursor.value.receipt);
      cursor = await cursor.continue();
    }
    return found;
  };

  const vouchers = createVouchers({ db: () => db, language, envelope, onAnswer: heard });

  return {
    snapshot,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start,
    setQuantity: (offerId, quantity) => {
      const offer = stand?.state.offers.find((one) => one.id === offerId);
      const known = byId(cart.priced);
      if (offer && !(cart.frozen && known.has(offerId))) known.set(offerId, offer);
      if (!known.has(offerId)) return;
      const next = withQuantity(cart.cart, offerId, quantity);
      const ids = new Set(next.lines.map((line) => line.offer_id));
      setCart(next, [...known.values()].filter((one) => ids.has(one.id)));
    },
    setNote: (note) => setCart(withNote(cart.cart, note)),
    clearCart: () => setCart(EMPTY, []),
    openPayment: async () => {
      circumstances();
      cart = { ...cart, cart: withUuid(cart.cart, () => crypto.randomUUID()), frozen: true };
      tell();
      await keepCart();
    },
    closePayment: () => {
      cart = { ...cart, frozen: false };
      if (stand) repriceCart(stand.state);
      void keepCart();
      tell();
    },
    takeVoucher: async (typed) => {
      const code = readCode(typed);
      const sale = cart.cart.uuid;
      if (!code || !sale) return { ok: false, error: "mistyped" };
      const found = await vouchers.claim(code, sale);
      if (found.ok || found.error !== "no_contact") return found;
      const known = stand?.state ?? null;
      const trusted = foundOnTrust(code, known, roomOnTrust(known, waiting.values()));
      if (trusted.ok) await vouchers.keep(code, sale);
      return trusted;
    },
    leaveVoucher: async (code) => {
      if (cart.cart.uuid) await vouchers.leave(code, cart.cart.uuid);
    },
    reversalsOf: async (sale) =>
      (await receipts(Infinity)).filter(
        (one) => one.kind === "reversal" && one.reverses === sale.number,
      ),
    pay: async (payments) => {
      const paying = cart;
      const sale = paying.cart.uuid ?? "";
      const at = { ...circumstances(), onTrustRupiah: vouchers.onTrust(payments, sale) };
      await cartWritten;
      try {
        const saved = await saveSale(db, at, paying, payments);
        if (cart.cart.uuid === paying.cart.uuid) cart = NO_CART;
        void vouchers.isSaved(payments, sale).catch(noticeLoss);
        return await isSaved(saved);
      } catch (error) {
        noticeLoss(error);
        throw error;
      }
    },
    takeBack: async (uuid, lines, reason) => {
      try {
        return await isSaved(await saveReversal(db, circumstances(), uuid, lines, reason, payBack));
      } catch (error) {
        noticeLoss(error);
        throw error;
      }
    },
    moveCash: async (asked) => {
      try {
        isInBook(await saveMovement(db, circumstances(), asked));
      } catch (error) {
        noticeLoss(error);
        throw error;
      }
    },
    confirmCount: async (day, counted) => {
      try {
        counting = await keepCount(db, circumstances(), day, counted);
      } catch (error) {
        noticeLoss(error);
        throw error;
      }
      tell();
    },
    dropCount,
    closeDay: async (note) => {
      try {
        const saved = await saveClose(db, circumstances(), note);
        counting = null;
        isInBook(saved);
        if (!saved.slip) throw new Error("no close came of it");
        return saved.slip;
      } catch (error) {
        noticeLoss(error);
        if (error instanceof CountIsStale) await dropCount();
        throw error;
      }
    },
    receipts,
    outbox: async () => [...waiting.values()].sort((a, b) => a.position - b.position),
    chooseCashier: async (id, pin) => {
      const person = stand?.state.cashiers.find((one) => one.id === id) ?? null;
      if (person?.has_pin) {
        const verdict = await checkPin({
          db,
          language,
          envelope: envelope(),
          id: person.id,
          pin,
          onAnswer: heard,
        });
        if (!verdict.ok) return verdict;
      }
      cashier = person;
      await remember({ cashier: person });
      tell();
      return { ok: true };
    },
    setTraining: async (on) => {
      training = on;
      await remember({ training: on });
      tell();
    },
    changeOffer: async (change) => {
      const content = {
        ...envelope(),
        ...change,
        key: crypto.randomUUID(),
        cashier_id: cashier?.id ?? null,
      };
      let answer = await post("barang", content, language);
      // The same key: what was done already is not done twice.
      if (answer.status === 0) answer = await post("barang", content, language);
      heard(answer);
      if (answer.status === 200) {
        await takeState(answer.body);
        return { ok: true };
      }
      if (answer.status === 422) return { ok: false, message: String(answer.body.message) };
      return { ok: false, error: "no_contact" };
    },
    exportFile: async () => asFile(envelope(), clock.offset() ?? likelyOffsetMs, await unsent()),
    exportFrames: async () => asFrames(envelope(), clock.offset() ?? likelyOffsetMs, await unsent()),
    sendNow: async () => {
      await tryRefusedAgain();
      for (const [position, entry] of waiting) waiting.set(position, { ...entry, state: "unsent" });
      sender?.sendNow();
      void contact();
    },
    takeOver: async () => {
      await holdScreen({ steal: true });
    },
    useNewVersion: () => useNewVersion(),
  };

  async function unsent() {
    return [...waiting.values()].sort((a, b) => a.position - b.position);
  }
};
