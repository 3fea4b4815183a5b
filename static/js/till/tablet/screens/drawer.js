// What is done at the drawer: cash in and out, the count at the end of the day, and its slip.

import { CountIsStale } from "../closing.js";
import { MOST_MOVED, MOST_PIECES } from "../day.js";
import { freshUi } from "./state.js";

/** @import {Movement, Slip} from "../types.js" */
/** @import {App} from "./app.js" */

export class CashDrawer {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {Record<string, number>} pieces by denomination, while they are counted */
    this.count = {};
    this.countDay = "";
    this.closeNote = "";
    /** @type {"in" | "out"} */
    this.moving = "out";
    /** One for each form, so that a second tap saves nothing. */
    this.movementId = crypto.randomUUID?.() ?? "";
    /** The day whose float is recorded later. */
    this.floatLater = "";
  }

  /** @param {"in" | "out"} kind */
  setMoving(kind) {
    this.moving = kind;
    this.app.draw();
  }

  /**
   * @param {Movement["kind"]} kind @param {number | null} amount @param {string} reason
   * @param {HTMLFormElement} form
   */
  async moveCash(kind, amount, reason, form) {
    if (this.app.ui.busy) return;
    const isFloat = kind === "float";
    if (amount === null || amount > MOST_MOVED || (amount === 0 && !isFloat)) {
      this.app.set({ trouble: this.app.t.amount_wrong ?? "" });
      return;
    }
    if (!isFloat && !reason.trim()) {
      this.app.set({ trouble: this.app.t.reason_wanted ?? "" });
      return;
    }
    this.app.set({ busy: "saving", trouble: "" });
    try {
      await this.app.till.moveCash({ uuid: this.movementId, kind, amount, reason });
      this.movementId = crypto.randomUUID();
      // Not reset as a whole: that would also take back which way it goes.
      for (const field of form.querySelectorAll("input[type=text]")) {
        /** @type {HTMLInputElement} */ (field).value = "";
      }
      this.app.set({ busy: "" });
    } catch {
      this.app.set({ busy: "", trouble: this.app.t.not_saved ?? "" });
    }
  }

  /** @param {string} day */
  beginCount(day) {
    const counting = this.app.till.snapshot().drawer?.counting;
    this.countDay = day;
    if (counting?.day === day) {
      this.app.go("review");
      return;
    }
    this.count = {};
    this.closeNote = "";
    this.app.go("count");
  }

  /** @param {number} value @param {number} pieces */
  setCount(value, pieces) {
    const whole = Math.max(0, Math.min(MOST_PIECES, Math.trunc(pieces) || 0));
    this.count = { ...this.count, [value]: whole };
    this.app.draw();
  }

  async confirmCount() {
    if (this.app.ui.busy) return;
    this.app.set({ busy: "saving", trouble: "" });
    try {
      await this.app.till.confirmCount(this.countDay, this.count);
      this.app.ui.busy = "";
      this.app.go("review");
    } catch {
      this.app.set({ busy: "", trouble: this.app.t.not_saved ?? "" });
    }
  }

  async closeDay() {
    if (this.app.ui.busy) return;
    this.app.set({ busy: "saving", trouble: "" });
    try {
      this.openSlip(await this.app.till.closeDay(this.closeNote), true);
      this.closeNote = "";
    } catch (error) {
      if (error instanceof CountIsStale) {
        this.app.ui = { ...freshUi(), view: "count", trouble: this.app.t.count_stale ?? "" };
        this.app.draw();
      } else this.app.set({ busy: "", trouble: this.app.t.not_saved ?? "" });
    }
  }

  /** @param {Slip} slip @param {boolean} fresh */
  openSlip(slip, fresh) {
    this.app.ui = { ...freshUi(), view: "slip", slip, fresh };
    void this.app.till.outbox().then((entries) => {
      this.app.entries = entries;
      this.app.draw();
    });
    this.app.draw();
  }

  /** @param {Slip} slip @returns {"unsent" | "sent" | "refused"} as far as this tablet knows */
  sentOf(slip) {
    const entry = this.app.entries.find((one) => one.uuid === slip.uuid);
    return entry?.state ?? "sent";
  }

  putFloatOff() {
    this.floatLater = this.app.till.snapshot().drawer?.day ?? "";
    this.app.draw();
  }
}
