// What is done on the pay screen: parts of a split sale, vouchers typed or scanned, the last payment.

import { Camera, whyNoCamera } from "../../camera.js";
import { MAX_PAYMENTS } from "../payments.js";
import { readCode } from "../voucher_codes.js";
import { freshUi } from "./state.js";
import { say } from "./words.js";

/** @import {Method, Payment, VoucherFound} from "../types.js" */
/** @import {App} from "./app.js" */
/** @import {Ui} from "./state.js" */

export class Paying {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.camera = new Camera();
    /** The payment that was begun, while somebody looks at something else. @type {Ui | null} */
    this.aside = null;
    /** The code that this payment asked for last. */
    this.asked = "";
  }

  open() {
    const { app } = this;
    if (app.ui.busy) return;
    app.ui = { ...freshUi(), view: "pay", search: app.ui.search };
    app.draw();
    // Nobody waits for the disk here: a sale is saved after its cart.
    app.till.openPayment().catch(() => app.set({ view: "sell", trouble: app.t.not_saved ?? "" }));
  }

  /** Another view is opened. */
  putAside() {
    this.camera.stop();
    this.asked = "";
    const { ui } = this.app;
    if (ui.view === "pay") this.aside = { ...ui, busy: "", trouble: "", scanning: false };
  }

  /** @param {string} [search] @returns {Ui} where selling goes on: at the payment that was begun, or at the goods */
  goOn(search = "") {
    const { aside } = this;
    this.aside = null;
    return aside ?? { ...freshUi(), search };
  }

  /** @param {Payment} part */
  addPart(part) {
    if (this.app.ui.busy) return;
    // One place stays for what pays the rest.
    if (this.app.ui.parts.length + 2 > MAX_PAYMENTS) {
      this.app.set({ trouble: this.app.t.parts_limit ?? "" });
      return;
    }
    this.app.set({ parts: [...this.app.ui.parts, part], typed: "", partial: false, trouble: "" });
  }

  /** @param {number} place */
  takeOut(place) {
    if (this.app.ui.busy) return;
    const code = this.app.ui.parts[place]?.voucher;
    if (code) this.leaveVoucher(code);
    this.app.set({ parts: this.app.ui.parts.filter((_part, other) => other !== place) });
  }

  /** @param {Method} method */
  chooseMethod(method) {
    this.camera.stop();
    if (this.app.ui.voucher) this.leaveVoucher(this.app.ui.voucher.code);
    this.app.set({ method, typed: "", partial: false, trouble: "", voucher: null, scanning: false });
  }

  /** @param {string} code */
  leaveVoucher(code) {
    // Kept and repeated by the till; nobody waits for it.
    void this.app.till.leaveVoucher(code).catch(() => {});
  }

  /** @param {string} typed */
  async takeVoucher(typed) {
    if (this.app.ui.busy) return;
    if (this.app.ui.parts.some(({ voucher }) => voucher && voucher === readCode(typed))) {
      this.app.set({ trouble: this.app.t.voucher_twice ?? "" });
      return;
    }
    this.app.set({ busy: "asking", trouble: "" });
    this.asked = readCode(typed);
    const { ui } = this.app;
    /** @type {VoucherFound} */
    const found = await this.app.till.takeVoucher(typed).catch(() => ({ ok: false, error: "no_contact" }));
    if (this.app.ui !== ui) {
      // Unless the same customer came back and shows it once more.
      if (found.ok && found.code !== this.asked) this.leaveVoucher(found.code);
      return;
    }
    if (found.ok) {
      this.app.set({ busy: "", voucher: found, voucherTyped: "" });
      /** @type {HTMLElement | null} */ (document.querySelector("[data-save]:not(:disabled)"))?.focus();
      return;
    }
    const words = found.message ?? say(this.app.t[`voucher_${found.error}`], { seconds: found.retry_after ?? 60 });
    this.app.set({ busy: "", trouble: words });
  }

  async scanVoucher() {
    if (this.app.ui.busy) return;
    this.app.set({ scanning: true, trouble: "" });
    const { ui } = this.app;
    let text = "";
    try {
      text = await this.camera.scan((read) => readCode(read) !== "");
    } catch (error) {
      if (this.app.ui === ui) this.app.set({ scanning: false, trouble: this.app.t[`camera_${whyNoCamera(error)}`] ?? "" });
      return;
    }
    if (this.app.ui !== ui) return;
    this.app.set({ scanning: false });
    if (text) await this.takeVoucher(text);
  }

  stopScanning() {
    this.camera.stop();
    this.app.set({ scanning: false });
  }

  /** @param {Payment} part */
  addVoucher(part) {
    if (this.app.ui.busy) return;
    if (this.app.ui.parts.length + 2 <= MAX_PAYMENTS) {
      this.app.ui.voucher = null;
      this.app.ui.method = "cash";
    }
    this.addPart(part);
  }

  leaveFound() {
    if (this.app.ui.busy) return;
    if (this.app.ui.voucher) this.leaveVoucher(this.app.ui.voucher.code);
    this.app.set({ voucher: null, trouble: "" });
  }

  /** @param {Payment} last */
  async pay(last) {
    if (this.app.ui.busy) return;
    Object.assign(this.app.ui, { busy: "saving", trouble: "" });
    try {
      const saving = this.app.till.pay([...this.app.ui.parts, last]);
      // Drawn while the disk is at work.
      setTimeout(() => this.app.ui.busy && this.app.draw());
      const receipt = await saving;
      this.app.openReceipt(receipt, true);
    } catch {
      this.app.set({ busy: "", trouble: this.app.t.not_saved ?? "" });
    }
  }

  /** @param {string} note */
  setNote(note) {
    if (!this.app.isSaving) this.app.till.setNote(note);
  }

  /** @param {boolean} on */
  setTraining(on) {
    // What is practised and what is paid share no payment.
    this.leave();
    void this.app.till.setTraining(on);
  }

  /** Whoever goes back pays nothing: every voucher that was taken is free again. */
  leave() {
    this.putAside();
    const { aside } = this;
    this.aside = null;
    if (!aside) return;
    const { view, search } = this.app.ui;
    if (view === "pay") this.app.ui = { ...freshUi(), search };
    for (const { voucher } of aside.parts) if (voucher) this.leaveVoucher(voucher);
    if (aside.voucher) this.leaveVoucher(aside.voucher.code);
    this.app.till.closePayment();
  }
}
