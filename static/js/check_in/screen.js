// Draws check-in: which session, how many, the camera, who is found, who came without a ticket.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { number, say } from "../counter/words.js";
import { summary } from "../outbox/outbox.js";
import { lastOnes, lastToUndo, nameOf, pending, search, thoseIn } from "./people.js";

/** @import {Entry, Recent, View} from "../outbox/types.js" */
/** @import {Last, List, Person, Session, State} from "./people.js" */
/** @import {Texts} from "../counter/words.js" */

/** @typedef {{look: "in" | "again" | "ask" | "bad", text: string, more?: string, allow?: () => void}} Said */

/**
 * @typedef {object} Model
 * @property {Texts} texts
 * @property {string} language
 * @property {string} login
 * @property {View} view
 * @property {number | null} session
 * @property {List | null} list
 * @property {Said | null} said what became of the last one
 * @property {Map<string, string>} names of those let in since the page was opened, by UUID
 * @property {string} sought
 * @property {string} trouble
 * @property {"off" | "on" | "refused" | "none"} camera
 * @property {HTMLVideoElement} video
 */

/**
 * @typedef {object} Hands
 * @property {(session: number | null) => void} choose
 * @property {() => void} scan
 * @property {(text: string) => void} seek
 * @property {(one: Person) => void} letIn
 * @property {() => void} deny
 * @property {(form: HTMLFormElement) => void} walkIn
 * @property {() => void} undo
 * @property {() => void} send
 * @property {(entry: Entry) => void} retry
 * @property {(entry: Entry) => void} drop
 */

const KINDS = ["visitor", "kopontren", "umkm", "pesantren"];
const MOST_LASTS = 5;
const LOOKS = {
  all_sent: "is-sent",
  unsent: "is-waiting",
  no_contact: "is-alone",
  no_contact_yet: "is-alone",
  sign_in: "is-out",
};

const clock = new Intl.DateTimeFormat("id", {
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
  timeZone: "Asia/Jakarta",
});

/** @param {number} ms @returns {string} `10.32`, in English `10:32` */
const hourOf = (ms) =>
  clock.format(ms).replace(/[.:]/, document.documentElement.lang === "en" ? ":" : ".");

/** @param {Model} model @param {Hands} hands what the head says of the outbox */
export const syncView = ({ texts, view, login }, hands) => {
  const { text, n, since } = summary(view);
  const time = since ? hourOf(since) : "";
  const look = `sync ${LOOKS[text]}`;
  const more = n && text !== "unsent" ? ` · ${say(texts["unsent"], { n: number(n) })}` : "";
  const words = say(texts[text], { n: number(n), time }) + more;
  if (text === "sign_in") return html`<a class=${look} href=${login}>${words}</a>`;
  return html`<button type="button" class=${look} @click=${hands.send}>${words}</button>`;
};

/** @param {Model} model @param {Hands} hands */
export const appView = (model, hands) => {
  const { texts, view, trouble, login } = model;
  /** @type {State | null} */
  const state = view.state;
  const session = state?.sessions.find((one) => one.id === model.session);
  return html`
    ${trouble ? html`<p class="trouble" role="alert">${trouble}</p>` : nothing}
    ${view.contact === "sign_in"
      ? html`<p class="trouble"><a href=${login}>${texts["sign_in"]}</a>. ${texts["sign_in_about"]}</p>`
      : nothing}
    ${view.refused ? refusedView(model, hands) : nothing}
    ${session ? doorView(model, hands, session) : chooseView(model, hands, state)}
    ${state?.user ? html`<p class="who">${say(texts["who"], { name: state.user })}</p>` : nothing}
  `;
};

/** @param {Model} model @param {Hands} hands @param {State | null} state */
const chooseView = ({ texts, language }, hands, state) => {
  if (!state?.sessions.length) {
    return html`<p class="nothing">${texts[state ? "no_sessions" : "no_sessions_yet"]}</p>`;
  }
  return html`
    <h2>${texts["choose_session"]}</h2>
    <ul class="gates">
      ${state.sessions.map(
        (one) => html`<li>
          <button type="button" class="gate" @click=${() => hands.choose(one.id)}>
            <b>${one.title} <small>${factsOf(one, language)}</small></b>
            <span>${one.came ? number(one.came) : ""}</span>
          </button>
        </li>`,
      )}
    </ul>
  `;
};

/** @param {Session} one @param {string} language */
const factsOf = (one, language) => {
  const day = one.date
    ? new Date(`${one.date}T12:00:00Z`).toLocaleDateString(language === "en" ? "en-GB" : "id", {
        weekday: "long",
        day: "numeric",
        month: "long",
        timeZone: "UTC",
      })
    : "";
  const hours = one.starts ? `${one.starts}–${one.ends} WIB` : "";
  return [day, hours, one.room].filter(Boolean).join(" · ");
};

/** @param {Model} model @param {Hands} hands @param {Session} session */
const doorView = (model, hands, session) => {
  const { texts, view, list, said, language } = model;
  const here = pending(view, session.id);
  const seats = list?.registrations.filter((one) => one.state === "registered").length;
  const lasts = lastOnes(view, session.id);
  return html`
    ${session.is_example ? html`<p class="note">${texts["example"]}</p>` : nothing}
    <div class="gate-bar">
      <h2>${session.title}</h2>
      <button type="button" @click=${() => hands.choose(null)}>${texts["change_session"]}</button>
    </div>
    <p class="door-when"><small>${factsOf(session, language)}</small></p>
    <dl class="door-figures">
      <div>
        <dt>${texts["came"]}</dt>
        <dd data-figure="came" aria-live="polite">${number(session.came + here)}</dd>
      </div>
      ${seats === undefined
        ? nothing
        : html`<div><dt>${texts["registered"]}</dt><dd>${number(seats)}</dd></div>`}
    </dl>
    ${list ? nothing : html`<p class="note">${texts["no_list_yet"]}</p>`}
    ${said ? saidView(model, hands, said) : nothing}
    ${scanView(model, hands)} ${searchView(model, hands)} ${walkInView(model, hands)}
    ${lastsView(model, hands, lasts)}
  `;
};

/** @param {Model} model @param {Hands} hands @param {Said} said */
const saidView = ({ texts }, hands, said) => html`
  <div class="said is-${said.look}" role="status">
    <p>${said.text} ${said.more ? html`<small>${said.more}</small>` : nothing}</p>
    ${said.allow
      ? html`<div>
          <button type="button" @click=${said.allow}>${texts["allow"]}</button>
          <button type="button" @click=${hands.deny}>${texts["deny"]}</button>
        </div>`
      : nothing}
  </div>
`;

/** @param {Model} model @param {Hands} hands */
const scanView = ({ texts, camera, video }, hands) => html`
  <section class="scan">
    ${camera === "on"
      ? html`<div class="viewer">${video}<p>${texts["point_at"]}</p></div>`
      : nothing}
    ${camera === "refused" || camera === "none"
      ? html`<p class="note">${texts[`camera_${camera}`]}</p>`
      : nothing}
    <button type="button" class=${camera === "on" ? "scan-button is-on" : "scan-button"} @click=${hands.scan}>
      ${texts[camera === "on" ? "stop_scan" : "scan"]}
    </button>
  </section>
`;

/** @param {Model} model @param {Hands} hands */
const searchView = (model, hands) => {
  const { texts, list, sought, view } = model;
  const found = search(list, sought);
  const inside = thoseIn(list, view);
  return html`
    <section class="people">
      <div class="door-search">
        <label for="cari">${texts["search"]}</label>
        <input
          type="search"
          id="cari"
          autocomplete="off"
          .value=${sought}
          @input=${(/** @type {InputEvent} */ event) => {
            if (event.target instanceof HTMLInputElement) hands.seek(event.target.value);
          }}
        />
      </div>
      ${list && sought.trim() && found.length === 0
        ? html`<p>${texts["nobody_found"]}</p>`
        : nothing}
      <ul>
        ${found.map((one) => personView(model, hands, one, inside.has(one.id)))}
      </ul>
    </section>
  `;
};

/** @param {Model} model @param {Hands} hands @param {Person} one @param {boolean} isIn */
const personView = ({ texts }, hands, one, isIn) => {
  const waits = one.state === "registered" ? "" : texts[one.state];
  const facts = [texts[`kind_${one.kind}`], one.from, waits].filter(Boolean).join(" · ");
  return html`<li>
    <p><b>${one.name}</b> <small>${facts}</small></p>
    ${isIn
      ? html`<span>${texts["is_in"]}</span>`
      : html`<button type="button" class=${waits ? "is-ask" : ""} @click=${() => hands.letIn(one)}>
          ${texts["let_in"]}<span class="unseen"> ${one.name}</span>
        </button>`}
  </li>`;
};

/** @param {Model} model @param {Hands} hands */
const walkInView = ({ texts, list }, hands) => html`
  <details class="walk-in-box">
    <summary>${texts["walk_in"]}</summary>
    <form
      class="walk-in"
      @submit=${(/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        if (event.target instanceof HTMLFormElement) hands.walkIn(event.target);
      }}
    >
      <label for="nama">${texts["name"]}</label>
      <input type="text" id="nama" name="name" maxlength="80" autocomplete="off" />
      <fieldset>
        <legend>${texts["as_what"]}</legend>
        ${KINDS.map(
          (kind, place) => html`<label>
            <input type="radio" name="participant" value=${kind} ?checked=${place === 0} />
            <span>${texts[`kind_${kind}`]}</span>
          </label>`,
        )}
      </fieldset>
      <label for="dari">${texts["from"]}</label>
      <input type="text" id="dari" name="organisation" maxlength="120" list="usaha" autocomplete="off" />
      <datalist id="usaha">
        ${(list?.producers ?? []).map((name) => html`<option value=${name}></option>`)}
      </datalist>
      <button type="submit">${texts["record"]}</button>
    </form>
  </details>
`;

/** @param {Model} model @param {Hands} hands @param {Last[]} lasts */
const lastsView = (model, hands, lasts) => {
  const { texts } = model;
  if (lasts.length === 0) return nothing;
  const last = lastToUndo(lasts);
  return html`
    <section>
      ${last
        ? html`<button type="button" class="undo" @click=${hands.undo}>${say(texts["undo"], { name: whoIs(model, last) })}</button>`
        : nothing}
      <h3 class="lasts-title">${texts["last_ones"]}</h3>
      <ul class="lasts">
        ${lasts.slice(0, MOST_LASTS).map(
          ({ one, isUndone }) => html`<li class=${isUndone ? "is-off" : ""}>
            <p>${whoIs(model, one)}</p>
            <span>${stateOf(one.state, isUndone, texts)}</span>
          </li>`,
        )}
      </ul>
    </section>
  `;
};

/** @param {string} state @param {boolean} isUndone @param {Texts} texts */
const stateOf = (state, isUndone, texts) => {
  if (isUndone) return texts["taken_back"];
  if (state === "unsent") return texts["not_sent"];
  if (state === "already") return texts["was_already"];
  return state === "refused" ? texts["refused_title"] : "✓";
};

/**
 * @param {Pick<Model, "texts" | "view" | "list" | "names">} model @param {Recent | Entry} one
 * @returns {string} a name where one is known, else what came and when
 */
export const whoIs = ({ texts, view, list, names }, one) => {
  const name = nameOf(view, list, one) || names.get(one.uuid);
  if (name) return name;
  if (one.request["way"] !== "walk_in") return texts["unknown_name"] ?? "";
  const at = Date.parse(one.request.device_at) + (one.request.clock_offset_ms ?? 0);
  return say(texts["somebody"], { time: hourOf(at) });
};

/** @param {Model} model @param {Hands} hands */
const refusedView = (model, hands) => html`
  <section class="refused">
    <h2>${model.texts["refused_title"]}</h2>
    <p>${model.texts["refused_about"]}</p>
    <ul>
      ${model.view.entries
        .filter((entry) => entry.state === "refused")
        .map(
          (entry) => html`<li>
            <p><b>${whoIs(model, entry)}</b> ${entry.message}</p>
            <div class="refused-do">
              <button type="button" @click=${() => hands.retry(entry)}>${model.texts["retry"]}</button>
              <button type="button" @click=${() => hands.drop(entry)}>${model.texts["drop"]}</button>
            </div>
          </li>`,
        )}
    </ul>
  </section>
`;
