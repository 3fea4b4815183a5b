// A voucher on the pay screen: scanned or typed, what it pays, what it forfeits, what is left to pay.

import { html, nothing } from "../../../../vendor/lit-html/lit-html.js";
import { Camera } from "../../camera.js";
import { icon } from "./icons.js";
import { isBusy } from "./state.js";
import { rupiah, say } from "./words.js";

/** @import {Payment} from "../types.js" */
/** @import {App} from "./app.js" */

/** @param {App} app @param {number} rest */
export const voucherView = (app, rest) =>
  app.ui.voucher ? found(app, app.ui.voucher, rest) : asking(app);

/** @param {App} app */
const asking = (app) => {
  const { t, ui } = app;
  return html`<div class="pay-grid">
    <div class="claim">
      ${ui.scanning
        ? html`<div class="scan-stage">${app.paying.camera.video}</div>
            <p class="claim-say" role="status">${t.voucher_looking}</p>
            <button type="button" class="quiet" @click=${() => app.paying.stopScanning()}>${t.voucher_scan_stop}</button>`
        : html`<p class="claim-say">${t.voucher_say}</p>
            ${Camera.isThere()
              ? html`<button type="button" class="quiet" data-scan aria-disabled=${isBusy(ui)} @click=${() => app.paying.scanVoucher()}>
                  ${icon("camera")} ${t.voucher_scan}
                </button>`
              : nothing}`}
    </div>
    <form
      class="typing"
      @submit=${(/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        void app.paying.takeVoucher(ui.voucherTyped);
      }}
    >
      <label class="note voucher-code">
        <span>${t.voucher_code}</span>
        <input
          name="voucher"
          type="text"
          inputmode="text"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck="false"
          maxlength="40"
          placeholder="XXXXX-XXXXX-XXXX"
          .value=${ui.voucherTyped}
          ?readonly=${Boolean(ui.busy)}
          @input=${(/** @type {InputEvent} */ event) => {
            ui.voucherTyped = /** @type {HTMLInputElement} */ (event.target).value;
            if (ui.trouble) app.set({ trouble: "" });
          }}
        />
        <small>${t.voucher_code_about}</small>
      </label>
      <button type="submit" class="primary" data-check aria-disabled=${isBusy(ui)}>
        ${ui.busy ? t.voucher_checking : t.voucher_check}
      </button>
    </form>
  </div>`;
};

/** @param {App} app @param {NonNullable<App["ui"]["voucher"]>} voucher @param {number} rest */
const found = (app, voucher, rest) => {
  const { t, ui } = app;
  const value = voucher.value_rupiah;
  const pays = Math.min(value, rest);
  /** @type {Payment} */
  const payment = {
    method: "voucher",
    amount_rupiah: pays,
    voucher: voucher.code,
    ...(voucher.number ? { voucher_number: voucher.number } : {}),
  };
  const isTooMuch = !voucher.number && pays > voucher.room_rupiah - onTrust(ui.parts);
  return html`<div class="pay-grid">
    <div class="voucher-found" role="status">
      <h2>${voucher.number ? say(t.voucher_number, { number: voucher.number }) : t.voucher}</h2>
      ${voucher.number ? nothing : html`<p class="voucher-trust">${t.voucher_on_trust}</p>`}
      ${voucher.number || voucher.values.length < 2
        ? nothing
        : html`<fieldset class="choice voucher-values">
            <legend>${t.voucher_which_value}</legend>
            ${voucher.values.map(
              (one) => html`<label class="method">
                <input
                  type="radio"
                  name="voucher-value"
                  .checked=${one === value}
                  @change=${() => app.set({ voucher: { ...voucher, value_rupiah: one } })}
                />
                <span>${rupiah(one)}</span>
              </label>`,
            )}
          </fieldset>`}
      ${value
        ? html`<dl class="voucher-sums">
            <div><dt>${t.voucher_value}</dt><dd>${rupiah(value)}</dd></div>
            <div><dt>${t.voucher_pays}</dt><dd data-pays>${rupiah(pays)}</dd></div>
            ${value > pays
              ? html`<div class="is-forfeited">
                  <dt>${t.voucher_forfeits}</dt>
                  <dd data-forfeits>${rupiah(value - pays)}</dd>
                </div>`
              : nothing}
            <div><dt>${t.voucher_rest}</dt><dd data-rest>${rupiah(rest - pays)}</dd></div>
          </dl>`
        : nothing}
    </div>
    <div class="typing">
      ${isTooMuch ? html`<p class="trouble" role="alert">${t.voucher_over_limit}</p>` : nothing}
      ${value > pays ? html`<p class="voucher-once">${t.voucher_once}</p>` : nothing}
      <button
        type="button"
        class="primary"
        data-save
        aria-disabled=${isBusy(ui)}
        ?disabled=${!pays || isTooMuch}
        @click=${() => (pays === rest ? app.paying.pay(payment) : app.paying.addVoucher(payment))}
      >
        ${pays === rest ? t.save : say(t.voucher_take, { amount: rupiah(rest - pays) })}
      </button>
      <button type="button" class="quiet" aria-disabled=${isBusy(ui)} @click=${() => app.paying.leaveFound()}>
        ${t.voucher_leave}
      </button>
    </div>
  </div>`;
};

/** @param {Payment[]} parts @returns {number} what vouchers pay of them that the server did not see */
const onTrust = (parts) =>
  parts.reduce(
    (sum, { voucher, voucher_number, amount_rupiah }) =>
      voucher && !voucher_number ? sum + amount_rupiah : sum,
    0,
  );
