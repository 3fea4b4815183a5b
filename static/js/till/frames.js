// Unsent sales as a sequence of texts for QR codes, and back: docs/till-protocol.md.

const MARK = "OPOP1";
/** What a phone still reads from a tablet's screen at arm's length. */
const PART = 700;
/** Far above what a till can hold; a forged sequence inflates no further. */
const MOST_BYTES = 8_000_000;

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {string} */
const toText = (bytes) => {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

/** @param {string} text @returns {Promise<string>} the first eight hexadecimal digits of its SHA-256 */
const idOf = async (text) => {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(hash).subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

/** @param {ReadableStream<any>} stream @returns {Promise<Uint8Array<ArrayBuffer>>} */
const collect = async (stream) => {
  const parts = [];
  let size = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MOST_BYTES) {
      await reader.cancel();
      throw new Error("too large");
    }
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
};

/** @param {string} content JSON @returns {Promise<string[]>} */
export const writeFrames = async (content) => {
  const json = new Blob([content]);
  const text = toText(await collect(json.stream().pipeThrough(new CompressionStream("deflate-raw"))));
  const id = await idOf(text);
  const count = Math.max(1, Math.ceil(text.length / PART));
  return Array.from(
    { length: count },
    (_none, place) => `${MARK}.${id}.${place + 1}.${count}.${text.slice(place * PART, (place + 1) * PART)}`,
  );
};

/** @typedef {{id: string, index: number, count: number, part: string}} Frame */

/** @param {string} text @returns {Frame | null} null for a code of something else */
export const readFrame = (text) => {
  const found = /^OPOP1\.([0-9a-f]{8})\.(\d{1,5})\.(\d{1,5})\.([\w-]+)$/.exec(text);
  if (!found) return null;
  const [, id = "", index = "", count = "", part = ""] = found;
  const frame = { id, index: Number(index), count: Number(count), part };
  return frame.index >= 1 && frame.index <= frame.count ? frame : null;
};

/**
 * All frames of one sequence, in any order. Rejects where they do not belong together or were
 * misread.
 * @param {Frame[]} frames @returns {Promise<any>} what the JSON that `writeFrames` was given says
 */
export const readFrames = async (frames) => {
  const [first] = frames;
  if (!first) throw new Error("no frames");
  const parts = new Map(
    frames.filter((one) => one.id === first.id && one.count === first.count).map((one) => [one.index, one.part]),
  );
  if (parts.size !== first.count) throw new Error("frames are missing");
  const text = Array.from({ length: first.count }, (_none, place) => parts.get(place + 1)).join("");
  if ((await idOf(text)) !== first.id) throw new Error("misread");
  const stream = new Blob([toBytes(text)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(new TextDecoder().decode(await collect(stream)));
};
