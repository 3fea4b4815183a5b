// Keeps the reader's place while the figures renew themselves, rests in a hidden tab, and says when
// the figures on the screen are old. The totals and the front page share it.

/** @type {{ left: number, top: number } | null} */
let place = null;

/** @param {Event} event */
function isOurs(event) {
  const { elt } = /** @type {CustomEvent} */ (event).detail;
  return elt instanceof Element && (elt.id === "figures" || elt.id === "pulse");
}

function grid() {
  return document.querySelector("#figures .grid-scroll");
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isOurs(event) && document.hidden) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", () => {
  const old = grid();
  place = old && { left: old.scrollLeft, top: old.scrollTop };
});

document.addEventListener("htmx:afterSwap", () => {
  const fresh = grid();
  if (fresh && place) fresh.scrollTo(place.left, place.top);
});

// Nothing was sold since: what stands there is true at this time as well.
document.addEventListener("figuresUnchanged", (event) => {
  const { time } = /** @type {CustomEvent} */ (event).detail;
  const shown = document.querySelector("#figures time");
  if (shown) shown.textContent = time;
  tellStale(false);
});

/** @param {boolean} stale */
function tellStale(stale) {
  const note = document.querySelector("#figures .stale");
  if (note instanceof HTMLElement) note.hidden = !stale;
}

for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, () => tellStale(true));
}
