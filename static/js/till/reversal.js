// Shows what will be paid back while quantities are typed, and fills in all at one press.

import { formatRupiah } from "./money.js";

const form = document.querySelector("[data-reversal]");
if (form instanceof HTMLFormElement) {
  const inputs = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[data-price]")]);
  const line = /** @type {HTMLElement} */ (form.querySelector("[data-back]"));
  const amount = /** @type {HTMLElement} */ (form.querySelector("[data-back-amount]"));
  const all = /** @type {HTMLElement} */ (form.querySelector("[data-all]"));

  const draw = () => {
    const sum = inputs.reduce((total, input) => {
      const quantity = /^\d{1,4}$/.test(input.value.trim()) ? Number(input.value) : 0;
      return total + quantity * Number(input.dataset.price);
    }, 0);
    // What a voucher paid goes back last, and never as money.
    const money = Math.min(sum, Number(form.dataset.money ?? sum));
    amount.textContent = formatRupiah(money);
    line.hidden = sum === 0;
  };

  all.hidden = false;
  all.addEventListener("click", () => {
    for (const input of inputs) input.value = input.dataset.left ?? "";
    draw();
  });
  form.addEventListener("input", draw);
  draw();
}
