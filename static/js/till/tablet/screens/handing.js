// Where what is kept leaves the tablet without a network: files to save, and codes that turn.

import { html, nothing } from "../../../../vendor/lit-html/lit-html.js";
import { icon } from "./icons.js";
import { qrCode } from "./qr.js";
import { rupiah, say } from "./words.js";

/** @import {Snapshot} from "../types.js" */
/** @import {App} from "./app.js" */

/** @param {App} app @param {Snapshot} now */
export const exportView = (app, now) => {
  const { t, carrying } = app;
  const { frames, isUnread } = carrying;
  const kept = carrying.kept ?? 0;
  const waits = now.unsent + now.refused > 0;
  return html`<section class="panel">
    <header class="panel-head">
      <button type="button" class="round" aria-label=${t.back} @click=${() => app.go("unsent")}>${icon("back")}</button>
      <h1 tabindex="-1">${t.export_title}</h1>
    </header>
    <p class="say">${waits ? t.export_about : t.all_sent_about}</p>
    ${isUnread ? html`<p class="trouble" role="alert">${t.export_unread}</p>` : nothing}
    ${waits
      ? html`<div class="row"><button type="button" class="quiet" @click=${() => carrying.save(false)}>${t.export_file}</button></div>`
      : nothing}
    ${kept || now.owed
      ? html`<p class="say">${say(t.export_kept_about, { n: kept })}</p>
          <div class="row"><button type="button" class="quiet" @click=${() => carrying.save(true)}>${t.export_all_file}</button></div>`
      : nothing}
    ${filesView(app)}
    ${frames.length ? framesView(app) : nothing}
  </section>`;
};

/** @param {App} app */
const filesView = ({ t, carrying: { files } }) =>
  files.length
    ? html`<div role="status"><ul class="entries">
          ${files.map(
            (file) => html`<li class="entry is-plain is-file">
              <span class="entry-what"><b>${file.name}</b><small>${say(t.export_holds, { n: file.count, code: file.code })}</small></span>
              <b class="entry-sum">${rupiah(file.total_rupiah)}</b>
              <a class="quiet is-small" href=${file.url} download=${file.name}>${t.export_save}</a>
            </li>`,
          )}
        </ul></div>
        <p class="about">${t.export_compare}</p>`
    : nothing;

/** @param {App} app */
const framesView = ({ t, carrying }) => {
  const { frames, isTurning } = carrying;
  const place = carrying.frame % Math.max(1, frames.length);
  return html`<div class="frames">
    ${qrCode(frames[place] ?? "", say(t.frame_of, { n: place + 1, of: frames.length }), "low")}
    <p class="row">
      <button type="button" class="round" aria-label=${t.previous} @click=${() => carrying.turn(-1)}>${icon("back")}</button>
      <output>${place + 1} / ${frames.length}</output>
      <button type="button" class="round is-next" aria-label=${t.next_code} @click=${() => carrying.turn(1)}>${icon("back")}</button>
      <button type="button" class="quiet is-small" aria-pressed=${isTurning} @click=${() => carrying.toggle()}>
        ${isTurning ? t.stop : t.turn_by_itself}
      </button>
    </p>
  </div>`;
};
