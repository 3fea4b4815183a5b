// Moves the floor plan by buttons, keys, fingers and mouse, and marks a stand without a new page.
export {};

/** @typedef {{ x: number, y: number, w: number }} View Middle and width of what is shown. */

// Pixels a unit from which the codes of stands can be read, and their names.
const CODES = 0.42;
const NAMES = 1;
const CLOSEST = 3.2;
// As large as what was chosen is shown at first.
const COMFORT = 1.5;
const STEP = 1.5;
// Further than this a finger drags and does not tap.
const SLIP = 8;
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** @type {View} */
let view = { x: 0, y: 0, w: 0 };
/** @type {Map<number, PointerEvent>} */
const fingers = new Map();
let slipped = 0;
let frame = 0;

/** @template {Element} T @param {string} selector @param {{ new(): T }} type @returns {T | null} */
function find(selector, type) {
  const found = document.querySelector(selector);
  return found instanceof type ? found : null;
}

const plan = () => find("#denah", HTMLElement);
const drawing = () => find(".plan-drawing", SVGSVGElement);

/** @param {string | undefined} text */
function box(text) {
  const [x = 0, y = 0, w = 1, h = 1] = (text ?? "").split(" ").map(Number);
  return { x, y, w, h };
}

/** Pixels of the drawing on the screen. */
function size() {
  const { width, height } = /** @type {SVGSVGElement} */ (drawing()).getBoundingClientRect();
  return { width: width || 1, height: height || 1 };
}

/** The view that shows a box, whatever the shape of the screen. @param {string | undefined} text */
function around(text) {
  const { x, y, w, h } = box(text);
  const { width, height } = size();
  return { x: x + w / 2, y: y + h / 2, w: Math.max(w, (h * width) / height) };
}

/** Keeps a view on the plan. @param {View} wanted */
function kept(wanted) {
  const whole = around(plan()?.dataset.whole);
  const { w: width, h: height } = box(plan()?.dataset.whole);
  const shape = size();
  const w = Math.max(shape.width / CLOSEST, Math.min(wanted.w, whole.w));
  const h = (w * shape.height) / shape.width;
  /** @param {number} at @param {number} shown @param {number} all */
  const within = (at, shown, all) =>
    shown >= all ? all / 2 : Math.min(Math.max(at, shown / 2), all - shown / 2);
  return { x: within(wanted.x, w, width), y: within(wanted.y, h, height), w };
}

/** @param {View} wanted */
function show(wanted) {
  const [there, svg] = [plan(), drawing()];
  if (!there || !svg) return;
  view = kept(wanted);
  const { width, height } = size();
  const h = (view.w * height) / width;
  svg.setAttribute(
    "viewBox",
    [view.x - view.w / 2, view.y - h / 2, view.w, h].map((n) => n.toFixed(1)).join(" "),
  );
  const scale = width / view.w;
  const whole = around(there.dataset.whole).w;
  there.dataset.level = scale < CODES ? "far" : scale < NAMES ? "middle" : "close";
  there.dataset.moves = view.w < whole - 1 ? "near" : "whole";
  delete there.dataset.scale;
  end("out", view.w >= whole - 1);
  end("whole", view.w >= whole - 1);
  end("in", scale >= CLOSEST - 0.01);
}

/** A button that leads no further keeps the focus. @param {string} move @param {boolean} ended */
function end(move, ended) {
  const button = find(`[data-move="${move}"]`, HTMLButtonElement);
  if (ended) button?.setAttribute("aria-disabled", "true");
  else button?.removeAttribute("aria-disabled");
}

/** Goes there in a sixth of a second, so that the eye can follow. @param {View} wanted */
function go(wanted) {
  cancelAnimationFrame(frame);
  const [from, to, begin] = [view, kept(wanted), performance.now()];
  if (still.matches) return show(to);
  /** @param {number} now */
  const step = (now) => {
    const part = Math.min(1, Math.max(0, (now - begin) / 160));
    /** @param {"x" | "y" | "w"} side */
    const between = (side) => from[side] + (to[side] - from[side]) * part;
    show({ x: between("x"), y: between("y"), w: between("w") });
    if (part < 1) frame = requestAnimationFrame(step);
  };
  frame = requestAnimationFrame(step);
}

/** Larger or smaller about a point of the screen. @param {number} by @param {number} [left] @param {number} [top] */
function zoom(by, left, top) {
  const { width, height } = size();
  const [x, y] = [(left ?? width / 2) / width - 0.5, (top ?? height / 2) / height - 0.5];
  const w = kept({ ...view, w: view.w / by }).w;
  const lost = view.w - w;
  return { x: view.x + x * lost, y: view.y + (y * lost * height) / width, w };
}

/** @param {string | undefined} move */
function moved(move) {
  const far = view.w / 4;
  switch (move) {
    case "left":
      return { ...view, x: view.x - far };
    case "right":
      return { ...view, x: view.x + far };
    case "up":
      return { ...view, y: view.y - far };
    case "down":
      return { ...view, y: view.y + far };
    case "in":
      return zoom(STEP);
    case "out":
      return zoom(1 / STEP);
    default:
      return around(plan()?.dataset.whole);
  }
}

/** @type {Record<string, string>} */
const KEYS = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  "+": "in",
  "=": "in",
  "-": "out",
  "0": "whole",
};

const PIN = { x: -18, y: -48, width: 36, height: 48 };

/** @param {string} name @param {Record<string, string | number>} attributes */
function svgElement(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** Puts the pin on a stand and says where it is. @param {string} code @returns {boolean} */
function mark(code) {
  const stand = find(`.plan-stand[data-stand="${CSS.escape(code)}"]`, SVGAElement);
  const row = find(`.plan-rows [data-stand="${CSS.escape(code)}"]`, HTMLElement);
  const card = find(".plan-card", HTMLElement);
  const rect = stand?.querySelector("rect");
  const svg = drawing();
  if (!stand || !card || !rect || !svg) return false;
  for (const one of svg.querySelectorAll(".plan-pin:not(:last-child)")) one.remove();
  for (const one of svg.querySelectorAll(".is-chosen")) {
    one.classList.remove("is-chosen");
    one.removeAttribute("aria-current");
  }
  stand.classList.add("is-chosen");
  stand.setAttribute("aria-current", "true");
  const [x, y, w, h] = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));
  const middle = { x: Number(x) + Number(w) / 2, y: Number(y) + Number(h) / 2 };
  const pin = svg.querySelector(".plan-pin") ?? svgElement("g", { class: "plan-pin" });
  if (!pin.firstChild) pin.append(svgElement("use", { href: svg.dataset.pin ?? "", ...PIN }));
  pin.setAttribute("transform", `translate(${middle.x} ${Number(y) + 8})`);
  svg.append(pin);

  const [ticket, link, words] = ["p", "a", "span"].map((name) => document.createElement(name));
  if (!(ticket && link instanceof HTMLAnchorElement && words)) return false;
  ticket.className = "ticket";
  ticket.textContent = code;
  link.href = stand.href.baseVal;
  link.textContent = (stand.getAttribute("aria-label") ?? "").slice(code.length + 2);
  words.textContent = row?.querySelector("p")?.textContent ?? "";
  const text = document.createElement("p");
  text.append(link, words);
  card.replaceChildren(ticket, text);
  card.hidden = false;

  remember({ stan: code });
  pick(null);
  const closer = Math.min(view.w, Math.max(size().width / COMFORT, 300));
  go({ ...middle, w: closer });
  return true;
}

/** Lets the address and the next filter know what is looked at. @param {Record<string, string>} parts */
function remember(parts) {
  const address = new URL(location.href);
  for (const name of ["zona", "stan", "tempat"]) {
    const value = parts[name] ?? "";
    const input = find(`input[form="filters"][name="${name}"]`, HTMLInputElement);
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
    if (input) Object.assign(input, { value, disabled: !value });
  }
  history.replaceState(history.state, "", address);
}

/** Which part of the plan is on show. @param {Element | null} link */
function pick(link) {
  for (const one of document.querySelectorAll(".plan-zones a")) {
    if (one === link) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
}

/** Takes over what the server has drawn. */
function begin() {
  const [there, svg] = [plan(), drawing()];
  if (!there || !svg) return;
  if (!view.w) {
    const part = there.dataset.scale === "near" ? size().width / COMFORT : 0;
    const drawn = around(svg.getAttribute("viewBox") ?? "");
    view = { ...drawn, w: Math.max(drawn.w, part) };
  }
  find(".plan-tools", HTMLElement)?.removeAttribute("hidden");
  there.tabIndex = 0;
  there.setAttribute("aria-label", there.dataset.keys ?? "");
  show(view);
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const button = event.target.closest("[data-move]");
  if (button instanceof HTMLElement) {
    if (!button.hasAttribute("aria-disabled")) go(moved(button.dataset.move));
    return;
  }
  const link = event.target.closest(".plan-side a[data-frame], .plan-stand, .plan-show");
  if (!link) return;
  // What a finger has dragged it did not tap; a key drags nothing.
  if (slipped > SLIP && event.detail) return event.preventDefault();
  if (link instanceof HTMLElement || link instanceof SVGElement) {
    const { frame: part, stand } = link.dataset;
    if (part) {
      event.preventDefault();
      pick(document.querySelector(`.plan-zones a[data-frame="${part}"]`));
      return go(around(part));
    }
    // A key follows the link; a finger marks first, since it may have meant the neighbour.
    const code = stand ?? link.closest("li")?.dataset.stand;
    const is_row = link.matches(".plan-show");
    if (!code || (!is_row && (event.detail === 0 || link.matches(".is-chosen")))) return;
    if (!mark(code)) return;
    event.preventDefault();
    if (is_row) {
      plan()?.focus({ preventScroll: true });
      plan()?.scrollIntoView({ block: "nearest" });
    }
  }
});

document.addEventListener("keydown", (event) => {
  const move = KEYS[event.key];
  const target = event.target instanceof Element ? event.target : null;
  if (!move || event.ctrlKey || event.metaKey || event.altKey || !target?.closest("#denah")) return;
  event.preventDefault();
  go(moved(move));
});

// What the focus reaches comes into view.
document.addEventListener("focusin", (event) => {
  const link = event.target;
  if (!(link instanceof SVGAElement) || !link.matches(".plan-stand:focus-visible")) return;
  const there = link.getBoundingClientRect();
  const shown = drawing()?.getBoundingClientRect();
  if (!shown) return;
  const inside =
    there.left >= shown.left && there.right <= shown.right && there.top >= shown.top && there.bottom <= shown.bottom;
  if (inside) return;
  const units = view.w / shown.width;
  go({
    x: view.x + (there.left + there.width / 2 - shown.left - shown.width / 2) * units,
    y: view.y + (there.top + there.height / 2 - shown.top - shown.height / 2) * units,
    w: view.w,
  });
});

/** @param {PointerEvent} event */
function isOnPlan(event) {
  return event.target instanceof Element && event.target.closest(".plan-drawing") !== null;
}

document.addEventListener("pointerdown", (event) => {
  if (!fingers.size) slipped = 0;
  if (!isOnPlan(event) || event.button) return;
  fingers.set(event.pointerId, event);
});

document.addEventListener("pointermove", (event) => {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  const other = [...fingers.values()].find((one) => one.pointerId !== event.pointerId);
  const [right, down] = [event.clientX - before.clientX, event.clientY - before.clientY];
  slipped += Math.hypot(right, down);
  fingers.set(event.pointerId, event);
  if (slipped <= SLIP) return;
  cancelAnimationFrame(frame);
  plan()?.classList.add("is-held");
  const shown = drawing()?.getBoundingClientRect();
  if (!shown) return;
  if (other) {
    const apart = (/** @type {PointerEvent} */ one) =>
      Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
    const left = (event.clientX + other.clientX) / 2 - shown.left;
    const top = (event.clientY + other.clientY) / 2 - shown.top;
    show(zoom(apart(event) / apart(before), left, top));
  } else if (plan()?.dataset.moves === "near") {
    const units = view.w / shown.width;
    show({ ...view, x: view.x - right * units, y: view.y - down * units });
  }
});

for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
  document.addEventListener(name, (event) => {
    fingers.delete(event.pointerId);
    plan()?.classList.remove("is-held");
  });
}

// A link under a dragging mouse is not dragged itself.
document.addEventListener("dragstart", (event) => {
  if (event.target instanceof Element && event.target.closest("#denah")) event.preventDefault();
});

document.addEventListener(
  "wheel",
  (event) => {
    if (!(event.ctrlKey || event.metaKey) || !(event.target instanceof Element)) return;
    const shown = event.target.closest(".plan-drawing")?.getBoundingClientRect();
    if (!shown) return;
    event.preventDefault();
    show(zoom(Math.exp(-event.deltaY / 300), event.clientX - shown.left, event.clientY - shown.top));
  },
  { passive: false },
);

document.addEventListener("htmx:afterSwap", begin);
addEventListener("resize", () => show(view));
addEventListener("beforeprint", () => show(around(plan()?.dataset.whole)));
begin();
