// The drawer: what lay in it, what went in and out, the count at the end of the day, and its slip.

import { html, nothing } from "../../../../vendor/lit-html/lit-html.js";
import { DENOMINATIONS, MOST_PIECES, movedOf, totalOfCount } from "../day.js";
import { parseRupiah } from "../payments.js";
import { icon } from "./icons.js";
import { isBusy } from "./state.js";
import { clock, longDate, longDay, rupiah, say } from "./words.js";

/** @import {Counting, Drawer, Movement, Slip, Snapshot} from "../types.js" */
/** @import {App} from "./app.js" */
/** @import {View} from "./state.js" */

/** @param {App} app @param {string | undefined} title @param {View} to @param {unknown} [more] */
const head = (app, title, to, more = nothing) => html`<header class="panel-head">
  <button type="button" class="round" aria-label=${app.t.back} @click=${() => app.go(to)}>${icon("back")}</button>
  <h1 tabindex="-1">${title}</h1>
  ${more}
</header>`;

/** @param {App} app @param {Snapshot} now @param {Drawer} drawer */
export const drawerView = (app, now, drawer) => {
  const { t, ui } = app;
  const float = drawer.sums.movements.find((one) => one.kind === "float");
  return html`<section class="panel drawer">
    ${head(app, t.close_day, "menu")}
    ${now.training ? html`<p class="say">${t.close_not_training}</p>` : nothing}
    ${ui.trouble ? html`<p class="trouble" role="alert">${ui.trouble}</p>` : nothing}
    <div class="drawer-parts">
      <div class="drawer-side">
        <section aria-labelledby="drawer-float">
          <h2 id="drawer-float">${t.float_title}</h2>
          ${float
            ? html`<p class="drawer-sum"><b>${rupiah(float.amount_rupiah)}</b> <span>${clock(float.at)}</span></p>`
            : html`<p class="say">${t.float_about}</p>
                ${movementForm(app, "float")}`}
        </section>
        <section class="drawer-count" aria-labelledby="drawer-count">
          <h2 id="drawer-count">${drawer.sums.closes ? t.closed_already : t.count_title}</h2>
          <p class="say">${drawer.sums.closes ? t.closed_about : t.count_about}</p>
          <button type="button" class="primary" data-count @click=${() => app.drawer.beginCount(drawer.day)}>
            ${drawer.counting?.day === drawer.day ? t.go_on : drawer.sums.closes ? t.count_again : t.count_money}
          </button>
          ${drawer.forgotten.map(
            (day) => html`<button type="button" class="quiet" @click=${() => app.drawer.beginCount(day)}>
              ${say(t.close_earlier, { day: longDay(day, app.language) })}
            </button>`,
          )}
        </section>
      </div>
      <section aria-labelledby="drawer-moved">
        <h2 id="drawer-moved">${t.moved_title}</h2>
        ${movements(app, drawer)} ${movementForm(app, app.drawer.moving)}
      </section>
    </div>
    ${slips(app, drawer)}
  </section>`;
};

/** @param {App} app @param {Drawer} drawer */
const movements = ({ t }, drawer) => {
  const moved = drawer.sums.movements.filter((one) => one.kind !== "float");
  if (!moved.length) return nothing;
  return html`<ul class="entries">
    ${moved.map(
      (one) => html`<li class="entry is-plain is-moved">
        <span class="entry-when">${clock(one.at)}</span>
        <span class="entry-what"><b>${one.kind === "in" ? t.cash_in : t.cash_out}</b><span>${one.reason}</span></span>
        <b class="entry-sum">${rupiah(one.kind === "in" ? one.amount_rupiah : -one.amount_rupiah)}</b>
      </li>`,
    )}
  </ul>`;
};

/** @param {App} app @param {Movement["kind"]} kind */
const movementForm = (app, kind) => {
  const { t, ui } = app;
  const isFloat = kind === "float";
  return html`<form
    class="moving"
    novalidate
    @submit=${(/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.target);
      const amount = /** @type {HTMLInputElement} */ (form.elements.namedItem("amount")).value;
      const reason = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("reason"));
      void app.drawer.moveCash(kind, parseRupiah(amount), reason?.value ?? "", form);
    }}
  >
    ${isFloat
      ? nothing
      : html`<fieldset class="methods">
          <legend class="unseen">${t.moved_title}</legend>
          ${/** @type {["in" | "out", string | undefined][]} */ ([
            ["out", t.cash_out],
            ["in", t.cash_in],
          ]).map(
            ([name, label]) => html`<label class="method">
              <input type="radio" name="kind" .checked=${kind === name} @change=${() => app.drawer.setMoving(name)} />
              <span>${label}</span>
            </label>`,
          )}
        </fieldset>`}
    <label class="note">
      <span>${isFloat ? t.float_amount : t.moved_amount}</span>
      <input name="amount" type="text" inputmode="numeric" autocomplete="off" maxlength="14" placeholder="0" />
    </label>
    ${isFloat
      ? nothing
      : html`<label class="note">
          <span>${t.moved_reason}</span>
          <input name="reason" type="text" maxlength="200" autocomplete="off" />
        </label>`}
    <button type="submit" class="quiet" aria-disabled=${isBusy(ui)}>${isFloat ? t.save_float : t.save}</button>
  </form>`;
};

/** @param {App} app @param {Drawer} drawer */
const slips = (app, drawer) => {
  const { t } = app;
  if (!drawer.slips.length) return nothing;
  return html`<section aria-labelledby="drawer-slips">
    <h2 id="drawer-slips">${t.closes}</h2>
    <ul class="entries">
      ${drawer.slips.map(
        (slip) => html`<li>
          <button type="button" class="entry is-slip" @click=${() => app.drawer.openSlip(slip, false)}>
            <span class="entry-what"><b>${slip.number}</b><span>${longDay(slip.day, app.language)}</span></span>
            <span class="entry-sent is-${app.drawer.sentOf(slip)}">${t[`short_${app.drawer.sentOf(slip)}`]}</span>
            <b class="entry-sum ${differenceOf(slip) ? "is-off" : ""}">${differenceText(app, slip)}</b>
          </button>
        </li>`,
      )}
    </ul>
  </section>`;
};

// --- counting -----------------------------------------------------------------------------------

/** @param {App} app @param {Drawer} drawer */
export const countView = (app, drawer) => {
  const { t, ui } = app;
  const { count } = app.drawer;
  return html`<section class="panel counting">
    ${head(app, t.count_money, "drawer", html`<p class="drawer-day">${longDay(app.drawer.countDay || drawer.day, app.language)}</p>`)}
    <p class="say">${t.count_say}</p>
    ${ui.trouble ? html`<p class="trouble" role="alert">${ui.trouble}</p>` : nothing}
    <ul class="notes">
      ${DENOMINATIONS.map((value) => {
        const pieces = count[value] ?? 0;
        const name = rupiah(value);
        return html`<li>
          <span class="notes-value">${name}</span>
          <span class="stepper is-typed">
            <button type="button" aria-label=${say(t.less_of, { name })} ?disabled=${pieces === 0} @click=${() => app.drawer.setCount(value, pieces - 1)}>${icon("minus")}</button>
            <input
              type="text"
              inputmode="numeric"
              maxlength="4"
              autocomplete="off"
              aria-label=${say(t.pieces, { name })}
              .value=${pieces ? String(pieces) : ""}
              placeholder="0"
              @focus=${(/** @type {FocusEvent} */ event) => /** @type {HTMLInputElement} */ (event.target).select()}
              @input=${(/** @type {InputEvent} */ event) => {
                const field = /** @type {HTMLInputElement} */ (event.target);
                field.value = field.value.replace(/\D/g, "");
                app.drawer.setCount(value, Number(field.value));
              }}
            />
            <button type="button" aria-label=${say(t.more_of, { name })} ?disabled=${pieces === MOST_PIECES} @click=${() => app.drawer.setCount(value, pieces + 1)}>${icon("plus")}</button>
          </span>
          <output>${rupiah(value * pieces)}</output>
        </li>`;
      })}
    </ul>
    <footer class="count-foot">
      <p><span>${t.counted}</span> <output data-counted>${rupiah(totalOfCount(count))}</output></p>
      <button type="button" class="primary" data-confirm aria-disabled=${isBusy(ui)} @click=${() => void app.drawer.confirmCount()}>${t.done_counting}</button>
    </footer>
  </section>`;
};

/** @param {App} app @param {Drawer} drawer @param {Counting} counting */
export const reviewView = (app, drawer, counting) => {
  const { t, ui } = app;
  const isToday = counting.day === drawer.day;
  return html`<section class="panel reviewing">
    ${head(app, t.close_day, "drawer", html`<p class="drawer-day">${longDay(counting.day, app.language)}</p>`)}
    <dl class="compare">
      <div><dt>${t.expected}</dt><dd data-expected>${rupiah(counting.expected_rupiah)}</dd></div>
      <div><dt>${t.counted}</dt><dd>${rupiah(counting.counted_rupiah)}</dd></div>
      <div class=${differenceOf(counting) ? "is-off" : "is-even"}>
        <dt>${t.difference}</dt><dd data-difference>${differenceText(app, counting)}</dd>
      </div>
    </dl>
    ${isToday ? html`<p class="say">${sumsText(app, drawer)}</p>` : nothing}
    <p class="say">${t.difference_about}</p>
    ${ui.trouble ? html`<p class="trouble" role="alert">${ui.trouble}</p>` : nothing}
    <label class="note">
      <span>${t.note}</span>
      <input type="text" maxlength="200" autocomplete="off" .value=${app.drawer.closeNote} @input=${(/** @type {InputEvent} */ event) => (app.drawer.closeNote = /** @type {HTMLInputElement} */ (event.target).value)} />
    </label>
    <button type="button" class="primary" data-save aria-disabled=${isBusy(ui)} @click=${() => void app.drawer.closeDay()}>${t.save_close}</button>
  </section>`;
};

/** @param {App} app @param {Drawer} drawer */
const sumsText = ({ t }, { sums }) =>
  say(t.expected_is, {
    float: rupiah(movedOf(sums, "float")),
    cash: rupiah(sums.methods["cash"] ?? 0),
    in: rupiah(movedOf(sums, "in")),
    out: rupiah(movedOf(sums, "out")),
  });

/** @param {{counted_rupiah: number, expected_rupiah: number}} one */
const differenceOf = ({ counted_rupiah, expected_rupiah }) => counted_rupiah - expected_rupiah;

/** @param {App} app @param {{counted_rupiah: number, expected_rupiah: number}} one @returns {string} */
const differenceText = ({ t }, one) => {
  const difference = differenceOf(one);
  if (difference === 0) return t.even ?? "";
  return say(difference > 0 ? t.over : t.short_by, { amount: rupiah(Math.abs(difference)) });
};

// --- the slip -----------------------------------------------------------------------------------

/** @param {App} app @param {Slip} slip */
export const slipView = (app, slip) => {
  const { t, ui } = app;
  return html`<section class="panel saved" aria-labelledby="slip-title">
    <div class="saved-main">
      ${ui.fresh ? html`<p class="stamp" role="status">${t.saved}</p>` : nothing}
      <h1 id="slip-title" class="receipt-number" tabindex="-1">${slip.number}</h1>
      <p class="big-change ${differenceOf(slip) ? "" : "is-plain"}"><span>${t.difference}</span><output>${differenceText(app, slip)}</output></p>
      <div class="saved-actions">
        <button type="button" class="primary" data-next @click=${() => window.print()}>${icon("printer")} ${t.print}</button>
        <button type="button" class="quiet" @click=${() => app.go("drawer")}>${t.close_day}</button>
        <button type="button" class="quiet" @click=${() => app.next()}>${t.to_till}</button>
      </div>
      <p class="sent-state is-${app.drawer.sentOf(slip)}">${t[`sent_${app.drawer.sentOf(slip)}`]}</p>
      <p class="say">${t.closed_about}</p>
    </div>
    ${paper(app, slip)}
  </section>`;
};

/** @param {App} app @param {Slip} slip */
const paper = (app, slip) => {
  const { t } = app;
  /** @param {string | undefined} name @param {number | string} value @param {string} [kind] */
  const row = (name, value, kind = "") =>
    html`<tr class=${kind}><th scope="row">${name}</th><td>${typeof value === "number" ? rupiah(value) : value}</td></tr>`;
  return html`<article class="paper">
    <header>
      <p class="paper-expo">${slip.expo}</p>
      <p>${slip.stand}</p>
      <p class="paper-number">${slip.number}</p>
      <p>${slip.is_recount ? t.count_again : t.close_day}: ${longDay(slip.day, app.language)}</p>
      <p>${longDate(slip.at, app.language)}${slip.cashier ? ` · ${slip.cashier}` : ""}</p>
    </header>
    <table>
      <caption class="unseen">${t.counted}</caption>
      <tbody>
        ${DENOMINATIONS.filter((value) => slip.counted[value]).map((value) =>
          row(`${slip.counted[value]} × ${rupiah(value)}`, value * (slip.counted[value] ?? 0)),
        )}
      </tbody>
      <tfoot>
        ${row(t.counted, slip.counted_rupiah, "paper-total")}
        ${row(t.float_title, slip.float_rupiah)} ${row(t.cash_sales, slip.methods["cash"] ?? 0)}
        ${row(t.cash_in, slip.in_rupiah)} ${row(t.cash_out, -slip.out_rupiah)}
        ${row(t.expected, slip.expected_rupiah)} ${row(t.difference, differenceText(app, slip), "paper-total")}
      </tfoot>
    </table>
    <table>
      <caption class="unseen">${t.sales}</caption>
      <tbody>
        ${row(t.sales, `${slip.sales}`)} ${row(t.sold, slip.gross_rupiah)}
        ${slip.reversals ? row(say(t.reversals_n, { n: slip.reversals }), -slip.reversed_rupiah) : nothing}
        ${Object.entries(slip.methods).map(([method, amount]) => row(app.methodName(method), amount))}
        ${row(t.last_number, slip.last_counter ? `${slip.prefix}-${String(slip.last_counter).padStart(4, "0")}` : "–")}
      </tbody>
    </table>
    ${slip.note ? html`<p>${slip.note}</p>` : nothing}
    <p class="paper-sign">${t.sign_keeper}</p>
    <p class="paper-sign">${t.sign_organiser}</p>
  </article>`;
};

