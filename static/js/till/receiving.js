// Scans a tablet's sequence of QR codes with this device's camera, and posts what they say.

import { Camera, whyNoCamera } from "./camera.js";
import { FrameCollector } from "./frame_collector.js";

const NAMED = 12;
const MOST_CELLS = 400;

/**
 * @template {Element} T
 * @param {Element} root
 * @param {string} selector
 * @returns {T}
 */
const find = (root, selector) => {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`${selector} is missing`);
  return /** @type {T} */ (found);
};

/** @param {HTMLFormElement} form @param {HTMLElement} panel */
const setUp = (form, panel) => {
  const video = /** @type {HTMLVideoElement} */ (find(panel, "video"));
  const stage = /** @type {HTMLElement} */ (find(panel, "[data-stage]"));
  const state = /** @type {HTMLElement} */ (find(panel, "[data-state]"));
  const cells = /** @type {HTMLElement} */ (find(panel, "[data-cells]"));
  const start = /** @type {HTMLButtonElement} */ (find(panel, "[data-start]"));
  const stop = /** @type {HTMLButtonElement} */ (find(panel, "[data-stop]"));
  const collector = new FrameCollector();
  const camera = new Camera(video);

  /** @param {string} text */
  const say = (text) => {
    if (state.textContent !== text) state.textContent = text;
  };

  /** @param {boolean} isOn */
  const show = (isOn) => {
    stage.hidden = !isOn;
    stop.hidden = !isOn;
    start.hidden = isOn;
  };

  const draw = () => {
    const { have, count, missing } = collector.progress();
    if (!count) return say(panel.dataset["looking"] ?? "");
    cells.hidden = count > MOST_CELLS;
    if (!cells.hidden) cells.replaceChildren(
      ...Array.from({ length: count }, (_unused, place) => {
        const cell = document.createElement("li");
        cell.textContent = String(place + 1);
        cell.classList.toggle("is-read", !missing.includes(place + 1));
        return cell;
      }),
    );
    const parts = [
      (panel.dataset["progress"] ?? "")
        .replace("{have}", String(have))
        .replace("{count}", String(count)),
    ];
    // Near the end it is worth knowing which; before, it is only a long list.
    if (missing.length && missing.length <= NAMED && have > count / 2) {
      parts.push((panel.dataset["missing"] ?? "").replace("{missing}", missing.join(", ")));
    }
    return say(parts.join(" "));
  };

  /** @param {string} text @returns {boolean} whether it was the last that was missing */
  const take = (text) => {
    if (collector.add(text)) draw();
    return collector.progress().complete;
  };

  const send = () => {
    say(panel.dataset["complete"] ?? "");
    const field = form.elements.namedItem("frames");
    if (field instanceof HTMLTextAreaElement) field.value = collector.text();
    const file = form.elements.namedItem("file");
    if (file instanceof HTMLInputElement) file.value = "";
    form.requestSubmit();
  };

  start.addEventListener("click", async () => {
    start.hidden = true;
    say(panel.dataset["starting"] ?? "");
    try {
      const last = await camera.scan(take, () => {
        show(true);
        draw();
      });
      if (!last) return; // switched off
      show(false);
      send();
    } catch (error) {
      show(false);
      say(panel.dataset[whyNoCamera(error)] ?? "");
    }
  });

  stop.addEventListener("click", () => {
    camera.stop();
    show(false);
    say("");
  });
  // The camera goes out with the page; back on it, the button is there again.
  addEventListener("pagehide", () => show(false));
};

const form = document.querySelector("[data-receiving]");
const panel = document.querySelector("[data-scan]");
const insecure = document.querySelector("[data-insecure]");
if (form instanceof HTMLFormElement && panel instanceof HTMLElement) {
  const able = Camera.isThere();
  panel.hidden = !able;
  if (insecure instanceof HTMLElement) insecure.hidden = able || isSecureContext;
  if (able) setUp(form, panel);
}
