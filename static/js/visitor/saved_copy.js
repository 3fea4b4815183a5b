// On the copy of the saved list: finds in the copy what this visitor saved, and puts it in the
// order of the walk. Nothing of it leaves the phone.

/** @typedef {[code: string, price: string, soldOut: string]} Offer of a product at a stand */
/**
 * @typedef {object} Copy
 * @property {string} root
 * @property {Record<string, [string, string]>} pages title first
 * @property {{walk: [number, string, string][], goods: [number, string, Offer[]][]}} saved stands
 *   (key, code, zone) as one walks, and products (key, path, offers from the lowest price up)
 */

const list = /** @type {HTMLElement | null} */ (document.querySelector("[data-saved-copy]"));

/** What is saved, and what of it was ticked off, as the cookie beside the list names it. */
const savedKeys = () => {
  const form = /** @type {HTMLElement | null} */ (document.querySelector("#save-form"));
  const cookie = document.cookie.match(`(?:^|; )(?:__Host-)?${form?.dataset.look}=([^;]*)`);
  const [all = "", done = ""] = (cookie?.[1] ?? "").split("~");
  return [all, done].map((keys) => new Set(keys.split(".").filter(Boolean)));
};

/**
 * Where to look for a product, as the server chooses: where some is left, at a stand that was saved
 * itself, where more of the list is found, and where it costs least.
 * @param {Offer[]} offers @param {Set<string>} stands @param {string[]} found
 */
const choose = (offers, stands, found) => {
  /** @param {Offer} offer */
  const rank = ([code, , soldOut]) =>
    (soldOut ? 1e6 : 0) + (stands.has(code) ? 0 : 1e3) - found.filter((one) => one === code).length;
  return [...offers].sort((a, b) => rank(a) - rank(b))[0];
};

/** @param {string} name @param {string} className @param {...(string | Node)} content */
const make = (name, className, ...content) => {
  const element = document.createElement(name);
  element.className = className;
  element.append(...content);
  return element;
};

/** A link, and whether it is ticked off. @param {string} to @param {string} words @param {boolean} isDone */
const linkTo = (to, words, isDone) => {
  const link = make("a", "", words);
  link.setAttribute("href", to);
  return isDone ? [link, " ", make("span", "badge", `✓ ${list?.dataset["done"]}`)] : [link];
};

/** @param {string} name @param {boolean} isWanted */
const reveal = (name, isWanted) => {
  for (const part of document.querySelectorAll(`[data-if-${name}]`)) {
    part.toggleAttribute("hidden", !isWanted);
  }
};

/** @param {HTMLElement} list @param {Copy} copy */
const show = (list, { root, pages, saved: { walk, goods } }) => {
  const [all = new Set(), done = new Set()] = savedKeys();
  const stands = new Set(walk.filter(([key]) => all.has(`s${key}`)).map(([, code]) => code));
  const products = goods.filter(([key]) => all.has(`p${key}`));
  const found = products.flatMap(([, , offers]) => offers.map(([code]) => code));
  /** @type {Map<string, HTMLElement[]>} */
  const rows = new Map();
  const gone = [];
  for (const [key, path, offers] of products) {
    const [code, price, soldOut] = choose(offers, stands, found) ?? [];
    const row = make("li", "", ...linkTo(root + path, pages[path]?.[0] ?? "", done.has(`p${key}`)));
    if (price) row.append(" ", make("span", "price", price));
    if (soldOut) row.append(" ", make("span", "sold-out", soldOut));
    if (code) rows.set(code, [...(rows.get(code) ?? []), row]);
    else gone.push(row);
  }
  const stops = walk.filter(([, code]) => rows.has(code) || stands.has(code));
  for (const [key, code, zone] of stops) {
    const path = `stan/${code}/`;
    const name = pages[path]?.[0].slice(code.length + 1) ?? "";
    const isDone = stands.has(code) && done.has(`s${key}`);
    const title = make("h2", "", ...linkTo(root + path, name, isDone));
    const head = make("header", "stand-head", make("p", "ticket", code), title);
    head.dataset["zone"] = zone;
    list.append(make("li", "", head, make("ul", "copy-rows", ...(rows.get(code) ?? []))));
  }
  document.querySelector("[data-if-gone] ul")?.append(...gone);
  const lost = all.size - stands.size - products.length;
  for (const number of document.querySelectorAll("[data-if-lost] strong")) {
    number.textContent = String(lost);
  }
  for (const link of document.querySelectorAll("a[data-if-some]")) {
    const codes = stops.map(([, code]) => code).join(",");
    link.setAttribute("href", `${link.getAttribute("href")}?stan=${codes}`);
  }
  reveal("some", stops.length > 0);
  reveal("gone", gone.length > 0);
  reveal("lost", lost > 0);
  reveal("none", all.size === 0);
};

if (list) {
  const stored = await caches.match(list.dataset["savedCopy"] ?? "");
  if (stored) show(list, await stored.json());
}
