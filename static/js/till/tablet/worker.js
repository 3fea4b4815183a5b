// Keeps the till's page on the tablet, so that it opens without a network. The server puts
// `KEPT` before it: the version, and the addresses that belong to it. It never touches a sale.

/** @type {{version: string, pages: string[], files: string[]}} */
// @ts-expect-error written by the server above this line
const kept = KEPT;
/** @type {any} */
const worker = self;

const CURRENT = `opop-till-${kept.version}`;
const PHOTOS = "opop-till-photos";
const MOST_PHOTOS = 600;
const OWN = new Set([...kept.pages, ...kept.files]);

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(
    caches.open(CURRENT).then((cache) =>
      // `reload`: what lies in the browser's own cache may be of another version.
      cache.addAll([...OWN].map((address) => new Request(address, { cache: "reload" }))),
    ),
  );
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("opop-till-") && name !== CURRENT && name !== PHOTOS) {
          await caches.delete(name);
        }
      }
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener("message", (/** @type {any} */ event) => {
  if (event.data === "take-over") worker.skipWaiting();
  if (Array.isArray(event.data?.keep)) event.waitUntil(keepPhotos(event.data.keep));
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (kept.pages.includes(address.pathname)) event.respondWith(own(address.pathname, request));
  } else if (OWN.has(address.pathname)) event.respondWith(own(address.pathname, request));
  else if (request.destination === "image") event.respondWith(photo(request));
});

/** @param {string} path @param {Request} request */
const own = async (path, request) => {
  const cache = await caches.open(CURRENT);
  return (await cache.match(path)) ?? fetch(request);
};

/** @param {Request} request */
const photo = async (request) => {
  const cache = await caches.open(PHOTOS);
  const found = await cache.match(request.url);
  if (found) return found;
  const response = await fetch(request);
  if (response.ok) await cache.put(request.url, response.clone());
  return response;
};

/** Fetch what is not here yet, and let go of what no stand shows any more. @param {string[]} addresses */
const keepPhotos = async (addresses) => {
  const cache = await caches.open(PHOTOS);
  const wanted = addresses.slice(0, MOST_PHOTOS).map((one) => new URL(one, location.origin).href);
  for (const request of await cache.keys()) {
    if (!wanted.includes(request.url)) await cache.delete(request);
  }
  for (const address of wanted) {
    if (new URL(address).origin !== location.origin || (await cache.match(address))) continue;
    try {
      const response = await fetch(address);
      if (response.ok) await cache.put(address, response);
    } catch {
      return; // the network is gone; the next contact tries again
    }
  }
};
