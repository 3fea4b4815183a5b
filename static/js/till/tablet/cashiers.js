// Who sells: a PIN is checked by the server, and without a network by what this tablet saw before.

import { pairingOf, post } from "./protocol.js";
import { readMeta, writeMeta, writeMetaIn } from "./storage.js";

/** @import {Answer} from "./protocol.js" */
/** @import {Database, PinVerifier} from "./storage.js" */

/** It says who sells and guards no money; this much keeps a glance from giving it away. */
const ITERATIONS = 100_000;
const MOST_WRONG = 5;
const WITHIN_MS = 5 * 60 * 1000;

/** @typedef {{ok: boolean, error?: "wrong_pin" | "too_many" | "no_contact", retry_after?: number}} Verdict */

/** @param {string} pin @param {Uint8Array<ArrayBuffer>} salt @param {number} iterations */
const derive = async (pin, salt, iterations) => {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, [
    "deriveBits",
  ]);
  return new Uint8Array(
    await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, key, 256),
  );
};

/** @param {string} pin @returns {Promise<PinVerifier>} */
const verifierOf = async (pin) => {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  return { salt, iterations: ITERATIONS, hash: await derive(pin, salt, ITERATIONS) };
};

/** @param {string} pin @param {PinVerifier} verifier */
const fits = async (pin, verifier) => {
  const hash = await derive(pin, verifier.salt, verifier.iterations);
  return hash.every((byte, place) => byte === verifier.hash[place]);
};

/**
 * @param {object} parts
 * @param {Database} parts.db @param {string} parts.language @param {object} parts.envelope
 * @param {number} parts.id @param {string} parts.pin @param {(answer: Answer) => void} parts.onAnswer
 * @returns {Promise<Verdict>}
 */
export const checkPin = async ({ db, language, envelope, id, pin, onAnswer }) => {
  const answer = await post("petugas", { ...envelope, cashier_id: id, pin }, language);
  onAnswer(answer);
  if (answer.status === 200 && answer.body.ok) {
    // Where it cannot be kept, it is no less right.
    await keepPin(db, id, pin).catch(() => {});
    return { ok: true };
  }
  const error = answer.body?.error;
  if (error === "wrong_pin") return { ok: false, error };
  if (error === "too_many") {
    return { ok: false, error, retry_after: Number(answer.body.retry_after) || 60 };
  }
  if (answer.status !== 0 && answer.status < 500 && !pairingOf(answer)) return { ok: false, error: "wrong_pin" };
  return checkAlone(db, id, pin);
};

/** For when there is no network. @param {Database} db @param {number} id @param {string} pin */
const keepPin = async (db, id, pin) => {
  const pins = { ...(await readMeta(db, "pins")), [id]: await verifierOf(pin) };
  await writeMeta(db, null, async (tx) => void (await writeMetaIn(tx, "pins", pins)));
};

/** @param {Database} db @param {number} id @param {string} pin @returns {Promise<Verdict>} */
const checkAlone = async (db, id, pin) => {
  const verifier = (await readMeta(db, "pins"))?.[id];
  if (!verifier) return { ok: false, error: "no_contact" };
  const now = Date.now();
  const wrong = ((await readMeta(db, "wrong_pins")) ?? []).filter((at) => Math.abs(now - at) < WITHIN_MS);
  if (wrong.length >= MOST_WRONG) {
    return { ok: false, error: "too_many", retry_after: Math.ceil(WITHIN_MS / 1000) };
  }
  if (await fits(pin, verifier)) return { ok: true };
  await writeMeta(db, null, async (tx) => void (await writeMetaIn(tx, "wrong_pins", [...wrong, now])));
  return { ok: false, error: "wrong_pin" };
};
