"""`make replay`: a whole day of an expo in ten minutes, ten times as full as that of 2021.

nginx, two nodes as they are deployed and a durable PostgreSQL on this machine, and beside them all
who use the portal: tablets that sell by the hours of the example edition and send as the real one
does, visitors who look through pages and whose browsers report what they saw, and organisers with
the dashboard and the daily totals open. Everything is asked for at its time whether or not what was
asked before has been answered, and is waited for from that time on.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import html
import json
import os
import random
import re
import statistics
import sys
import time
from collections import Counter, defaultdict
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.deploy.redis_server import redis_server
from tests.faults.gunicorn import CONFIGURED, Gunicorn
from tests.faults.nginx import Nginx
from tests.faults.server import Portal, portal
from tests.faults.story import differences
from tests.faults.tablet import HOST, NoAnswerError, Tablet
from tests.postgres import deployed_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.faults.tablet import Entry

# As docs/operations.md has it for a machine with two cores.
GUNICORN = [*CONFIGURED, "--workers=1"]
NODES = 2
TABLETS = 80
# Ten times a day of 2021: 1.950.289.000 rupiah in all, some 50.000 a sale, three days; and 30.317
# visitors with some ten pages each.
SALES, VIEWS, MINUTES = 130_000, 100_000, 10
ORGANISERS = 3
MOST_SALE_SECONDS, MOST_PAGE_SECONDS = 0.5, 0.25
CONTACT_SECONDS = 5  # as static/js/till/tablet asks
VISITOR_LINES = 96
PATIENCE = 30
# Of the tablet's outbox: below so many a request is short, and it rests so many times as long as
# the answer took, or so many seconds at most.
SHORT, RESTS_FOR, MOST_REST = 50, 4, 0.3
# What is left over at closing time is waited for no longer than this.
LAST_SECONDS = 120
# Of a hundred pages. A narrowed list or a search is another page for nearly everybody.
LOOKED_AT = {
    "home": 12,
    "stands": 10,
    "products": 12,
    "narrowed": 8,
    "search": 8,
    "stand": 18,
    "product": 22,
    "plan": 6,
    "schedule": 4,
}
# So many of a hundred have the page from before, and ask whether it still holds.
RETURNING = 40
# A browser tells of so many pages together.
SEEN_AT_ONCE = 3

CATALOGUE = """
import django, json
django.setup()
from opop_expo.example_edition import CLOSES, OPENS, RUSH
from stands.models import Expo, Offer, Stand
expo = Expo.objects.get()
Expo.objects.update(is_public=True)
print(json.dumps([expo.pk, expo.slug,
    list(Stand.objects.values_list("pk", "code")),
    list(Offer.objects.values_list("product_id", "product__slug")),
    RUSH[OPENS.hour : CLOSES.hour]]))
"""


# --- who asks -------------------------------------------------------------------------------------


class SellingTablet(Tablet):
    """A tablet that sends as soon as something is saved: one alone, else all that waits."""

    saved: asyncio.Event
    saved_at: dict[str, float]

    def get_ready(self) -> None:
        self.saved = asyncio.Event()
        self.saved_at = {}
        self.taken_after: list[float] = []

    def _save(self, request: dict[str, Any], total: int, *, training: bool) -> Entry:
        entry = super()._save(request, total, training=training)
        self.saved_at[entry.uuid] = time.perf_counter()
        self.saved.set()
        return entry

    def _settle(self, entry: Entry, answer: dict[str, Any]) -> None:
        super()._settle(entry, answer)
        self.taken_after.append(time.perf_counter() - self.saved_at.pop(entry.uuid))

    async def send_as_saved(self) -> None:
        """Until it is cancelled."""
        tries = 0
        while True:
            await self.saved.wait()
            self.saved.clear()
            while self.outbox:
                self.batch = (1, 1) if len(self.outbox) == 1 else (100, 100)
                asked = time.perf_counter()
                try:
                    wait = await self._send()
                    tries = 0
                    # As static/js/till/tablet/outbox.js rests after a short request.
                    if not wait and self.waits[-1][0] < SHORT:
                        wait = min((time.perf_counter() - asked) * RESTS_FOR, MOST_REST)
                except NoAnswerError as error:
                    self.troubles[str(error)[:60]] += 1
                    tries += 1
                    wait = min(5.0, 0.2 * 2**tries) * self.random.uniform(0.5, 1.5)
                if wait:
                    await asyncio.sleep(wait)

    async def stay_in_contact(self) -> None:
        """On a line of its own, as a browser would open one."""
        line = type(self.line)(self.line.port, self.paired.credential, PATIENCE)
        etag = ""
        await asyncio.sleep(self.random.uniform(0, CONTACT_SECONDS))
        while True:
            with suppress(NoAnswerError):
                body = self._body(f'"seen":"{etag}"')
                etag = (await line.post("/kasir/tablet/kabar/", body)).body["etag"]
            await asyncio.sleep(CONTACT_SECONDS)


class Browser:
    """A kept-alive connection that reads pages."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.port = port
        self.head = f"Host: {HOST}:{port}\r\nAccept-Encoding: gzip\r\nAccept-Language: id\r\n"
        self.head += "User-Agent: Mozilla/5.0 (Linux; Android 12)\r\n"
        if cookie:
            self.head += f"Cookie: {cookie}\r\n"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, more: str = "", body: bytes = b"") -> Page:
        """One answer; status 0 where there was none."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._ask(method, path, more, body)
        except (OSError, EOFError, ValueError, TimeoutError):
            if self._streams is not None:
                self._streams[1].transport.abort()
            self._streams = None
            return Page(0, "", b"")

    async def _ask(self, method: str, path: str, more: str, body: bytes) -> Page:
        if self._streams is None:
            self._streams = await asyncio.open_connection(HOST, self.port)
        reader, writer = self._streams
        if body:
            more += f"Content-Length: {len(body)}\r\n"
        writer.write(f"{method} {path} HTTP/1.1\r\n{self.head}{more}\r\n".encode() + body)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status = int(head.split(None, 2)[1])
        length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
        content = b""
        if status not in (204, 304) and length:
            content = await reader.readexactly(int(length[1]))
        elif "transfer-encoding: chunked" in head.lower():
            while size := int(await reader.readuntil(b"\r\n"), 16):
                content += (await reader.readexactly(size + 2))[:-2]
            await reader.readexactly(2)
        if "connection: close" in head.lower():
            writer.close()
            self._streams = None
        etag = re.search(r"etag: (\S+)", head, re.IGNORECASE)
        return Page(status, etag[1] if etag else "", content, "figuresChanged" in head)


@dataclass
class Page:
    status: int
    etag: str
    content: bytes
    says_changed: bool = False


@dataclass
class Catalogue:
    """What visitors look at: kinds of pages with their addresses, and what they report of them."""

    expo: int
    slug: str
    stands: list[tuple[int, str]]
    products: list[tuple[int, str]]
    # Of the hours of a day, how much happens in each.
    hours: list[int]

    def choose(self, chance: random.Random) -> tuple[str, str, str]:
        """Kind, address, and what the browser reports of it; empty where it reports nothing."""
        [kind] = chance.choices([*LOOKED_AT], weights=[*LOOKED_AT.values()])
        root = f"/{self.slug}/"
        stand, code = chance.choice(self.stands)
        product, slug = chance.choice(self.products)
        words = ["barang", "barng", f"Barang {chance.randint(1, 6)}", code, f"barang {code}"]
        match kind:
            case "home":
                return kind, root, f"{self.expo}.home.0"
            case "stand":
                return kind, f"{root}stan/{code}/", f"{self.expo}.stand.{stand}"
            case "product":
                return kind, f"{root}produk/{slug}/", f"{self.expo}.product.{product}"
            case "narrowed":
                return kind, f"{root}produk/?price_to={chance.randint(1, 200)}000", ""
            case "search":
                return kind, f"{root}cari/?q={chance.choice(words).replace(' ', '+')}", ""
        return (
            kind,
            root
            + {"stands": "stan/", "products": "produk/", "plan": "denah/"}.get(kind, "jadwal/"),
            "",
        )


@dataclass
class Day:
    """What was asked for and how long it took, by kind, in seconds."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    late: list[float] = field(default_factory=list)

    def note(self, kind: str, status: int, seconds: float) -> None:
        self.took[kind].append(seconds)
        self.answers[kind, status] += 1


# --- the day --------------------------------------------------------------------------------------


def moments(many: float, hours: list[int], seconds: float, chance: random.Random) -> list[float]:
    """When things happen, by the hours of a day, in seconds from its beginning."""
    chosen = chance.choices(range(len(hours)), weights=hours, k=round(many))
    return sorted((hour + chance.random()) * seconds / len(hours) for hour in chosen)


async def at_each(times: list[float], day: Day) -> AsyncIterator[float]:
    """Wait for each moment in turn; gives the instant at which it was due."""
    started = time.perf_counter()
    for number, moment in enumerate(times):
        ahead = started + moment - time.perf_counter()
        if ahead > 0.001:
            await asyncio.sleep(ahead)
        elif number % 64 == 0:
            await asyncio.sleep(0)
        day.late.append(max(0.0, -ahead))
        yield started + moment


async def sell(tablets: list[SellingTablet], times: list[float], day: Day, seed: int) -> None:
    chance = random.Random(f"{seed} queue")
    async for _due in at_each(times, day):
        chance.choice(tablets).sell()


async def visit(port: int, catalogue: Catalogue, times: list[float], day: Day, seed: int) -> None:
    """Visitors on as many connections as are needed, up to so many at once."""
    chance = random.Random(f"{seed} visitors")
    free: asyncio.Queue[Browser] = asyncio.Queue()
    for _ in range(VISITOR_LINES):
        free.put_nowait(Browser(port))
    etags: dict[str, str] = {}
    waiting: list[list[object]] = []
    origin = f"Origin: http://{HOST}:{port}\r\nContent-Type: text/plain\r\n"

    async def look(due: float) -> None:
        kind, path, seen = catalogue.choose(chance)
        returns = chance.randrange(100) < RETURNING and etags.get(path)
        more = f"If-None-Match: {etags[path]}\r\n" if returns else ""
        browser = await free.get()
        page = await browser.ask("GET", path, more)
        day.note(f"page {kind}", page.status, time.perf_counter() - due)
        etags[path] = page.etag or etags.get(path, "")
        if seen:
            waiting.append([seen, 0])
        if len(waiting) >= SEEN_AT_ONCE:
            body = json.dumps(waiting).encode()
            waiting.clear()
            asked = time.perf_counter()
            answer = await browser.ask("POST", "/dilihat/", origin, body)
            day.note("what browsers report", answer.status, time.perf_counter() - asked)
        free.put_nowait(browser)

    async with asyncio.TaskGroup() as group:
        async for due in at_each(times, day):
            group.create_task(look(due))


# What an open page asks for by itself: how often, and what once it hears that something changed.
EVERY = re.compile(rb'hx-get="([^"]*)" hx-trigger="every (\d+)s"')
CHANGED = re.compile(rb'hx-get="([^"]*)" hx-trigger="figuresChanged')
FROM_HTMX = "HX-Request: true\r\n"


async def organise(port: int, cookie: str, path: str, day: Day) -> None:
    """An open page of the organisers: it asks for its figures by itself, as htmx would."""
    browser = Browser(port, cookie)

    async def ask(name: str, address: str, more: str = "") -> Page:
        asked = time.perf_counter()
        page = await browser.ask("GET", address, more)
        day.note(f"organisers {name}", page.status, time.perf_counter() - asked)
        return page

    figures = (await ask(path, path)).content
    while True:
        every, changed = EVERY.search(_plain(figures)), CHANGED.search(_plain(figures))
        assert every, f"{path} asks for nothing"
        await asyncio.sleep(int(every[2]))
        address = html.unescape(every[1].decode())
        if changed:
            if not (await ask("pulse", address, FROM_HTMX)).says_changed:
                continue
            address = html.unescape(changed[1].decode())
        page = await ask(path, address, FROM_HTMX)
        # Without an answer the page stays as it is, and asks again.
        figures = page.content if page.status == 200 else figures


def _plain(content: bytes) -> bytes:
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


async def live(
    port: int, tablets: list[SellingTablet], catalogue: Catalogue, cookie: str, options: Options
) -> tuple[Day, float]:
    """The whole day; answers with what was asked, and how long the last sales were waited for."""
    day, seconds = Day(), options.minutes * 60
    for tablet in tablets:
        tablet.get_ready()
    chance = random.Random(options.seed)
    sales = moments(options.sales * options.times, catalogue.hours, seconds, chance)
    views = moments(options.views * options.times, catalogue.hours, seconds, chance)
    beside = [asyncio.create_task(tablet.send_as_saved()) for tablet in tablets]
    beside += [asyncio.create_task(tablet.stay_in_contact()) for tablet in tablets]
    for path in ("/admin/", "/admin/sales/harian/", "/admin/sales/tutup/")[:ORGANISERS]:
        beside.append(asyncio.create_task(organise(port, cookie, path, day)))
    async with asyncio.TaskGroup() as group:
        group.create_task(sell(tablets, sales, day, options.seed))
        group.create_task(visit(port, catalogue, views, day, options.seed))
    closed = time.perf_counter()
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_SECONDS):
            while any(tablet.outbox for tablet in tablets):
                await asyncio.sleep(0.05)
    waited = time.perf_counter() - closed
    for task in beside:
        task.cancel()
    await asyncio.gather(*beside, return_exceptions=True)
    return day, waited


# --- telling --------------------------------------------------------------------------------------


@dataclass
class Options:
    sales: int = SALES
    views: int = VIEWS
    minutes: float = MINUTES
    times: float = 1.0
    tablets: int = TABLETS
    seed: int = 1


@contextmanager
def before(there: Portal) -> Iterator[int]:
    """The other nodes with a cache that they share, and nginx before all of them: its port."""
    with ExitStack() as undo:
        redis = undo.enter_context(redis_server(there.folder))
        there.environment["CACHE_URL"] = redis.url
        there.stop()
        there.start()
        others = [
            Gunicorn(there.folder / f"node-{number}.log", there.environment, GUNICORN)
            for number in range(1, NODES)
        ]
        for node in others:
            undo.callback(node.stop)
            node.start()
        nginx = Nginx(
            there.folder / "nginx",
            [there.port, *(node.port for node in others)],
            static=there.environment["STATIC_ROOT"],
            media=there.environment["MEDIA_ROOT"],
        )
        nginx.start()
        undo.callback(nginx.stop)
        yield nginx.port


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.replay", description=__doc__)
    for name, standard in vars(Options()).items():
        parser.add_argument(f"--{name}", type=type(standard), default=standard)
    options = Options(**vars(parser.parse_args(arguments)))
    with (
        portal(
            "postgres",
            tablets=options.tablets,
            pages=True,
            gunicorn=GUNICORN,
            settings=deployed_settings(),
        ) as there,
        before(there) as port,
    ):
        cookies = json.loads(there.run("-m", "tests.faults.books", "organiser"))
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        catalogue = Catalogue(*json.loads(there.run("-c", CATALOGUE)))
        goods = there.read_books().left
        tablets = [
            SellingTablet(one, port=port, seed=options.seed, patience=20, reversals=0.04)
            for one in there.paired
        ]
        for tablet in tablets:
            # What runs out would be flagged with each sale from then on.
            del tablet.paired.goods[-1]
        print(
            f"{options.sales * options.times:.0f} sales from {options.tablets} tablets and "
            f"{options.views * options.times:.0f} pages in {options.minutes:g} min, load before "
            f"{os.getloadavg()[0]:.2f} on {os.cpu_count()} processors",
            flush=True,
        )
        busy = time.process_time()
        started = time.perf_counter()
        day, waited = asyncio.run(live(port, tablets, catalogue, cookie, options))
        share = (time.process_time() - busy) / (time.perf_counter() - started)
        return report(
            day,
            tablets,
            waited,
            share,
            differences([one.account() for one in tablets], there.read_books(), goods),
        )


def report(
    day: Day, tablets: list[SellingTablet], waited: float, share: float, found: list[str]
) -> int:
    """What the day was like; 1 where it fell short."""
    taken = [one for tablet in tablets for one in tablet.taken_after]
    pages = [one for kind, took in day.took.items() if kind.startswith("page") for one in took]
    rows = {"sale, saved to taken": taken, "pages, all": pages, **dict(sorted(day.took.items()))}
    print(f"{'':<34}{'number':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'most ms':>9}")
    for name, took in rows.items():
        if len(took) > 1:
            cuts = statistics.quantiles(took, n=100)
            print(
                f"{name:<34}{len(took):>9}{cuts[49] * 1e3:>9.0f}{cuts[94] * 1e3:>9.0f}"
                f"{cuts[98] * 1e3:>9.0f}{max(took) * 1e3:>9.0f}"
            )
    troubles: Counter[str] = Counter()
    statuses: Counter[int] = Counter()
    for tablet in tablets:
        troubles.update(tablet.troubles)
        statuses.update(tablet.answers)
    wrong = {f"{kind} {status}": n for (kind, status), n in day.answers.items() if status in WRONG}
    sent = [number for tablet in tablets for number, _wait in tablet.waits]
    print(f"sales a request: {statistics.fmean(sent):.2f}; answers {dict(statuses)}")
    print(
        f"those who ask: {share:.0%} of a processor, late by p95 "
        f"{statistics.quantiles(day.late, n=20)[18] * 1e3:.0f} ms"
    )
    print(f"last sale taken {waited:.1f} s after closing; wrong answers {wrong}, {dict(troubles)}")
    print("\n".join(found) or "0 lost, 0 doubled, ledger whole, every rupiah in the totals")
    slow = (
        statistics.quantiles(taken, n=20)[18] > MOST_SALE_SECONDS
        or statistics.quantiles(pages, n=20)[18] > MOST_PAGE_SECONDS
    )
    return 1 if found or wrong or troubles or slow else 0


WRONG = {0, 400, 403, 404, 405, 413, 429, 500, 502, 503, 504}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
