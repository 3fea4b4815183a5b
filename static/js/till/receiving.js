// Scans a tablet's sequence of QR codes with this device's camera, and posts what they say.

import { makeReader, openCamera, whyNoCamera } from "./camera.js";
import { FrameCollector } from "./frame_collector.js";

const WAIT_MS = 60;
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
  /** @type {MediaStream | null} */
  let stream = null;

  /** @param {string} text */
  const say = (text) => {
    if (state.textContent !== text) state.textContent = text;
  };

  const end = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.srcObject = null;
    stage.hidden = true;
    stop.hidden = true;
    start.hidden = false;
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

  const scan = async () => {
    const read = await makeReader();
    while (stream) {
      const texts = video.readyState >= video.HAVE_CURRENT_DATA ? await read(video) : [];
      // Stopped while it was being read.
      if (!stream) return;
      if (texts.map((text) => collector.add(text)).some(Boolean)) draw();
      if (collector.progress().complete) {
        end();
        say(panel.dataset["complete"] ?? "");
        const field = form.elements.namedItem("frames");
        if (field instanceof HTMLTextAreaElement) field.value = collector.text();
        const file = form.elements.namedItem("file");
        if (file instanceof HTMLInputElement) file.value = "";
        form.requestSubmit();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  };

  start.addEventListener("click", async () => {
    start.hidden = true;
    say(panel.dataset["starting"] ?? "");
    try {
      stream = await openCamera();
      video.srcObject = stream;
      stage.hidden = false;
      stop.hidden = false;
      draw();
      await video.play();
      await scan();
    } catch (error) {
      // Switched off before the first picture came.
      if (!stream && stop.hidden && !start.hidden) return;
      end();
      say(panel.dataset[whyNoCamera(error)] ?? "");
    }
  });

  stop.addEventListener("click", () => {
    end();
    say("");
  });
  // Gone from the page, the camera's light goes out.
  addEventListener("pagehide", end);
};

const form = document.querySelector("[data-receiving]");
const panel = document.querySelector("[data-scan]");
const insecure = document.querySelector("[data-insecure]");
if (form instanceof HTMLFormElement && panel instanceof HTMLElement) {
  const able = Boolean(navigator.mediaDevices?.getUserMedia);
  panel.hidden = !able;
  if (insecure instanceof HTMLElement) insecure.hidden = able || isSecureContext;
  if (able) setUp(form, panel);
}
