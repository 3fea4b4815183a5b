// Keeps a list's filters in step with what was followed, and closes their sheet on a phone.

/** @type {HTMLFormElement | null} */
const form = document.querySelector("#filters");
const panel = /** @type {HTMLDetailsElement | null} */ (document.querySelector(".filters-panel"));

/** Whether the panel lies over the page, as on a phone. */
const isSheet = () =>
  panel !== null && getComputedStyle(/** @type {Element} */ (panel.querySelector(".filters-sheet"))).position === "fixed";

const close = () => {
  if (panel?.open && isSheet()) {
    panel.open = false;
    panel.querySelector("summary")?.focus({ preventScroll: true });
  }
};

// Above the sheet stands what was found, not the head of the page.
panel?.addEventListener("toggle", () => {
  if (panel.open && isSheet()) document.querySelector("#cards")?.scrollIntoView();
});

form?.addEventListener("submit", close);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});
document.addEventListener("pointerdown", (event) => {
  if (event.target instanceof Node && !panel?.contains(event.target)) close();
});

document.body.addEventListener("htmx:afterSettle", () => {
  const errors = document.querySelector("#price-errors");
  for (const field of form?.querySelectorAll("[name^=price_]") ?? []) {
    const isWrong = errors?.querySelector(`#${field.id}_error`) != null;
    if (isWrong) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
  // A link that took a filter off went with the old results, and the focus with it.
  if (document.activeElement === document.body) {
    /** @type {HTMLElement | null} */ (document.querySelector("#found"))?.focus({ preventScroll: true });
  }
});

// What was typed stays while typing; a link that changes it does so in the fields as well.
document.body.addEventListener("htmx:pushedIntoHistory", () => {
  const asked = new URLSearchParams(location.search);
  for (const field of form?.elements ?? []) {
    const isOfText =
      field instanceof HTMLSelectElement ||
      (field instanceof HTMLInputElement && field.type !== "checkbox");
    if (isOfText && field !== document.activeElement && field.getAttribute("aria-invalid") === null) {
      field.value = asked.get(field.name) ?? "";
    }
  }
});
