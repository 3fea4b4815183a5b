// Draws the gate counter: which gate, how many, three buttons, and what could not be taken.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { summary } from "../outbox/outbox.js";
import { figuresOf, happenedAt, lastTap } from "./figures.js";
import { hourOf, number, say, signed } from "./words.js";

/** @import {Entry, Recent, View} from "../outbox/types.js" */
/** @import {Gate, State} from "./figures.js" */
/** @import {Texts} from "./words.js" */

/**
 * @typedef {object} Model
 * @property {Texts} texts
 * @property {string} language
 * @property {string} login
 * @property {View} view
 * @property {number | null} gate
 * @property {number} now
 * @property {number} offset
 * @property {boolean} isNew the figure has just grown
 * @property {string} trouble
 * @property {boolean} asksToSignIn
 */

/**
 * @typedef {object} Hands
 * @property {(step: number) => void} tap
 * @property {(last: Recent) => void} undo
 * @property {(gate: number | null) => void} choose
 * @property {() => void} send
 * @property {(entry: Entry) => void} retry
 * @property {(entry: Entry) => void} drop
 */

const STEPS = [1, 5];
const LOOKS = {
  all_sent: "is-sent",
  unsent: "is-waiting",
  no_contact: "is-alone",
  no_contact_yet: "is-alone",
  sign_in: "is-out",
};

/** @param {Model} model @param {Hands} hands what the head says of the outbox */
export const syncView = ({ texts, view, login }, hands) => {
  const { text, n, since } = summary(view);
  const said = say(texts[text], { n: number(n), time: since ? hourOf(since) : "" });
  const look = `sync ${LOOKS[text]}`;
  if (text === "sign_in") return html`<a class=${look} href=${login}>${said}${unsent(texts, n)}</a>`;
  const more = text === "no_contact" || text === "no_contact_yet" ? unsent(texts, n) : nothing;
  return html`<button type="button" class=${look} @click=${hands.send}>${said}${more}</button>`;
};

/** @param {Texts} texts @param {number} n */
const unsent = (texts, n) => (n ? ` · ${say(texts["unsent"], { n: number(n) })}` : "");

/** @param {Model} model @param {Hands} hands */
export const appView = (model, hands) => {
  const { texts, view, trouble, login, asksToSignIn } = model;
  /** @type {State | null} */
  const state = view.state;
  const gate = state?.gates.find((one) => one.id === model.gate);
  return html`
    ${trouble ? html`<p class="trouble" role="alert">${trouble}</p>` : nothing}
    ${asksToSignIn
      ? html`<p class="trouble"><a href=${login}>${texts["sign_in"]}</a>. ${texts["sign_in_about"]}</p>`
      : nothing}
    ${state?.expo?.is_example ? html`<p class="note">${texts["example"]}</p>` : nothing}
    ${state?.expo && !state.is_expo_day
      ? html`<p class="note">${texts["other_day"]}</p>`
      : nothing}
    ${view.refused ? refusedView(model, hands) : nothing}
    ${gate ? gateView(model, hands, gate) : chooseView(model, hands, state)}
    ${state?.user ? html`<p class="who">${say(texts["who"], { name: state.user })}</p>` : nothing}
  `;
};

/** @param {Model} model @param {Hands} hands @param {State | null} state */
const chooseView = ({ texts, language }, hands, state) => {
  if (!state?.gates.length) {
    return html`<p class="nothing">${texts[state ? "no_gates" : "no_gates_yet"]}</p>`;
  }
  return html`
    <h2>${texts["choose_gate"]}</h2>
    <ul class="gates">
      ${state.gates.map(
        (gate) => html`<li>
          <button type="button" class="gate" @click=${() => hands.choose(gate.id)}>
            <b>${nameOf(gate, language)}</b> <span>${number(gate.today)}</span>
          </button>
        </li>`,
      )}
    </ul>
  `;
};

/** @param {Gate} gate @param {string} language */
const nameOf = (gate, language) => (language === "en" && gate.name_en) || gate.name;

/** @param {Model} model @param {Hands} hands @param {Gate} gate */
const gateView = (model, hands, gate) => {
  const { texts, view, now, offset, language, isNew } = model;
  const figures = figuresOf(view, gate.id, now, offset);
  const last = lastTap(view, gate.id, now, offset);
  const step = last ? signed(last.request["step"]) : "";
  return html`
    <div class="gate-bar">
      <h2>${nameOf(gate, language)}</h2>
      ${view.state.gates.length > 1
        ? html`<button type="button" @click=${() => hands.choose(null)}>${texts["change_gate"]}</button>`
        : nothing}
    </div>
    <dl class="figures">
      <div class="figure-main">
        <dt>${texts["here_today"]}</dt>
        <dd class=${isNew ? "is-new" : ""} data-figure="here" aria-live="polite">${number(figures.here)}</dd>
      </div>
      <div><dt>${texts["this_hour"]}</dt><dd data-figure="hour">${number(figures.hour)}</dd></div>
      <div><dt>${texts["all_gates"]}</dt><dd data-figure="all">${number(figures.all)}</dd></div>
    </dl>
    <div class="taps">
      ${STEPS.map(
        (n) => html`<button
          type="button"
          class=${n === 1 ? "tap tap-main" : "tap"}
          aria-label=${say(texts["add"], { n })}
          @click=${() => hands.tap(n)}
        >+${n}</button>`,
      )}
      <button type="button" class="undo" ?disabled=${!last} @click=${() => last && hands.undo(last)}>
        ${last ? say(texts["undo"], { step }) : texts["nothing_to_undo"]}
      </button>
    </div>
    <p class="last">
      ${last ? say(texts["last"], { step, time: hourOf(happenedAt(last.request, offset)) }) : nothing}
    </p>
  `;
};

/** @param {Model} model @param {Hands} hands */
const refusedView = ({ texts, view, offset }, hands) => html`
  <section class="refused">
    <h2>${texts["refused_title"]}</h2>
    <p>${texts["refused_about"]}</p>
    <ul>
      ${view.entries
        .filter((entry) => entry.state === "refused")
        .map(
          (entry) => html`<li>
            <p>
              <b>${signed(entry.request["step"])}</b>
              ${hourOf(happenedAt(entry.request, offset))}: ${entry.message}
            </p>
            <div class="refused-do">
              <button type="button" @click=${() => hands.retry(entry)}>${texts["retry"]}</button>
              <button type="button" @click=${() => hands.drop(entry)}>${texts["drop"]}</button>
            </div>
          </li>`,
        )}
    </ul>
  </section>
`;
