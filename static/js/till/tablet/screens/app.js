// Puts the screens together: draws what the till says and what was typed, one part of the page each.

import { nothing, render } from "../../../../vendor/lit-html/lit-html.js";
import { Carrying } from "./carrying.js";
import { countView, drawerView, reviewView, slipView } from "./closing.js";
import { CashDrawer } from "./drawer.js";
import { headerView, noticeView } from "./frame.js";
import { exportView } from "./handing.js";
import { Keyboard } from "./keyboard.js";
import {
  cashierView,
  goodsView,
  menuView,
  receiptsView,
  unsentView,
} from "./menu.js";
import { payView } from "./pay.js";
import { Paying } from "./paying.js";
import { phaseView } from "./phases.js";
import { loadEncoder } from "./qr.js";
import { receiptView } from "./receipt.js";
import { reversalView } from "./reversal.js";
import { cartView, tilesView } from "./sell.js";
import { freshUi } from "./state.js";
import { readTexts, say } from "./words.js";

/** @import {Cashier, Method, OutboxEntry, Payment, Receipt, Snapshot, TillCore} from "../types.js" */
/** @import {Ui, View} from "./state.js" */

const PAPER = "opop-till-paper";
const RECEIPTS_SHOWN = 100;
/** What a first look at the till does not need. */
const LATER_MS = 1500;

/** @typedef {Parameters<TillCore["changeOffer"]>[0]} OfferChange */

export class App {
  /** @param {TillCore} till @param {{version?: string}} [options] */
  constructor(till, { version = "" } = {}) {
    this.till = till;
    this.version = version;
    this.t = readTexts();
    this.language = document.documentElement.lang === "en" ? "en" : "id";
    /** Another one for each view that is opened: an answer that comes late finds it gone. @type {Ui} */
    this.ui = freshUi();
    /** @type {Cashier | null} */
    this.picking = null;
    this.back = {
      /** Of the reversal, from when it is opened. */
      uuid: "",
      quantities: /** @type {Map<number, number>} */ (new Map()),
      reason: "",
      /** What was taken back of the sale before. */
      earlier: /** @type {Receipt[]} */ ([]),
    };
    this.paper = readSetting(PAPER) === "80" ? "80" : "58";
    /** @type {Receipt[]} */
    this.receipts = [];
    /** @type {OutboxEntry[]} */
    this.entries = [];
    this.places = {
      header: place("header"),
      tiles: place("tiles"),
      cart: place("cart"),
      panel: place("panel"),
      notice: place("notice"),
    };
    /** @type {[Method, string | undefined][]} */
    this.methods = [
      ["cash", this.t.cash],
      ["qris", this.t.qris],
      ["transfer", this.t.transfer],
      ["card", this.t.card],
      ["voucher", this.t.voucher],
    ];
    this.paying = new Paying(this);
    this.drawer = new CashDrawer(this);
    this.carrying = new Carrying(this);
    this.keyboard = new Keyboard(this);
    /** What a payment is called: a voucher by its number. @param {Payment} payment */
    this.paymentName = ({ method, voucher_number }) =>
      voucher_number ? say(this.t.voucher_number, { number: voucher_number }) : this.methodName(method);
    this.methodName = (/** @type {string} */ method) =>
      this.methods.find(([name]) => name === method)?.[1] ?? method;
    this.set = (/** @type {Partial<Ui>} */ change) => {
      Object.assign(this.ui, change);
      this.draw();
    };
    this.isPaperDue = true;
    this.isFirstLook = true;
    this.isReading = false;
    this.isStale = false;
  }

  start() {
    document.documentElement.dataset["paper"] = this.paper;
    this.till.subscribe(() => this.onTill());
    setTimeout(() => void loadEncoder().then(() => this.draw()), LATER_MS);
    this.keyboard.watch();
    this.draw();
  }

  onTill() {
    const now = this.till.snapshot();
    // What was opened on top follows what the till says of it.
    const shown = this.ui.receipt;
    if (shown && now.last?.uuid === shown.uuid) this.ui.receipt = now.last;
    if (["receipts", "unsent", "receipt", "drawer", "slip"].includes(this.ui.view)) {
      void this.refresh();
    }
    this.draw();
  }

  /** Read again what the open view lists: one after the other, since the next sale waits for each. */
  async refresh() {
    this.isStale = true;
    if (this.isReading) return;
    this.isReading = true;
    try {
      while (this.isStale) {
        this.isStale = false;
        await this.read();
        this.draw();
      }
    } catch {
      // What cannot be read now is read again with the next that the till tells.
    }
    this.isReading = false;
  }

  async read() {
    if (["unsent", "drawer", "slip"].includes(this.ui.view)) this.entries = await this.till.outbox();
    else if (this.ui.view === "receipts") this.receipts = await this.till.receipts(RECEIPTS_SHOWN);
    else if (this.ui.view === "receipt" && this.ui.receipt) {
      const { uuid } = this.ui.receipt;
      const found = await this.till.receiptOf(uuid);
      if (found && this.ui.receipt?.uuid === uuid) this.ui.receipt = found;
    }
  }

  // --- going from view to view ---

  /** Nothing about it is changed, and nobody goes elsewhere, until the disk has answered. */
  get isSaving() {
    return this.ui.busy === "saving";
  }

  /** Whether nobody counts, types or reads what a new page would not have. */
  get isAtRest() {
    return this.ui.view === "sell" && !this.ui.busy;
  }

  /** @param {View} view */
  go(view) {
    if (this.isSaving) return;
    this.picking = null;
    this.carrying.end();
    if (view === "sell") this.till.layTiles();
    this.paying.putAside();
    const { search } = this.ui;
    this.ui = view === "sell" ? this.paying.goOn(search) : { ...freshUi(), view, search };
    if (view === "receipts" || view === "unsent" || view === "drawer") void this.refresh();
    if (view === "export") void this.carrying.begin();
    this.draw();
  }

  escape() {
    const { view } = this.ui;
    if (view === "pay") this.leavePayment();
    else if (view === "receipt") this.next();
    else if (view === "reversal" && this.ui.receipt) this.openReceipt(this.ui.receipt, false);
    else if (this.picking) this.go("cashier");
    else if (view === "export") this.go("unsent");
    else if (view === "count" || view === "review" || view === "slip") this.go("drawer");
    else if (view === "menu") this.go("sell");
    else if (view !== "sell") this.go("menu");
  }

  leavePayment() {
    if (this.isSaving) return;
    this.paying.leave();
    this.draw();
  }

  /** @param {Receipt | null} receipt @param {boolean} fresh */
  openReceipt(receipt, fresh) {
    if (!receipt || (this.isSaving && !fresh)) return;
    this.ui = { ...freshUi(), view: "receipt", receipt, fresh };
    // 'Tersimpan' first; the paper with its code takes a cheap tablet a moment longer.
    this.isPaperDue = !fresh;
    this.draw();
    void loadEncoder().then(() =>
      requestAnimationFrame(() =>
        setTimeout(() => {
          this.isPaperDue = true;
          this.draw();
        }),
      ),
    );
  }

  next() {
    this.till.layTiles();
    this.ui = this.paying.goOn();
    this.draw();
  }

  // --- taking back ---

  /** @param {Receipt} receipt */
  openReversal(receipt) {
    const quantities = new Map(
      receipt.lines.map((line) => [line.position, line.quantity - line.taken_back]),
    );
    const earlier = /** @type {Receipt[]} */ ([]);
    const back = { uuid: crypto.randomUUID(), quantities, reason: "", earlier };
    this.back = back;
    this.ui = { ...freshUi(), view: "reversal", receipt };
    this.draw();
    void this.till.reversalsOf(receipt).then((earlier) => {
      back.earlier = earlier;
      this.draw();
    });
  }

  /** @param {number} position @param {number} quantity */
  setBack(position, quantity) {
    this.back.quantities.set(position, quantity);
    this.draw();
  }

  /** @param {string} reason */
  setReason(reason) {
    this.back.reason = reason;
    this.draw();
  }

  /** @param {Receipt} receipt */
  async takeBack(receipt) {
    if (this.ui.busy) return;
    this.set({ busy: "saving", trouble: "" });
    const lines = [...this.back.quantities]
      .filter(([, quantity]) => quantity > 0)
      .map(([position, quantity]) => ({ position, quantity }));
    const { uuid, reason } = this.back;
    try {
      const asked = { uuid, original: receipt.uuid, lines, reason: reason.trim() };
      this.openReceipt(await this.till.takeBack(asked), true);
    } catch {
      this.set({ busy: "", trouble: this.t.not_saved ?? "" });
    }
  }

  // --- people, goods, the tablet ---

  /** @param {Cashier | null} person */
  pick(person) {
    if (person?.has_pin) {
      this.picking = person;
      this.set({ trouble: "" });
    } else void this.choose(person?.id ?? null, "");
  }

  /** @param {string} pin */
  tryPin(pin) {
    if (!this.ui.busy) void this.choose(this.picking?.id ?? null, pin);
  }

  /** @param {number | null} id @param {string} pin */
  async choose(id, pin) {
    this.set({ busy: "asking", trouble: "" });
    const { ui } = this;
    const answer = await this.till.chooseCashier(id, pin);
    if (this.ui !== ui) return;
    if (answer.ok) this.go("sell");
    else {
      const trouble = say(this.t[`pin_${answer.error}`], { seconds: answer.retry_after ?? 60 });
      this.set({ busy: "", trouble });
    }
  }

  /** @param {OfferChange} change @returns {Promise<boolean>} whether it was taken */
  async change(change) {
    if (this.ui.busy) return false;
    this.set({ busy: "asking", trouble: "" });
    const { ui } = this;
    const answer = await this.till.changeOffer(change);
    if (this.ui !== ui) return answer.ok;
    this.set({
      busy: "",
      trouble: answer.ok ? "" : (answer.message ?? this.t.needs_contact ?? ""),
    });
    return answer.ok;
  }

  /** @param {string} width */
  setPaper(width) {
    this.paper = width;
    document.documentElement.dataset["paper"] = width;
    try {
      localStorage.setItem(PAPER, width);
    } catch {
      // Kept until the page is closed.
    }
    this.draw();
  }

  // --- drawing ---

  draw() {
    // Whoever sells now has that cart.
    if (this.till.snapshot().phase === "elsewhere" && !this.isSaving) this.paying.leave();
    const now = this.till.snapshot();
    const isReady = now.phase === "ready";
    const view = this.ui.view;
    const isSelling = isReady && view === "sell";
    const root = document.documentElement;
    root.classList.toggle("is-training", now.training && isReady);
    root.classList.toggle("is-selling", isSelling);
    render(headerView(this, now), this.places.header);
    if (isSelling) {
      render(tilesView(this, now), this.places.tiles);
      render(cartView(this, now), this.places.cart);
      if (this.isFirstLook && now.stand) this.drawAllSoon();
    }
    this.places.tiles.hidden = !isSelling;
    this.places.cart.hidden = !isSelling;
    this.places.panel.hidden = isSelling;
    render(isSelling ? nothing : this.panelView(now), this.places.panel);
    render(noticeView(this, now), this.places.notice);
    this.keyboard.follow(!isReady ? now.phase : this.picking ? "pin" : view);
  }

  drawAllSoon() {
    requestAnimationFrame(() =>
      setTimeout(() => {
        if (!this.isFirstLook) return;
        this.isFirstLook = false;
        this.draw();
      }),
    );
  }

  /** @param {Snapshot} now */
  panelView(now) {
    const { view, receipt } = this.ui;
    // What waits can be looked at and carried away whatever else is wrong; another tab knows more of it.
    const mayLook = now.phase !== "elsewhere";
    if (mayLook && view === "unsent") return unsentView(this, now, this.entries);
    if (mayLook && view === "export") return exportView(this, now);
    if (now.phase !== "ready") return phaseView(this, now);
    if (view === "pay") return payView(this, now);
    if (view === "receipt" && receipt) return receiptView(this, now, receipt);
    if (view === "reversal" && receipt) return reversalView(this, receipt);
    if (view === "receipts") return receiptsView(this, this.receipts);
    if (view === "cashier") return cashierView(this, now);
    if (view === "goods") return goodsView(this, now);
    if (now.drawer) {
      const { counting } = now.drawer;
      if (view === "slip" && this.ui.slip) return slipView(this, this.ui.slip);
      if (view === "review" && counting) return reviewView(this, now.drawer, counting);
      if (view === "count") return countView(this, now.drawer);
      if (view === "drawer" || view === "review") return drawerView(this, now, now.drawer);
    }
    return menuView(this, now);
  }
}

/** @param {TillCore} till @param {{version?: string}} [options] */
export const startScreens = (till, options) => {
  const app = new App(till, options);
  app.start();
  return app;
};

/** @param {string} name @returns {HTMLElement} */
const place = (name) => {
  const found = document.querySelector(`[data-place="${name}"]`);
  if (!(found instanceof HTMLElement)) throw new Error(`no place for ${name} in the page`);
  return found;
};

/** @param {string} name @returns {string | null} */
const readSetting = (name) => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
};
