// Speaks to the server, and tells apart what it said from what the network did.

const TIMEOUT_MS = 20_000;
/** A customer stands there with a voucher. */
const VOUCHER_TIMEOUT_MS = 8_000;
/** A hall full of tablets that come back together: a batch then waits for its turn. */
const BATCH_TIMEOUT_MS = 60_000;
const BASE = "/kasir/tablet/";

/** No server is waited for longer than this: another may have come in its place. */
const MOST_RETRY_AFTER_MS = 300_000;

/**
 * `status` 0: nobody knows whether it arrived. `isFault`: something that is no answer of ours said
 * that the server failed at it (500), as it does each time at a request that it cannot stomach.
 * @typedef {{status: number, body: any, isFault: boolean, retryAfterMs: number, sentTick: number, receivedTick: number}} Answer
 */

/** @param {string} address @param {object} content @param {string} language @returns {Promise<Answer>} */
export const post = async (address, content, language) => {
  const sentTick = performance.now();
  let isFault = false;
  let retryAfterMs = 0;
  /** @param {number} status @param {any} body @returns {Answer} */
  const answer = (status, body = null) => ({
    status,
    body,
    isFault,
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
      signal: AbortSignal.timeout(
        { kiriman: BATCH_TIMEOUT_MS, voucher: VOUCHER_TIMEOUT_MS }[address] ?? TIMEOUT_MS,
      ),
    });
    isFault = response.status === 500;
    const seconds = Number(response.headers.get("Retry-After"));
    if (seconds > 0) retryAfterMs = Math.min(seconds * 1000, MOST_RETRY_AFTER_MS);
    const body = await response.json();
    if (body === null || typeof body !== "object") return answer(0);
    return answer(response.status, body);
  } catch {
    return answer(0);
  }
};

/** What became of one sale: the tablet lets go of what was taken, and of nothing else. */
const FATES = new Map([
  ["201 recorded", "sent"],
  ["200 replayed", "sent"],
  ["202 held", "held"],
  ["409 conflict", "held"],
  ["422 refused", "refused"],
]);

/**
 * @param {any} body one sale's answer @param {string} uuid of the sale that was sent
 * @returns {"sent" | "held" | "refused" | "unknown"}
 */
export const fateOf = (body, uuid) => {
  if (!body || body.uuid !== uuid) return "unknown";
  if (typeof body.http !== "number") return "unknown";
  const fate = FATES.get(`${body.http} ${body.status}`);
  return /** @type {"sent" | "held" | "refused" | undefined} */ (fate) ?? "unknown";
};

/** @param {Answer} answer @returns {"unpaired" | "revoked" | null} what it says of the credential */
export const pairingOf = ({ status, body }) => {
  if (status === 401 && body?.error === "not_paired") return "unpaired";
  if (status === 403 && body?.error === "revoked") return "revoked";
  return null;
};
