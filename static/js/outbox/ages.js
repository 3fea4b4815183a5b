// How long ago at least each thing happened that waits, by clocks that nobody has set meanwhile.

/** @import {Entry} from "./types.js" */

/** A longer pause from one thing to the next is a hand on the clock. */
const LONGEST_PAUSE_MS = 12 * 3_600_000;

/**
 * The portal asks for it only where a thing's own time cannot be. The page's tick stands still
 * while the device sleeps, and is another after a reload; the pauses between things bridge both.
 * @param {Entry[]} waiting all of them, in order
 * @param {{page: string, tick: number}} now
 * @returns {Map<number, number>} milliseconds by position
 */
export const agesOf = (waiting, { page, tick }) => {
  /** @type {Map<number, number>} */
  const ages = new Map();
  let age = 0;
  /** @type {number | null} */
  let nextAt = null;
  for (const entry of [...waiting].reverse()) {
    const at = Date.parse(entry.request.device_at);
    const pause = nextAt === null ? 0 : nextAt - at;
    if (pause > 0 && pause <= LONGEST_PAUSE_MS) age += pause;
    if (entry.page === page) age = Math.max(age, tick - (entry.tick ?? tick));
    ages.set(entry.position, Math.round(age));
    nextAt = at;
  }
  return ages;
};
