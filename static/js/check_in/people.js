// Who may come in: finds them in the list on this device, and knows who is in already.

/** @import {Entry, Recent, Request, View} from "../outbox/types.js" */

/** @typedef {"registered" | "waiting" | "cancelled"} TicketState */
/** @typedef {{id: string, name: string, kind: string, from: string, state: TicketState, ticket: string, came: boolean}} Person */
/** @typedef {{session: number, version: string, registrations: Person[], producers: string[]}} List */
/** @typedef {{id: number, title: string, kind: string, room: string, date: string, starts: string, ends: string, capacity: number | null, came: number, is_example: boolean}} Session */

/**
 * @typedef {object} State what the server says with each answer
 * @property {string} user
 * @property {Session[]} sessions
 * @property {number | null} session
 * @property {number} came
 * @property {string} list the version of the chosen session's list
 */

const MOST_FOUND = 12;
const LENGTH = 16;
const HASH_LENGTH = 32;
const IN_ADDRESS = /\/tiket\/([^/?#]+)/;
const CODE = /^[0-9A-HJKMNP-TV-Z]+$/;

/** @param {string} text what a QR says, or somebody typed @returns {string} the ticket's code, or "" */
export const readCode = (text) => {
  const found = IN_ADDRESS.exec(text);
  if (!found && text.includes("/")) return "";
  const code = (found?.[1] ?? text)
    .replace(/[\s-]/g, "")
    .toUpperCase()
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
  return code.length === LENGTH && CODE.test(code) ? code : "";
};

/** @param {string} code @returns {Promise<string>} what the list knows the ticket by */
export const hashOf = async (code) => {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code));
  const hex = [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0"));
  return hex.join("").slice(0, HASH_LENGTH);
};

/** @param {string} text small letters without marks, as the portal's own search folds them */
export const fold = (text) =>
  text
    .normalize("NFKD")
    .replace(/['`´‘’‛ʼʻʿʾ]|\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/** @param {List | null} list @param {string} text @returns {Person[]} each typed word begins one of theirs */
export const search = (list, text) => {
  const typed = fold(text).split(" ").filter(Boolean);
  if (!list || typed.length === 0) return [];
  const fits = (/** @type {Person} */ one) => {
    const words = fold(`${one.name} ${one.from}`).split(" ");
    return typed.every((word) => words.some((other) => other.startsWith(word)));
  };
  return list.registrations.filter(fits).slice(0, MOST_FOUND);
};

/** @param {View} view @returns {Set<string>} UUIDs of those that this device has taken back */
const undone = ({ entries, recent }) =>
  new Set(
    [...entries, ...recent]
      .filter((one) => one.request["kind"] === "undo" && one.state !== "refused")
      .map((one) => one.request["attendance"].uuid),
  );

/**
 * @param {List | null} list @param {View} view
 * @returns {Set<string>} registrations of those who are in, by the list or by this device
 */
export const thoseIn = (list, view) => {
  const gone = undone(view);
  const here = [...view.entries, ...view.recent].filter(
    (one) =>
      one.request["kind"] === "attendance" && one.state !== "refused" && one.request["registration"],
  );
  const all = new Set((list?.registrations ?? []).filter((one) => one.came).map((one) => one.id));
  // What is taken back here is out, even if the list has not heard of it yet.
  for (const one of here) if (gone.has(one.uuid)) all.delete(one.request["registration"]);
  for (const one of here) if (!gone.has(one.uuid)) all.add(one.request["registration"]);
  return all;
};

/**
 * @param {View} view @param {number | null} session @param {string} code of a ticket that the list lacks
 * @returns {boolean} whether this device has let it in there, and neither took that back nor was refused
 */
export const isTicketIn = (view, session, code) => {
  const gone = undone(view);
  return [...view.entries, ...view.recent].some(
    ({ uuid, request, state }) =>
      request["ticket"] === code &&
      request["session"] === session &&
      state !== "refused" &&
      !gone.has(uuid),
  );
};

/** @param {View} view @param {number} session @returns {number} people who wait to be sent, less those taken back */
export const pending = (view, session) => {
  let sum = 0;
  for (const { request, state } of view.entries) {
    if (state !== "unsent") continue;
    if (request["kind"] === "attendance" && request["session"] === session) sum += 1;
    if (request["kind"] === "undo" && request["attendance"].session === session) sum -= 1;
  }
  return sum;
};

/**
 * What the last ones were put with. This device remembers nobody's name once the portal has it.
 * @param {View} view @param {Recent | Entry} one @returns {Request} all of it as long as it waits
 */
export const wholeOf = ({ entries }, one) =>
  entries.find((entry) => entry.uuid === one.uuid)?.request ?? one.request;

/**
 * @param {View} view @param {List | null} list @param {Recent | Entry} one
 * @returns {string} whose arrival it is, as long as that waits or stands in the list; else nothing
 */
export const nameOf = (view, list, one) => {
  const said = wholeOf(view, one)["name"];
  if (said) return said;
  const id = one.request["registration"] ?? ("answer" in one ? one.answer?.registration : null);
  return (id && list?.registrations.find((person) => person.id === id)?.name) || "";
};

/** @typedef {{one: Recent, isUndone: boolean}} Last */

/** @param {View} view @param {number} session @returns {Last[]} the last ones here, the newest first */
export const lastOnes = (view, session) => {
  const gone = undone(view);
  return view.recent
    .filter(({ request }) => request["kind"] === "attendance" && request["session"] === session)
    .map((one) => ({ one, isUndone: gone.has(one.uuid) }));
};

/** @param {Last[]} lasts @returns {Recent | null} the one that can be taken back */
export const lastToUndo = (lasts) =>
  lasts.find(({ one, isUndone }) => !isUndone && !["refused", "already"].includes(one.state))?.one ??
  null;
