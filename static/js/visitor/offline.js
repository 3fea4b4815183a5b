// Lets the edition that a visitor looks at be opened without a network later.

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-offline]"));
const { saveData, effectiveType = "" } = /** @type {any} */ (navigator).connection ?? {};
// Whoever saves data, or has next to none, is asked first.
const isFrugal = saveData === true || /2g$/.test(effectiveType);
const WAIT_MS = 2000;

/** @param {{has: boolean, checked: number}} copy @param {ServiceWorkerRegistration} registration */
const say = (copy, registration) => {
  if (!place) return;
  const { ready = "", offer = "", root = "" } = place.dataset;
  place.replaceChildren();
  if (copy.has) {
    const when = new Intl.DateTimeFormat(document.documentElement.lang.replace("en", "en-GB"), {
      dateStyle: "medium",
      timeStyle: "short",
      timeZone: "Asia/Jakarta",
    }).format(copy.checked);
    place.textContent = ready.replace("[[when]]", when);
  } else if (isFrugal) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet";
    button.textContent = offer;
    button.addEventListener("click", () => {
      button.disabled = true;
      registration.active?.postMessage({ about: "copy", fetch: true, now: true });
    });
    place.append(button);
  }
  place.hidden = !place.hasChildNodes();
  // The short address lies outside what the worker answers for.
  const isShort = location.pathname.replace(/en\/$/, "") === "/";
  if (copy.has && isShort && root) history.replaceState(history.state, "", root + location.hash);
};

/** @param {ServiceWorkerRegistration} registration @returns {Promise<void>} */
const active = (registration) =>
  new Promise((done) => {
    const look = () => registration.active && done();
    look();
    (registration.installing ?? registration.waiting)?.addEventListener("statechange", look);
  });

const begin = async () => {
  const address = place?.dataset.offline;
  if (!address || !("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker
    .register(address, { updateViaCache: "none" })
    .catch(() => undefined);
  if (!registration) return;
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data?.about === "copy") say(event.data, registration);
  });
  navigator.serviceWorker.startMessages();
  const ask = () => registration.active?.postMessage({ about: "copy", fetch: !isFrugal });
  // A new worker may read another format, and the one before answers no more.
  navigator.serviceWorker.addEventListener("controllerchange", ask);
  await active(registration);
  ask();
};

for (const button of document.querySelectorAll("[data-reload]")) {
  button.addEventListener("click", () => location.reload());
}

// After all that the page itself loads.
if (document.readyState === "complete") setTimeout(begin, WAIT_MS);
else addEventListener("load", () => setTimeout(begin, WAIT_MS));
