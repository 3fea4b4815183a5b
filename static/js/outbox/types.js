// What an outbox holds and says. Types alone; nothing here runs.

/**
 * What is sent for one thing that happened, exactly as it was written when it happened.
 * @typedef {{uuid: string, device_at: string, clock_offset_ms: number | null} & Record<string, any>} Request
 */

/**
 * One that the server has not taken. `after`: another one's UUID without which it means nothing.
 * `page` and `tick`: which page put it, and `performance.now()` there; not sent, see `ages.js`.
 * @typedef {object} Entry
 * @property {number} position in the order in which they were put
 * @property {string} uuid
 * @property {Request} request
 * @property {string} [after]
 * @property {string} [page]
 * @property {number} [tick]
 * @property {"unsent" | "refused"} state
 * @property {string} [message] why the server cannot take it, in the reader's language
 */

/** @typedef {"recorded" | "replayed" | "already"} Taken the server has it, and the outbox lets go */

/**
 * One of the last, whatever became of it. `answer` is what the server said of it. What the page
 * wants forgotten is in neither.
 * @typedef {{position: number, uuid: string, request: Request, state: "unsent" | "refused" | Taken, answer?: any}} Recent
 */

/** @typedef {"ok" | "no_contact" | "sign_in"} Contact how the last attempt went */

/**
 * Everything at one moment, read in one transaction: what waits, and what the server said of the
 * rest, belong to each other.
 * @typedef {object} View
 * @property {Entry[]} entries what the server has not taken, in order
 * @property {Recent[]} recent the newest first
 * @property {number} unsent
 * @property {number} refused
 * @property {any} state the `state` of the server's last answer; null before the first
 * @property {number | null} contactAt when the server answered last, by this device's clock
 * @property {Contact} contact
 */

export {};
