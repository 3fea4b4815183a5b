// On the copy of the saved list: finds in the other pages of the copy what this visitor saved, and
// puts it in the order of the walk. Nothing of it leaves the phone.

/** @typedef {{root: string, pages: Record<string, [string, string]>}} Copy */
/** @typedef {{key: string, at: string, page: DocumentFragment}} Saved its page, under its address */
/** @typedef {{row: Element, at: string, isSoldOut: boolean}} Offer of a product at a stand */

const list = /** @type {HTMLElement | null} */ (document.querySelector("[data-saved-copy]"));
const KEY = /^<article[^>]* data-key="(\w+)"/;

/** What is saved, and what of it was ticked off, as the cookie beside the list names it. */
const savedKeys = () => {
  const form = /** @type {HTMLElement | null} */ (document.querySelector("#save-form"));
  const cookie = document.cookie.match(`(?:^|; )(?:__Host-)?${form?.dataset.look}=([^;]*)`);
  const [all = "", done = ""] = (cookie?.[1] ?? "").split("~");
  return [all, done].map((keys) => new Set(keys.split(".").filter(Boolean)));
};

/** @param {string} content */
const fragment = (content) => {
  const template = document.createElement("template");
  template.innerHTML = content;
  return template.content;
};

/** @param {Copy} copy @param {Set<string>} keys @returns {Saved[]} */
const pagesOf = ({ root, pages }, keys) =>
  Object.entries(pages).flatMap(([path, [, content]]) => {
    const key = KEY.exec(content)?.[1] ?? "";
    return keys.has(key) ? [{ key, at: root + path, page: fragment(content) }] : [];
  });

/** @param {Saved} product @returns {Offer[]} the cheapest first */
const offersOf = ({ page }) =>
  [...page.querySelectorAll(".offer")].map((row) => ({
    row,
    at: row.querySelector("a")?.getAttribute("href") ?? "",
    isSoldOut: row.classList.contains("is-sold-out"),
  }));

/**
 * Where to look for each product, as the server chooses: where some is left, at a stand that was
 * saved itself, where more of the list is found, and where it costs least.
 * @param {Saved[]} products @param {Set<string>} stands
 */
const choose = (products, stands) => {
  const found = products.flatMap(offersOf).map(({ at }) => at);
  /** @param {Offer} offer */
  const rank = ({ at, isSoldOut }) =>
    Number(isSoldOut) * 1e6 +
    Number(!stands.has(at)) * 1e3 -
    found.filter((other) => other === at).length;
  return products.map((product) => ({
    product,
    offer: offersOf(product).sort((a, b) => rank(a) - rank(b))[0],
  }));
};

/**
 * A link in the words of the page's heading, and whether it is ticked off.
 * @param {DocumentFragment} page @param {string} at @param {boolean} isDone
 */
const linkTo = (page, at, isDone) => {
  const link = document.createElement("a");
  link.href = at;
  link.textContent = page.querySelector("h1")?.textContent ?? "";
  if (!isDone) return [link];
  const mark = document.createElement("span");
  mark.className = "badge";
  mark.textContent = `✓ ${list?.dataset["done"]}`;
  return [link, " ", mark];
};

/** @param {string} name @param {boolean} isWanted */
const reveal = (name, isWanted) => {
  for (const part of document.querySelectorAll(`[data-if-${name}]`)) {
    part.toggleAttribute("hidden", !isWanted);
  }
};

/** @param {HTMLElement} list @param {Copy} copy */
const show = (list, copy) => {
  const [all = new Set(), done = new Set()] = savedKeys();
  const found = pagesOf(copy, all);
  const stands = new Map(found.filter(({ key }) => key[0] === "s").map((one) => [one.at, one]));
  const products = found.filter(({ key }) => key[0] === "p");
  /** @type {Map<string, HTMLElement[]>} */
  const stops = new Map([...stands.keys()].map((at) => [at, []]));
  const gone = [];
  for (const { product, offer } of choose(products, new Set(stands.keys()))) {
    const row = document.createElement("li");
    const about = offer?.row ?? product.page.querySelector(".product-main");
    row.append(...linkTo(product.page, product.at, done.has(product.key)));
    for (const part of about?.querySelectorAll(".price, .unit, .sold-out, .note") ?? []) {
      row.append(" ", part);
    }
    if (offer) stops.set(offer.at, [...(stops.get(offer.at) ?? []), row]);
    else gone.push(row);
  }

  /** @param {string} at */
  const codeOf = (at) => at.slice(copy.root.length).split("/")[1] ?? "";
  const order = (list.dataset["walk"] ?? "").split(" ");
  const walked = [...stops].sort(([a], [b]) => order.indexOf(codeOf(a)) - order.indexOf(codeOf(b)));
  for (const [at, rows] of walked) {
    const page = fragment(copy.pages[at.slice(copy.root.length)]?.[1] ?? "");
    const title = document.createElement("h2");
    title.append(...linkTo(page, at, done.has(stands.get(at)?.key ?? "")));
    const goods = document.createElement("ul");
    goods.className = "copy-rows";
    goods.append(...rows);
    const ticket = page.querySelector(".ticket");
    ticket?.classList.remove("ticket-large");
    const head = page.querySelector(".stand-head");
    head?.replaceChildren(...(ticket ? [ticket] : []), title);
    const stop = document.createElement("li");
    stop.append(head ?? title, goods);
    list.append(stop);
  }
  document.querySelector("[data-if-gone] ul")?.append(...gone);
  const lost = document.querySelector("[data-if-lost] strong");
  if (lost) lost.textContent = String(all.size - found.length);
  for (const link of document.querySelectorAll("a[data-if-some]")) {
    const codes = walked.map(([at]) => codeOf(at)).join(",");
    link.setAttribute("href", `${link.getAttribute("href")}?stan=${codes}`);
  }
  reveal("some", walked.length > 0);
  reveal("gone", gone.length > 0);
  reveal("lost", all.size > found.length);
  reveal("none", all.size === 0);
};

if (list) {
  const stored = await caches.match(list.dataset["savedCopy"] ?? "");
  if (stored) show(list, await stored.json());
}
