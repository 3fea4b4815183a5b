// Unsent sales carried away by hand: codes that turn on the screen, and a file.

/** @import {App} from "./app.js" */

const TURN_MS = 1200;

export class Carrying {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {string[]} */
    this.frames = [];
    this.frame = 0;
    this.isTurning = false;
    /** @type {number | undefined} */
    this.turning = undefined;
  }

  async begin() {
    this.frames = await this.app.till.exportFrames();
    this.frame = 0;
    this.isTurning = this.frames.length > 1;
    if (this.isTurning) this.turning = setInterval(() => this.turn(1), TURN_MS);
    this.app.draw();
  }

  /** @param {number} step */
  turn(step) {
    const many = Math.max(1, this.frames.length);
    this.frame = (this.frame + step + many) % many;
    this.app.draw();
  }

  toggle() {
    if (this.isTurning) this.stop();
    else {
      this.isTurning = true;
      this.turning = setInterval(() => this.turn(1), TURN_MS);
    }
    this.app.draw();
  }

  stop() {
    clearInterval(this.turning);
    this.isTurning = false;
  }

  async download() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await this.app.till.exportFile());
    link.download = `opop-${this.app.till.snapshot().till?.prefix ?? "kasir"}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}
