"""The tablet's modules: carts, numbers, clock, protocol, frames and search."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.shown_alike


# --- cart and numbers ----------------------------------------------------------------------------


def test_cart_holds_what_the_server_can_read(modules: Page) -> None:
    quantities, notes, lines, uuids = modules.evaluate(
        """async () => {
          const { EMPTY, MAX_LINES, withNote, withQuantity, withUuid } = await load('tablet/cart');
          const typed = [1, 3, 0, -5, 99_999, 2.9, NaN, Infinity, '7', 'x', null];
          const one = withQuantity(EMPTY, 1, 5);
          const quantities = typed.map((n) => withQuantity(one, 1, n).lines[0]?.quantity ?? 0);
          const notes = [
            'x'.repeat(500), '☕'.repeat(150), '\\u{1F375}'.repeat(150),
            'a\\u0000b', 'half \\uD83C', ' ok ', 'x'.repeat(199) + '\\u{1F375}',
          ].map((text) => withNote(EMPTY, text).note);
          let full = EMPTY;
          for (let id = 1; id <= 300; id += 1) full = withQuantity(full, id, 1);
          full = withQuantity(full, 1, 4);
          let count = 0;
          const make = () => `uuid ${(count += 1)}`;
          const named = withUuid(EMPTY, make);
          return [
            quantities,
            notes.map((text) => [text.length, text.isWellFormed(), text.includes('\\u0000')]),
            [full.lines.length === MAX_LINES, full.lines[0].quantity, EMPTY.lines.length],
            [named.uuid, withUuid(named, make).uuid, withQuantity(named, 1, 2).uuid],
          ];
        }"""
    )
    assert quantities == [1, 3, 0, 0, 9_999, 2, 0, 9_999, 7, 0, 0]
    assert all(length <= 200 and is_whole and not nul for length, is_whole, nul in notes)
    assert [length for length, *_ in notes] == [200, 150, 200, 2, 5, 4, 199]
    assert lines == [True, 4, 0]
    assert uuids == ["uuid 1", "uuid 1", "uuid 1"]


def test_numbers_go_up_and_training_has_its_own(modules: Page) -> None:
    given, counters, raised, told, read = modules.evaluate(
        """async () => {
          const { nextNumber, raiseTo, countForServer, readNumber } = await load('tablet/numbers');
          let counters = {};
          const given = [];
          const next = (prefix, training) => {
            const one = nextNumber(counters, prefix, training);
            counters = one.counters;
            given.push(one.number);
          };
          next('A12-B', false); next('A12-B', true); next('A12-B', false); next('B1-AA', false);
          next('A12-B', true);
          const before = counters;
          const raise = (last) => raiseTo(before, { prefix: 'A12-B', last })['A12-B'];
          counters = { 'A12-B': { sale: 9_999, training: 0 } };
          next('A12-B', false);
          return [
            given,
            before,
            [1, 2, 57, -3, NaN, '90', 2 ** 53, undefined].map(raise),
            [
              countForServer(before, ['A12-B-0002', 'A12-B-L0001', 'B1-AA-0001']),
              countForServer({ 'A1-A': { sale: 0, training: 5 } }, ['A1-A-L0005']),
              // One that stands under a till whose counter this storage does not know is told too.
              countForServer({}, ['A1-A-0001']),
            ],
            [readNumber('A12-B-L0003'), readNumber('A12-B-10000')],
          ];
        }"""
    )
    assert given == [
        "A12-B-0001",
        "A12-B-L0001",
        "A12-B-0002",
        "B1-AA-0001",
        "A12-B-L0002",
        "A12-B-10000",
    ]
    assert counters == {
        "A12-B": {"sale": 2, "training": 2},
        "B1-AA": {"sale": 1, "training": 0},
    }
    assert [one["sale"] for one in raised] == [2, 2, 57, 2, 2, 2, 2, 2]
    assert {one["training"] for one in raised} == {2}
    assert told == [
        {"A12-B": {"last": 2, "unsent": 1}, "B1-AA": {"last": 1, "unsent": 1}},
        {},
        {},
    ]
    assert read == [
        {"prefix": "A12-B", "training": True},
        {"prefix": "A12-B", "training": False},
    ]


# --- clock ----------------------------------------------------------------------------------------

CLOCK = """async (steps) => {
  const { createClock } = await load('tablet/clock');
  let now = 1_000_000;
  let tick = 0;
  const clock = createClock({ now: () => now, tick: () => tick });
  const does = {
    run: (ms) => { now += ms; tick += ms; },        // both clocks go on
    sleep: (ms) => { now += ms; },                  // the tablet's tick stands still
    set: (ms) => { now += ms; },                    // a hand on the clock
    measure: ([ahead, trip = 100]) => {             // the server, so far ahead of the true time
      tick += trip; now += trip;
      clock.measure(now - trip / 2 + ahead, tick - trip, tick);
    },
    sample: () => clock.sample(),
    hide: () => clock.mayHaveSlept(),
    show: () => clock.isAwake(),
  };
  return steps.flatMap(([what, much]) => {
    if (what === 'offset') return [clock.offset()];
    does[what](much);
    return [];
  });
}"""
HOUR = 3_600_000


@pytest.mark.parametrize(
    ("steps", "offsets"),
    [
        pytest.param([["offset", 0]], [None], id="unknown at first"),
        pytest.param([["measure", [5000]], ["run", HOUR], ["offset", 0]], [5000], id="goes on"),
        pytest.param(
            [["measure", [0]], ["set", -HOUR], ["sample", 0], ["offset", 0]],
            [HOUR],
            id="a hand that sets it back is followed",
        ),
        pytest.param(
            [["measure", [0]], ["hide", 0], ["sleep", HOUR], ["show", 0], ["offset", 0]],
            [None],
            id="sleep in hiding",
        ),
        pytest.param(
            # Timers still run for a while after the screen has gone dark, and then it sleeps.
            [
                *[["measure", [0]], ["hide", 0], ["run", 1000], ["sample", 0], ["run", 1000]],
                *[["sample", 0], ["sleep", HOUR], ["sample", 0], ["offset", 0]],
                *[["show", 0], ["offset", 0]],
            ],
            [None, None],
            id="sleep in hiding after timers ran",
        ),
        pytest.param(
            [["measure", [0]], ["sleep", HOUR], ["sample", 0], ["offset", 0]],
            [None],
            id="forward may be sleep, as of a lid that was shut",
        ),
        pytest.param(
            [["measure", [0]], ["set", 24 * HOUR], ["measure", [-24 * HOUR]], ["offset", 0]],
            [-24 * HOUR],
            id="measured again after a hand",
        ),
        pytest.param(
            [["measure", [0, 100]], ["measure", [3000, 8000]], ["offset", 0]],
            [0],
            id="a slow answer says less",
        ),
        pytest.param(
            [["measure", [0, 100]], ["measure", [60_000, 8000]], ["offset", 0]],
            [60_000],
            id="unless it proves the quick one wrong",
        ),
        pytest.param(
            [["measure", [0, 9000]], ["measure", [1000, 100]], ["offset", 0]],
            [1000],
            id="a quicker one is better",
        ),
        pytest.param([["measure", [float("nan")]], ["offset", 0]], [None], id="no time at all"),
    ],
)
def test_offset_of_the_clock(modules: Page, steps: list[Any], offsets: list[Any]) -> None:
    assert modules.evaluate(CLOCK, steps) == offsets


# --- protocol -------------------------------------------------------------------------------------


def test_only_what_was_taken_is_let_go(modules: Page) -> None:
    fates = modules.evaluate(
        """async () => {
          const { fateOf } = await load('tablet/protocol');
          const answer = (http, status, uuid = 'u') => ({ http, status, uuid });
          return [
            answer(201, 'recorded'), answer(200, 'replayed'), answer(202, 'held'),
            answer(409, 'conflict'), answer(422, 'refused'),
            // Not of this sale, or nothing that the portal says.
            answer(201, 'recorded', 'other'), answer(422, 'refused', null), answer(422, 'other'),
            answer('201', 'recorded'), answer(204, 'recorded'), answer(500, 'recorded'),
            answer(200), answer(200, 'ok'), answer(201, 'held'), answer(202, 'recorded'),
            { status: 'recorded', uuid: 'u' }, {}, null, undefined, 'u', 201, [], true,
          ].map((body) => fateOf(body, 'u'));
        }"""
    )
    assert fates == ["sent", "sent", "held", "held", "refused", *["unknown"] * 18]


def test_only_the_portal_itself_takes_the_pairing_away(modules: Page) -> None:
    found = modules.evaluate(
        """async () => {
          const { pairingOf } = await load('tablet/protocol');
          const statuses = [0, 200, 401, 403, 404, 500, 503, 511];
          const errors = ['not_paired', 'revoked', 'origin'].map((error) => ({ error }));
          const bodies = [null, {}, ...errors, 'x'];
          const found = [];
          for (const status of statuses) for (const body of bodies) {
            const pairing = pairingOf({ status, body });
            if (pairing) found.push([status, body.error, pairing]);
          }
          return found;
        }"""
    )
    assert found == [[401, "not_paired", "unpaired"], [403, "revoked", "revoked"]]


POST = """async (given) => {
  const { post } = await load('tablet/protocol');
  const real = globalThis.fetch;
  const asked = [];
  globalThis.fetch = async (address, options) => {
    asked.push([address, options.redirect, options.credentials, options.method]);
    if (given === 'gone') throw new TypeError('Failed to fetch');
    return new Response(given.body, { status: given.status, headers: given.headers ?? {} });
  };
  try {
    const { status, body, retryAfterMs } = await post('kabar', {}, 'id');
    return { status, body, retryAfterMs, asked: asked[0] };
  } finally {
    globalThis.fetch = real;
  }
}"""


@pytest.mark.parametrize(
    ("given", "status", "retry_ms"),
    [
        ("gone", 0, 0),
        ({"status": 200, "body": '{"ok": true}'}, 200, 0),
        ({"status": 200, "body": "<html>Masuk ke Wi-Fi</html>"}, 0, 0),
        ({"status": 502, "body": "<html>Bad Gateway</html>"}, 0, 0),
        ({"status": 200, "body": ""}, 0, 0),
        ({"status": 200, "body": "null"}, 0, 0),
        ({"status": 200, "body": '"x"'}, 0, 0),
        ({"status": 200, "body": '{"ok": tr'}, 0, 0),
        ({"status": 503, "body": "{}", "headers": {"Retry-After": "7"}}, 503, 7000),
        # A proxy's own page knows too how long it takes.
        ({"status": 503, "body": "<html>", "headers": {"Retry-After": "7"}}, 0, 7000),
        ({"status": 503, "body": "{}", "headers": {"Retry-After": "soon"}}, 503, 0),
        ({"status": 503, "body": "{}", "headers": {"Retry-After": "-5"}}, 503, 0),
        # More than a timer holds would end at once.
        ({"status": 503, "body": "{}", "headers": {"Retry-After": "9999999"}}, 503, 300_000),
    ],
)
def test_answers_are_told_from_noise(modules: Page, given: Any, status: int, retry_ms: int) -> None:
    answer = modules.evaluate(POST, given)
    assert (answer["status"], answer["retryAfterMs"]) == (status, retry_ms)
    assert answer["asked"] == ["/kasir/tablet/kabar/", "error", "same-origin", "POST"]


def test_waiting_grows_within_bounds(modules: Page) -> None:
    assert modules.evaluate(
        """async () => {
          const { waitAfter } = await load('tablet/backoff');
          const wrong = [];
          for (let failures = 1; failures < 2_000; failures += 1) {
            const most = Math.min(60_000, 1000 * 2 ** (failures - 1));
            for (const random of [0, 0.5, 0.999]) {
              const ms = waitAfter(failures, random);
              if (!(ms >= most / 2 && ms <= most)) wrong.push([failures, ms]);
            }
          }
          const several = new Set(Array.from({ length: 9 }, () => waitAfter(5)));
          return [wrong, waitAfter(1, 0), waitAfter(1, 1), several.size > 1];
        }"""
    ) == [[], 500, 1000, True]


# --- without a network for good -----------------------------------------------------------------


def test_frames_come_together_in_any_order(modules: Page) -> None:
    assert (
        modules.evaluate(
            """async () => {
          const { readFrame, readFrames, writeFrames } = await load('frames');
          const wrong = [];
          for (const many of [0, 1, 30, 400]) {
            const note = 'kopi ☕ \\u{1F375} "é"';
            const content = { sales: Array.from({ length: many }, (_none, n) =>
              ({ uuid: crypto.randomUUID(), number: `A12-B-${n}`, note })) };
            const texts = await writeFrames(JSON.stringify(content));
            const frames = shuffled([...texts, ...texts]).map(readFrame);
            const read = await readFrames(frames);
            if (JSON.stringify(read) !== JSON.stringify(content)) wrong.push(many);
            const isPlain = (text) => /^[A-Za-z0-9._-]+$/.test(text) && text.length <= 760;
            if (!texts.every(isPlain)) wrong.push('form');
          }
          return wrong;
        }"""
        )
        == []
    )


def test_files_are_sealed_and_cut_into_what_the_portal_takes(modules: Page) -> None:
    files = modules.evaluate(
        """async () => {
          const { asFiles } = await load('tablet/export');
          const entries = Array.from({ length: 2_001 }, (_none, n) => ({ position: n, uuid: `u${n}`,
            state: 'unsent', problems: [], taken: [], request: {
              kind: n % 2 ? 'reversal' : 'sale', number: n === 4 ? 'A12-B-L0001' : `A12-B-${n}`,
              payments: [{ method: 'cash', amount_rupiah: 10 }] } }));
          const made = await asFiles({ storage_id: 's' }, { till: 'A12-B' }, null, entries);
          return Promise.all(made.map(async ({ blob, ...file }) =>
            ({ ...file, text: await blob.text() })));
        }"""
    )
    assert [(one["name"], one["count"]) for one in files] == [
        ("opop-A12-B-1-dari-2.json", 2_000),
        ("opop-A12-B-2-dari-2.json", 1),
    ]
    # A thousand reversals take back all but the sale that was made in training.
    assert [one["total_rupiah"] for one in files] == [-10, 10]
    for one in files:
        text, seal = one["text"][:-77] + "}", one["text"][-66:-2]
        assert hashlib.sha256(text.encode()).hexdigest() == seal
        assert one["code"] == f"{seal[:4]} {seal[4:8]}"
        assert len(json.loads(one["text"])["sales"]) == one["count"]


def test_frames_that_are_lost_foreign_or_misread_are_never_taken(modules: Page) -> None:
    found = modules.evaluate(
        """async () => {
          const { readFrame, readFrames, writeFrames } = await load('frames');
          const make = async (from) => {
            const sales = Array.from({ length: 40 }, (_none, n) =>
              ({ uuid: crypto.randomUUID(), n: n + from }));
            return (await writeFrames(JSON.stringify({ sales }))).map(readFrame);
          };
          const [ours, others] = [await make(0), await make(100)];
          const other = (sign) => (sign === 'A' ? 'B' : 'A');
          const misread = ours.map((one, n) =>
            n ? one : { ...one, part: one.part.replace(/^./, other) });
          const blown = JSON.stringify({ text: 'x'.repeat(9_000_000) });
          const bomb = (await writeFrames(blown)).map(readFrame);
          const junk = ['', 'https://x.test', 'OPOP1.', 'OPOP2.00000000.1.1.x',
            'OPOP1.0000000g.1.1.x', 'OPOP1.00000000.0.1.x', 'OPOP1.00000000.2.1.x',
            'OPOP1.00000000.1.1.', 'OPOP1.00000000.1.1.x y',
            'OPOP1.00000000.1.999999.x', 'OPOP1.00000000.1.1.x\\n'];
          return {
            several: ours.length > 1,
            lost: await rejects(readFrames(ours.slice(1))),
            none: await rejects(readFrames([])),
            foreign: await rejects(readFrames([...ours.slice(1), others[0]])),
            beside: (await readFrames([...ours, ...others])).sales[0].n,
            misread: await rejects(readFrames(misread)),
            bomb: await rejects(readFrames(bomb)),
            junk: junk.filter((text) => readFrame(text) !== null),
          };
        }"""
    )
    assert found == {
        "several": True,
        "lost": True,
        "none": True,
        "foreign": True,
        "beside": 0,
        "misread": True,
        "bomb": True,
        "junk": [],
    }


def test_search_finds_every_word_in_name_or_maker(modules: Page) -> None:
    found = modules.evaluate(
        """async () => {
          const { matching } = await load('tablet/screens/sell');
          const offers = [['Kopi rempah', 'Sunan Drajat'], ['Keripik tempe', 'Nurul Jadid'],
            ['Café au lait', 'Sunan Ampel']].map(([name, maker], id) => ({ id, name, maker }));
          const texts = ['', '  ', 'KOPI', 'drajat kopi', 'kopi tempe', 'cafe', 'CAFÉ', 'sunan'];
          return [...texts, '.*', 'zz'].map((text) => matching(offers, text).map((one) => one.id));
        }"""
    )
    assert found == [[0, 1, 2], [0, 1, 2], [0], [0], [], [2], [2], [0, 2], [], []]
