// How the customer pays: cash with change, QRIS, transfer, card, or some of each.

import { html, nothing } from "../../../../vendor/lit-html/lit-html.js";
import { MAX_QRIS_RUPIAH, paidOf, quickAmounts } from "../payments.js";
import { icon } from "./icons.js";
import { isBusy } from "./state.js";
import { voucherView } from "./voucher.js";
import { rupiah, say } from "./words.js";

/** @import {Payment, Snapshot} from "../types.js" */
/** @import {App} from "./app.js" */

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "000", "0"];
/** A purse holds no more; above it a finger slipped. */
const MOST_DIGITS = 10;

/** @param {App} app @param {Snapshot} now */
export const payView = (app, now) => {
  const { t, ui } = app;
  const rest = now.total_rupiah - paidOf(ui.parts);
  return html`<section class="panel pay" aria-labelledby="pay-title">
    <header class="panel-head">
      <button type="button" class="round" aria-label=${t.back} @click=${() => app.leavePayment()}>
        ${icon("back")}
      </button>
      <h1 id="pay-title" tabindex="-1">${ui.parts.length ? t.rest : t.total}</h1>
      <output class="pay-total" data-total>${rupiah(rest)}</output>
    </header>
    ${parts(app)}
    <fieldset class="methods" ?disabled=${Boolean(ui.busy)}>
      <legend class="unseen">${t.method}</legend>
      ${app.methods.filter(([method]) => method !== "voucher" || !now.training).map(
        ([method, label]) => html`<label class="method">
          <input
            type="radio"
            name="method"
            value=${method}
            .checked=${ui.method === method}
            @change=${() => app.paying.chooseMethod(method)}
          />
          <span>${label}</span>
        </label>`,
      )}
    </fieldset>
    ${ui.trouble ? html`<p class="trouble" role="alert">${ui.trouble}</p>` : nothing}
    ${ui.method === "voucher" ? voucherView(app, rest) : ui.method === "cash" ? cash(app, rest) : cashless(app, now, rest)}
    ${note(app, now)}
  </section>`;
};

/** @param {App} app */
const parts = (app) => {
  const { t, ui } = app;
  if (!ui.parts.length) return nothing;
  return html`<ul class="parts" aria-label=${t.paid_so_far}>
    ${ui.parts.map(
      (part, place) => html`<li>
        <span>${app.paymentName(part)}</span><b>${rupiah(part.amount_rupiah)}</b>
        <button
          type="button"
          class="quiet is-small"
          aria-disabled=${isBusy(ui)}
          @click=${() => app.paying.takeOut(place)}
        >
          ${t.take_out}
        </button>
      </li>`,
    )}
  </ul>`;
};

/** @param {App} app @param {number} rest */
const cash = (app, rest) => {
  const { t, ui } = app;
  const typed = Number(ui.typed || 0);
  const isPart = typed > 0 && typed < rest;
  return html`<div class="pay-grid">
    <div class="quick">
      ${quickAmounts(rest).map(
        (amount) => html`<button
          type="button"
          class="quick-amount ${amount === rest ? "is-exact" : ""}"
          aria-disabled=${isBusy(ui)}
          @click=${() => app.paying.pay({ method: "cash", amount_rupiah: rest, tendered_rupiah: amount })}
        >
          <b>${amount === rest ? t.exact : rupiah(amount)}</b>
          <span>${amount === rest ? rupiah(amount) : say(t.change_is, { amount: rupiah(amount - rest) })}</span>
        </button>`,
      )}
    </div>
    <div class="typing">
      ${display(app, t.received)} ${keypad(app)}
      <p class="change ${isPart ? "is-short" : ""}" aria-live="polite">
        ${typed
          ? html`<span>${isPart ? t.short : t.change}</span
              ><output data-change>${rupiah(Math.abs(typed - rest))}</output>`
          : nothing}
      </p>
      ${isPart
        ? html`<button
            type="button"
            class="quiet"
            aria-disabled=${isBusy(ui)}
            @click=${() => app.paying.addPart({ method: "cash", amount_rupiah: typed, tendered_rupiah: typed })}
          >
            ${say(t.take_part, { amount: rupiah(typed) })}
          </button>`
        : html`<button
            type="button"
            class="primary"
            data-save
            aria-disabled=${isBusy(ui)}
            ?disabled=${!typed}
            @click=${() => app.paying.pay({ method: "cash", amount_rupiah: rest, tendered_rupiah: typed })}
          >
            ${t.save}
          </button>`}
    </div>
  </div>`;
};

/** @param {App} app @param {Snapshot} now @param {number} rest */
const cashless = (app, now, rest) => {
  const { t, ui } = app;
  const method = ui.method;
  const amount = ui.partial ? Math.min(Number(ui.typed || 0), rest) : rest;
  const isTooMuch = method === "qris" && amount > MAX_QRIS_RUPIAH;
  /** @type {Payment} */
  const payment = { method, amount_rupiah: amount };
  const isPart = ui.partial && amount < rest;
  return html`<div class="pay-grid">
    <div class="claim">
      ${method === "qris" && now.stand?.stand.qris
        ? html`<img class="qris" src=${now.stand.stand.qris} alt=${t.qris_of_stand} />`
        : nothing}
      <p class="claim-say">
        ${say(t[`claim_${method}`] ?? "", { amount: rupiah(amount) })}
        ${method === "qris" && !now.stand?.stand.qris ? t.qris_no_image : nothing}
      </p>
      ${isTooMuch ? html`<p class="trouble" role="alert">${t.qris_limit}</p>` : nothing}
    </div>
    <div class="typing">
      ${ui.partial ? html`${display(app, t.part_amount)} ${keypad(app)}` : nothing}
      <button
        type="button"
        class="quiet"
        aria-disabled=${isBusy(ui)}
        @click=${() => app.ui.busy || app.set({ partial: !ui.partial, typed: "" })}
      >
        ${ui.partial ? t.pay_all : t.pay_part}
      </button>
      <button
        type="button"
        class="primary"
        data-save
        aria-disabled=${isBusy(ui)}
        ?disabled=${isTooMuch || (amount === 0 && rest > 0)}
        @click=${() => (isPart ? app.paying.addPart(payment) : app.paying.pay(payment))}
      >
        ${isPart ? say(t.take_part, { amount: rupiah(amount) }) : say(t.is_paid, { amount: rupiah(amount) })}
      </button>
    </div>
  </div>`;
};

/** @param {App} app @param {string | undefined} label */
const display = ({ ui }, label) =>
  html`<p class="typed"><span>${label}</span><output data-typed>${ui.typed ? rupiah(Number(ui.typed)) : "–"}</output></p>`;

/** @param {App} app */
const keypad = (app) => {
  const { t, ui } = app;
  return html`<div class="keypad">
    ${KEYS.map(
      (key) => html`<button
        type="button"
        aria-disabled=${isBusy(ui)}
        @click=${() => app.ui.busy || app.set({ typed: typeKey(ui.typed, key) })}
      >
        ${key}
      </button>`,
    )}
    <button
      type="button"
      aria-label=${t.erase}
      aria-disabled=${isBusy(ui)}
      @click=${() => app.ui.busy || app.set({ typed: ui.typed.slice(0, -1) })}
    >
      ${icon("erase")}
    </button>
  </div>`;
};

/** @param {string} typed @param {string} key @returns {string} */
export const typeKey = (typed, key) =>
  `${typed}${key}`.replace(/^0+/, "").slice(0, MOST_DIGITS);

/** @param {App} app @param {Snapshot} now */
const note = ({ t, ui, set, isSaving, paying }, now) =>
  ui.noting || now.cart.note
    ? html`<label class="note">
        <span>${t.note}</span>
        <input
          type="text"
          maxlength="200"
          autocomplete="off"
          ?readonly=${isSaving}
          .value=${now.cart.note}
          @input=${(/** @type {InputEvent} */ event) =>
            paying.setNote(/** @type {HTMLInputElement} */ (event.target).value)}
        />
      </label>`
    : html`<button type="button" class="link" @click=${() => set({ noting: true })}>${t.add_note}</button>`;
