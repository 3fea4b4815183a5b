// Where things are sold: the stand's goods as tiles, and the cart beside them.

import { html, nothing } from "../../../../vendor/lit-html/lit-html.js";
import { live } from "../../../../vendor/lit-html/directives/live.js";
import { repeat } from "../../../../vendor/lit-html/directives/repeat.js";
import { icon } from "./icons.js";
import { rupiah, say } from "./words.js";

/** @import {Offer, Snapshot} from "../types.js" */
/** @import {App} from "./app.js" */

/** With more goods than this a search field helps more than it takes room. */
const SEARCH_FROM = 25;
/** More than any screen shows at once: these are drawn first, the others right after. */
const FIRST_LOOK = 40;

/** @param {string} text */
const plain = (text) => text.toLocaleLowerCase("id").normalize("NFD").replace(/\p{M}/gu, "");

/** @param {Offer[]} offers @param {string} search @returns {Offer[]} those in which every word occurs */
export const matching = (offers, search) => {
  const words = plain(search).split(/\s+/).filter(Boolean);
  return offers.filter((offer) => {
    const text = plain(`${offer.name} ${offer.maker}`);
    return words.every((word) => text.includes(word));
  });
};

/** @param {App} app @param {Snapshot} now */
export const tilesView = (app, now) => {
  const { t, ui } = app;
  const offers = now.tiles;
  const shown = ui.search ? matching(offers, ui.search) : offers;
  const makers = new Set(offers.map((offer) => offer.maker));
  const chosen = new Map(now.cart.lines.map((line) => [line.offer_id, line.quantity]));
  return html`
    <h1 class="unseen">${t.goods}</h1>
    ${offers.length >= SEARCH_FROM
      ? html`<label class="search">
          ${icon("search")}<span class="unseen">${t.search}</span>
          <input
            type="search"
            placeholder=${t.search}
            .value=${live(ui.search)}
            @input=${(/** @type {InputEvent} */ event) =>
              app.set({ search: /** @type {HTMLInputElement} */ (event.target).value })}
          />
        </label>`
      : nothing}
    ${offers.length === 0 ? html`<p class="nothing">${t.no_goods}</p>` : nothing}
    ${offers.length > 0 && shown.length === 0 ? html`<p class="nothing">${t.nothing_found}</p>` : nothing}
    <ul class="tiles">
      ${repeat(
        app.isFirstLook ? shown.slice(0, FIRST_LOOK) : shown,
        (offer) => offer.id,
        (offer) => tile(app, offer, chosen.get(offer.id) ?? 0, makers.size > 1),
      )}
    </ul>
  `;
};

/** @param {App} app @param {Offer} offer @param {number} quantity @param {boolean} severalMakers */
const tile = ({ t, till }, offer, quantity, severalMakers) => {
  const left = offer.left === null ? null : offer.left - quantity;
  const isOut = offer.left !== null && offer.left <= 0;
  return html`<li>
    <button
      type="button"
      class="tile ${quantity ? "is-chosen" : ""} ${isOut ? "is-out" : ""}"
      @click=${() => till.setQuantity(offer.id, quantity + 1)}
    >
      ${offer.photo
        ? html`<img src=${offer.photo} alt="" width="240" height="180" loading="lazy" decoding="async" />`
        : html`<span class="tile-letter" aria-hidden="true">${offer.name.slice(0, 1)}</span>`}
      <span class="tile-name">${offer.name}</span>
      ${severalMakers ? html`<span class="tile-maker">${offer.maker}</span>` : nothing}
      <span class="tile-price">${rupiah(offer.price_rupiah)}</span>
      ${left === null
        ? nothing
        : left <= 0
          ? html`<span class="tile-left is-out">${t.sold_out}</span>`
          : html`<span class="tile-left">${say(t.left, { left })}</span>`}
      ${quantity
        ? html`<span class="tile-count"><span class="unseen">${t.in_cart}</span> ${quantity}×</span>`
        : nothing}
    </button>
  </li>`;
};

/** @param {App} app @param {Snapshot} now */
export const cartView = (app, now) => {
  const { t, till } = app;
  const offers = new Map(now.cart_offers.map((offer) => [offer.id, offer]));
  const isEmpty = now.cart.lines.length === 0;
  return html`
    <h2 class="unseen">${t.cart}</h2>
    ${isEmpty
      ? html`<p class="cart-empty">${t.tap_what_is_bought}</p>`
      : html`<ul class="cart-lines">
          ${repeat(
            now.cart.lines,
            (line) => line.offer_id,
            (line) => {
              const offer = offers.get(line.offer_id);
              const name = offer?.name ?? "";
              return html`<li>
                <span class="cart-name">${name}</span>
                <b class="cart-amount">${rupiah((offer?.price_rupiah ?? 0) * line.quantity)}</b>
                <span class="stepper">
                  <button
                    type="button"
                    aria-label=${say(t.less_of, { name })}
                    @click=${() => till.setQuantity(line.offer_id, line.quantity - 1)}
                  >
                    ${icon("minus")}
                  </button>
                  <output>${line.quantity}</output>
                  <button
                    type="button"
                    aria-label=${say(t.more_of, { name })}
                    @click=${() => till.setQuantity(line.offer_id, line.quantity + 1)}
                  >
                    ${icon("plus")}
                  </button>
                </span>
              </li>`;
            },
          )}
        </ul>`}
    ${isEmpty && now.new_version
      ? html`<p class="version-banner">
          ${t.new_version}
          <button type="button" class="link" @click=${() => till.useNewVersion()}>${t.use_new_version}</button>
        </p>`
      : nothing}
    <div class="cart-foot">
      ${now.last && isEmpty
        ? html`<button type="button" class="last" @click=${() => app.openReceipt(now.last, false)}>
            ${icon("receipt")}
            <span>${t.last_receipt} <b>${now.last.number}</b></span>
            <b>${rupiah(now.last.total_rupiah)}</b>
          </button>`
        : nothing}
      ${isEmpty
        ? nothing
        : html`<button type="button" class="quiet is-small" @click=${() => till.clearCart()}>
            ${t.empty_cart}
          </button>`}
      <button
        type="button"
        class="primary is-pay"
        data-pay
        ?disabled=${isEmpty}
        @click=${() => app.paying.open()}
      >
        <span>${t.pay}</span><output>${rupiah(now.total_rupiah)}</output>
      </button>
    </div>
  `;
};
