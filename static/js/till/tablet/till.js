// The till without its looks: holds what is sold, saves it, sends it, and says how things stand.

import { EMPTY, byId, withNote, withQuantity, withUuid } from "./cart.js";
import { checkPin } from "./cashiers.js";
import { createClock } from "./clock.js";
import { CountIsStale, keepCount, saveClose, saveMovement } from "./closing.js";
import { asFiles, asFrames } from "./export.js";
import { createHearing } from "./hearing.js";
import { createKeeping } from "./keeping.js";
import { NO_CART, createMind } from "./memory.js";
import { payBack } from "./paying-back.js";
import { post } from "./protocol.js";
import { NotSaleable, saveReversal, saveSale } from "./saving.js";
import { createScreen } from "./screen.js";
import { allSent, countSent } from "./sent.js";
import { readCode } from "./voucher_codes.js";
import { createVouchers, foundOnTrust, roomOnTrust } from "./vouchers.js";

/** @import {TillCore} from "./types.js" */
/** @import {BookSaved} from "./closing.js" */
/** @import {Circumstances, Saved} from "./saving.js" */

const AFTER_SAVING_MS = 50;

/**
 * @param {{language: string, version: string, receiptBase: string}} options
 * @returns {TillCore}
 */
export const createTill = ({ language, version, receiptBase }) => {
  const page = crypto.randomUUID?.() ?? String(Math.random());
  const clock = createClock();
  const mind = createMind({ clock });
  const { memory, tell } = mind;
  const keeping = createKeeping({
    mind,
    page,
    startVouchers: (claims, waiting) => vouchers.start(claims, waiting),
  });
  const { keepCart, noticeLoss, remember, setCart } = keeping;
  const hearing = createHearing({
    mind,
    clock,
    keeping,
    page,
    language,
    version,
    sendReleases: () => vouchers.sendReleases(),
  });
  const { envelope, heard } = hearing;
  const vouchers = createVouchers({ db: () => memory.db, language, envelope, onAnswer: heard });
  const screen = createScreen({ mind, clock, keeping, hearing, page, language });

  /** @returns {Circumstances} */
  const circumstances = () => {
    const { till, stand, phase } = memory;
    if (!till || !stand || phase !== "ready") throw new NotSaleable(`cannot sell while ${phase}`);
    return {
      owner: page,
      till,
      stand: stand.state,
      cashier: memory.cashier,
      training: memory.training,
      clockOffsetMs: clock.offset(),
      likelyOffsetMs: memory.likelyOffsetMs,
      onTrustRupiah: 0,
      roomRupiah: roomOnTrust(stand.state, memory.waiting.values()),
      receiptBase,
    };
  };

  /** @param {Saved} saved */
  const isSaved = async ({ receipt, entry, counters, days }) => {
    if (entry) memory.waiting.set(entry.position, entry);
    if (counters) memory.counters = counters;
    if (days) memory.days = days;
    const { last } = memory;
    if (receipt.kind === "sale") memory.last = receipt;
    else if (last) {
      // It is saved, whether or not this can be read now.
      memory.last = (await keeping.receiptOf(last.uuid).catch(() => null)) ?? memory.last;
    }
    mind.redraw();
    // Who asked hears of it first, and the picture of it is drawn; all else comes after.
    setTimeout(() => {
      tell();
      memory.sender?.kick();
    }, AFTER_SAVING_MS);
    return receipt;
  };

  /** @param {BookSaved} saved */
  const isInBook = ({ entry, counters, days, slips }) => {
    if (entry) memory.waiting.set(entry.position, entry);
    memory.counters = counters;
    memory.days = days;
    memory.slips = slips;
    tell();
    memory.sender?.kick();
  };

  const dropCount = async () => {
    memory.counting = null;
    await remember({ counting: null });
    tell();
  };

  /** Who empties a cart that was about to be paid gives back what was claimed for it. @type {typeof setCart} */
  const changeCart = (next, offers) => {
    const { uuid } = memory.cart.cart;
    setCart(next, offers);
    if (uuid && !memory.cart.cart.uuid) void vouchers.isSaved([], uuid).catch(noticeLoss);
  };

  /** How often somebody was chosen: the last one sells. */
  let choosing = 0;

  /** What waits, in the order in which it was saved. */
  const unsent = () => [...memory.waiting.values()].sort((a, b) => a.position - b.position);

  /** The same with what was sent and is kept: some may be in both. */
  const everything = async () => {
    const all = new Map((await allSent()).map((entry) => [entry.position, entry]));
    for (const [position, entry] of memory.waiting) all.set(position, entry);
    return [...all.values()].sort((a, b) => a.position - b.position);
  };

  const about = () => ({
    till: memory.till?.prefix,
    stand: memory.stand?.state.stand.code,
    edition: memory.stand?.state.expo.slug,
  });

  /** Keys of changes of offers that may or may not have arrived: whoever presses again means the same one. */
  const unanswered = /** @type {Map<string, string>} */ (new Map());

  const offset = () => clock.offset() ?? memory.likelyOffsetMs;

  return {
    snapshot: mind.snapshot,
    subscribe: mind.subscribe,
    start: screen.start,
    setQuantity: (offerId, quantity) => {
      const { cart } = memory;
      const offer = memory.stand?.state.offers.find((one) => one.id === offerId);
      const known = byId(cart.priced);
      if (offer && !(cart.frozen && known.has(offerId))) known.set(offerId, offer);
      if (!known.has(offerId)) return;
      const next = withQuantity(cart.cart, offerId, quantity);
      const ids = new Set(next.lines.map((line) => line.offer_id));
      changeCart(next, [...known.values()].filter((one) => ids.has(one.id)));
    },
    setNote: (note) => setCart(withNote(memory.cart.cart, note)),
    clearCart: () => {
      memory.tiles = [];
      changeCart(EMPTY, []);
    },
    layTiles: () => {
      if (memory.cart.cart.lines.length === 0) memory.tiles = [];
      mind.redraw();
    },
    openPayment: async () => {
      circumstances();
      const { cart } = memory;
      memory.cart = {
        ...cart,
        cart: withUuid(cart.cart, () => crypto.randomUUID()),
        frozen: true,
      };
      void keepCart();
      tell();
    },
    closePayment: () => {
      memory.cart = { ...memory.cart, frozen: false };
      if (memory.stand) hearing.repriceCart(memory.stand.state);
      void keepCart();
      tell();
    },
    takeVoucher: async (typed) => {
      const code = readCode(typed);
      const sale = memory.cart.cart.uuid;
      if (!code || !sale) return { ok: false, error: "mistyped" };
      let found = await vouchers.claim(code, sale);
      if (!found.ok && found.error === "no_contact") {
        const known = memory.stand?.state ?? null;
        found = foundOnTrust(code, known, roomOnTrust(known, memory.waiting.values()));
        if (found.ok) await vouchers.keep(code, sale);
      }
      if (!found.ok || memory.cart.cart.uuid === sale) return found;
      // Another customer is served: that one's voucher is free again.
      await vouchers.leave(code, sale);
      return { ok: false, error: "no_contact" };
    },
    leaveVoucher: async (code) => {
      const { uuid } = memory.cart.cart;
      if (uuid) await vouchers.leave(code, uuid);
    },
    reversalsOf: async (sale) =>
      (await keeping.receipts(Infinity)).filter(
        (one) => one.kind === "reversal" && one.reverses === sale.number,
      ),
    pay: async (payments) => {
      const paying = memory.cart;
      const sale = paying.cart.uuid ?? "";
      await keeping.cartWritten();
      try {
        const spare = crypto.randomUUID();
        const saved = await keeping.savedOnce(() => {
          // Each time anew: a storage that is made again is another till's.
          const at = { ...circumstances(), onTrustRupiah: vouchers.onTrust(payments, sale) };
          return saveSale(memory.db, at, paying, payments, spare);
        });
        if (memory.cart.cart.uuid === paying.cart.uuid) memory.cart = NO_CART;
        // What was claimed for another sale is free before this one asks for it.
        const used = saved.receipt.uuid === sale ? payments : [];
        void vouchers.isSaved(used, sale).catch(noticeLoss);
        return await isSaved(saved);
      } catch (error) {
        noticeLoss(error);
        throw error;
      }
    },
    takeBack: async (asked) => {
      try {
        return await isSaved(
          await keeping.savedOnce(() => saveReversal(memory.db, circumstances(), asked, payBack)),
        );
      } catch (error) {
        noticeLoss(error);
        throw error;
      }
    },
    moveCash: async (asked) => {
      try {
        isInBook(await saveMovement(memory.db, circumstances(), asked));
      } catch (error) {
        noticeLoss(error);
        throw error;
      }
    },
    confirmCount: async (day, counted) => {
      try {
        memory.counting = await keepCount(memory.db, circumstances(), day, counted);
      } catch (error) {
        noticeLoss(error);
        throw error;
      }
      tell();
    },
    closeDay: async (note) => {
      try {
        const saved = await saveClose(memory.db, circumstances(), note);
        memory.counting = null;
        isInBook(saved);
        if (!saved.slip) throw new Error("no close came of it");
        return saved.slip;
      } catch (error) {
        noticeLoss(error);
        if (error instanceof CountIsStale) await dropCount();
        throw error;
      }
    },
    receipts: keeping.receipts,
    receiptOf: keeping.receiptOf,
    outbox: async () => unsent(),
    chooseCashier: async (id, pin) => {
      const person = memory.stand?.state.cashiers.find((one) => one.id === id) ?? null;
      const turn = (choosing += 1);
      if (person?.has_pin) {
        const verdict = await checkPin({
          db: memory.db,
          language,
          envelope: envelope(),
          id: person.id,
          pin,
          onAnswer: heard,
        });
        if (!verdict.ok) return verdict;
        // Somebody else was chosen while the server was asked.
        if (turn !== choosing) return { ok: false };
      }
      memory.cashier = person;
      await remember({ cashier: person });
      tell();
      return { ok: true };
    },
    setTraining: async (on) => {
      memory.training = on;
      await remember({ training: on });
      tell();
    },
    changeOffer: async (change) => {
      const what = JSON.stringify(change);
      const key = unanswered.get(what) ?? crypto.randomUUID();
      // What is sold out or in order is so however often it is said.
      if (change.change === "add_stock") unanswered.set(what, key);
      const content = {
        ...envelope(),
        ...change,
        key,
        cashier_id: memory.cashier?.id ?? null,
      };
      let answer = await post("barang", content, language);
      // The same key: what was done already is not done twice.
      if (answer.status === 0) answer = await post("barang", content, language);
      heard(answer);
      if (answer.status > 0 && answer.status < 500) unanswered.delete(what);
      if (answer.status === 200) {
        await hearing.takeState(answer.body);
        return { ok: true };
      }
      if (answer.status === 422) return { ok: false, message: String(answer.body.message) };
      return { ok: false, error: "no_contact" };
    },
    exportFiles: async (withSent) =>
      asFiles(envelope(), about(), offset(), withSent ? await everything() : unsent()),
    exportFrames: async () => asFrames(envelope(), about(), offset(), unsent()),
    countKept: countSent,
    sendNow: async () => {
      await keeping.tryRefusedAgain();
      for (const [position, entry] of memory.waiting) {
        memory.waiting.set(position, { ...entry, state: "unsent" });
      }
      memory.sender?.sendNow();
      hearing.resendSoon();
      void hearing.contact();
    },
    takeOver: screen.takeOver,
    useNewVersion: screen.useNewVersion,
  };
};
