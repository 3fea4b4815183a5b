// What the gate counter shows: the server's last word, and on top of it what still waits here.

/** @import {Recent, Request, View} from "../outbox/types.js" */

/** @typedef {{id: number, name: string, name_en: string, today: number, in_hour: number}} Gate */

/**
 * @typedef {object} State what the server says with each answer
 * @property {string} user
 * @property {{name: string, is_example: boolean} | null} expo
 * @property {string} date
 * @property {number} hour
 * @property {boolean} is_expo_day
 * @property {Gate[]} gates
 */

/** @typedef {{here: number, hour: number, all: number}} Figures people today at a gate, in this hour there, at all gates */

const WIB_MS = 7 * 3_600_000;

/** @param {number} ms an instant @returns {{date: string, hour: number}} in WIB */
export const wib = (ms) => {
  const text = new Date(ms + WIB_MS).toISOString();
  return { date: text.slice(0, 10), hour: Number(text.slice(11, 13)) };
};

/** @param {Request} request @param {number} offset of the clock now, for one that did not know its own */
export const happenedAt = (request, offset) =>
  Date.parse(request.device_at) + (request.clock_offset_ms ?? offset);

/**
 * @param {View} view @param {number} gate @param {number} now the server's time @param {number} offset
 * @returns {Figures}
 */
export const figuresOf = ({ state, entries, recent }, gate, now, offset) => {
  const { date, hour } = wib(now);
  /** @type {Gate[]} */
  const gates = state?.date === date ? state.gates : [];
  const mine = gates.find((one) => one.id === gate);
  const figures = {
    here: mine?.today ?? 0,
    hour: state?.hour === hour ? (mine?.in_hour ?? 0) : 0,
    all: gates.reduce((sum, one) => sum + one.today, 0),
  };
  for (const { request, state: fate } of entries) {
    // An undo counts in the hour of its tap.
    const of = recent.find((one) => one.uuid === request["taken_back"])?.request ?? request;
    const at = wib(happenedAt(of, offset));
    if (fate !== "unsent" || at.date !== date) continue;
    figures.all += request["step"];
    if (request["gate"] !== gate) continue;
    figures.here += request["step"];
    if (at.hour === hour) figures.hour += request["step"];
  }
  return figures;
};

/**
 * The last tap at a gate today that can be taken back: neither refused nor taken back already.
 * @param {View} view @param {number} gate @param {number} now @param {number} offset
 * @returns {Recent | null}
 */
export const lastTap = ({ recent }, gate, now, offset) => {
  const gone = new Set(recent.map((one) => one.request["taken_back"]));
  const { date } = wib(now);
  const found = recent.find(
    ({ uuid, state, request }) =>
      request["kind"] === "tap" &&
      request["gate"] === gate &&
      state !== "refused" &&
      !gone.has(uuid) &&
      wib(happenedAt(request, offset)).date === date,
  );
  return found ?? null;
};
