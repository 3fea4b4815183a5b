// Places stands and features by dragging and by keys; the numbers beside the plan are what is saved.
export {};

/** @typedef {{ x: number, y: number, width: number, height: number, rotation: number }} Place */
/** @typedef {keyof Place} Side */
/** @typedef {{ key: string, before: Place, after: Place }} Move */

/** @type {Side[]} */
const SIDES = ["x", "y", "width", "height", "rotation"];
const SMALLEST = 10;
const HANDLE = 16;

/** @template {Element} T @param {string} selector @param {{ new(): T }} type @returns {T} */
function get(selector, type) {
  const found = document.querySelector(selector);
  if (!(found instanceof type)) throw new Error(selector);
  return found;
}

const drawing = get(".place-drawing", SVGSVGElement);
const form = get("#plan-form", HTMLFormElement);
const undoButton = get("[data-undo]", HTMLButtonElement);
const redoButton = get("[data-redo]", HTMLButtonElement);
const grid = get("[data-grid]", HTMLSelectElement);
const lock = get("[data-lock]", HTMLInputElement);
const rows = get(".place-rows", HTMLElement);
const state = get(".place-state", HTMLElement);
const WIDTH = Number(drawing.dataset.width);
const HEIGHT = Number(drawing.dataset.height);
const things = new Map(
  [...drawing.querySelectorAll("g[data-key]")].map((one) => [one.getAttribute("data-key") ?? "", one]),
);

/** @type {Move[]} */
const done = [];
/** @type {Move[]} */
const undone = [];
/** @type {string | null} */
let held = null;
/** @type {{ key: string, before: Place, x: number, y: number, isSize: boolean } | null} */
let drag = null;
let isSaving = false;

const handle = document.createElementNS("http://www.w3.org/2000/svg", "rect");
for (const [name, value] of Object.entries({ class: "place-handle", width: HANDLE, height: HANDLE, rx: 3 })) {
  handle.setAttribute(name, String(value));
}

/** @param {string} key @param {Side} side */
function field(key, side) {
  const found = form.elements.namedItem(`${key}-${side}`);
  return found instanceof HTMLInputElement ? found : null;
}

/** @param {string} key @returns {Place} */
function place(key) {
  /** @param {Side} side */
  const number = (side) => Number(field(key, side)?.value.replaceAll(".", "") || 0);
  return Object.assign({}, ...SIDES.map((side) => ({ [side]: number(side) })));
}

/** @param {string} key */
const mayMove = (key) => field(key, "x")?.disabled === false;

/** Draws a thing where its numbers say. @param {string} key */
function draw(key) {
  const [thing, at] = [things.get(key), place(key)];
  const shape = thing?.firstElementChild;
  if (!thing || !shape) return;
  const [x, y] = [at.x + at.width / 2, at.y + at.height / 2];
  if (shape instanceof SVGPolygonElement) {
    shape.setAttribute("transform", `translate(${at.x} ${at.y})`);
  } else {
    for (const side of /** @type {const} */ (["x", "y", "width", "height"])) {
      shape.setAttribute(side, String(at[side]));
    }
    shape.setAttribute("transform", `rotate(${at.rotation} ${x} ${y})`);
  }
  const text = thing.querySelector("text");
  text?.setAttribute("x", String(x));
  text?.setAttribute("y", String(y));
  const isPlaced = !thing.classList.contains("is-stand") || at.x > 0 || at.y > 0;
  thing.classList.toggle("is-unplaced", !isPlaced);
  for (const row of document.querySelectorAll(`[data-tray="${key}"]`)) {
    if (row instanceof HTMLElement) row.hidden = isPlaced;
  }
  if (key === held) drawHandle();
}

function drawHandle() {
  const at = held && place(held);
  if (!at || !held || at.rotation || !mayMove(held)) return handle.remove();
  handle.setAttribute("x", String(at.x + at.width - HANDLE / 2));
  handle.setAttribute("y", String(at.y + at.height - HANDLE / 2));
  drawing.append(handle);
}

/** What is upon another or off the plan: turned things the server judges when they are saved. */
function judge() {
  const solid = [...things].filter(([, one]) => !one.matches(".is-hall, .is-zone, .is-unplaced"));
  const boxes = solid.map(([key, thing]) => ({ thing, at: place(key), upon: false }));
  for (const one of boxes) {
    for (const other of boxes) {
      if (one === other || one.at.rotation || other.at.rotation) continue;
      if (one.thing.matches(".is-entrance, .is-exit") || other.thing.matches(".is-entrance, .is-exit")) continue;
      one.upon ||=
        one.at.x < other.at.x + other.at.width &&
        other.at.x < one.at.x + one.at.width &&
        one.at.y < other.at.y + other.at.height &&
        other.at.y < one.at.y + one.at.height;
    }
  }
  const off = boxes.filter(({ at }) => at.x + at.width > WIDTH || at.y + at.height > HEIGHT);
  for (const one of boxes) one.thing.classList.toggle("is-wrong", one.upon || off.includes(one));
  /** @param {typeof boxes} those */
  const names = (those) =>
    those.map(({ thing }) => thing.querySelector("text")?.textContent).join(", ");
  const upon = boxes.filter((one) => one.upon);
  state.textContent = [
    isChanged() ? state.dataset.changed : "",
    upon.length ? `${names(upon)} ${state.dataset.overlap}` : "",
    off.length ? `${names(off)} ${state.dataset.outside}` : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

function isChanged() {
  return [...form.elements].some((one) => {
    if (one instanceof HTMLSelectElement) return one.value !== "";
    if (!(one instanceof HTMLInputElement) || one.type === "hidden") return false;
    return one.type === "checkbox" ? one.checked !== one.defaultChecked : one.value !== one.defaultValue;
  });
}

/** @param {string} key @param {Partial<Place>} to */
function put(key, to) {
  const now = { ...place(key), ...to };
  now.width = Math.max(SMALLEST, now.width);
  now.height = Math.max(SMALLEST, now.height);
  now.x = Math.min(Math.max(0, now.x), Math.max(0, WIDTH - now.width));
  now.y = Math.min(Math.max(0, now.y), Math.max(0, HEIGHT - now.height));
  for (const side of SIDES) {
    const input = field(key, side);
    if (input) input.value = String(Math.round(now[side]));
  }
  draw(key);
}

/** Notes a step that can be taken back. @param {string} key @param {Place} before */
function note(key, before) {
  const after = place(key);
  const isSame = SIDES.every((side) => before[side] === after[side]);
  const last = done.at(-1);
  // Many taps on an arrow are one step, as long as nothing else happens.
  if (!isSame && last?.key === key && Date.now() - noted < 700) last.after = after;
  else if (!isSame) done.push({ key, before, after });
  if (!isSame) undone.length = 0;
  noted = Date.now();
  tell();
}

let noted = 0;

function tell() {
  undoButton.disabled = !done.length;
  redoButton.disabled = !undone.length;
  judge();
}

/** @param {Move[]} from @param {Move[]} to @param {"before" | "after"} which */
function step(from, to, which) {
  const move = from.pop();
  if (!move) return;
  to.push(move);
  for (const side of SIDES) {
    const input = field(move.key, side);
    if (input) input.value = String(move[which][side]);
  }
  draw(move.key);
  hold(move.key);
  noted = 0;
  tell();
}

/** Chooses a thing, on the plan and in the numbers. @param {string | null} key */
function hold(key) {
  if (held === key) return drawHandle();
  held = key;
  for (const [one, thing] of things) {
    thing.classList.toggle("is-held", one === key);
    thing.setAttribute("aria-pressed", String(one === key));
  }
  for (const row of document.querySelectorAll("tr[data-row]")) {
    const isHeld = row.getAttribute("data-row") === key;
    row.classList.toggle("is-held", isHeld);
    if (isHeld && !row.contains(document.activeElement)) reveal(row);
  }
  drawHandle();
}

/** Scrolls the list of numbers, and not the page under the plan. @param {Element} row */
function reveal(row) {
  const [at, within] = [row.getBoundingClientRect(), rows.getBoundingClientRect()];
  if (at.top < within.top) rows.scrollTop -= within.top - at.top;
  else if (at.bottom > within.bottom) rows.scrollTop += at.bottom - within.bottom;
}

/** @param {PointerEvent} event */
function point(event) {
  const { left, top, width } = drawing.getBoundingClientRect();
  const units = WIDTH / width;
  return { x: (event.clientX - left) * units, y: (event.clientY - top) * units };
}

/** @param {number} value */
function snapped(value) {
  const unit = Number(grid.value);
  return Math.round(value / unit) * unit;
}

drawing.addEventListener("pointerdown", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const key = target === handle ? held : target?.closest("g[data-key]")?.getAttribute("data-key");
  hold(key ?? null);
  if (!key || !mayMove(key) || event.button) return;
  drag = { key, before: place(key), ...point(event), isSize: target === handle };
  drawing.setPointerCapture(event.pointerId);
  const thing = things.get(key);
  if (thing instanceof SVGElement) thing.focus({ preventScroll: true });
  event.preventDefault();
});

drawing.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const [{ x, y }, { before }] = [point(event), drag];
  const [right, down] = [x - drag.x, y - drag.y];
  if (drag.isSize) {
    put(drag.key, { width: snapped(before.width + right), height: snapped(before.height + down) });
  } else {
    put(drag.key, { x: snapped(before.x + right), y: snapped(before.y + down) });
  }
  judge();
});

for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
  drawing.addEventListener(name, () => {
    if (!drag) return;
    noted = 0;
    note(drag.key, drag.before);
    noted = 0;
    drag = null;
  });
}

drawing.addEventListener("focusin", (event) => {
  const key = event.target instanceof Element ? event.target.getAttribute("data-key") : null;
  if (key) hold(key);
});

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

drawing.addEventListener("keydown", (event) => {
  if (!held || !mayMove(held) || event.ctrlKey || event.metaKey || event.altKey) return;
  const [before, arrow, unit] = [place(held), ARROWS[event.key], Number(grid.value)];
  if (arrow) {
    const [right, down] = [arrow[0] * unit, arrow[1] * unit];
    if (event.shiftKey) put(held, { width: before.width + right, height: before.height + down });
    else put(held, { x: before.x + right, y: before.y + down });
  } else if (event.key.toLowerCase() === "r" && field(held, "rotation")) {
    put(held, { rotation: (before.rotation + (event.shiftKey ? 345 : 15)) % 360 });
  } else return;
  event.preventDefault();
  note(held, before);
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey)) return;
  const key = event.key.toLowerCase();
  // Within a field its own undo is meant.
  const isTyping = event.target instanceof HTMLInputElement && event.target.type !== "checkbox";
  if (key === "s") form.requestSubmit();
  else if (key === "z" && !isTyping) event.shiftKey ? step(undone, done, "after") : step(done, undone, "before");
  else return;
  event.preventDefault();
});

undoButton.addEventListener("click", () => step(done, undone, "before"));
redoButton.addEventListener("click", () => step(undone, done, "after"));

// --- the numbers ---------------------------------------------------------------------------------

/** @type {{ key: string, before: Place } | null} */
let typed = null;

form.addEventListener("focusin", (event) => {
  const row = event.target instanceof Element ? event.target.closest("tr[data-row]") : null;
  const key = row?.getAttribute("data-row");
  if (!key) return;
  typed = { key, before: place(key) };
  hold(key);
});

form.addEventListener("input", () => {
  if (typed) draw(typed.key);
  judge();
});

form.addEventListener("change", () => {
  if (!typed) return;
  note(typed.key, typed.before);
  noted = 0;
  typed = { key: typed.key, before: place(typed.key) };
});

form.addEventListener("submit", () => {
  isSaving = true;
});

addEventListener("beforeunload", (event) => {
  if (!isSaving && isChanged()) event.preventDefault();
});

// --- what waits for a place ----------------------------------------------------------------------

/** A free spot in the stand's own zone, else anywhere. @param {string} key */
function freeSpot(key) {
  const zone = things.get(key)?.getAttribute("data-zone");
  const area = [...things].find(([, one]) => one.matches(".is-zone") && one.getAttribute("data-zone") === zone);
  const within = area ? place(area[0]) : { x: 0, y: 0, width: WIDTH, height: HEIGHT };
  const { width, height } = place(key);
  const others = [...things]
    .filter(([one, thing]) => one !== key && !thing.matches(".is-hall, .is-zone, .is-unplaced"))
    .map(([one]) => place(one));
  for (let y = within.y + 10; y + height <= within.y + within.height; y += 10) {
    for (let x = within.x + 10; x + width <= within.x + within.width; x += 10) {
      const isTaken = others.some(
        (at) => x < at.x + at.width && at.x < x + width && y < at.y + at.height && at.y < y + height,
      );
      if (!isTaken) return { x, y };
    }
  }
  return { x: within.x + 10, y: within.y + 10 };
}

for (const button of document.querySelectorAll("[data-place]")) {
  if (!(button instanceof HTMLElement)) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    const key = button.dataset.place ?? "";
    const before = place(key);
    put(key, freeSpot(key));
    note(key, before);
    hold(key);
    const thing = things.get(key);
    if (thing instanceof SVGElement) thing.focus();
  });
}

// --- begin ---------------------------------------------------------------------------------------

function setLock() {
  for (const thing of drawing.querySelectorAll(".is-hall, .is-zone")) {
    thing.classList.toggle("is-locked", lock.checked);
    thing.setAttribute("tabindex", lock.checked ? "-1" : "0");
  }
}

for (const [key, thing] of things) {
  thing.setAttribute("tabindex", "0");
  thing.setAttribute("role", "button");
  thing.setAttribute("aria-pressed", "false");
  thing.setAttribute("aria-describedby", "place-help");
  draw(key);
}
drawing.classList.add("is-live");
for (const selector of [".place-tools", "#place-help"]) get(selector, HTMLElement).hidden = false;
lock.addEventListener("change", setLock);
setLock();
tell();
