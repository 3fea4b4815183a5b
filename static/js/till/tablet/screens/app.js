// Puts the screens together: draws what the till says and what was typed, one part of the page each.

import { html, nothing, render } from "../../../../vendor/lit-html/lit-html.js";
import { MOST_MOVED, MOST_PIECES } from "../day.js";
import { CountIsStale } from "../closing.js";
import { countView, drawerView, reviewView, slipView } from "./closing.js";
import { icon } from "./icons.js";
import {
  cashierView,
  exportView,
  goodsView,
  menuView,
  receiptsView,
  unsentView,
} from "./menu.js";
import { Camera, whyNoCamera } from "../../camera.js";
import { MAX_PAYMENTS } from "../payments.js";
import { readCode } from "../voucher_codes.js";
import { payView } from "./pay.js";
import { phaseView } from "./phases.js";
import { loadEncoder } from "./qr.js";
import { receiptView } from "./receipt.js";
import { reversalView } from "./reversal.js";
import { cartView, tilesView } from "./sell.js";
import { freshUi } from "./state.js";
import { clock, readTexts, say } from "./words.js";

/** @import {Cashier, Method, Movement, OutboxEntry, Payment, Receipt, Slip, Snapshot, TillCore, VoucherFound} from "../types.js" */
/** @import {Ui, View} from "./state.js" */

const PAPER = "opop-till-paper";
const TURN_MS = 1200;
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
    /** @type {Ui} */
    this.ui = freshUi();
    /** @type {Cashier | null} */
    this.picking = null;
    this.back = {
      quantities: /** @type {Map<number, number>} */ (new Map()),
      reason: "",
      /** What was taken back of the sale before. */
      earlier: /** @type {Receipt[]} */ ([]),
    };
    /** @type {Record<string, number>} pieces by denomination, while they are counted */
    this.count = {};
    this.countDay = "";
    this.closeNote = "";
    /** @type {"in" | "out"} */
    this.moving = "out";
    /** One for each form, so that a second tap saves nothing. */
    this.movementId = crypto.randomUUID?.() ?? "";
    this.isFloatLater = false;
    this.paper = readSetting(PAPER) === "80" ? "80" : "58";
    /** @type {Receipt[]} */
    this.receipts = [];
    /** @type {OutboxEntry[]} */
    this.entries = [];
    /** @type {string[]} */
    this.frames = [];
    this.frame = 0;
    this.isTurning = false;
    /** @type {number | undefined} */
    this.turning = undefined;
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
    this.camera = new Camera();
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
    /** @type {View | "" } */
    this.drawn = "";
  }

  start() {
    document.documentElement.dataset["paper"] = this.paper;
    this.till.subscribe(() => this.onTill());
    setTimeout(() => void loadEncoder().then(() => this.draw()), LATER_MS);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.ui.busy) this.escape();
    });
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

  /** Read again what the open view lists. */
  async refresh() {
    if (["unsent", "drawer", "slip"].includes(this.ui.view)) this.entries = await this.till.outbox();
    else if (this.ui.view === "receipts") this.receipts = await this.till.receipts(RECEIPTS_SHOWN);
    else if (this.ui.view === "receipt" && this.ui.receipt) {
      const uuid = this.ui.receipt.uuid;
      const found = (await this.till.receipts()).find((one) => one.uuid === uuid);
      if (found && this.ui.receipt?.uuid === uuid) this.ui.receipt = found;
    }
    this.draw();
  }

  // --- going from view to view ---

  /** @param {View} view */
  go(view) {
    this.picking = null;
    this.stopTurning();
    this.camera.stop();
    this.ui = { ...this.ui, view, trouble: "", typed: "" };
    if (view === "receipts" || view === "unsent" || view === "drawer") void this.refresh();
    if (view === "export") void this.prepareExport();
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

  async openPayment() {
    if (this.ui.busy) return;
    this.ui = { ...freshUi(), view: "pay", search: this.ui.search, busy: true };
    this.draw();
    try {
      await this.till.openPayment();
      this.set({ busy: false });
    } catch {
      this.set({ busy: false, view: "sell", trouble: this.t.not_saved ?? "" });
    }
  }

  leavePayment() {
    this.camera.stop();
    for (const { voucher } of this.ui.parts) if (voucher) this.leaveVoucher(voucher);
    if (this.ui.voucher) this.leaveVoucher(this.ui.voucher.code);
    this.till.closePayment();
    this.ui = { ...freshUi(), search: this.ui.search };
    this.draw();
  }

  /** @param {Receipt | null} receipt @param {boolean} fresh */
  openReceipt(receipt, fresh) {
    if (!receipt) return;
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
    this.ui = freshUi();
    this.draw();
  }

  // --- paying ---

  /** @param {Payment} part */
  addPart(part) {
    // One place stays for what pays the rest.
    if (this.ui.parts.length + 2 > MAX_PAYMENTS) {
      this.set({ trouble: this.t.parts_limit ?? "" });
      return;
    }
    this.set({ parts: [...this.ui.parts, part], typed: "", partial: false, trouble: "" });
  }

  /** @param {number} place */
  takeOut(place) {
    const code = this.ui.parts[place]?.voucher;
    if (code) this.leaveVoucher(code);
    this.set({ parts: this.ui.parts.filter((_part, other) => other !== place) });
  }

  /** @param {Method} method */
  chooseMethod(method) {
    this.camera.stop();
    if (this.ui.voucher) this.leaveVoucher(this.ui.voucher.code);
    this.set({ method, typed: "", partial: false, trouble: "", voucher: null, scanning: false });
  }

  /** @param {string} code */
  leaveVoucher(code) {
    // Kept and repeated by the till; nobody waits for it.
    void this.till.leaveVoucher(code).catch(() => {});
  }

  /** @param {string} typed */
  async takeVoucher(typed) {
    if (this.ui.busy) return;
    if (this.ui.parts.some(({ voucher }) => voucher && voucher === readCode(typed))) {
      this.set({ trouble: this.t.voucher_twice ?? "" });
      return;
    }
    this.set({ busy: true, trouble: "" });
    /** @type {VoucherFound} */
    const found = await this.till.takeVoucher(typed).catch(() => ({ ok: false, error: "no_contact" }));
    if (this.ui.view !== "pay") {
      if (found.ok) this.leaveVoucher(found.code);
      return;
    }
    if (found.ok) {
      this.set({ busy: false, voucher: found, voucherTyped: "" });
      /** @type {HTMLElement | null} */ (document.querySelector("[data-save]:not(:disabled)"))?.focus();
      return;
    }
    const words = found.message ?? say(this.t[`voucher_${found.error}`], { seconds: found.retry_after ?? 60 });
    this.set({ busy: false, trouble: words });
  }

  async scanVoucher() {
    this.set({ scanning: true, trouble: "" });
    let text = "";
    try {
      text = await this.camera.scan((read) => readCode(read) !== "");
    } catch (error) {
      this.set({ scanning: false, trouble: this.t[`camera_${whyNoCamera(error)}`] ?? "" });
      return;
    }
    this.set({ scanning: false });
    if (text && this.ui.view === "pay") await this.takeVoucher(text);
  }

  stopScanning() {
    this.camera.stop();
    this.set({ scanning: false });
  }

  /** @param {Payment} part */
  addVoucher(part) {
    if (this.ui.parts.length + 2 > MAX_PAYMENTS) return this.addPart(part);
    this.ui.voucher = null;
    this.ui.method = "cash";
    return this.addPart(part);
  }

  leaveFound() {
    if (this.ui.voucher) this.leaveVoucher(this.ui.voucher.code);
    this.set({ voucher: null, trouble: "" });
  }

  /** @param {Payment} last */
  async pay(last) {
    if (this.ui.busy) return;
    Object.assign(this.ui, { busy: true, trouble: "" });
    try {
      const saving = this.till.pay([...this.ui.parts, last]);
      // Drawn while the disk is at work.
      setTimeout(() => this.ui.busy && this.draw());
      const receipt = await saving;
      this.openReceipt(receipt, true);
    } catch {
      this.set({ busy: false, trouble: this.t.not_saved ?? "" });
    }
  }

  // --- taking back ---

  /** @param {Receipt} receipt */
  openReversal(receipt) {
    const quantities = new Map(
      receipt.lines.map((line) => [line.position, line.quantity - line.taken_back]),
    );
    this.back = { quantities, reason: "", earlier: [] };
    this.ui = { ...freshUi(), view: "reversal", receipt };
    this.draw();
    void this.till.reversalsOf(receipt).then((earlier) => {
      this.back.earlier = earlier;
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
    this.set({ busy: true, trouble: "" });
    const lines = [...this.back.quantities]
      .filter(([, quantity]) => quantity > 0)
      .map(([position, quantity]) => ({ position, quantity }));
    try {
      this.openReceipt(await this.till.takeBack(receipt.uuid, lines, this.back.reason.trim()), true);
    } catch {
      this.set({ busy: false, trouble: this.t.not_saved ?? "" });
    }
  }

  // --- the drawer ---

  /** @param {"in" | "out"} kind */
  setMoving(kind) {
    this.moving = kind;
    this.draw();
  }

  /**
   * @param {Movement["kind"]} kind @param {number | null} amount @param {string} reason
   * @param {HTMLFormElement} form
   */
  async moveCash(kind, amount, reason, form) {
    if (this.ui.busy) return;
    const isFloat = kind === "float";
    if (amount === null || amount > MOST_MOVED || (amount === 0 && !isFloat)) {
      this.set({ trouble: this.t.amount_wrong ?? "" });
      return;
    }
    if (!isFloat && !reason.trim()) {
      this.set({ trouble: this.t.reason_wanted ?? "" });
      return;
    }
    this.set({ busy: true, trouble: "" });
    try {
      await this.till.moveCash({ uuid: this.movementId, kind, amount, reason });
      this.movementId = crypto.randomUUID();
      // Not reset as a whole: that would also take back which way it goes.
      for (const field of form.querySelectorAll("input[type=text]")) {
        /** @type {HTMLInputElement} */ (field).value = "";
      }
      this.set({ busy: false });
    } catch {
      this.set({ busy: false, trouble: this.t.not_saved ?? "" });
    }
  }

  /** @param {string} day */
  beginCount(day) {
    const counting = this.till.snapshot().drawer?.counting;
    this.countDay = day;
    if (counting?.day === day) {
      this.go("review");
      return;
    }
    this.count = {};
    this.closeNote = "";
    this.go("count");
  }

  /** @param {number} value @param {number} pieces */
  setCount(value, pieces) {
    const whole = Math.max(0, Math.min(MOST_PIECES, Math.trunc(pieces) || 0));
    this.count = { ...this.count, [value]: whole };
    this.draw();
  }

  async confirmCount() {
    if (this.ui.busy) return;
    this.set({ busy: true, trouble: "" });
    try {
      await this.till.confirmCount(this.countDay, this.count);
      this.ui.busy = false;
      this.go("review");
    } catch {
      this.set({ busy: false, trouble: this.t.not_saved ?? "" });
    }
  }

  async closeDay() {
    if (this.ui.busy) return;
    this.set({ busy: true, trouble: "" });
    try {
      this.openSlip(await this.till.closeDay(this.closeNote), true);
      this.closeNote = "";
    } catch (error) {
      if (error instanceof CountIsStale) {
        this.ui = { ...freshUi(), view: "count", trouble: this.t.count_stale ?? "" };
        this.draw();
      } else this.set({ busy: false, trouble: this.t.not_saved ?? "" });
    }
  }

  /** @param {Slip} slip @param {boolean} fresh */
  openSlip(slip, fresh) {
    this.ui = { ...freshUi(), view: "slip", slip, fresh };
    void this.till.outbox().then((entries) => {
      this.entries = entries;
      this.draw();
    });
    this.draw();
  }

  /** @param {Slip} slip @returns {"unsent" | "sent" | "refused"} as far as this tablet knows */
  sentOf(slip) {
    const entry = this.entries.find((one) => one.uuid === slip.uuid);
    return entry?.state ?? "sent";
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
    void this.choose(this.picking?.id ?? null, pin);
  }

  /** @param {number | null} id @param {string} pin */
  async choose(id, pin) {
    this.set({ busy: true, trouble: "" });
    const answer = await this.till.chooseCashier(id, pin);
    this.ui.busy = false;
    if (answer.ok) this.go("sell");
    else this.set({ trouble: say(this.t[`pin_${answer.error}`], { seconds: answer.retry_after ?? 60 }) });
  }

  /** @param {OfferChange} change */
  async change(change) {
    this.set({ busy: true, trouble: "" });
    const answer = await this.till.changeOffer(change);
    this.set({
      busy: false,
      trouble: answer.ok ? "" : (answer.message ?? this.t.needs_contact ?? ""),
    });
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

  async prepareExport() {
    this.frames = await this.till.exportFrames();
    this.frame = 0;
    this.isTurning = this.frames.length > 1;
    if (this.isTurning) this.turning = setInterval(() => this.turn(1), TURN_MS);
    this.draw();
  }

  /** @param {number} step */
  turn(step) {
    const many = Math.max(1, this.frames.length);
    this.frame = (this.frame + step + many) % many;
    this.draw();
  }

  toggleTurning() {
    if (this.isTurning) this.stopTurning();
    else {
      this.isTurning = true;
      this.turning = setInterval(() => this.turn(1), TURN_MS);
    }
    this.draw();
  }

  stopTurning() {
    clearInterval(this.turning);
    this.isTurning = false;
  }

  async download() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await this.till.exportFile());
    link.download = `opop-${this.till.snapshot().till?.prefix ?? "kasir"}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  // --- drawing ---

  draw() {
    const now = this.till.snapshot();
    const isReady = now.phase === "ready";
    const view = this.ui.view;
    const isSelling = isReady && view === "sell";
    const root = document.documentElement;
    root.classList.toggle("is-training", now.training && isReady);
    root.classList.toggle("is-selling", isSelling);
    render(this.headerView(now), this.places.header);
    if (isSelling) {
      render(tilesView(this, now), this.places.tiles);
      render(cartView(this, now), this.places.cart);
      if (this.isFirstLook && now.stand) this.drawAllSoon();
    }
    this.places.tiles.hidden = !isSelling;
    this.places.cart.hidden = !isSelling;
    this.places.panel.hidden = isSelling;
    render(isSelling ? nothing : this.panelView(now), this.places.panel);
    render(this.noticeView(now), this.places.notice);
    this.focus(isReady ? view : now.phase);
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
    // What waits can be looked at and carried away whatever else is wrong.
    if (view === "unsent") return unsentView(this, now, this.entries);
    if (view === "export") return exportView(this, this.frames);
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

  /** @param {Snapshot} now */
  headerView(now) {
    const { t } = this;
    return html`
      ${now.stand
        ? html`<p class="bar-stand">
            <span class="ticket">${now.stand.stand.code}</span><span class="bar-name">${now.stand.stand.name}</span>
          </p>`
        : html`<p class="bar-stand"><span class="bar-name">OPOP Expo</span></p>`}
      ${this.syncView(now)}
      ${now.phase === "ready"
        ? html`<button type="button" class="bar-button" @click=${() => this.go("cashier")}>
              ${icon("person")}<span>${now.cashier?.name ?? t.choose_name}</span>
            </button>
            <button type="button" class="bar-button" data-menu @click=${() => this.go(this.ui.view === "menu" ? "sell" : "menu")}>
              ${icon("menu")}<span>${t.menu}</span>
            </button>`
        : nothing}
    `;
  }

  /** @param {Snapshot} now */
  syncView(now) {
    const { t } = this;
    if (now.phase === "starting" || (!now.till && !now.unsent)) return nothing;
    const state = !now.in_contact ? "alone" : now.unsent || now.refused || now.owed ? "waiting" : "sent";
    const unsent = now.unsent ? say(t.unsent, { n: now.unsent }) : "";
    const refused = now.refused ? say(t.refused, { n: now.refused }) : "";
    const contact = now.last_contact_at
      ? say(t.no_contact_since, { time: clock(now.last_contact_at) })
      : (t.no_contact ?? "");
    const owed = now.owed ? (t.owed ?? "") : "";
    const words = [state === "alone" ? contact : "", unsent, refused, owed].filter(Boolean);
    return html`<button type="button" class="sync is-${state}" data-sync=${state} @click=${() => this.go("unsent")}>
      ${icon(state)}<span role="status">${words.join(" · ") || t.all_sent}</span>
    </button>`;
  }

  /** @param {Snapshot} now */
  noticeView(now) {
    const { t } = this;
    return html`${now.training && now.phase === "ready" ? html`<p class="training-banner">${t.training_banner}</p>` : nothing}
    ${now.stand?.expo.is_example && now.phase === "ready" ? html`<p class="example-banner">${t.example_banner}</p>` : nothing}
    ${this.owedNotice(now)}
    ${this.drawerNotice(now)}
    ${this.ui.view === "sell" && this.ui.trouble ? html`<p class="trouble" role="alert">${this.ui.trouble}</p>` : nothing}
    ${now.new_version
      ? html`<p class="version-banner">
          ${t.new_version} <button type="button" class="link" @click=${() => this.till.useNewVersion()}>${t.use_new_version}</button>
        </p>`
      : nothing}`;
  }

  /** Asked for and never in the way. @param {Snapshot} now */
  drawerNotice(now) {
    const { t } = this;
    if (now.phase !== "ready" || now.training || this.ui.view !== "sell" || !now.drawer) return nothing;
    const { sums } = now.drawer;
    if (sums.closes) return html`<p class="drawer-banner">${t.closed_about}</p>`;
    if (this.isFloatLater || sums.movements.some((one) => one.kind === "float")) return nothing;
    return html`<p class="drawer-banner">
      ${t.float_missing}
      <button type="button" class="link" @click=${() => this.go("drawer")}>${t.float_record}</button>
      <button type="button" class="link" @click=${() => this.putFloatOff()}>${t.float_later}</button>
    </p>`;
  }

  /** The keeper sells on; somebody has to look at it. @param {Snapshot} now */
  owedNotice(now) {
    if (!now.owed || now.phase !== "ready" || this.ui.view !== "sell") return nothing;
    return html`<p class="drawer-banner" role="status">
      ${this.t.owed_notice}
      <button type="button" class="link" @click=${() => this.go("unsent")}>${this.t.owed_look}</button>
    </p>`;
  }

  putFloatOff() {
    this.isFloatLater = true;
    this.draw();
  }

  /** Where the eye goes, the keyboard goes too. @param {View | string} view */
  focus(view) {
    const key = /** @type {View} */ (view);
    if (this.drawn === key) return;
    const before = this.drawn;
    this.drawn = key;
    if (before === "") return;
    // After the picture is there: to focus, the browser must lay out the page at once.
    requestAnimationFrame(() => {
      if (this.drawn !== key) return;
      const first =
        view === "sell"
          ? document.querySelector(".tile")
          : ((this.ui.fresh && this.places.panel.querySelector("[data-next]")) ||
            this.places.panel.querySelector("h1"));
      /** @type {HTMLElement | null} */ (first)?.focus({ preventScroll: true });
      if (view !== "sell") window.scrollTo(0, 0);
    });
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
