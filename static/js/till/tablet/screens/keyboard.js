// Keyboard and finger: the keyboard follows the view, and what is held down or tapped twice presses once.

/** @import {App} from "./app.js" */

/** Nobody has seen what opens and aimed at it within this. */
const SEEN_MS = 350;
/** A finger that taps twice, on what a slow disk keeps waiting too, and does not meet itself exactly. */
const AGAIN_MS = 1000;
const NEAR_PX = 40;

export class Keyboard {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** The view, or the phase, that it was brought to last. */
    this.drawn = "";
    this.drawnAt = 0;
    /** The last tap, and what it was meant for. */
    this.tapped = { at: -Infinity, x: 0, y: 0, drawn: "" };
  }

  watch() {
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.app.escape();
      // What opens under a key that is held down was not meant.
      if (event.key === "Enter" && event.repeat && event.target instanceof HTMLButtonElement) {
        event.preventDefault();
      }
    });
    document.addEventListener("click", (event) => this.tap(event), { capture: true });
  }

  /** What opens under a finger that taps twice was not meant either. @param {MouseEvent} event */
  tap(event) {
    if (event.detail === 0) return; // by a key
    const { tapped: before, drawn } = this;
    const { timeStamp: at, clientX: x, clientY: y, target } = event;
    const isAgain = at - before.at < AGAIN_MS && Math.hypot(x - before.x, y - before.y) < NEAR_PX;
    // The head of the page stays where it is, whatever opens below it.
    const isOther = drawn !== before.drawn && target instanceof Element && target.closest("main");
    const isMeant = !isAgain || !isOther || at - this.drawnAt > SEEN_MS;
    this.tapped = { at, x, y, drawn: isMeant ? drawn : before.drawn };
    if (isMeant) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Where the eye goes, the keyboard goes too. @param {string} view */
  follow(view) {
    if (this.drawn === view) return;
    const before = this.drawn;
    this.drawn = view;
    this.drawnAt = performance.now();
    if (before === "") return;
    const focused = document.activeElement;
    // After the picture is there: to focus, the browser must lay out the page at once.
    requestAnimationFrame(() => {
      const { activeElement: now, body } = document;
      // Somebody was quicker, and is where he wants to be.
      if (this.drawn !== view || (now !== focused && now !== body)) return;
      const { panel } = this.app.places;
      const first =
        view === "sell"
          ? document.querySelector(".tile")
          : ((this.app.ui.fresh && panel.querySelector("[data-next]")) || panel.querySelector("h1"));
      /** @type {HTMLElement | null} */ (first)?.focus({ preventScroll: true });
      if (view !== "sell") window.scrollTo(0, 0);
    });
  }
}
