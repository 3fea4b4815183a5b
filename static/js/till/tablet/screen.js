// Opens the till in one tab alone, wakes it with the screen, and takes a new version when idle.

import { createSender } from "./outbox.js";
import { openStorage, writeMeta, writeMetaIn } from "./storage.js";
import { watchVersions } from "./versions.js";

/** @import {Clock} from "./clock.js" */
/** @import {Hearing} from "./hearing.js" */
/** @import {Keeping} from "./keeping.js" */
/** @import {Mind} from "./memory.js" */

const SCREEN_LOCK = "opop-till-screen";
const IDLE_MS = 60_000;

/**
 * @param {object} parts
 * @param {Mind} parts.mind
 * @param {Clock} parts.clock
 * @param {Keeping} parts.keeping
 * @param {Hearing} parts.hearing
 * @param {string} parts.page
 * @param {string} parts.language
 */
export const createScreen = ({ mind, clock, keeping, hearing, page, language }) => {
  const { memory, tell, become } = mind;
  let useNewVersion = () => {};
  let isAtRest = () => true;
  let touchedAt = performance.now();

  const open = async () => {
    const storage = await openStorage({ onLost: () => (memory.opening = openAgain()) });
    memory.db = storage.db;
    memory.storageId = storage.storageId;
  };

  /** The browser has ended the connection, as one short of room may; what was saved is on the disk. */
  const openAgain = async () => {
    try {
      await open();
      if (memory.sender) await own(true);
    } catch {
      become("storage_failed");
    }
  };

  /** @param {() => boolean} isScreenAtRest */
  const start = async (isScreenAtRest) => {
    isAtRest = isScreenAtRest;
    if (!window.isSecureContext) return become("insecure");
    try {
      await open();
    } catch {
      return become("storage_failed");
    }
    void navigator.storage?.persist?.().then((granted) => (memory.persists = granted));
    watch();
    await holdScreen({ ifAvailable: true });
    return undefined;
  };

  const watch = () => {
    setInterval(clock.sample, 1000);
    addEventListener("online", () => {
      memory.sender?.sendNow();
      void hearing.contact();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) {
        clock.mayHaveSlept();
        takeVersionIfIdle(true);
      } else {
        clock.isAwake();
        void hearing.contact();
      }
    });
    for (const kind of ["pointerdown", "keydown"]) {
      addEventListener(kind, () => (touchedAt = performance.now()), { passive: true });
    }
    setInterval(() => takeVersionIfIdle(false), 5_000);
    void watchVersions(() => {
      memory.hasNewVersion = true;
      tell();
    }).then(
      (versions) => {
        useNewVersion = versions.use;
        memory.keepPhotos = versions.keepPhotos;
        hearing.tellPhotos();
      },
      () => {}, // it sells without; it only does not open without a network
    );
  };

  /** @param {boolean} isHidden */
  const takeVersionIfIdle = (isHidden) => {
    const isIdle = isHidden || performance.now() - touchedAt > IDLE_MS;
    const isEmpty = memory.cart.cart.lines.length === 0;
    if (memory.hasNewVersion && isIdle && isEmpty && isAtRest()) useNewVersion();
  };

  /**
   * One tab sells. The lock is held for as long as this page lives or until another takes it.
   * @param {LockOptions} options
   */
  const holdScreen = (options) =>
    new Promise((settled) => {
      navigator.locks
        .request(SCREEN_LOCK, options, async (lock) => {
          if (!lock) {
            become("elsewhere");
            settled(undefined);
            // In line behind the other: when that tab is closed, this one goes on.
            void holdScreen({});
            return undefined;
          }
          await own();
          settled(undefined);
          return new Promise(() => {});
        })
        .catch(() => {
          stop();
          become("elsewhere");
          void holdScreen({});
        });
    });

  /** Become the page that sells: whatever another page wrote is read anew. @param {boolean} [isAgain] */
  const own = async (isAgain = false) => {
    try {
      await writeMeta(
        memory.db,
        null,
        async (tx) => void (await writeMetaIn(tx, "owner", page)),
        "relaxed",
      );
      await keeping.load(isAgain);
    } catch {
      become("storage_failed");
      return;
    }
    const sender = createSender({
      db: memory.db,
      language,
      envelope: hearing.envelope,
      onAnswer: hearing.heard,
      onPairing: hearing.setPairing,
      onSettled: hearing.letGoOf,
      known: () => memory.waiting.keys(),
      onGone: hearing.areGone,
      onEpoch: hearing.takeEpoch,
      // One that wrote over a connection that has ended is silent.
      mayTry: () => memory.sender === sender && memory.phase !== "elsewhere" && memory.pairing === "paired",
    });
    memory.sender = sender;
    hearing.phaseFromPairing();
    sender.kick();
    const heard = hearing.contact();
    if (!isAgain) await heard;
  };

  const stop = () => {
    hearing.fallSilent();
    memory.sender = null;
  };

  return {
    start,
    takeOver: async () => {
      await holdScreen({ steal: true });
    },
    useNewVersion: () => useNewVersion(),
  };
};
