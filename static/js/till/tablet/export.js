// What waits, as a file or as texts for QR codes: for a tablet that gets no network again.

import { writeFrames } from "../frames.js";

/** @import {StoredEntry} from "./storage.js" */

/**
 * @param {object} envelope @param {number | null} clockOffsetMs @param {StoredEntry[]} entries
 * @returns {object}
 */
const contentOf = (envelope, clockOffsetMs, entries) => ({
  format: "opop-till-1",
  ...envelope,
  clock_offset_ms: clockOffsetMs,
  sales: entries.map((entry) => entry.request),
});

/** @param {Parameters<typeof contentOf>} parts */
export const asFile = (...parts) =>
  new Blob([JSON.stringify(contentOf(...parts))], { type: "application/json" });

/** @param {Parameters<typeof contentOf>} parts */
export const asFrames = (...parts) => writeFrames(contentOf(...parts));
