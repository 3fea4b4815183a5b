// Collects the QR frames of a tablet's export in any order, and knows which are missing.

import { readFrame } from "./frames.js";

/** @typedef {{count: number, frames: Map<number, string>}} Export */
/** @typedef {{have: number, count: number, missing: number[], complete: boolean}} Progress */

export class FrameCollector {
  constructor() {
    /** @type {Map<string, Export>} */
    this.exports = new Map();
    /** @type {Export | null} the one whose frame was seen last */
    this.current = null;
  }

  /**
   * Take in what a camera has read.
   * @param {string} text
   * @returns {boolean} whether it is a frame that was not known yet
   */
  add(text) {
    const frame = readFrame(text);
    if (!frame) return false;
    const { id, index, count } = frame;
    const key = `${id}.${count}`;
    const known = this.exports.get(key) ?? { count, frames: new Map() };
    this.exports.set(key, known);
    this.current = known;
    if (known.frames.has(index)) return false;
    known.frames.set(index, text);
    return true;
  }

  /** @returns {Progress} of the export that is being shown */
  progress() {
    const { count, frames } = this.current ?? { count: 0, frames: new Map() };
    const missing = [];
    for (let index = 1; index <= count; index += 1) if (!frames.has(index)) missing.push(index);
    const have = frames.size;
    return { have, count, missing, complete: count > 0 && have === count };
  }

  /** @returns {string} the frames of that export, a line each, as the server reads them */
  text() {
    return [...(this.current?.frames ?? new Map()).values()].join("\n");
  }
}
