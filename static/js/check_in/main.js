// Where check-in begins: opens its outbox, keeps the list, lets people in, draws what became of it.

import { render } from "../../vendor/lit-html/lit-html.js";
import { readTexts, say } from "../counter/words.js";
import { canKeep, openOutbox } from "../outbox/outbox.js";
import { Camera, whyNoCamera } from "../till/camera.js";
import { hashOf, isTicketIn, lastOnes, lastToUndo, readCode, thoseIn, wholeOf } from "./people.js";
import { appView, syncView, whoIs } from "./screen.js";

/** @import {Outbox} from "../outbox/outbox.js" */
/** @import {List, Person} from "./people.js" */
/** @import {Hands, Said} from "./screen.js" */

const NAME = "opop-hadir";
const LOOK_EVERY_MS = 30 * 60_000;
const SAME_MS = 4000;
const BREATH_MS = 900;
const TIMEOUT_MS = 20_000;

const {
  send = "",
  list: listAddress = "",
  worker = "",
  scope = "",
  login = "",
  version = "",
} = document.body.dataset;
const language = document.documentElement.lang === "en" ? "en" : "id";
const texts = readTexts();

/** @param {string} name @returns {HTMLElement | null} */
const place = (name) => document.querySelector(`[data-place="${name}"]`);

/** @param {string} text instead of everything else */
const onlySay = (text) => {
  const said = document.createElement("p");
  said.className = "nothing";
  said.textContent = text;
  place("app")?.replaceChildren(said);
};

/** @param {number[]} pattern felt, where the device can */
const shake = (pattern) => void navigator.vibrate?.(pattern);

const start = async () => {
  const app = place("app");
  const sync = place("sync");
  if (!app || !sync) return;
  let isLost = false;
  /** @type {number | null} */
  let session = null;
  /** @type {List | null} */
  let list = null;
  /** @type {Said | null} */
  let said = null;
  let sought = "";
  let trouble = "";
  let camera = /** @type {"off" | "on" | "refused" | "none"} */ ("off");
  const eye = new Camera();
  /** Gone with the page. @type {Map<string, string>} */
  const names = new Map();

  /** @type {Outbox} */
  const outbox = await openOutbox({
    name: NAME,
    address: send,
    language,
    version,
    keepRecent: 30,
    // What has arrived at the portal is remembered to be taken back, and not by name.
    forget: ["name", "organisation"],
    about: () => ({ session }),
    onChange: () => void refresh(),
    onLost: () => {
      isLost = true;
      onlySay(texts["reload"] ?? "");
    },
  });
  session = (await outbox.kept("session")) ?? null;
  list = (await outbox.kept("list")) ?? null;
  app.replaceChildren();

  const draw = async () => {
    if (isLost) return;
    const view = await outbox.view();
    const shown = list?.session === session ? list : null;
    const model = { texts, language, login, view, session, list: shown, names, said, sought, trouble, camera, video: eye.video };
    render(syncView(model, hands), sync);
    render(appView(model, hands), app);
  };

  let isFetching = false;
  let failedAt = -Infinity;

  /** Bring the list of the chosen session, when the server's is another than this device's. */
  const refreshList = async () => {
    const { state, contact } = await outbox.view();
    const wanted = state?.session;
    const isFresh = list?.session === session && list?.version === state?.list;
    if (contact !== "ok" || session === null || wanted !== session || isFresh) return;
    if (isFetching || performance.now() - failedAt < 5000) return;
    isFetching = true;
    try {
      const response = await fetch(listAddress.replace("/0/", `/${session}/`), {
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok) throw new Error(String(response.status));
      /** @type {List} */
      const found = await response.json();
      if (found.session === session) {
        list = found;
        await outbox.keep("list", found);
      }
    } catch {
      failedAt = performance.now();
    }
    isFetching = false;
  };

  /** Those names are nobody's business here any more, once the session is long over. */
  const forgetOver = async () => {
    const { state } = await outbox.view();
    if (session === null || !state || state.sessions.some((/** @type {any} */ one) => one.id === session)) return;
    [session, list, said, sought, camera] = [null, null, null, "", "off"];
    // It would go on letting people in, to no session.
    eye.stop();
    names.clear();
    await Promise.all([outbox.keep("session", null), outbox.keep("list", null)]);
  };

  const refresh = async () => {
    await forgetOver();
    await draw();
    await refreshList();
    await draw();
  };

  /**
   * Only when it is on this device's disk is it said.
   * @param {object} content @param {Said} now @returns {Promise<boolean>} whether it is
   */
  const record = async (content, now) => {
    let isKept = false;
    try {
      const { uuid, request } = await outbox.put({ kind: "attendance", session, ...content });
      if (request["name"]) names.set(uuid, request["name"]);
      isKept = true;
      trouble = "";
      said = now;
      shake([40]);
    } catch {
      trouble = texts["not_saved"] ?? "";
      said = null;
      shake([200, 100, 200]);
    }
    await draw();
    return isKept;
  };

  /** @param {Person} one @param {"scan" | "name"} way @param {boolean} [isAllowed] asked, and answered yes */
  const letIn = async (one, way, isAllowed = false) => {
    const name = one.name;
    if (thoseIn(list, await outbox.view()).has(one.id)) {
      said = { look: "again", text: say(texts["said_again"], { name }) };
      shake([200]);
    } else if (one.state !== "registered" && !isAllowed) {
      said = {
        look: "ask",
        text: say(texts[`said_${one.state}`], { name }),
        allow: () => void letIn(one, way, true),
      };
      shake([100, 60, 100]);
    } else {
      const more = one.state === "registered" ? one.from : (texts[one.state] ?? "");
      await record(
        { way, registration: one.id, name },
        { look: "in", text: say(texts["said_in"], { name }), more },
      );
      return;
    }
    await draw();
  };

  /** @param {string} text what the QR says */
  const scanned = async (text) => {
    const code = readCode(text);
    const hash = code ? await hashOf(code) : "";
    const known = list?.session === session ? list?.registrations : undefined;
    const one = known?.find((person) => person.ticket === hash);
    if (one) return letIn(one, "scan");
    if (!code) {
      said = { look: "bad", text: texts["said_no_ticket"] ?? "" };
      shake([200]);
      return draw();
    }
    if (isTicketIn(await outbox.view(), session, code)) {
      said = { look: "again", text: say(texts["said_again"], { name: texts["unknown_name"] ?? "" }) };
      return draw();
    }
    await record({ way: "scan", ticket: code }, { look: "in", text: texts["said_unknown"] ?? "" });
  };

  const scan = async () => {
    if (camera === "on") {
      camera = "off";
      eye.stop();
      return draw();
    }
    camera = "on";
    let last = "";
    let lastAt = -Infinity;
    let isBusy = false;
    /** The camera stays on from one ticket to the next. @param {string} text */
    const see = (text) => {
      const now = performance.now();
      // Held before the camera a ticket is seen again and again.
      const isSame = text === last && now - lastAt < SAME_MS;
      // Nobody is let in while a question stands on the screen.
      if (!isBusy && !said?.allow && !isSame) {
        isBusy = true;
        void scanned(text).finally(() => setTimeout(() => (isBusy = false), BREATH_MS));
        last = text;
      }
      if (text === last) lastAt = now;
      return false;
    };
    await draw();
    try {
      await eye.scan(see);
      camera = "off";
    } catch (error) {
      camera = whyNoCamera(error);
    }
    await draw();
  };

  /** @type {Hands} */
  const hands = {
    choose: (chosen) => {
      session = chosen;
      said = null;
      sought = "";
      camera = "off";
      eye.stop();
      // The names of another session are nobody's business here any more.
      if (list?.session !== chosen) list = null;
      names.clear();
      void Promise.all([outbox.keep("session", chosen), outbox.keep("list", list)]).then(() => {
        outbox.sendNow();
        return draw();
      });
    },
    scan: () => void scan(),
    seek: (text) => {
      sought = text;
      void draw();
    },
    letIn: (one) => {
      sought = "";
      void letIn(one, "name");
    },
    deny: () => {
      said = null;
      void draw();
    },
    walkIn: (form) => void walkIn(form),
    undo: () => void undo(),
    send: () => outbox.sendNow(),
    retry: (entry) => void outbox.retry(entry.uuid),
    drop: (entry) => void outbox.drop(entry.uuid),
  };

  let isRecording = false;
  /** @param {HTMLFormElement} form */
  const walkIn = async (form) => {
    // Pressed twice it is one person.
    if (isRecording) return;
    const given = new FormData(form);
    const name = String(given.get("name") ?? "").replace(/\s+/g, " ").trim();
    if (!name) {
      said = { look: "bad", text: texts["name_wanted"] ?? "" };
      return draw();
    }
    const content = {
      way: "walk_in",
      name,
      participant: String(given.get("participant") ?? "visitor"),
      organisation: String(given.get("organisation") ?? "").trim(),
    };
    isRecording = true;
    try {
      // What could not be kept stays there, to be sent once more.
      if (await record(content, { look: "in", text: say(texts["said_in"], { name }) })) form.reset();
    } finally {
      isRecording = false;
    }
  };

  let isUndoing = false;
  const undo = async () => {
    // Two strikes before the screen is drawn again are one: the second would mean another person.
    if (isUndoing || session === null) return;
    isUndoing = true;
    const view = await outbox.view();
    const last = lastToUndo(lastOnes(view, session));
    if (last) {
      const name = whoIs({ texts, view, list, names }, last);
      try {
        // As long as it waits it is taken back with all that it says, and may arrive after that.
        await outbox.put({ kind: "undo", attendance: wholeOf(view, last) });
        said = { look: "again", text: say(texts["said_undone"], { name }) };
      } catch {
        trouble = texts["not_saved"] ?? "";
      }
    }
    isUndoing = false;
    await draw();
  };

  await refresh();
};

const keepPage = async () => {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register(worker, { scope });
  setInterval(() => void registration.update().catch(() => {}), LOOK_EVERY_MS);
};

if (canKeep()) {
  start().catch(() => onlySay(texts["storage_failed"] ?? ""));
  void keepPage().catch(() => {});
} else {
  // The form of the page goes on: each person is a request.
  place("insecure")?.removeAttribute("hidden");
}
