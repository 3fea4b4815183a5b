// The cart as a value: each change gives a new one.

/** @import {Cart, Line, Offer} from "./types.js" */

export const MAX_QUANTITY = 9999;
// As the server reads them: what goes beyond would be refused there.
export const MAX_NOTE = 200;
export const MAX_LINES = 200;

/** @type {Cart} */
export const EMPTY = Object.freeze({ lines: [], note: "", uuid: null });

/**
 * @param {Cart} cart @param {number} offerId @param {number} quantity 0 takes the line out
 * @returns {Cart}
 */
export const withQuantity = (cart, offerId, quantity) => {
  const whole = Math.max(0, Math.min(MAX_QUANTITY, Math.trunc(Number(quantity)) || 0));
  const there = cart.lines.some((line) => line.offer_id === offerId);
  if (!there && cart.lines.length >= MAX_LINES) return cart;
  const lines = there
    ? cart.lines.map((line) => (line.offer_id === offerId ? { ...line, quantity: whole } : line))
    : [...cart.lines, { offer_id: offerId, quantity: whole }];
  return { ...cart, lines: lines.filter((line) => line.quantity > 0) };
};

/** @param {string} text @returns {string} without what no database keeps: a NUL, half a character */
export const readable = (text) => text.slice(0, MAX_NOTE).replace(/[\0\p{Surrogate}]/gu, "");

/** @param {Cart} cart @param {string} note @returns {Cart} */
export const withNote = (cart, note) => ({ ...cart, note: readable(note) });

/** @param {Cart} cart @param {() => string} makeUuid @returns {Cart} the same cart where it has one */
export const withUuid = (cart, makeUuid) => (cart.uuid ? cart : { ...cart, uuid: makeUuid() });

/** @param {Cart} cart @param {Map<number, Offer>} offers @returns {Line[]} at the prices shown */
export const priced = (cart, offers) =>
  cart.lines.map(({ offer_id, quantity }) => {
    const offer = offers.get(offer_id);
    if (!offer) throw new Error(`no price for offer ${offer_id}`);
    return { offer_id, quantity, unit_price_rupiah: offer.price_rupiah };
  });

/** @param {Line[]} lines @returns {number} whole rupiah */
export const totalOf = (lines) =>
  lines.reduce((sum, line) => sum + line.quantity * line.unit_price_rupiah, 0);

/** @param {Offer[]} offers @returns {Map<number, Offer>} */
export const byId = (offers) => new Map(offers.map((offer) => [offer.id, offer]));
