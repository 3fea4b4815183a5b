// A receipt: on the screen right after a sale, looked up again later, and on paper.

import { html, nothing } from "../../../../vendor/lit-html/lit-html.js";
import { icon } from "./icons.js";
import { qrCode } from "./qr.js";
import { longDate, rupiah, say } from "./words.js";

/** @import {Receipt, Snapshot} from "../types.js" */
/** @import {App} from "./app.js" */

/** @param {App} app @param {Snapshot} now @param {Receipt} receipt */
export const receiptView = (app, now, receipt) => {
  const { t, ui } = app;
  const isReversal = receipt.kind === "reversal";
  const left = receipt.lines.some((line) => line.quantity > line.taken_back);
  return html`<section class="panel saved" aria-labelledby="receipt-title">
    <div class="saved-main">
      ${receipt.training ? html`<p class="training-mark">${t.training_mark}</p>` : nothing}
      ${ui.fresh
        ? html`<p class="stamp ${isReversal ? "is-back" : ""}" role="status">${t.saved}</p>`
        : nothing}
      <h1 id="receipt-title" class="receipt-number" tabindex="-1">${receipt.number}</h1>
      ${receipt.change_rupiah > 0
        ? html`<p class="big-change"><span>${t.change}</span><output>${rupiah(receipt.change_rupiah)}</output></p>`
        : html`<p class="big-change is-plain">
            <span>${isReversal ? t.give_back : t.total}</span
            ><output>${rupiah(Math.abs(receipt.total_rupiah))}</output>
          </p>`}
      <div class="saved-actions">
        <button type="button" class="primary" data-next ?autofocus=${ui.fresh} @click=${() => app.next()}>
          ${ui.fresh ? t.next : t.to_till}
        </button>
        <button type="button" class="quiet" @click=${() => window.print()}>${icon("printer")} ${t.print}</button>
        ${receipt.receipt_url && !receipt.training
          ? html`<a
              class="quiet"
              href=${`https://wa.me/?text=${encodeURIComponent(
                `${say(t.share_text, { expo: receipt.expo, amount: rupiah(receipt.total_rupiah) })} ${receipt.receipt_url}`,
              )}`}
              target="_blank"
              rel="noopener noreferrer"
              >${icon("share")} WhatsApp</a
            >`
          : nothing}
        ${!isReversal && left
          ? html`<button type="button" class="quiet is-brick" @click=${() => app.openReversal(receipt)}>
              ${icon("undo")} ${t.undo}
            </button>`
          : nothing}
      </div>
      <p class="sent-state is-${receipt.sent}">${t[`sent_${receipt.sent}`]}</p>
    </div>
    ${app.isPaperDue ? paper(app, receipt) : nothing}
  </section>`;
};

/** @param {App} app @param {Receipt} receipt */
const paper = ({ t, language, paymentName }, receipt) => html`<article class="paper">
  <header>
    ${receipt.training ? html`<p class="training-mark">${t.training_mark}</p>` : nothing}
    <p class="paper-expo">${receipt.expo}</p>
    <p>${receipt.stand}</p>
    <p class="paper-number">${receipt.number}</p>
    <p>${longDate(receipt.sold_at, language)}${receipt.cashier ? ` · ${receipt.cashier}` : ""}</p>
    ${receipt.reverses ? html`<p>${say(t.reverses, { number: receipt.reverses })}<br />${receipt.reason}</p>` : nothing}
  </header>
  <table>
    <caption class="unseen">${t.goods}</caption>
    <tbody>
      ${receipt.lines.map(
        (line) => html`<tr>
          <th scope="row">
            ${line.name}<small>${Math.abs(line.quantity)} × ${rupiah(line.unit_price_rupiah)}</small>
            ${line.taken_back > 0 ? html`<small class="back">${say(t.taken_back, { quantity: line.taken_back })}</small>` : nothing}
          </th>
          <td>${rupiah(line.quantity * line.unit_price_rupiah * (receipt.kind === "reversal" && line.quantity > 0 ? -1 : 1))}</td>
        </tr>`,
      )}
    </tbody>
    <tfoot>
      <tr class="paper-total"><th scope="row">${t.total}</th><td>${rupiah(receipt.total_rupiah)}</td></tr>
      ${receipt.payments.map(
        (payment) => html`<tr>
          <th scope="row">${paymentName(payment)}</th>
          <td>${rupiah(payment.tendered_rupiah ?? payment.amount_rupiah)}</td>
        </tr>`,
      )}
      ${receipt.change_rupiah > 0
        ? html`<tr><th scope="row">${t.change}</th><td>${rupiah(receipt.change_rupiah)}</td></tr>`
        : nothing}
    </tfoot>
  </table>
  ${receipt.note ? html`<p>${receipt.note}</p>` : nothing}
  ${receipt.receipt_url && !receipt.training
    ? html`<figure>
        ${qrCode(receipt.receipt_url, t.e_receipt ?? "")}
        <figcaption>${t.e_receipt}</figcaption>
      </figure>`
    : nothing}
  <p class="paper-thanks">${t.thanks}</p>
</article>`;
