// What the page says while it cannot sell, and what the person at the tablet does about it.

import { html, nothing } from "../../../../vendor/lit-html/lit-html.js";
import { say } from "./words.js";

/** @import {Snapshot} from "../types.js" */
/** @import {App} from "./app.js" */

/** @param {App} app @param {Snapshot} now */
export const phaseView = (app, now) => {
  const { t, till } = app;
  const kept = now.unsent + now.refused;
  const holds = kept ? html`<p class="kept">${say(t.still_kept, { n: kept })}</p>` : nothing;
  // Also without any: what it sent before may be what a server that was put back lacks.
  const lookAt = kept || now.owed || now.last
    ? html`<button type="button" class="quiet" @click=${() => app.go("unsent")}>${t.show_unsent}</button>`
    : nothing;
  switch (now.phase) {
    case "starting":
      return box(t.starting, t.starting_about, kept ? lookAt : nothing);
    case "unpaired":
      return box(t.unpaired, t.unpaired_about, html`${holds}<a class="primary" href="/kasir/pasang/">${t.type_code}</a>${lookAt}`);
    case "revoked":
      return box(t.revoked, t.revoked_about, html`${holds}<a class="primary" href="/kasir/pasang/">${t.type_code}</a>${lookAt}`);
    case "elsewhere":
      return box(t.elsewhere, t.elsewhere_about, html`<button type="button" class="primary" @click=${() => till.takeOver()}>${t.use_here}</button>`);
    case "insecure":
      return box(t.insecure, t.insecure_about, html`<a class="primary" href="/kasir/formulir/">${t.plain_form}</a>`);
    default:
      return box(t.storage_failed, t.storage_failed_about, html`${holds}<button type="button" class="primary" @click=${() => location.reload()}>${t.open_again}</button><a class="quiet" href="/kasir/formulir/">${t.plain_form}</a>${kept ? lookAt : nothing}`);
  }
};

/** @param {string | undefined} title @param {string | undefined} about @param {unknown} [more] */
const box = (title, about, more = nothing) => html`<section class="panel phase">
  <h1 tabindex="-1">${title}</h1>
  <p>${about}</p>
  ${more}
</section>`;
