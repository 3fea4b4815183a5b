// Examples for scripts.yaml: what each rule finds, and what it leaves alone. Never run.

// ruleid: markup-from-text
box.innerHTML = name;
// ruleid: markup-from-text
box.insertAdjacentHTML("beforeend", name);
// ok: markup-from-text
box.textContent = name;

// ruleid: script-from-text
eval(text);
// ruleid: script-from-text
setTimeout("go()", 100);
// ruleid: script-from-text
await import(where);
// ok: script-from-text
await import("../vendor/qr/decode.js");
// ok: script-from-text
setTimeout(go, 100);

// ruleid: chance-that-can-be-guessed-by-a-script
const token = String(Math.random());
// ok: chance-that-can-be-guessed-by-a-script
const id = crypto.randomUUID();

// ruleid: word-to-any-window
parent.postMessage(content, "*");
// ok: word-to-any-window
registration.active.postMessage({ about: "copy" });
