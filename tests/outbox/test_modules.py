"""The outbox by itself, in a Chromium: what it keeps lies in a real IndexedDB.

The server is played in the page, and says of each request what the test wants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.beside_modules import context_beside_modules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.shown_alike

ADDRESS = "https://pintu.test"

# `server.plan` says what comes of the next requests: "down", "lost" (recorded, but the answer is
# lost), a number (a status without an answer of ours), or a function from item to answer.
# `server.rows` is what it has.
HELPERS = """
globalThis.load = (name) => import(`/static/js/outbox/${name}.js`);
globalThis.until = async (test, most = 8000) => {
  const end = Date.now() + most;
  while (!(await test())) {
    if (Date.now() > end) throw new Error('waited in vain for ' + test);
    await new Promise((done) => setTimeout(done, 10));
  }
};
globalThis.server = { plan: [], rows: [], requests: [], usual: null, ahead: 0, takes: 5 };
const json = (status, body, more = {}) => Object.assign(
  new Response(JSON.stringify(body), { status, headers: more.headers }));
const record = (item) => {
  if (server.rows.some((row) => row.uuid === item.uuid)) {
    return { uuid: item.uuid, status: 'replayed' };
  }
  server.rows.push(item);
  return { uuid: item.uuid, status: 'recorded' };
};
globalThis.record = record;
globalThis.fetch = async (address, options) => {
  const content = JSON.parse(options.body);
  server.requests.push({ address, headers: options.headers, content });
  await new Promise((done) => setTimeout(done, server.takes));
  const next = server.plan.length ? server.plan.shift() : server.usual;
  if (next === 'down') throw new TypeError('Failed to fetch');
  if (typeof next === 'number') return json(next, { error: 'x' });
  if (next === 'login') {
    const page = new Response('<!doctype html>', { status: 200 });
    Object.defineProperty(page, 'url', { value: location.origin + '/en/masuk/?next=/' });
    Object.defineProperty(page, 'redirected', { value: true });
    return page;
  }
  if (next === 'portal') return new Response('<p>Wi-Fi</p>', { status: 200 });
  const answers = content.items.map(typeof next === 'function' ? next : record);
  if (next === 'lost') throw new TypeError('Failed to fetch');
  const server_at = new Date(Date.now() + server.ahead).toISOString();
  return json(200, { server_at, answers, state: { rows: server.rows.length } });
};
globalThis.open = async (name, more = {}) => {
  const { openOutbox } = await load('outbox');
  return openOutbox({ name, address: '/kirim/', language: 'id', waitAfter: () => 30, ...more });
};
globalThis.empty = (outbox) => until(async () => (await outbox.view()).entries.length === 0);
"""


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    with context_beside_modules(browser, HELPERS) as context:
        yield context


@pytest.fixture
def modules(context: BrowserContext) -> Iterator[Page]:
    """An empty page beside the modules."""
    page = context.new_page()
    page.goto(f"{ADDRESS}/")
    yield page
    page.close()


@pytest.fixture
def says(modules: Page, request: pytest.FixtureRequest) -> Callable[[str], Any]:
    """Evaluate the body of a function that has an `outbox` of its own, and close it after."""

    def evaluate(body: str) -> Any:
        return modules.evaluate(
            f"""async (name) => {{
              const outbox = await open(name);
              try {{ {body} }} finally {{ outbox.close(); }}
            }}""",
            request.node.name,
        )

    return evaluate


def test_all_arrive_in_order_each_once_and_in_batches(says: Callable[[str], Any]) -> None:
    found = says(
        """
        server.usual = 'down';
        for (let n = 0; n < 120; n += 1) await outbox.put({ n });
        server.usual = null;
        outbox.sendNow();
        await empty(outbox);
        const [last] = server.requests.slice(-1);
        return {
          order: server.rows.every((row, place) => row.n === place),
          rows: server.rows.length,
          most: Math.max(...server.requests.map((one) => one.content.items.length)),
          address: last.address,
          header: last.headers['X-Opop-Outbox'],
          state: (await outbox.view()).state,
        };
        """
    )
    assert found == {
        "order": True,
        "rows": 120,
        "most": 50,
        "address": "/kirim/",
        "header": "1",
        "state": {"rows": 120},
    }


def test_an_answer_that_was_lost_doubles_nothing(says: Callable[[str], Any]) -> None:
    found = says(
        """
        await outbox.put({ n: -1 });
        await empty(outbox);
        server.plan = ['lost', 'down', 'lost', 502, 'portal', 'lost'];
        for (let n = 0; n < 20; n += 1) await outbox.put({ n });
        await empty(outbox);
        return [server.rows.length, new Set(server.rows.map((row) => row.uuid)).size];
        """
    )
    assert found == [21, 21]


def test_put_is_on_the_disk_before_it_resolves(modules: Page) -> None:
    durabilities, stored = modules.evaluate(
        """async () => {
          const seen = [];
          const usual = IDBDatabase.prototype.transaction;
          IDBDatabase.prototype.transaction = function (...given) {
            const tx = usual.apply(this, given);
            if (tx.mode === 'readwrite') seen.push(tx.durability);
            return tx;
          };
          server.usual = 'down';
          const outbox = await open('durable');
          seen.length = 0;
          await outbox.put({ n: 1 });
          IDBDatabase.prototype.transaction = usual;
          outbox.close();
          const db = await new Promise((done) => {
            const asked = indexedDB.open('durable');
            asked.onsuccess = () => done(asked.result);
          });
          const stored = await new Promise((done) => {
            const asked = db.transaction('outbox').objectStore('outbox').getAll();
            asked.onsuccess = () => done(asked.result);
          });
          db.close();
          return [seen, stored.map((one) => one.request.n)];
        }"""
    )
    assert durabilities[0] == "strict"
    assert stored == [1]


def test_put_rejects_where_nothing_is_kept(says: Callable[[str], Any]) -> None:
    assert says(
        """
        outbox.close();
        return outbox.put({ n: 1 }).then(() => false, () => true);
        """
    )


def test_what_is_refused_stays_with_its_reason_and_holds_nobody_up(
    says: Callable[[str], Any],
) -> None:
    found = says(
        """
        server.usual = (item) => item.n === 1
          ? { uuid: item.uuid, status: 'refused', message: 'Jam HP salah.' } : record(item);
        for (let n = 0; n < 4; n += 1) await outbox.put({ n });
        await until(async () => (await outbox.view()).unsent === 0);
        const view = await outbox.view();
        const [refused] = view.entries;
        const before = server.requests.length;
        outbox.sendNow();
        await until(() => server.requests.length > before);
        const again = server.requests.at(-1).content.items.length;
        await outbox.drop('unknown');
        server.usual = null;
        await outbox.retry(refused.uuid);
        await empty(outbox);
        return [view.refused, refused.message, again, server.rows.map((row) => row.n),
          view.recent.map((one) => one.state)];
        """
    )
    assert found == [
        1,
        "Jam HP salah.",
        0,
        [0, 2, 3, 1],
        ["recorded", "recorded", "refused", "recorded"],
    ]


def test_only_what_is_refused_can_be_let_go_of_by_hand(says: Callable[[str], Any]) -> None:
    found = says(
        """
        server.usual = 'down';
        const kept = await outbox.put({ n: 0 });
        await outbox.drop(kept.uuid);
        const before = (await outbox.view()).entries.length;
        server.usual = (item) => ({ uuid: item.uuid, status: 'refused', message: 'x' });
        outbox.sendNow();
        await until(async () => (await outbox.view()).refused === 1);
        await outbox.drop(kept.uuid);
        return [before, (await outbox.view()).entries.length];
        """
    )
    assert found == [1, 0]


def test_only_what_was_taken_is_let_go(modules: Page) -> None:
    fates = modules.evaluate(
        """async () => {
          const { fateOf } = await load('post');
          const answer = (status, uuid = 'u') => ({ status, uuid });
          return [
            ...['recorded', 'replayed', 'already', 'refused', 'later'].map((one) => answer(one)),
            answer('recorded', 'other'), answer('ok'), answer(null), answer(['recorded']),
            {}, null, undefined, 'u', 201, [], true,
          ].map((body) => fateOf(body, 'u'));
        }"""
    )
    assert fates == ["recorded", "replayed", "already", "refused", "later", *["unknown"] * 11]


@pytest.mark.parametrize("plan", ["401", "403", "'login'"])
def test_a_login_that_has_ended_keeps_everything(says: Callable[[str], Any], plan: str) -> None:
    found = says(
        f"""
        const {{ summary }} = await load('outbox');
        await until(() => server.requests.length);
        server.usual = {plan};
        await outbox.put({{ n: 1 }});
        await until(async () => (await outbox.view()).contact === 'sign_in');
        await outbox.put({{ n: 2 }});
        const said = summary(await outbox.view());
        server.usual = null;
        outbox.sendNow();
        await empty(outbox);
        await until(async () => summary(await outbox.view()).text === 'all_sent');
        return [said.text, said.n, server.rows.map((row) => row.n)];
        """
    )
    assert found == ["sign_in", 2, [1, 2]]


def test_no_contact_is_told_since_when(says: Callable[[str], Any]) -> None:
    found = says(
        """
        const { summary } = await load('outbox');
        await until(async () => (await outbox.view()).contactAt !== null);
        const at = (await outbox.view()).contactAt;
        server.usual = 'down';
        await outbox.put({ n: 1 });
        await until(async () => (await outbox.view()).contact === 'no_contact');
        const said = summary(await outbox.view());
        return [said.text, said.n, said.since === at];
        """
    )
    assert found == ["no_contact", 1, True]


def test_a_request_that_the_server_cannot_stomach_holds_nobody_up(
    says: Callable[[str], Any],
) -> None:
    found = says(
        """
        const usual = fetch;
        globalThis.fetch = (address, options) => {
          const { items } = JSON.parse(options.body);
          return items.some((item) => item.n === 2)
            ? new Response('', { status: 500 }) : usual(address, options);
        };
        for (let n = 0; n < 8; n += 1) await outbox.put({ n });
        await until(async () => (await outbox.view()).unsent === 1);
        globalThis.fetch = usual;
        await empty(outbox);
        return server.rows.map((row) => row.n).sort();
        """
    )
    assert found == list(range(8))


def test_one_that_must_wait_lets_the_others_pass_and_comes_again(
    says: Callable[[str], Any],
) -> None:
    found = says(
        """
        let missing = true;
        server.usual = (item) => item.n === 0 && missing
          ? { uuid: item.uuid, status: 'later' } : record(item);
        for (let n = 0; n < 3; n += 1) await outbox.put({ n });
        await until(() => server.rows.length === 2);
        await outbox.put({ n: 3 });
        await until(async () => server.rows.length === 3 && (await outbox.view()).unsent === 1);
        const waiting = (await outbox.view()).entries.map((one) => one.request.n);
        missing = false;
        await empty(outbox);
        return [waiting, server.rows.map((row) => row.n)];
        """
    )
    assert found == [[0], [1, 2, 3, 0]]


def test_one_that_hangs_on_a_refused_one_is_refused_with_it(says: Callable[[str], Any]) -> None:
    found = says(
        """
        server.usual = (item) => item.n === 0
          ? { uuid: item.uuid, status: 'refused', message: 'Terlalu lama.' }
          : { uuid: item.uuid, status: 'later' };
        const first = await outbox.put({ n: 0 });
        await outbox.put({ n: 1 }, { after: first.uuid });
        await until(async () => (await outbox.view()).refused === 2);
        return (await outbox.view()).entries.map((one) => one.message);
        """
    )
    assert found == ["Terlalu lama.", "Terlalu lama."]


def test_two_pages_send_each_once_and_tell_each_other(context: BrowserContext) -> None:
    pages = [context.new_page() for _ in range(2)]
    for page in pages:
        page.goto(f"{ADDRESS}/")
        page.evaluate(
            """async () => {
              server.usual = 'down';
              globalThis.told = 0;
              globalThis.outbox = await open('two pages', { onChange: () => { told += 1; } });
            }"""
        )
    pages[0].evaluate("async () => { for (let n = 0; n < 60; n += 1) await outbox.put({ n }); }")
    pages[1].evaluate("async () => { for (let n = 60; n < 90; n += 1) await outbox.put({ n }); }")
    told = pages[1].evaluate("told")
    sent: list[int] = []
    for page in pages:
        # So long that both would be at it.
        page.evaluate("Object.assign(server, { usual: null, takes: 300 })")
        page.evaluate("outbox.sendNow()")
    for page in pages:
        page.evaluate("() => empty(outbox)")
        sent += page.evaluate("server.rows.map((row) => row.n)")
        page.close()
    assert told >= 60
    assert sorted(sent) == list(range(90))


def test_a_newer_page_sends_what_an_older_one_kept(modules: Page) -> None:
    found = modules.evaluate(
        """async () => {
          const raw = (version, upgrade) => new Promise((done) => {
            const asked = indexedDB.open('older', version);
            asked.onupgradeneeded = () => upgrade?.(asked.result);
            asked.onsuccess = () => done(asked.result);
          });
          server.usual = 'down';
          const before = await open('older');
          await before.put({ n: 0 });
          before.close();
          // As another version of the page wrote it: without a field, and with one that is unknown.
          const db = await raw();
          const tx = db.transaction('outbox', 'readwrite');
          tx.objectStore('outbox').add({
            uuid: 'u-1', state: 'unsent', request: { uuid: 'u-1', n: 1, unknown: true }, more: 1 });
          await new Promise((done) => { tx.oncomplete = done; });
          db.close();
          // And a schema that only a later page knows.
          (await raw(7, (database) => database.createObjectStore('later'))).close();
          server.usual = null;
          const outbox = await open('older', { version: 'new' });
          await empty(outbox);
          outbox.close();
          return server.rows.map((row) => [row.n, row.unknown ?? false]);
        }"""
    )
    assert found == [[0, False], [1, True]]


def test_what_it_says_of_the_time_is_measured_and_kept_with_the_thing(
    says: Callable[[str], Any],
) -> None:
    first, second, now, kept = says(
        """
        server.usual = 'down';
        server.ahead = 3_600_000;
        outbox.put({ n: 0 });
        await until(async () => (await outbox.view()).unsent === 1);
        server.usual = null;
        outbox.sendNow();
        await empty(outbox);
        await outbox.put({ n: 1 });
        await empty(outbox);
        await outbox.keep('gate', 3);
        return [server.rows[0].clock_offset_ms, server.rows[1].clock_offset_ms,
          outbox.now() - Date.now(), await outbox.kept('gate')];
        """
    )
    assert first is None
    assert abs(second - 3_600_000) < 1000
    assert abs(now - 3_600_000) < 1000
    assert kept == 3


def test_only_the_last_ones_are_remembered(modules: Page) -> None:
    kept, none = modules.evaluate(
        """async () => {
          const some = await open('remembers', { keepRecent: 3 });
          const none = await open('forgets', { keepRecent: 0 });
          for (let n = 0; n < 6; n += 1) { await some.put({ n }); await none.put({ n }); }
          await empty(some);
          await empty(none);
          const views = [(await some.view()).recent, (await none.view()).recent];
          some.close();
          none.close();
          return views.map((all) => all.map((one) => one.request.n));
        }"""
    )
    assert kept == [5, 4, 3]
    assert none == []


def test_what_waits_says_how_long_ago_it_happened_at_least(modules: Page) -> None:
    found = modules.evaluate(
        """async () => {
          const { agesOf } = await load('ages');
          const entry = (position, device_at, more = {}) =>
            ({ position, request: { device_at }, ...more });
          const here = (tick) => ({ page: 'this', tick });
          const ages = (...waiting) => [...agesOf(waiting, { page: 'this', tick: 600_000 })];
          return [
            // Put by this page, which has slept for an hour between the two.
            ages(entry(1, '1970-01-01T00:00:00Z', here(0)),
              entry(2, '1970-01-01T01:05:00Z', here(300_000))),
            // By a page before a reload, and then by this one under a clock that was set.
            ages(entry(1, '1970-01-01T00:00:00Z', { page: 'other', tick: 5 }),
              entry(2, '1970-01-01T00:10:00Z', { page: 'other', tick: 600_005 }),
              entry(3, '2026-11-26T03:00:00Z', here(590_000.4))),
            // Set back, unreadable, and from before a page knew of ticks.
            ages(entry(1, '2026-11-26T03:00:00Z'), entry(2, '1970-01-01T00:00:00Z'),
              entry(3, 'x'), entry(4, '1970-01-01T00:01:00Z')),
            ages(),
          ];
        }"""
    )
    assert found == [
        [[2, 300_000], [1, 4_200_000]],
        [[3, 10_000], [2, 10_000], [1, 610_000]],
        [[4, 0], [3, 0], [2, 0], [1, 0]],
        [],
    ]


def test_a_clock_that_was_set_before_the_network_came_back_hides_no_age(
    says: Callable[[str], Any],
) -> None:
    items, ages = says(
        """
        server.usual = 'down';
        const True = Date;
        globalThis.Date = class extends True {
          constructor(...given) { super(...(given.length ? given : [True.now() % 86_400_000])); }
        };
        for (let n = 0; n < 60; n += 1) await outbox.put({ n });
        globalThis.Date = True;
        await new Promise((done) => setTimeout(done, 400));
        server.usual = null;
        server.requests.length = 0;
        outbox.sendNow();
        await empty(outbox);
        const { content } = server.requests.find((one) => one.content.items.length === 50);
        return [content.items, content.ages];
        """
    )
    assert {one["device_at"][:10] for one in items} == {"1970-01-01"}
    assert {",".join(sorted(one)) for one in items} == {"clock_offset_ms,device_at,n,uuid"}
    assert len(ages) == 50
    assert all(400 <= one < 60_000 for one in ages)
    assert ages == sorted(ages, reverse=True)


def test_what_the_page_wants_forgotten_is_remembered_of_nothing(modules: Page) -> None:
    waiting, taken, sent = modules.evaluate(
        """async () => {
          server.usual = 'down';
          const outbox = await open('discreet', { forget: ['name'] });
          await outbox.put({ name: 'Umar', n: 1 });
          await outbox.put({ kind: 'undo', attendance: { name: 'Umar', n: 1 } });
          const said = async () => JSON.stringify((await outbox.view()).recent);
          const waiting = await said();
          server.usual = (item) => ({ ...record(item), name: 'Umar' });
          outbox.sendNow();
          await empty(outbox);
          const taken = await said();
          const sent = server.rows.map((row) => row.name ?? row.attendance.name);
          outbox.close();
          return [waiting, taken, sent];
        }"""
    )
    assert "Umar" not in waiting
    assert "Umar" not in taken
    assert '"n":1' in taken
    assert sent == ["Umar", "Umar"]
