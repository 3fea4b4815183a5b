// Speaks to the server for an outbox, and tells apart what it said from what the network did.

/** @import {Taken} from "./types.js" */

const TIMEOUT_MS = 30_000;
/** No server is waited for longer than this: another may have come in its place. */
const MOST_RETRY_AFTER_MS = 300_000;
/** Where the portal asks for a name and a password, in either language. */
const LOGIN = /^\/(en\/)?masuk\//;

/**
 * `body` is null where no answer of ours came. `isOurs`: the server read the request and answered
 * it. `isFault`: it lives, and does not like this request.
 * @typedef {object} Answer
 * @property {boolean} isOurs
 * @property {boolean} isFault
 * @property {boolean} needsSignIn
 * @property {any} body
 * @property {number} retryAfterMs
 * @property {number} sentTick
 * @property {number} receivedTick
 */

/**
 * @param {string} address @param {object} content @param {string} language
 * @returns {Promise<Answer>} never rejects
 */
export const post = async (address, content, language) => {
  const sentTick = performance.now();
  /** @param {Partial<Answer>} [more] @returns {Answer} */
  const answer = (more) => ({
    isOurs: false,
    isFault: false,
    needsSignIn: false,
    body: null,
    retryAfterMs: 0,
    sentTick,
    receivedTick: performance.now(),
    ...more,
  });
  try {
    const response = await fetch(address, {
      method: "POST",
      credentials: "same-origin",
      cache: "no-store",
      headers: {
        "Content-Type": "application/json",
        "X-Opop-Outbox": "1",
        "X-Opop-Language": language,
      },
      body: JSON.stringify(content),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const landed = new URL(response.url || address, location.href);
    const isLogin = landed.origin === location.origin && LOGIN.test(landed.pathname);
    if (isLogin || response.status === 401 || response.status === 403) {
      return answer({ needsSignIn: true });
    }
    // A portal page of the hall's Wi-Fi answers from elsewhere: no answer of ours.
    if (response.redirected) return answer();
    const seconds = Number(response.headers.get("Retry-After"));
    const retryAfterMs = seconds > 0 ? Math.min(seconds * 1000, MOST_RETRY_AFTER_MS) : 0;
    const isFault = [400, 413, 415, 422, 500].includes(response.status);
    if (response.status !== 200) return answer({ isFault, retryAfterMs });
    const body = await response.json();
    const isOurs = Array.isArray(body?.answers) && typeof body.server_at === "string";
    return answer(isOurs ? { isOurs, body } : {});
  } catch {
    return answer();
  }
};

/** @type {Set<any>} */
const TAKEN = new Set(["recorded", "replayed", "already"]);

/**
 * What the server says of one that was sent. It is let go of where it was taken, and nowhere else.
 * @param {any} answer @param {string} uuid of what was sent
 * @returns {Taken | "refused" | "later" | "unknown"}
 */
export const fateOf = (answer, uuid) => {
  if (answer === null || typeof answer !== "object" || answer.uuid !== uuid) return "unknown";
  const known = TAKEN.has(answer.status) || ["refused", "later"].includes(answer.status);
  return known ? answer.status : "unknown";
};
