// A QR code as a drawing in the page, for a screen or for paper.

import { html, svg } from "../../../../vendor/lit-html/lit-html.js";

/** @type {typeof import("../../../../vendor/qr/index.js").encodeQR | null} */
let encodeQR = null;

/** Nothing is drawn before it resolves: the page opens sooner without the encoder. */
export const loadEncoder = async () => {
  encodeQR ??= (await import("../../../../vendor/qr/index.js")).encodeQR;
};

/**
 * @param {string} text @param {string} label what it leads to, for who cannot see it
 * @param {"low" | "medium" | "quartile"} [ecc] how much may be unreadable
 */
export const qrCode = (text, label, ecc = "medium") => {
  if (!encodeQR) return html`<span class="qr"></span>`;
  const rows = encodeQR(text, "raw", { ecc, border: 3 });
  const side = rows.length;
  // One path of unit squares: hundreds of elements would be slow on a cheap tablet.
  let path = "";
  rows.forEach((row, y) => {
    row.forEach((dark, x) => {
      if (dark) path += `M${x} ${y}h1v1h-1z`;
    });
  });
  return html`<svg
    class="qr"
    viewBox="0 0 ${side} ${side}"
    role="img"
    aria-label=${label}
    shape-rendering="crispEdges"
  >
    ${svg`<rect width=${side} height=${side} fill="#fff" /><path d=${path} fill="#000" />`}
  </svg>`;
};
