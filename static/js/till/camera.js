// Reads QR codes with this device's camera: the browser's own reader where it has one, else ours.

const MOST_PIXELS_WIDE = 1280;
const WAIT_MS = 60;

/** @typedef {(video: HTMLVideoElement) => Promise<string[]>} Reader what a picture says */

/** @returns {Promise<Reader>} */
const makeReader = async () => {
  const own = /** @type {any} */ (globalThis).BarcodeDetector;
  const formats = own ? await own.getSupportedFormats().catch(() => []) : [];
  if (formats.includes("qr_code")) {
    const detector = new own({ formats: ["qr_code"] });
    return async (video) =>
      (await detector.detect(video)).map((/** @type {{rawValue: string}} */ one) => one.rawValue);
  }
  const { default: decodeQR } = await import("../../vendor/qr/decode.js");
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, MOST_PIXELS_WIDE / video.videoWidth);
    canvas.width = Math.floor(video.videoWidth * scale);
    canvas.height = Math.floor(video.videoHeight * scale);
    if (!context || !canvas.width || !canvas.height) return [];
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      return [decodeQR(context.getImageData(0, 0, canvas.width, canvas.height))];
    } catch {
      return []; // no code in this picture
    }
  };
};

/** @returns {Promise<MediaStream>} the camera at the back, where there is one */
const openCamera = () =>
  navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
  });

/** @param {unknown} error @returns {"refused" | "none"} why there is no picture */
export const whyNoCamera = (error) =>
  error instanceof DOMException && error.name === "NotAllowedError" ? "refused" : "none";

/** A camera that is on until it has read what was looked for, or is stopped. */
export class Camera {
  /** @param {HTMLVideoElement} [video] where its picture is shown */
  constructor(video = document.createElement("video")) {
    this.video = video;
    this.video.muted = true;
    this.video.playsInline = true;
    /** @type {MediaStream | null} */
    this.stream = null;
    /** Counts up whenever it is switched on or off, so that what is late knows that it is. */
    this.turn = 0;
    // Gone from the page, the camera's light goes out.
    addEventListener("pagehide", () => this.stop());
  }

  /** @returns {boolean} whether this page may ask for one */
  static isThere() {
    return Boolean(navigator.mediaDevices?.getUserMedia);
  }

  /**
   * Resolves with what `accept` takes, or with "" when it was stopped. Rejects where there is none.
   * @param {(text: string) => boolean} accept
   * @param {() => void} [begun] called when there is a picture
   * @returns {Promise<string>}
   */
  async scan(accept, begun = () => {}) {
    this.stop();
    const turn = this.turn;
    const isOver = () => turn !== this.turn;
    try {
      const stream = await openCamera();
      // Switched off before the first picture came.
      if (isOver()) {
        for (const track of stream.getTracks()) track.stop();
        return "";
      }
      this.stream = stream;
      this.video.srcObject = stream;
      begun();
      await this.video.play();
      const read = await makeReader();
      while (!isOver()) {
        const isReady = this.video.readyState >= this.video.HAVE_CURRENT_DATA;
        const texts = isReady ? await read(this.video) : [];
        const found = isOver() ? undefined : texts.find(accept);
        if (found !== undefined) return found;
        await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
      }
      return "";
    } catch (error) {
      if (isOver()) return "";
      throw error;
    } finally {
      if (!isOver()) this.stop();
    }
  }

  stop() {
    this.turn += 1;
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }
}
