// On the results page: prints it, copies a paragraph for the press.

document.body.addEventListener("click", async (event) => {
  if (!(event.target instanceof Element)) return;
  const button = event.target.closest("button");
  if (!button) return;
  if ("print" in button.dataset) window.print();
  const text = document.getElementById(button.dataset["copy"] ?? "")?.textContent;
  if (text) {
    await navigator.clipboard.writeText(text);
    button.textContent = button.dataset["done"] ?? "";
  }
});

// Buttons that need a script, and the browser's leave, show only where they have both.
for (const button of document.querySelectorAll("[data-print], [data-copy]")) {
  if (button instanceof HTMLElement) button.hidden = "copy" in button.dataset && !navigator.clipboard;
}
