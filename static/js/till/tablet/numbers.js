// Receipt numbers: one counter for sales and one for training, for each till that this storage was.

/** @import {TillInfo} from "./types.js" */
/** @import {Counters} from "./storage.js" */

/** @param {Counters} counters @param {string} prefix */
const of = (counters, prefix) => counters[prefix] ?? { sale: 0, training: 0 };

/**
 * @param {Counters} counters @param {string} prefix @param {boolean} training
 * @returns {{number: string, counters: Counters}} the next number, and the counters once it is given
 */
export const nextNumber = (counters, prefix, training) => {
  const before = of(counters, prefix);
  const after = training
    ? { ...before, training: before.training + 1 }
    : { ...before, sale: before.sale + 1 };
  const digits = String(training ? after.training : after.sale).padStart(4, "0");
  return {
    number: `${prefix}-${training ? "L" : ""}${digits}`,
    counters: { ...counters, [prefix]: after },
  };
};

/**
 * @param {Counters} counters @param {string} prefix @param {"close" | "cash"} kind
 * @returns {{number: string, counters: Counters}} the next number of a close (`A12-B-Z0003`) or of cash
 * that was moved (`A12-B-K0002`), and the counters once it is given
 */
export const nextInBook = (counters, prefix, kind) => {
  const before = of(counters, prefix);
  const next = (before[kind] ?? 0) + 1;
  return {
    number: `${prefix}-${kind === "close" ? "Z" : "K"}${String(next).padStart(4, "0")}`,
    counters: { ...counters, [prefix]: { ...before, [kind]: next } },
  };
};

/**
 * Never go below what the server has seen of this till.
 * @param {Counters} counters @param {TillInfo} till @returns {Counters}
 */
export const raiseTo = (counters, till) => {
  const before = of(counters, till.prefix);
  const last = Number.isSafeInteger(till.last) ? till.last : 0;
  return { ...counters, [till.prefix]: { ...before, sale: Math.max(before.sale, last) } };
};

/** @param {string} number @returns {{prefix: string, training: boolean}} `A12-B-L0003` → A12-B */
export const readNumber = (number) => {
  const cut = number.lastIndexOf("-");
  return { prefix: number.slice(0, cut), training: number[cut + 1] === "L" };
};

/**
 * What the envelope tells of each till whose numbers this storage gave. Training is not in it: its
 * numbers have a counter of their own, and nobody waits for them at the closing.
 * @param {Counters} counters @param {string[]} waiting numbers that wait to be sent
 * @returns {Record<string, {last: number, unsent: number}>}
 */
export const countForServer = (counters, waiting) => {
  /** @type {Map<string, number>} */
  const unsent = new Map();
  for (const number of waiting) {
    const { prefix, training } = readNumber(number);
    if (!training) unsent.set(prefix, (unsent.get(prefix) ?? 0) + 1);
  }
  return Object.fromEntries(
    Object.entries(counters)
      .filter(([prefix, count]) => count.sale > 0 || unsent.has(prefix))
      .map(([prefix, count]) => [prefix, { last: count.sale, unsent: unsent.get(prefix) ?? 0 }]),
  );
};
