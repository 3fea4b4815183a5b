// What is done on the pay screen: parts of a split sale, vouchers typed or scanned, the last payment.

import { Camera, whyNoCamera } from "../../camera.js";
import { MAX_PAYMENTS } from "../payments.js";
import { readCode } from "../voucher_codes.js";
import { say } from "./words.js";

/** @import {Method, Payment, VoucherFound} from "../types.js" */
/** @import {App} from "./app.js" */

export class Paying {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.camera = new Camera();
  }

  /** @param {Payment} part */
  addPart(part) {
    // One place stays for what pays the rest.
    if (this.app.ui.parts.length + 2 > MAX_PAYMENTS) {
      this.app.set({ trouble: this.app.t.parts_limit ?? "" });
      return;
    }
    this.app.set({ parts: [...this.app.ui.parts, part], typed: "", partial: false, trouble: "" });
  }

  /** @param {number} place */
  takeOut(place) {
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
    const { ui } = this.app;
    /** @type {VoucherFound} */
    const found = await this.app.till.takeVoucher(typed).catch(() => ({ ok: false, error: "no_contact" }));
    if (this.app.ui !== ui) {
      if (found.ok) this.leaveVoucher(found.code);
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
    if (this.app.ui.parts.length + 2 > MAX_PAYMENTS) return this.addPart(part);
    this.app.ui.voucher = null;
    this.app.ui.method = "cash";
    return this.addPart(part);
  }

  leaveFound() {
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

  /** Whoever goes back pays nothing: every voucher that was taken is free again. */
  leaveAll() {
    this.camera.stop();
    for (const { voucher } of this.app.ui.parts) if (voucher) this.leaveVoucher(voucher);
    if (this.app.ui.voucher) this.leaveVoucher(this.app.ui.voucher.code);
  }
}
