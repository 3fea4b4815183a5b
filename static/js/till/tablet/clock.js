// Knows how far the tablet's clock is off the server's, and goes on knowing when somebody sets it.

/** Less than this is the jitter of timers, not a hand on the clock. */
const JUMP_MS = 2000;

/** An older measurement with a shorter round trip stays the better one for this long. */
const FORGET_ROUND_TRIP_MS = 10 * 60 * 1000;

/**
 * @typedef {object} Clock
 * @property {(serverAt: number, sentTick: number, receivedTick: number) => void} measure the server
 * said `serverAt` in an answer; the ticks are `performance.now()` when asked and when answered
 * @property {() => void} sample call it each second: notices jumps
 * @property {() => void} mayHaveSlept the page is hidden, so the tablet may fall asleep
 * @property {() => void} isAwake the page is seen again
 * @property {() => number | null} offset server's clock less the tablet's now, whole milliseconds;
 * null where it is not known since the page was opened
 */

/**
 * `performance.now()` cannot be set, but stands still while the tablet sleeps. A jump of the date
 * back against it is a hand on the clock, and the offset moves along. A jump ahead, or any in
 * hiding, may have been sleep, and then the offset is unknown until it is measured again.
 * @param {{now: () => number, tick: () => number}} [source]
 * @returns {Clock}
 */
export const createClock = (
  source = { now: () => Date.now(), tick: () => performance.now() },
) => {
  /** Server's time at tick nought. @type {{base: number, roundTrip: number, at: number} | null} */
  let known = null;
  let apart = source.now() - source.tick();
  let hidden = false;

  const sample = () => {
    const apartNow = source.now() - source.tick();
    const jump = apartNow - apart;
    if (jump > JUMP_MS || (hidden && jump < -JUMP_MS)) known = null;
    apart = apartNow;
  };

  return {
    sample,
    mayHaveSlept: () => {
      sample();
      hidden = true;
    },
    isAwake: () => {
      sample();
      hidden = false;
    },
    measure: (serverAt, sentTick, receivedTick) => {
      if (!Number.isFinite(serverAt)) return;
      sample();
      const roundTrip = receivedTick - sentTick;
      const base = serverAt - (sentTick + receivedTick) / 2;
      const stale = !known || receivedTick - known.at > FORGET_ROUND_TRIP_MS;
      // A slow answer says less than a quick one did, unless it proves that one wrong.
      const contradicts = known !== null && Math.abs(base - known.base) > roundTrip / 2 + JUMP_MS;
      if (stale || contradicts || roundTrip <= (known?.roundTrip ?? Infinity)) {
        known = { base, roundTrip, at: receivedTick };
      }
    },
    offset: () => {
      sample();
      return known && Math.round(known.base + source.tick() - source.now());
    },
  };
};
