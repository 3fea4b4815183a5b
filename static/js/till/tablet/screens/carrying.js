// Sales carried away by hand: codes that turn on the screen, and files.

/** @import {ExportFile} from "../types.js" */
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
    /** How many were sent and are kept; null where this browser will not say. @type {number | null} */
    this.kept = 0;
    /** @type {(ExportFile & {url: string})[]} */
    this.files = [];
    this.isUnread = false;
  }

  async begin() {
    this.kept = await this.app.till.countKept();
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

  /** The view is left. */
  end() {
    this.stop();
    this.forget();
    this.isUnread = false;
  }

  forget() {
    for (const { url } of this.files) URL.revokeObjectURL(url);
    this.files = [];
  }

  /** @param {boolean} withSent */
  async save(withSent) {
    this.forget();
    try {
      const made = await this.app.till.exportFiles(withSent);
      this.files = made.map((file) => ({ ...file, url: URL.createObjectURL(file.blob) }));
      this.isUnread = false;
    } catch {
      this.isUnread = true;
    }
    this.app.draw();
    // Several are saved by hand: a browser asks before it saves more than one by itself.
    const [only, ...others] = this.files;
    if (!only || others.length) return;
    const link = document.createElement("a");
    link.href = only.url;
    link.download = only.name;
    link.click();
  }
}
