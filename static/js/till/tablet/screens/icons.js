// Small drawings, one stroke wide, in the colour of the text beside them.

import { html, svg } from "../../../../vendor/lit-html/lit-html.js";

/** @typedef {ReturnType<typeof svg> | ReturnType<typeof html>} Drawing */

/** @type {Record<string, Drawing>} */
const PATHS = {
  sent: svg`<path d="M4 12.5l5 5L20 6.5"/>`,
  waiting: svg`<path d="M12 19V6M6 11l6-6 6 6"/>`,
  alone: svg`<path d="M3 3l18 18M8.5 15.5a5 5 0 017 0M5 12a10 10 0 014-2.4M19 12a10 10 0 00-6-2.9M12 19h.01"/>`,
  menu: svg`<path d="M4 6.5h16M4 12h16M4 17.5h16"/>`,
  back: svg`<path d="M19 12H5M11 5l-7 7 7 7"/>`,
  minus: svg`<path d="M5 12h14"/>`,
  plus: svg`<path d="M5 12h14M12 5v14"/>`,
  person: svg`<circle cx="12" cy="8" r="4"/><path d="M4.5 20a7.5 7.5 0 0115 0"/>`,
  receipt: svg`<path d="M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6"/>`,
  erase: svg`<path d="M9 5h11v14H9l-6-7zM12 9.5l5 5M17 9.5l-5 5"/>`,
  up: svg`<path d="M6 15l6-6 6 6"/>`,
  down: svg`<path d="M6 9l6 6 6-6"/>`,
  printer: svg`<path d="M7 9V4h10v5M7 18H4v-8h16v8h-3M7 14h10v6H7z"/>`,
  share: svg`<path d="M4 20l1.2-4A8 8 0 1112 20a8 8 0 01-4-1.1zM9 9c0 4 2 6 6 6l1-2-2-1-1 1c-1-.4-1.7-1.1-2-2l1-1-1-2z"/>`,
  undo: svg`<path d="M5 9h9a5 5 0 010 10H8M5 9l4-4M5 9l4 4"/>`,
  camera: svg`<path d="M4 8h3.5L9 5.5h6L16.5 8H20v11H4z"/><circle cx="12" cy="13" r="3.5"/>`,
  search: svg`<circle cx="11" cy="11" r="6.5"/><path d="M16 16l5 5"/>`,
};

/** @param {string} name @returns {Drawing} */
export const icon = (name) => html`<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${PATHS[name]}</svg>`;
