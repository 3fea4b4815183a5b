// Tells the server which storage is being paired, and the person what still lies in it unsent.

import { openStorage } from "./tablet/storage.js";

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-pairing]"));
const note = /** @type {HTMLElement | null} */ (document.querySelector("[data-unsent]"));

/** @param {number} number */
const tellUnsent = (number) => {
  if (!note || number < 1) return;
  const text = (number === 1 ? note.dataset["one"] : note.dataset["many"]) ?? "";
  note.textContent = text.replace("{n}", String(number));
  note.hidden = false;
};

const fill = async () => {
  const storage = await openStorage();
  const field = form?.elements.namedItem("storage_id");
  if (field instanceof HTMLInputElement) field.value = storage.storageId;
  tellUnsent(await storage.countUnsent());
  storage.close();
};

// Where nothing can be kept, the server names a storage itself, and the tablet's page says what is
// wrong.
const filled = fill().catch(() => {});

// One tap pairs once: a second would find the code used.
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  if (!button || button.disabled) return;
  button.disabled = true;
  button.textContent = button.dataset["busy"] ?? "";
  await filled;
  form.submit();
});

addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
