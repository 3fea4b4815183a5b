// What stands around every screen: whose till it is, what is unsent, and what somebody should know.

import { html, nothing } from "../../../../vendor/lit-html/lit-html.js";
import { icon } from "./icons.js";
import { clock, say } from "./words.js";

/** @import {Snapshot} from "../types.js" */
/** @import {App} from "./app.js" */

/** @param {App} app @param {Snapshot} now */
const syncView = (app, now) => {
  const { t } = app;
  // Elsewhere it is known, and here no more.
  if (["starting", "elsewhere"].includes(now.phase) || (!now.till && !now.unsent)) return nothing;
  const state = !now.in_contact ? "alone" : now.unsent || now.refused || now.owed ? "waiting" : "sent";
  const unsent = now.unsent ? say(t.unsent, { n: now.unsent }) : "";
  const refused = now.refused ? say(t.refused, { n: now.refused }) : "";
  const contact = now.last_contact_at
    ? say(t.no_contact_since, { time: clock(now.last_contact_at) })
    : (t.no_contact ?? "");
  const owed = now.owed ? (t.owed ?? "") : "";
  // What is cut off where there is no room is what the sign says too.
  const words = [unsent, refused, owed, state === "alone" ? contact : ""].filter(Boolean);
  return html`<button type="button" class="sync is-${state}" data-sync=${state} @click=${() => app.go("unsent")}>
    ${icon(state)}<span role="status">${words.join(" · ") || t.all_sent}</span>
  </button>`;
};

/** @param {App} app @param {Snapshot} now */
export const headerView = (app, now) => {
  const { t } = app;
  return html`
    ${now.stand
      ? html`<p class="bar-stand">
          <span class="ticket">${now.stand.stand.code}</span><span class="bar-name">${now.stand.stand.name}</span>
        </p>`
      : html`<p class="bar-stand"><span class="bar-name">OPOP Expo</span></p>`}
    ${syncView(app, now)}
    ${now.phase === "ready"
      ? html`<button type="button" class="bar-button" @click=${() => app.go("cashier")}>
            ${icon("person")}<span>${now.cashier?.name ?? t.choose_name}</span>
          </button>
          <button type="button" class="bar-button" data-menu @click=${() => app.go(app.ui.view === "menu" ? "sell" : "menu")}>
            ${icon("menu")}<span>${t.menu}</span>
          </button>`
      : nothing}
  `;
};

/** The keeper sells on; somebody has to look at it. @param {App} app @param {Snapshot} now */
const owedNotice = (app, now) => {
  if (!now.owed || now.phase !== "ready" || app.ui.view !== "sell") return nothing;
  return html`<p class="drawer-banner" role="status">
    ${app.t.owed_notice}
    <button type="button" class="link" @click=${() => app.go("unsent")}>${app.t.owed_look}</button>
  </p>`;
};

/** Asked for and never in the way. @param {App} app @param {Snapshot} now */
const drawerNotice = (app, now) => {
  const { t } = app;
  if (now.phase !== "ready" || now.training || app.ui.view !== "sell" || !now.drawer) return nothing;
  const { day, sums } = now.drawer;
  if (sums.closes) return html`<p class="drawer-banner">${t.closed_about}</p>`;
  if (app.drawer.floatLater === day || sums.movements.some((one) => one.kind === "float")) return nothing;
  return html`<p class="drawer-banner">
    ${t.float_missing}
    <button type="button" class="link" @click=${() => app.go("drawer")}>${t.float_record}</button>
    <button type="button" class="link" @click=${() => app.drawer.putFloatOff()}>${t.float_later}</button>
  </p>`;
};

/** @param {App} app @param {Snapshot} now */
export const noticeView = (app, now) => {
  const { t } = app;
  return html`${now.training && now.phase === "ready" ? html`<p class="training-banner">${t.training_banner}</p>` : nothing}
  ${now.stand?.expo.is_example && now.phase === "ready" ? html`<p class="example-banner">${t.example_banner}</p>` : nothing}
  ${owedNotice(app, now)}
  ${drawerNotice(app, now)}
  ${app.ui.view === "sell" && app.ui.trouble ? html`<p class="trouble" role="alert">${app.ui.trouble}</p>` : nothing}`;
};
