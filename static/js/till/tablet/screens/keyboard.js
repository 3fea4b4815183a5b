// Where the keyboard is: it follows the view, and what is held down presses once.

/** @import {App} from "./app.js" */

export class Keyboard {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** The view, or the phase, that it was brought to last. */
    this.drawn = "";
  }

  watch() {
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.app.escape();
      // What opens under a key that is held down was not meant.
      if (event.key === "Enter" && event.repeat && event.target instanceof HTMLButtonElement) {
        event.preventDefault();
      }
    });
  }

  /** Where the eye goes, the keyboard goes too. @param {string} view */
  follow(view) {
    if (this.drawn === view) return;
    const before = this.drawn;
    this.drawn = view;
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
