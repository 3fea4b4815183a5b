// Keeps a page with an outbox on the device, so that it opens without a network. The server puts
// `KEPT` before it: the version, and the addresses that belong to it. It never touches what waits.

/** @type {{name: string, version: string, pages: Record<string, string>, files: string[]}} */
// @ts-expect-error written by the server above this line
const kept = KEPT;
/** @type {any} */
const worker = self;

const CURRENT = `${kept.name}-${kept.version}`;
const OWN = new Set([...Object.values(kept.pages), ...kept.files]);

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CURRENT);
      // `reload`: what lies in the browser's own cache may be of another version.
      await cache.addAll([...OWN].map((address) => new Request(address, { cache: "reload" })));
      // An open page has read all its modules already, and asks for nothing more.
      await worker.skipWaiting();
    })(),
  );
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith(`${kept.name}-`) && name !== CURRENT) await caches.delete(name);
      }
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  const page = request.mode === "navigate" ? kept.pages[address.pathname] : address.pathname;
  if (page !== undefined && OWN.has(page)) event.respondWith(own(page, request));
});

/** @param {string} path @param {Request} request */
const own = async (path, request) => {
  const cache = await caches.open(CURRENT);
  return (await cache.match(path)) ?? fetch(request);
};
