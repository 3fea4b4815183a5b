// Where the tablet's page begins: makes the till, draws it, starts it.

import { createTill } from "./till.js";
import { startScreens } from "./screens/app.js";

const version = document.body.dataset["version"] ?? "";
const language = document.documentElement.lang === "en" ? "en" : "id";
const receiptBase = new URL(document.body.dataset["receipts"] ?? "/nota/", location.href).href;

const till = createTill({ language, version, receiptBase });
const app = startScreens(till, { version });
void till.start(() => app.isAtRest);
