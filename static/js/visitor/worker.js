// Opens an edition without a network from one file that holds all its pages in short. The server
// puts `KEPT` before it. What the network answers is never kept; only that file is, once it is known.

/**
 * @typedef {object} Bundle
 * @property {number} format
 * @property {string} root
 * @property {string} language
 * @property {string} shell the frame of a page
 * @property {Record<string, [string, string]>} pages title and content, by what follows the root
 * @property {Record<string, [string, string]>} lists the same, to be filled with lines
 * @property {Record<string, [string, string, string[], string][]>} lines address, words, tags, look
 * @property {{copy: string, copy_of_a_list: string, missing: [string, string], nothing: string,
 *   more: string, found: [string, string]}} parts
 */

/**
 * @type {{format: number, cache: string, root: string, bundle: string, language: string,
 *   files: string, patience: number}}
 */
// @ts-expect-error written by the server above this line
const kept = KEPT;
/** @type {any} */
const worker = self;

const OURS = "opop-luring-";
const CHECKED = `${kept.bundle}?checked`;
const SHOWN = `${kept.bundle}?shown`;
const FETCH_MS = 60_000;
const CHECK_EVERY_MS = 10 * 60_000;
const MOST_LETTERS = 12_000_000;
const MOST_LINES = 200;
const MOST_EDITIONS = 4;
// Named by its content, so it never changes.
const FOR_EVER = /\.[0-9a-f]{12}\.\w+$/;

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(kept.cache);
      // A copy that only the worker before can read: fetch another first, or leave the place to it.
      if ((await cache.match(kept.bundle)) && !(await copy())) {
        await refresh(true);
        if (!(await copy())) throw new Error("the new copy is not there yet");
      }
      await worker.skipWaiting();
    })(),
  );
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(
    (async () => {
      // The page is asked for while the worker is still waking up.
      await worker.registration.navigationPreload?.enable();
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener("message", (/** @type {any} */ event) => {
  if (event.data?.about !== "copy") return;
  event.waitUntil(
    (async () => {
      if (event.data.fetch) await refresh(event.data.now === true).catch(() => {});
      event.source?.postMessage({ about: "copy", ...(await state()) });
    })(),
  );
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname.startsWith(kept.files)) {
    event.respondWith(file(request, address));
  } else if (address.pathname.startsWith(kept.root)) {
    if (request.mode === "navigate") {
      const network = fromNetwork(event);
      event.waitUntil(network.catch(() => {}));
      event.respondWith(page(request, address, network));
    } else if (request.headers.has("HX-Request")) {
      event.respondWith(fragment(request, address));
    }
  }
});

// --- answers --------------------------------------------------------------------------------------

/** @param {any} event @returns {Promise<Response>} */
const fromNetwork = async (event) => (await event.preloadResponse) ?? fetch(event.request);

/**
 * What the network says in time and without failing; else nothing, and why.
 * @param {Promise<Response>} network @param {number} patience milliseconds
 */
const inTime = async (network, patience) => {
  const late = new Promise((done) => setTimeout(done, patience));
  try {
    const answer = /** @type {Response | undefined} */ (await Promise.race([network, late]));
    return { answer: answer && answer.status < 500 ? answer : undefined, isLate: !answer };
  } catch {
    return { answer: undefined, isLate: false };
  }
};

/** @param {Request} request @param {URL} address @param {Promise<Response>} network */
const page = async (request, address, network) => {
  // Whoever asks again for what the copy showed wants it from the network, however long it takes. A
  // step back asks again as well, for a page that was not the copy's.
  const isReload = request.cache === "no-cache" || request.cache === "reload";
  const isAgain = isReload && (await lastShown()) === address.href;
  const { answer, isLate } = await inTime(network, isAgain ? FETCH_MS : kept.patience);
  if (answer) {
    if (isAgain) await (await caches.open(kept.cache)).delete(SHOWN);
    return answer;
  }
  const bundle = await copy();
  if (!bundle) return network;
  const [title, content] = contentOf(bundle, address) ?? [];
  if (content === undefined) return isLate ? network : show(bundle, address, ...bundle.parts.missing);
  return show(bundle, address, title ?? "", content);
};

/** Which page the copy showed last: this worker may have ended and begun since. */
const lastShown = async () => (await (await caches.open(kept.cache)).match(SHOWN))?.text();

/** @param {Request} request @param {URL} address */
const fragment = async (request, address) => {
  const network = fetch(request);
  const { answer } = await inTime(network, kept.patience);
  const bundle = answer ? undefined : await copy();
  const path = address.pathname.slice(kept.root.length);
  if (answer || !bundle?.lists[path]) return answer ?? network;
  network.catch(() => {});
  const note = await dated(bundle.parts.copy_of_a_list);
  const id = escaped(request.headers.get("HX-Target") ?? "cards");
  return html(found(bundle, path, address.searchParams, id, note), {
    "HX-Replace-Url": address.pathname + address.search,
  });
};

/** @param {Request} request @param {URL} address */
const file = async (request, address) => {
  const cache = await caches.open(kept.cache);
  if (FOR_EVER.test(address.pathname)) {
    const stored = await cache.match(address.pathname);
    if (stored) return stored;
  }
  try {
    return await fetch(request);
  } catch (error) {
    const stored = await cache.match(address.pathname);
    if (stored) return stored;
    throw error;
  }
};

// --- pages from the copy --------------------------------------------------------------------------

/** @param {Bundle} bundle @param {URL} address @returns {[string, string] | undefined} */
const contentOf = (bundle, address) => {
  const path = decodeURI(address.pathname.slice(kept.root.length));
  const list = bundle.lists[path];
  if (!list) return marked(bundle.pages[path], address.searchParams.get("stan") ?? "");
  const [title, content] = list;
  const typed = escaped(address.searchParams.get("q") ?? "");
  return [
    title,
    fill(content, { typed, found: found(bundle, path, address.searchParams, "cards", "") }),
  ];
};

/**
 * The plan with the stands chosen that its address names.
 * @param {[string, string] | undefined} page @param {string} codes
 */
const marked = (page, codes) =>
  page &&
  /** @type {[string, string]} */ ([
    page[0],
    codes
      .split(",")
      .filter((code) => /^[A-Z]{1,2}\d{1,3}$/.test(code))
      .reduce((text, code) => {
        const stand = new RegExp(`class="plan-stand(?=[^>]*data-stand="${code}")`);
        return text.replace(stand, 'aria-current="true" class="plan-stand is-chosen');
      }, page[1]),
  ]);

/** @param {Bundle} bundle @param {URL} address @param {string} title @param {string} content */
const show = async (bundle, address, title, content) => {
  const rest = address.pathname.slice(kept.root.length) + address.search;
  // The frame was made at the address of the file: the page's own takes its place, so that the
  // language switch keeps the page.
  const frame = bundle.shell.replaceAll("luring.json", () => escaped(rest));
  const cache = await caches.open(kept.cache);
  await cache.put(SHOWN, new Response(address.href)).catch(() => {});
  const section = kept.root + (rest.match(/^[a-z-]+\//)?.[0] ?? "");
  const here = `<a href="${section}"`;
  const note = await dated(bundle.parts.copy);
  return html(fill(frame.replace(here, `${here} aria-current="true"`), { title: escaped(title), content: note + content }));
};

/**
 * Lines that hold every word typed and fit the filters; where none does, those that nearly do.
 * @param {Bundle} bundle @param {string} path @param {URLSearchParams} asked
 * @param {string} id @param {string} note
 */
const found = (bundle, path, asked, id, note) => {
  const lines = bundle.lines[path] ?? Object.values(bundle.lines).flat();
  const tags = new Set(lines.flatMap(([, , tags]) => tags));
  const names = new Set([...tags].map((tag) => tag.split("=")[0]));
  const wanted = [...new Set(asked.keys())]
    .filter((name) => names.has(name) && asked.get(name))
    .map((name) => asked.getAll(name).map((value) => `${name}=${value}`));
  const fitting = lines.filter(([, , has]) =>
    wanted.every((some) => some.some((tag) => has.includes(tag))),
  );
  const words = folded(asked.get("q") ?? "").split(" ").filter(Boolean);
  let hits = fitting.filter(([, text]) => words.every((word) => text.includes(word)));
  if (!hits.length && words.length) hits = nearest(fitting, words);
  const [one, many] = bundle.parts.found;
  const count = fill((hits.length === 1 ? one : many).replace("%(n)s", "[[n]]"), { n: hits.length });
  const shown = hits.slice(0, MOST_LINES).map(([, , , look]) => look).join("");
  const rest = hits.length > MOST_LINES ? bundle.parts.more : "";
  const list = shown ? `<ul class="hits">${shown}</ul>${rest}` : bundle.parts.nothing;
  return `<div id="${id}">${note}<h2 class="found" data-announce>${count}</h2>${list}</div>`;
};

/**
 * Lines of which each word typed is near some word: they share most of their pairs of letters.
 * @param {[string, string, string[], string][]} lines @param {string[]} words
 */
const nearest = (lines, words) =>
  lines
    .map((line) => {
      const there = line[1].split(" ");
      const near = words.map((word) => Math.max(...there.map((other) => likeness(word, other))));
      return { line, least: Math.min(...near), sum: near.reduce((a, b) => a + b, 0) };
    })
    .filter(({ least }) => least >= 0.5)
    .sort((a, b) => b.sum - a.sum)
    .map(({ line }) => line);

/** @param {string} one @param {string} other @returns {number} 0 to 1 */
const likeness = (one, other) => {
  const pairs = (/** @type {string} */ word) =>
    [...` ${word} `].slice(1).map((letter, index) => ` ${word} `[index] + letter);
  const left = pairs(other);
  const all = left.length + one.length + 1;
  let shared = 0;
  for (const pair of pairs(one)) {
    const at = left.indexOf(pair);
    if (at < 0) continue;
    left.splice(at, 1);
    shared += 2;
  }
  return shared / all;
};

/** As the server folds: small letters and digits, no marks. @param {string} text */
const folded = (text) =>
  text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\p{M}'’‘ʼ`]/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/** @param {string} text @param {Record<string, string | number>} values */
const fill = (text, values) =>
  text.replace(/\[\[(\w+)\]\]/g, (mark, name) => String(values[name] ?? mark));

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** Says when the copy was last known to be what the server has. @param {string} text */
const dated = async (text) => {
  const { checked } = await state();
  const format = { dateStyle: "medium", timeStyle: "short", timeZone: "Asia/Jakarta" };
  const language = kept.language === "en" ? "en-GB" : kept.language;
  const when = new Intl.DateTimeFormat(language, /** @type {any} */ (format)).format(checked);
  return fill(text, { when });
};

/** @param {string} text @param {Record<string, string>} [more] */
const html = async (text, more = {}) => {
  // Under the same rules as the server's own pages.
  const bundle = await (await caches.open(kept.cache)).match(kept.bundle);
  const headers = new Headers({ "Content-Type": "text/html; charset=utf-8", ...more });
  for (const name of ["Content-Security-Policy", "Referrer-Policy", "Permissions-Policy"]) {
    const rule = bundle?.headers.get(name);
    if (rule) headers.set(name, rule);
  }
  return new Response(text, { headers });
};

// --- the copy -------------------------------------------------------------------------------------

/** @returns {Promise<Bundle | undefined>} */
const copy = async () => {
  const stored = await (await caches.open(kept.cache)).match(kept.bundle);
  return stored && understood(await stored.text());
};

/** The file if it is one, and not what a hotspot's login page says in its place. @param {string} text */
const understood = (text) => {
  if (text.length > MOST_LETTERS) return undefined;
  try {
    /** @type {Bundle} */
    const bundle = JSON.parse(text);
    const isOurs =
      bundle.format === kept.format && bundle.root === kept.root && bundle.language === kept.language;
    return isOurs && bundle.pages[""] && bundle.shell.includes("[[content]]") ? bundle : undefined;
  } catch {
    return undefined;
  }
};

const state = async () => {
  const cache = await caches.open(kept.cache);
  const [bundle, checked] = [await cache.match(kept.bundle), await cache.match(CHECKED)];
  return { has: Boolean(bundle && checked), checked: Number((await checked?.text()) ?? 0) };
};

/** @type {Promise<void> | undefined} */
let running;

/** Ask for what is new, at most every ten minutes unless `now`; one at a time. @param {boolean} now */
const refresh = (now) => {
  running ??= ask(now).finally(() => {
    running = undefined;
  });
  return running;
};

/** @param {boolean} now */
const ask = async (now) => {
  const { has, checked } = await state();
  const age = Date.now() - checked;
  if (has && !now && age >= 0 && age < CHECK_EVERY_MS) return;
  const cache = await caches.open(kept.cache);
  const before = has ? await cache.match(kept.bundle) : undefined;
  const bundleIsOurs = before && understood(await before.clone().text());
  const mark = bundleIsOurs ? before.headers.get("ETag") : null;
  const answer = await fetch(kept.bundle, {
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    signal: AbortSignal.timeout(FETCH_MS),
    headers: mark ? { "If-None-Match": mark } : {},
  });
  if (answer.status === 304 && mark) return note(cache);
  if (!answer.ok) return;
  const text = await answer.text();
  const bundle = understood(text);
  if (!bundle) return;
  await keepFiles(cache, bundle);
  await cache.put(kept.bundle, new Response(text, { headers: answer.headers }));
  await note(cache);
  await letGo(cache, bundle);
};

/** @param {Cache} cache */
const note = (cache) => cache.put(CHECKED, new Response(String(Date.now())));

/** Addresses of files in a text. @param {string} text @param {string} base */
const filesIn = (text, base) =>
  [...text.matchAll(/(?:href|src)="([^"#]+)|url\(["']?([^"')#]+)/g)]
    .map(([, link, picture]) => new URL(link ?? picture ?? "", base))
    .filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith(kept.files))
    .map(({ pathname }) => pathname);

/** @param {Bundle} bundle */
const namedBy = (bundle) => new Set(filesIn(bundle.shell + bundle.pages[""]?.[1], location.href));

/**
 * Keep what the frame needs. One that is missing ends it, and the copy from before stays.
 * @param {Cache} cache @param {Bundle} bundle
 */
const keepFiles = async (cache, bundle) => {
  for (const path of namedBy(bundle)) {
    const response = await keepFile(cache, path);
    if (!path.endsWith(".css")) continue;
    for (const inner of filesIn(await response.text(), new URL(path, location.href).href)) {
      await keepFile(cache, inner);
    }
  }
};

/** @param {Cache} cache @param {string} path */
const keepFile = async (cache, path) => {
  const stored = await cache.match(path);
  if (stored && FOR_EVER.test(path)) return stored;
  const response = await fetch(path, { redirect: "error", signal: AbortSignal.timeout(FETCH_MS) });
  const isPage = response.headers.get("Content-Type")?.startsWith("text/html");
  if (!response.ok || isPage) throw new Error(`${path} is not there`);
  await cache.put(path, response.clone());
  return response;
};

/** Delete what this copy does not need, and editions that were not seen for long. @param {Cache} cache @param {Bundle} bundle */
const letGo = async (cache, bundle) => {
  const needed = namedBy(bundle);
  for (const path of [...needed].filter((path) => path.endsWith(".css"))) {
    const css = await cache.match(path);
    const base = new URL(path, location.href).href;
    for (const inner of filesIn((await css?.text()) ?? "", base)) needed.add(inner);
  }
  for (const request of await cache.keys()) {
    const path = new URL(request.url).pathname;
    if (path.startsWith(kept.files) && !needed.has(path)) await cache.delete(request);
  }
  const others = [];
  for (const name of await caches.keys()) {
    if (!name.startsWith(OURS) || name === kept.cache) continue;
    const other = await caches.open(name);
    const mark = (await other.keys()).find(({ url }) => url.endsWith("?checked"));
    const checked = mark && (await other.match(mark));
    others.push({ name, checked: Number((await checked?.text()) ?? 0) });
  }
  others.sort((a, b) => b.checked - a.checked);
  for (const { name } of others.slice(MOST_EDITIONS - 1)) await caches.delete(name);
};
