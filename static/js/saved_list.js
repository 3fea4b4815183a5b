// On the saved list: prints it, copies its address.

document.body.addEventListener("click", async (event) => {
  if (!(event.target instanceof Element)) return;
  const button = event.target.closest("button");
  if (!button) return;
  if ("print" in button.dataset) window.print();
  const field = document.querySelector("[data-select]");
  if ("copy" in button.dataset && field instanceof HTMLInputElement) {
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset["done"] ?? "";
  }
});

/** Buttons that need a script, and the browser's leave, show only where they have both. */
function show() {
  for (const button of document.querySelectorAll("[data-print], [data-copy]")) {
    if (!(button instanceof HTMLElement)) continue;
    button.hidden = "copy" in button.dataset && !navigator.clipboard;
  }
}

show();
document.body.addEventListener("htmx:afterSettle", () => {
  show();
  // The button that undid a removal went with it, and the focus too.
  const head = document.querySelector("#list h1");
  if (document.activeElement === document.body && head instanceof HTMLElement) {
    head.focus({ preventScroll: true });
  }
});
