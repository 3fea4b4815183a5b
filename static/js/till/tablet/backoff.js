// How long to wait before the next attempt: longer each time, and never all tablets at once.

const FIRST_MS = 1000;
const MOST_MS = 60_000;

/**
 * @param {number} failures in a row, from one @param {number} [random] from 0 to 1
 * @returns {number} milliseconds
 */
export const waitAfter = (failures, random = Math.random()) =>
  Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10)) * (0.5 + random / 2);
