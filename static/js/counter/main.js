// Where the gate counter begins: opens its outbox, takes the taps, draws what became of them.

import { render } from "../../vendor/lit-html/lit-html.js";
import { canKeep, openOutbox } from "../outbox/outbox.js";
import { appView, syncView } from "./screen.js";
import { readTexts } from "./words.js";

/** @import {Outbox} from "../outbox/outbox.js" */
/** @import {Recent} from "../outbox/types.js" */
/** @import {Hands} from "./screen.js" */

const NAME = "opop-hitung";
const NEW_MS = 300;
// Who counts people strikes again within this time.
const CALM_MS = 1500;
const LOOK_EVERY_MS = 30 * 60_000;

const { send = "", worker = "", scope = "", login = "", version = "" } = document.body.dataset;
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

/** @param {number[]} pattern felt, where the phone can */
const shake = (pattern) => void navigator.vibrate?.(pattern);

const start = async () => {
  const app = place("app");
  const sync = place("sync");
  if (!app || !sync) return;
  let isLost = false;
  /** @type {Outbox} */
  const outbox = await openOutbox({
    name: NAME,
    address: send,
    language,
    version,
    onChange: () => void draw(),
    onLost: () => {
      isLost = true;
      onlySay(texts["reload"] ?? "");
    },
  });
  /** @type {number | null} */
  let gate = (await outbox.kept("gate")) ?? null;
  let isNew = false;
  let trouble = "";
  let struckAt = -Infinity;
  let asksToSignIn = false;
  app.replaceChildren();

  const draw = async () => {
    if (isLost) return;
    const view = await outbox.view();
    const now = outbox.now();
    if (gate === null && view.state?.gates.length === 1) gate = view.state.gates[0].id;
    const offset = now - Date.now();
    // What comes above the buttons moves them: not from under a finger. The head of the page says
    // at once what it is about.
    if (performance.now() - struckAt >= CALM_MS) asksToSignIn = view.contact === "sign_in";
    const model = { texts, language, login, view, gate, now, offset, isNew, trouble, asksToSignIn };
    render(syncView(model, hands), sync);
    render(appView(model, hands), app);
  };

  /** Keep a tap. Only when it is on the phone's disk is it felt and seen. @param {object} content @param {string} [after] */
  const count = async (content, after) => {
    struckAt = performance.now();
    setTimeout(() => void draw(), CALM_MS + 50);
    try {
      await outbox.put(content, after ? { after } : {});
      trouble = "";
      isNew = true;
      shake([25]);
      setTimeout(() => {
        isNew = false;
        void draw();
      }, NEW_MS);
    } catch {
      trouble = texts["not_saved"] ?? "";
      shake([200, 100, 200]);
    }
    await draw();
  };

  /** @type {Hands} */
  const hands = {
    tap: (step) => void count({ kind: "tap", gate, step }),
    undo: (last) => void takeBack(last),
    choose: (chosen) => {
      gate = chosen;
      void outbox.keep("gate", chosen).then(draw);
    },
    send: () => outbox.sendNow(),
    retry: (entry) => void outbox.retry(entry.uuid),
    drop: (entry) => void outbox.drop(entry.uuid),
  };

  let isTakingBack = false;
  /** @param {Recent} last */
  const takeBack = async (last) => {
    // Two strikes before the screen is drawn again are one: the second would mean another tap.
    if (isTakingBack) return;
    isTakingBack = true;
    const step = -last.request["step"];
    await count({ kind: "undo", gate: last.request["gate"], step, taken_back: last.uuid }, last.uuid);
    isTakingBack = false;
  };

  await draw();
  // The hour and the day go on by themselves.
  setInterval(() => void draw(), 20_000);
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
  // The form of the page goes on: each tap is a request.
  place("insecure")?.removeAttribute("hidden");
}
