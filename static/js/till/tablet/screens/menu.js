// Everything beside selling: who sells, what was sold, what waits, goods, practice, the tablet itself.

import { html, nothing } from "../../../../vendor/lit-html/lit-html.js";
import { repeat } from "../../../../vendor/lit-html/directives/repeat.js";
import { icon } from "./icons.js";
import { isBusy } from "./state.js";
import { clock, rupiah, say } from "./words.js";

/** @import {OutboxEntry, Receipt, Snapshot} from "../types.js" */
/** @import {App} from "./app.js" */
/** @import {View} from "./state.js" */

/** @param {App} app @param {string | undefined} title @param {View} to */
const head = (app, title, to = "menu") => html`<header class="panel-head">
  <button type="button" class="round" aria-label=${app.t.back} @click=${() => app.go(to)}>${icon("back")}</button>
  <h1 tabindex="-1">${title}</h1>
</header>`;

/** @param {App} app @param {Snapshot} now */
export const menuView = (app, now) => {
  const { t } = app;
  /** @type {[View, string | undefined, string | undefined][]} */
  const entries = [
    ["receipts", t.receipts, t.receipts_about],
    ["cashier", t.cashier, now.cashier?.name ?? t.nobody],
    ["goods", t.goods_and_stock, t.goods_about],
    ["drawer", t.close_day, closing(app, now)],
    ["unsent", t.unsent_title, waiting(app, now)],
  ];
  return html`<section class="panel menu">
    ${head(app, t.menu, "sell")}
    <ul class="menu-list">
      ${entries.map(
        ([view, title, about]) => html`<li>
          <button type="button" @click=${() => app.go(view)}><b>${title}</b><span>${about}</span></button>
        </li>`,
      )}
      <li>
        <label class="switch">
          <span><b>${t.training}</b><span>${t.training_about}</span></span>
          <input type="checkbox" role="switch" .checked=${now.training} @change=${() => app.paying.setTraining(!now.training)} />
        </label>
      </li>
      <li>
        <fieldset class="choice">
          <legend>${t.paper}</legend>
          ${["58", "80"].map(
            (width) => html`<label class="method">
              <input type="radio" name="paper" .checked=${app.paper === width} @change=${() => app.setPaper(width)} />
              <span>${width} mm</span>
            </label>`,
          )}
        </fieldset>
      </li>
      <li>
        <nav class="choice" aria-label=${t.language}>
          <a class="quiet" href="/kasir/tablet/" lang="id" aria-current=${app.language === "id" ? "true" : nothing}>Bahasa Indonesia</a>
          <a class="quiet" href="/kasir/tablet/en/" lang="en" aria-current=${app.language === "en" ? "true" : nothing}>English</a>
        </nav>
      </li>
    </ul>
    <p class="about">
      ${now.stand ? html`${now.stand.stand.code} ${now.stand.stand.name} · ` : nothing}${now.till ? html`${t.till} ${now.till.prefix} · ` : nothing}${t.version} ${app.version} ·
      <a href="/kasir/formulir/">${t.plain_form}</a>
    </p>
  </section>`;
};

/** @param {App} app @param {Snapshot} now */
const closing = ({ t }, now) => (now.drawer?.sums.closes ? t.closed_already : t.close_day_about);

/** @param {App} app @param {Snapshot} now @returns {string} */
const waiting = ({ t }, now) => {
  const parts = [
    now.unsent ? say(t.unsent, { n: now.unsent }) : "",
    now.refused ? say(t.refused, { n: now.refused }) : "",
    now.owed ? t.owed : "",
  ];
  return parts.filter(Boolean).join(" · ") || (t.all_sent ?? "");
};

/** @param {App} app @param {Snapshot} now */
export const cashierView = (app, now) => {
  const { t, ui, picking } = app;
  if (picking) return pinView(app);
  return html`<section class="panel">
    ${head(app, t.who_sells)}
    ${ui.trouble ? html`<p class="trouble" role="alert">${ui.trouble}</p>` : nothing}
    <ul class="people">
      ${repeat(
        now.stand?.cashiers ?? [],
        (person) => person.id,
        (person) => html`<li>
          <button type="button" aria-pressed=${now.cashier?.id === person.id} @click=${() => app.pick(person)}>
            ${icon("person")} <b>${person.name}</b>
          </button>
        </li>`,
      )}
      <li>
        <button type="button" aria-pressed=${now.cashier === null} @click=${() => app.pick(null)}>${t.nobody}</button>
      </li>
    </ul>
  </section>`;
};

/** @param {App} app */
const pinView = (app) => {
  const { t, ui, picking } = app;
  return html`<section class="panel">
    ${head(app, say(t.pin_of, { name: picking?.name ?? "" }), "cashier")}
    <form
      class="pin"
      @submit=${(/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        const field = /** @type {HTMLFormElement} */ (event.target).elements.namedItem("pin");
        app.tryPin(/** @type {HTMLInputElement} */ (field).value);
      }}
    >
      <label class="note">
        <span>PIN</span>
        <input name="pin" type="password" inputmode="numeric" autocomplete="off" pattern="[0-9]{4,8}" maxlength="8" required />
      </label>
      ${ui.trouble ? html`<p class="trouble" role="alert">${ui.trouble}</p>` : nothing}
      <button type="submit" class="primary" aria-disabled=${isBusy(ui)}>${t.choose}</button>
    </form>
  </section>`;
};

/** @param {App} app @param {Receipt[]} receipts */
export const receiptsView = (app, receipts) => {
  const { t } = app;
  return html`<section class="panel">
    ${head(app, t.receipts)}
    ${receipts.length === 0 ? html`<p class="nothing">${t.no_receipts}</p>` : nothing}
    <ul class="entries">
      ${repeat(
        receipts,
        (one) => one.uuid,
        (one) => html`<li>
          <button type="button" class="entry is-${one.kind} ${one.training ? "is-training" : ""}" @click=${() => app.openReceipt(one, false)}>
            <span class="entry-when">${clock(one.sold_at)}</span>
            <span class="entry-what">
              <b>${one.number}</b>
              <small>${one.lines.map((line) => `${Math.abs(line.quantity)} × ${line.name}`).join(", ")}</small>
            </span>
            <span class="entry-sent is-${one.sent}">${t[`short_${one.sent}`]}</span>
            <b class="entry-sum">${rupiah(one.total_rupiah)}</b>
          </button>
        </li>`,
      )}
    </ul>
    <p class="about"><a href="/kasir/riwayat/">${t.whole_stand}</a></p>
  </section>`;
};

/** @param {App} app @param {Snapshot} now @param {OutboxEntry[]} entries */
export const unsentView = (app, now, entries) => {
  const { t } = app;
  const waits = now.unsent + now.refused > 0;
  return html`<section class="panel">
    ${head(app, t.unsent_title)}
    ${now.owed ? owedView(app, now.owed) : nothing}
    ${waits || !now.owed ? html`<p class="say">${waits ? t.unsent_about : t.all_sent_about}</p>` : nothing}
    ${entries.length
      ? html`<ul class="entries">
          ${entries.map(
            (entry) => html`<li class="entry is-plain ${entry.state === "refused" ? "is-refused" : ""}">
              <span class="entry-when">${clock(entry.request.device_at)}</span>
              <span class="entry-what">
                <b>${entry.request.number}</b>
                ${entry.problems.map((problem) => html`<small>${problem}</small>`)}
              </span>
              <span class="entry-sent is-${entry.state}">${t[`short_${entry.state}`]}</span>
              <b class="entry-sum">${rupiah(paid(entry))}</b>
            </li>`,
          )}
        </ul>`
      : nothing}
    <div class="row">
      <button type="button" class="primary" ?disabled=${!waits && !now.owed} @click=${() => app.till.sendNow()}>${t.send_now}</button>
      <button type="button" class="quiet" @click=${() => app.go("export")}>${t.export_title}</button>
    </div>
  </section>`;
};

/** Whether they are safe, and what to do. @param {App} app @param {{kept: number | null}} owed */
const owedView = ({ t }, { kept }) => html`<p class="say">${t.owed_about}</p>
  <p class=${kept === null ? "trouble" : "kept"} role="status">
    ${kept === null ? t.owed_unread : say(t.owed_kept, { n: kept })}
  </p>
  <ol class="say steps">
    <li>${t.owed_sell}</li>
    <li>${t.owed_leave}</li>
    <li>${kept === null ? t.owed_reopen : t.owed_room}</li>
  </ol>`;

/** @param {OutboxEntry} entry @returns {number} */
const paid = ({ request }) => {
  if (request.kind === "close") return request.counted_rupiah;
  if (request.kind === "cash") return request.amount_rupiah * (request.movement === "out" ? -1 : 1);
  const sum = request.payments.reduce((before, one) => before + one.amount_rupiah, 0);
  return request.kind === "reversal" ? -sum : sum;
};

/** @param {App} app @param {Snapshot} now */
export const goodsView = (app, now) => {
  const { t, ui } = app;
  const offers = [...(now.stand?.offers ?? [])].sort((a, b) => a.order - b.order);
  const ids = offers.map((offer) => offer.id);
  /** @param {number} from @param {number} to */
  const move = (from, to) => {
    const order = [...ids];
    order.splice(to, 0, ...order.splice(from, 1));
    app.change({ change: "order", offer_ids: order });
  };
  return html`<section class="panel">
    ${head(app, t.goods_and_stock)}
    <p class="say">${t.goods_say}</p>
    ${ui.trouble ? html`<p class="trouble" role="alert">${ui.trouble}</p>` : nothing}
    <ul class="goods">
      ${repeat(
        offers,
        (offer) => offer.id,
        (offer, place) => html`<li>
          <span class="goods-name"><b>${offer.name}</b><small>${offer.left === null ? t.uncounted : offer.left <= 0 ? t.sold_out : say(t.left, { left: offer.left })}</small></span>
          <button type="button" class="round" aria-label=${say(t.move_up, { name: offer.name })} aria-disabled=${isBusy(ui)} ?disabled=${place === 0} @click=${() => move(place, place - 1)}>${icon("up")}</button>
          <button type="button" class="round" aria-label=${say(t.move_down, { name: offer.name })} aria-disabled=${isBusy(ui)} ?disabled=${place === offers.length - 1} @click=${() => move(place, place + 1)}>${icon("down")}</button>
          <button type="button" class="quiet is-small" aria-disabled=${isBusy(ui)} ?disabled=${offer.left !== null && offer.left <= 0} @click=${() => app.change({ change: "sold_out", offer_id: offer.id })}>${t.mark_sold_out}</button>
          <form
            class="add-stock"
            @submit=${async (/** @type {SubmitEvent} */ event) => {
              event.preventDefault();
              const form = /** @type {HTMLFormElement} */ (event.target);
              const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("quantity"));
              const quantity = Number(field.value);
              if (await app.change({ change: "add_stock", offer_id: offer.id, quantity })) form.reset();
            }}
          >
            <input name="quantity" type="text" inputmode="numeric" pattern="[0-9]{1,4}" required autocomplete="off" placeholder="0" aria-label=${say(t.pieces_of, { name: offer.name })} ?disabled=${offer.left === null} />
            <button type="submit" class="quiet is-small" aria-disabled=${isBusy(ui)} ?disabled=${offer.left === null}>${t.add_stock}</button>
          </form>
        </li>`,
      )}
    </ul>
  </section>`;
};
