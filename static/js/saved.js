// Draws what this visitor saved on pages that are the same for everybody, and saves in place.

/** @type {HTMLFormElement | null} */
const form = document.querySelector("#save-form");
const { look = "", failed = "" } = form?.dataset ?? {};
const shownFor = 6000;
/** @type {number | undefined} */
let hiding;
let before = Promise.resolve();

/** The keys of everything saved, as the cookie beside the list names them: `p12`, `s3`. */
function savedKeys() {
  // Over HTTPS its name says that only this host can have set it.
  const found = document.cookie.match(`(?:^|; )(?:__Host-)?${look}=([^;~]*)`);
  return new Set((found?.[1] ?? "").split(".").filter(Boolean));
}

function draw() {
  const keys = savedKeys();
  for (const button of document.querySelectorAll("[data-save]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    const isSaved = keys.has(button.value);
    button.name = isSaved ? "hapus" : "simpan";
    button.classList.toggle("is-saved", isSaved);
  }
  for (const count of document.querySelectorAll("[data-saved-count]")) {
    if (!(count instanceof HTMLElement)) continue;
    count.textContent = String(keys.size);
    count.hidden = keys.size === 0;
  }
}

const said = document.createElement("p");
said.setAttribute("role", "status");
said.className = "save-said";

/** @param {string} words */
function say(words) {
  said.textContent = words;
  clearTimeout(hiding);
  hiding = window.setTimeout(() => (said.textContent = ""), shownFor);
}

/** @param {HTMLFormElement} form @param {HTMLButtonElement} button */
async function send(form, button) {
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ [button.name]: button.value }),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    say((await answer.json()).said);
  } catch {
    say(failed);
  }
  button.removeAttribute("aria-busy");
  draw();
}

if (form) {
  document.body.append(said);
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!(button instanceof HTMLButtonElement)) return;
    event.preventDefault();
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    // One after the other: each answer brings the whole list, and would undo one sent beside it.
    before = before.then(() => send(form, button));
  });
  // Filters and ticks, too.
  document.body.addEventListener("htmx:sendError", () => say(failed));
  draw();
  // Cards that a filter brought, a page back from memory, a list changed in another tab.
  document.body.addEventListener("htmx:afterSettle", draw);
  window.addEventListener("pageshow", draw);
  document.addEventListener("visibilitychange", draw);
}
