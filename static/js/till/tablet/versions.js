// Keeps the page on this tablet, and tells when a newer one waits to take its place.

const WORKER = "/kasir/tablet/sw.js";
const SCOPE = "/kasir/tablet/";
const LOOK_EVERY_MS = 10 * 60 * 1000;

/**
 * @param {() => void} onNewVersion
 * @returns {Promise<{use: () => void, keepPhotos: (addresses: string[]) => void}>}
 */
export const watchVersions = async (onNewVersion) => {
  const registration = await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
  const tell = () => {
    // Without a page before it this is the first one, and nothing is replaced.
    if (registration.waiting && navigator.serviceWorker.controller) onNewVersion();
  };
  tell();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", tell);
  });
  setInterval(() => void registration.update().catch(() => {}), LOOK_EVERY_MS);
  return {
    use: () => {
      // Another tab has let it in already.
      if (!registration.waiting) return location.reload();
      navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), {
        once: true,
      });
      registration.waiting.postMessage("take-over");
    },
    keepPhotos: (addresses) =>
      (registration.active ?? navigator.serviceWorker.controller)?.postMessage({ keep: addresses }),
  };
};
