// Tells the portal which pages were looked at, some at a time. It says nothing of who looked.

const ADDRESS = "/dilihat/";
const QUEUE = "opop-seen";
const MOST = 8;
const LONGEST_MS = 60_000;
// A link within the portal leads to the next page, which goes on with the queue.
const LEAVING_MS = 3_000;

/** @typedef {[string, number]} View  what was looked at, and when */

const script = document.querySelector("script[data-seen]");
const thing = script instanceof HTMLScriptElement ? script.dataset.seen : undefined;
let leftBy = 0;

/** @returns {View[]} */
function waiting() {
  try {
    return JSON.parse(sessionStorage.getItem(QUEUE) ?? "[]");
  } catch {
    return [];
  }
}

/** @param {View[]} views */
function keep(views) {
  try {
    sessionStorage.setItem(QUEUE, JSON.stringify(views));
  } catch {
    // A browser that keeps nothing tells of this page alone, at once.
    tell(views);
  }
}

/** @param {View[]} views @returns {boolean} */
function tell(views) {
  const now = Date.now();
  const body = views.map(([one, at]) => [one, Math.max(0, Math.round((now - at) / 1000))]);
  return navigator.sendBeacon(ADDRESS, JSON.stringify(body));
}

// What is sent while the network is away is lost: better too few than the same view twice.
function flush() {
  const views = waiting();
  if (views.length === 0) return;
  if (tell(views)) keep([]);
}

function note() {
  if (!thing) return;
  // What could not be sent for long makes room for what is new.
  const views = [...waiting(), /** @type {View} */ ([thing, Date.now()])].slice(-MOST);
  keep(views);
  const since = views[0]?.[1] ?? Date.now();
  if (views.length >= MOST || Date.now() - since > LONGEST_MS) flush();
}

// A page that was fetched ahead is looked at when it is shown, and perhaps never.
function whenShown() {
  if (document.visibilityState === "visible") note();
  else document.addEventListener("visibilitychange", note, { once: true });
}

if ("prerendering" in document && document.prerendering) {
  document.addEventListener("prerenderingchange", whenShown, { once: true });
} else {
  whenShown();
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link && link.origin === location.origin && !link.target) leftBy = Date.now();
});

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && Date.now() - leftBy > LEAVING_MS) flush();
});
