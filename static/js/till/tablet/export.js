// What the tablet keeps, as files or as texts for QR codes: for a tablet that gets no network again, and for
// what it cannot send again to a server that was put back to an older copy of its database.

import { writeFrames } from "../frames.js";
import { readNumber } from "./numbers.js";

/** @import {ExportFile} from "./types.js" */
/** @import {StoredEntry} from "./storage.js" */

/** @typedef {{till?: string | undefined, stand?: string | undefined, edition?: string | undefined}} About where the tablet sells now */

/** What the portal takes at once, with room to spare: entries, and bytes of JSON. */
const MOST = 2_000;
const MOST_BYTES = 3_000_000;

/**
 * The text and its seal: the SHA-256 of what it would be without it, as its last member. It shows what was
 * cut off or changed on the way; it holds no secret.
 * @param {object} envelope @param {About} about @param {number | null} clockOffsetMs @param {StoredEntry[]} entries
 * @returns {Promise<{text: string, seal: string}>}
 */
const sealed = async (envelope, about, clockOffsetMs, entries) => {
  const text = JSON.stringify({
    format: "opop-till-1",
    ...envelope,
    ...about,
    clock_offset_ms: clockOffsetMs,
    sales: entries.map((entry) => entry.request),
  });
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const seal = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { text: `${text.slice(0, -1)},"sha256":"${seal}"}`, seal };
};

/** @param {StoredEntry[]} entries @returns {StoredEntry[][]} in order, each part as much as the portal takes */
const cut = (entries) => {
  /** @type {StoredEntry[][]} */
  const parts = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = JSON.stringify(entry.request).length;
    const last = parts.at(-1);
    if (last && last.length < MOST && bytes + size <= MOST_BYTES) {
      last.push(entry);
      bytes += size;
    } else {
      parts.push([entry]);
      bytes = size;
    }
  }
  return parts;
};

/** @param {StoredEntry} entry @returns {number} what it brought in, outside training; nought for what is no sale */
const broughtIn = ({ request }) => {
  if (request.kind === "cash" || request.kind === "close" || readNumber(request.number).training) return 0;
  const sum = request.payments.reduce((before, one) => before + one.amount_rupiah, 0);
  return request.kind === "reversal" ? -sum : sum;
};

/**
 * @param {object} envelope @param {About} about @param {number | null} clockOffsetMs @param {StoredEntry[]} entries
 * @returns {Promise<ExportFile[]>} one, or several where it is more than the portal takes at once
 */
export const asFiles = (envelope, about, clockOffsetMs, entries) => {
  const parts = cut(entries);
  return Promise.all(
    parts.map(async (part, place) => {
      const { text, seal } = await sealed(envelope, about, clockOffsetMs, part);
      const of = parts.length > 1 ? `-${place + 1}-dari-${parts.length}` : "";
      return {
        name: `opop-${about.till ?? "kasir"}${of}.json`,
        blob: new Blob([text], { type: "application/json" }),
        code: `${seal.slice(0, 4)} ${seal.slice(4, 8)}`,
        count: part.length,
        total_rupiah: part.reduce((before, entry) => before + broughtIn(entry), 0),
      };
    }),
  );
};

/**
 * @param {object} envelope @param {About} about @param {number | null} clockOffsetMs @param {StoredEntry[]} entries
 * @returns {Promise<string[]>}
 */
export const asFrames = async (envelope, about, clockOffsetMs, entries) =>
  entries.length ? writeFrames((await sealed(envelope, about, clockOffsetMs, entries)).text) : [];
