// Makes the plain till form instant: tapping tiles, running total, quick cash amounts, change.
// The form is complete without it; nothing here decides what is recorded.

import { change, formatRupiah, parseRupiah, quickAmounts } from "./money.js";

/** @param {ParentNode} root @param {string} selector @returns {HTMLElement} */
const find = (root, selector) => {
  const found = root.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`no ${selector} in the till form`);
  return found;
};

const form = /** @type {HTMLFormElement} */ (find(document, "[data-cart]"));
const tendered = /** @type {HTMLInputElement} */ (find(form, "#id_tendered"));
const submit = /** @type {HTMLButtonElement} */ (find(form, "[data-submit]"));
const submitLabel = submit.textContent ?? "";

/** @param {string} text @returns {boolean} */
const isCount = (text) => /^\d{0,4}$/.test(text.trim());

const tiles = [...form.querySelectorAll(".tile")].map((element) => {
  const tile = /** @type {HTMLElement} */ (element);
  const input = /** @type {HTMLInputElement} */ (find(tile, ".stepper input"));
  return {
    tile,
    input,
    hint: find(tile, "[data-hint]"),
    name: [tile.dataset.name, tile.dataset.maker].filter(Boolean).join(" · "),
    price: Number(tile.dataset.price),
    left: tile.dataset.left === undefined ? Infinity : Number(tile.dataset.left),
    get quantity() {
      return isCount(input.value) ? Number(input.value) : 0;
    },
  };
});

/** @returns {boolean} whether every quantity can be sold as it stands */
const isClear = () => tiles.every((one) => isCount(one.input.value) && one.quantity <= one.left);
const total = () => tiles.reduce((sum, one) => sum + one.quantity * one.price, 0);
const method = () => new FormData(form).get("method");
const voucher = /** @type {HTMLInputElement} */ (find(form, "#id_voucher"));
const voucherSeen = voucher.value;
/** What the voucher that the server has shown leaves to pay. */
const rest = () => {
  const value = voucher.value === voucherSeen ? Number(voucher.dataset.value) : 0;
  return Math.max(0, total() - value);
};

/** @param {typeof tiles[number]} one @param {number} step */
const add = (one, step) => {
  const most = Math.min(9999, Math.max(one.left, 0));
  const wanted = Math.max(0, Math.min(most, one.quantity + step));
  one.input.value = wanted === 0 ? "" : String(wanted);
  forgetTrouble(one.tile);
  draw();
};

/** What the server said of a field is answered once the field changes. @param {Element} place */
const forgetTrouble = (place) => {
  for (const said of place.querySelectorAll(".wrong[id]")) said.remove();
  for (const field of place.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  place.classList.remove("is-wrong");
  if (!form.querySelector(".wrong[id]")) form.querySelector("[data-trouble]")?.remove();
};

/** Say at the tile what cannot be sold, while it is typed. @param {typeof tiles[number]} one */
const drawHint = (one) => {
  const says = !isCount(one.input.value)
    ? form.dataset.saysQuantity ?? ""
    : one.quantity > one.left
      ? `${form.dataset.saysLeft} ${one.left}`
      : "";
  one.hint.textContent = says;
  one.hint.hidden = says === "";
};

const drawLines = () => {
  const lines = find(form, "[data-lines]");
  lines.replaceChildren(
    ...tiles
      .filter((one) => one.quantity > 0)
      .map((one) => {
        const line = document.createElement("li");
        const what = document.createElement("span");
        what.textContent = `${one.quantity} × ${one.name}`;
        const amount = document.createElement("b");
        amount.textContent = formatRupiah(one.quantity * one.price);
        line.append(what, amount);
        return line;
      }),
  );
  find(form, "[data-empty]").hidden = lines.childElementCount > 0;
};

const drawQuick = () => {
  const quick = find(form, "[data-quick]");
  const sum = rest();
  quick.replaceChildren(
    ...(sum > 0 && isClear() ? quickAmounts(sum) : []).map((amount) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = amount === sum ? quick.dataset.exact ?? "" : formatRupiah(amount);
      button.setAttribute("aria-pressed", String(parseRupiah(tendered.value) === amount));
      button.addEventListener("click", () => {
        tendered.value = formatRupiah(amount).replace("Rp ", "");
        draw();
      });
      return button;
    }),
  );
};

const drawChange = () => {
  const line = find(form, "[data-change]");
  const label = find(form, "[data-change-label]");
  const given = parseRupiah(tendered.value);
  line.hidden = given === null || rest() === 0;
  const hint = find(form, "[data-cash-hint]");
  hint.hidden = given !== null || tendered.value.trim() === "";
  hint.textContent = form.dataset.saysCash ?? "";
  if (given === null) return;
  const back = change(rest(), given);
  line.classList.toggle("is-short", back < 0);
  label.textContent = (back < 0 ? label.dataset.short : label.dataset.back) ?? "";
  find(form, "[data-change-amount]").textContent = formatRupiah(Math.abs(back));
};

const draw = () => {
  for (const one of tiles) {
    one.tile.classList.toggle("is-chosen", one.quantity > 0);
    drawHint(one);
  }
  find(form, "[data-total]").textContent = isClear() ? formatRupiah(total()) : "–";
  find(form, "[data-qris-amount]").textContent = formatRupiah(rest());
  const isPaid = total() > 0 && rest() === 0; // by the voucher
  find(form, ".methods").hidden = isPaid;
  find(form, "[data-cash]").hidden = isPaid || method() !== "cash";
  find(form, "[data-qris]").hidden = isPaid || method() !== "qris";
  drawLines();
  drawQuick();
  drawChange();
};

for (const one of tiles) {
  find(one.tile, ".tile-face").addEventListener("click", (event) => {
    event.preventDefault(); // the label would move the focus into the number field
    add(one, 1);
  });
  if (one.left <= 0) {
    for (const button of one.tile.querySelectorAll("button")) button.disabled = true;
  }
  for (const button of one.tile.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => {
      add(one, Number(/** @type {HTMLElement} */ (button).dataset.step));
    });
  }
}
for (const place of [...tiles.map((one) => one.tile), find(form, "[data-cash]"), find(form, "[data-voucher]")]) {
  place.addEventListener("input", () => forgetTrouble(place));
}
form.addEventListener("input", draw);
form.addEventListener("change", draw);

// The keypad's Enter ends the typing; only the button pays. A sale cannot be deleted.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target instanceof HTMLInputElement) {
    event.preventDefault();
    event.target.blur();
  }
});

// One press, one request. The server would record only one of two all the same.
form.addEventListener("submit", (event) => {
  if (submit.getAttribute("aria-disabled") === "true") {
    event.preventDefault();
    return;
  }
  submit.setAttribute("aria-disabled", "true");
  submit.textContent = submit.dataset.busy ?? submitLabel;
});

// A page that comes back out of the browser's memory holds a used form number: take a fresh one.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

document.documentElement.classList.add("js");
draw();
document.querySelector("[data-trouble]")?.scrollIntoView({ block: "nearest" });
