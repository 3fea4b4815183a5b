// Taking back a sale, whole or in part, with a reason.

import { html, nothing } from "../../../../vendor/lit-html/lit-html.js";
import { payBack } from "../paying-back.js";
import { icon } from "./icons.js";
import { isBusy } from "./state.js";
import { rupiah, say } from "./words.js";

/** @import {Method, Receipt} from "../types.js" */
/** @import {App} from "./app.js" */

/** @param {App} app @param {Receipt} receipt */
export const reversalView = (app, receipt) => {
  const { t, ui, back } = app;
  const open = receipt.lines.filter((line) => line.quantity > line.taken_back);
  const total = open.reduce(
    (sum, line) => sum + (back.quantities.get(line.position) ?? 0) * line.unit_price_rupiah,
    0,
  );
  const reasons = [t.reason_wrong, t.reason_cancelled, t.reason_broken];
  return html`<section class="panel reversal" aria-labelledby="reversal-title">
    <header class="panel-head">
      <button type="button" class="round" aria-label=${t.back} @click=${() => app.openReceipt(receipt, false)}>
        ${icon("back")}
      </button>
      <h1 id="reversal-title" tabindex="-1">${say(t.undo_title, { number: receipt.number })}</h1>
      <output class="pay-total">${rupiah(total)}</output>
    </header>
    <ul class="back-lines">
      ${open.map((line) => {
        const most = line.quantity - line.taken_back;
        const quantity = back.quantities.get(line.position) ?? 0;
        return html`<li>
          <span>${line.name}<small>${say(t.of_most, { most })}</small></span>
          <span class="stepper">
            <button type="button" aria-label=${say(t.less_of, { name: line.name })} ?disabled=${quantity === 0} @click=${() => app.setBack(line.position, quantity - 1)}>${icon("minus")}</button>
            <output>${quantity}</output>
            <button type="button" aria-label=${say(t.more_of, { name: line.name })} ?disabled=${quantity === most} @click=${() => app.setBack(line.position, quantity + 1)}>${icon("plus")}</button>
          </span>
        </li>`;
      })}
    </ul>
    <fieldset class="reasons">
      <legend>${t.why}</legend>
      ${reasons.map(
        (reason) => html`<label class="method">
          <input type="radio" name="reason" .checked=${back.reason === reason} @change=${() => app.setReason(reason ?? "")} />
          <span>${reason}</span>
        </label>`,
      )}
      <label class="note">
        <span>${t.other_reason}</span>
        <input
          type="text"
          maxlength="200"
          autocomplete="off"
          .value=${reasons.includes(back.reason) ? "" : back.reason}
          @input=${(/** @type {InputEvent} */ event) =>
            app.setReason(/** @type {HTMLInputElement} */ (event.target).value)}
        />
      </label>
    </fieldset>
    ${ui.trouble ? html`<p class="trouble" role="alert">${ui.trouble}</p>` : nothing}
    ${total ? ways(app, payBack(receipt, total, back.earlier)) : nothing}
    <button type="button" class="primary is-brick" data-save aria-disabled=${isBusy(ui)} ?disabled=${total === 0 || !back.reason.trim()} @click=${() => app.takeBack(receipt)}>
      ${t.save_undo}
    </button>
  </section>`;
};

/** @param {App} app @param {{method: Method, amount_rupiah: number}[]} payments */
const ways = ({ t, methodName }, payments) => html`<ul class="give-back">
  ${payments.map(
    ({ method, amount_rupiah }) => html`<li>
      ${say(method === "voucher" ? t.give_back_voucher : t.give_back_how, { amount: rupiah(amount_rupiah), methods: methodName(method) })}
    </li>`,
  )}
</ul>`;
