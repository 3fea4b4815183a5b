// Speaks to the server, and tells apart what it said from what the network did.

const TIMEOUT_MS = 20_000;
/** A hall full of tablets that come back together: a batch then waits for its turn. */
const BATCH_TIMEOUT_MS = 60_000;
const BASE = "/kasir/tablet/";

/**
 * `status` 0: nobody knows whether it arrived.
 * @typedef {{status: number, body: any, retryAfterMs: number, sentTick: number, receivedTick: number}} Answer
 */

/** @param {string} address @param {object} content @param {string} language @returns {Promise<Answer>} */
export const post = async (address, content, language) => {
  const sentTick = performance.now();
  /** @param {number} status @param {any} body @param {number} retryAfterMs @returns {Answer} */
  const answer = (status, body = null, retryAfterMs = 0) => ({
    status,
    body,
    retryAfterMs,
    sentTick,
    receivedTick: performance.now(),
  });
  try {
    const response = await fetch(`${BASE}${address}/`, {
      method: "POST",
      credentials: "same-origin",
      cache: "no-store",
      // A portal page of the hall's Wi-Fi answers with a redirect: no answer of ours.
      redirect: "error",
      headers: {
        "Content-Type": "application/json",
        "X-Opop-Till": "1",
        "X-Opop-Language": language,
      },
      body: JSON.stringify(content),
      signal: AbortSignal.timeout(address === "kiriman" ? BATCH_TIMEOUT_MS : TIMEOUT_MS),
    });
    const body = await response.json();
    if (body === null || typeof body !== "object") return answer(0);
    const seconds = Number(response.headers.get("Retry-After"));
    return answer(response.status, body, Number.isFinite(seconds) ? seconds * 1000 : 0);
  } catch {
    return answer(0);
  }
};

/** What became of one sale: the tablet lets go of what was taken, and of nothing else. */
const TAKEN = new Map([
  [201, "sent"],
  [200, "sent"],
  [202, "held"],
  [409, "held"],
]);

/**
 * @param {any} body one sale's answer @param {string} uuid of the sale that was sent
 * @returns {"sent" | "held" | "refused" | "unknown"}
 */
export const fateOf = (body, uuid) => {
  if (!body || body.uuid !== uuid) return "unknown";
  if (body.http === 422 && body.status === "refused") return "refused";
  return /** @type {"sent" | "held" | undefined} */ (TAKEN.get(body.http)) ?? "unknown";
};

/** @param {Answer} answer @returns {"unpaired" | "revoked" | null} what it says of the credential */
export const pairingOf = ({ status, body }) => {
  if (status === 401 && body?.error === "not_paired") return "unpaired";
  if (status === 403 && body?.error === "revoked") return "revoked";
  return null;
};
