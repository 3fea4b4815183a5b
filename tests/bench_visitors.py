"""`make bench-visitors`: visitors' pages kept, not modified and made anew, in one run.

gunicorn on a PostgreSQL of 5.000 products, and this process as the one browser. Each page is asked
for as it is kept ('warm'), with the ETag that a browser has of it ('304'), under an address that
nobody asked for ('cold': another selection of a list, another product, when the lists have been
looked through) and first after a change ('changed'). Beside it stand a constant view behind
the same middleware whose body has as many bytes, and a bare view: one query, a template with the
same cards (of a product: its page), all else that they show ready in memory.

All of them take turns, so that a busy moment of the machine meets all alike. What counts is the
ratio of the time at work: of gunicorn and of the database's process, as Linux counts it. Where
others keep the processors busy, the clock tells of them.
"""

from __future__ import annotations

import argparse
import http.client
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import environ
import psycopg
from psycopg.conninfo import make_conninfo

from tests.bench import wait_for
from tests.faults.gunicorn import CONFIGURED, free_port
from tests.postgres import stopping_signals_raise, throwaway_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

EDITION = "/2026-banyak/"
PAGES = {
    "stands": f"{EDITION}stan/",
    "products": f"{EDITION}produk/",
    "product": f"{EDITION}produk/produk-7/",
    "home": EDITION,
    "stand": f"{EDITION}stan/A1/",
    "plan": f"{EDITION}denah/",
    "search": f"{EDITION}cari/?q=kopi",
    # Final, so that they are kept.
    "results": "/2020/hasil/",
    "till": "/kasir/tablet/",
}
# What is asked for to see a page of the kind that nobody has asked for: a product or a stand that
# nobody has opened, a search that nobody has made, a list under another address.
COLD = {
    "stands": f"{EDITION}stan/?n={{}}",
    "products": f"{EDITION}produk/?n={{}}",
    "product": f"{EDITION}produk/produk-{{}}/",
    "home": f"{EDITION}?n={{}}",
    "stand": f"{EDITION}stan/{{}}/",
    "plan": f"{EDITION}denah/?n={{}}",
    "search": f"{EDITION}cari/?q=kopi+{{}}",
    "results": "/2020/hasil/?n={{}}",
}
# Beside these stands a bare view of them.
WITH_BARE = ("stands", "products", "product")
PRODUCTS_ON_A_PAGE = 24
# A process looks for a change no sooner (CATALOGUE_LOOK_SECONDS), so a change waits as long.
LOOK_SECONDS = 1.05
# Of the kind that waits, one round in so many.
SELDOM = 5
# In each round so many of a quick kind, and so many of a slow one.
QUICK, SLOW = 40, 2
WARM_UP = 1
# What the pages have to reach, as a share of the throughput of what they are compared with.
LEAST_WARM, LEAST_304, LEAST_COLD = 0.70, 0.85, 1.0
# The results ask each time whether they are still open to all, and which version is in force.
LEAST_OF_RESULTS = 0.25
# A page that shows everything of an edition reads more of it: set where they are today, so that one
# more is seen.
MOST_QUERIES = dict.fromkeys(COLD, 8) | {"home": 14, "search": 22, "results": 14}

PREPARE = """
import django
django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
from outcomes.freezing import freeze
from outcomes.models import ResultsChoice
from stands import search_index
from stands.models import Expo
from tests.many_products import make_many_products
call_command("migrate", verbosity=0)
call_command("load_edition", "data/2020", verbosity=0, stdout=open("/dev/null", "w"))
make_many_products(products={products})
expo = Expo.objects.get(slug="2020")
ResultsChoice.objects.update_or_create(expo=expo, defaults={{"is_public": True}})
freeze(expo, after=0, actor=User.objects.create_user("citra"))
search_index.rebuild()
call_command("collectstatic", interactive=False, verbosity=0)
"""


class Answer(NamedTuple):
    status: int
    size: int
    queries: int
    etag: str
    # The database's process that serves gunicorn's one thread.
    backend: int


@dataclass
class Browser:
    """A connection that stays open, as a browser keeps it."""

    port: int
    encoding: str

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, path: str, etag: str = "") -> Answer:
        headers = {"Accept-Encoding": self.encoding, "Accept-Language": "id"}
        if etag:
            headers["If-None-Match"] = etag
        self.connection.request("GET", path, headers=headers)
        response = self.connection.getresponse()
        size = len(response.read())
        return Answer(
            response.status,
            size,
            int(response.headers["X-Queries"]),
            response.headers.get("ETag", ""),
            int(response.headers["X-Backend"]),
        )


@dataclass
class Kind:
    """One way to be answered, and what it took."""

    name: str
    path: str
    # Asked for with its ETag.
    is_known: bool = False
    # Before each request: another address, or a change of the catalogue.
    new_path: str = ""
    is_changed: bool = False
    is_bare: bool = False
    # What it is measured against, and the least share of its throughput; 0 for none.
    against: str = ""
    least: float = 0.0
    most_queries: int = 0
    queries: int = 0
    size: int = 0
    at_work: list[float] = field(default_factory=list)
    by_clock: list[float] = field(default_factory=list)

    @property
    def many(self) -> int:
        """Requests in a round."""
        return SLOW if self.new_path or self.is_changed or self.is_bare else QUICK


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench_visitors", description=__doc__)
    parser.add_argument("--products", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--plain", action="store_true", help="ask for pages without compression")
    options = parser.parse_args(arguments)
    encoding = "identity" if options.plain else "gzip"
    with (
        stopping_signals_raise(),
        throwaway_postgres() as url,
        served(url, options.products) as (port, worker),
        psycopg.connect(server_at(url), autocommit=True) as database,
    ):
        database.execute("VACUUM ANALYZE")
        browser = Browser(port, encoding)
        look_through(browser, options.products)
        kinds = kinds_of(browser)
        processes = [worker, browser.ask("/tetap/1/").backend]
        for number in range(WARM_UP + options.rounds):
            for kind in kinds:
                if kind.is_changed and number % SELDOM != WARM_UP % SELDOM:
                    continue
                measure(kind, browser, database, processes, counts=number >= WARM_UP)
                if kind.is_changed:
                    look_through(browser, options.products)
    print(
        f"{options.products} products, {options.rounds} rounds, {encoding},"
        f" load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    )
    return report(kinds)


def server_at(url: str) -> str:
    """The same server in psycopg's words."""
    read = environ.Env.db_url_config(url)
    return make_conninfo(host=read["HOST"], user=read["USER"], dbname=read["NAME"])


def kinds_of(browser: Browser) -> list[Kind]:
    kinds = []
    for name, path in PAGES.items():
        answer = browser.ask(path)
        constant, bare = f"constant {name}", f"bare {name}"
        warm = Kind(f"warm {name}", path, against=constant, least=LEAST_WARM, most_queries=1)
        if name == "results":
            warm = replace(warm, least=LEAST_OF_RESULTS, most_queries=3)
        kinds += [Kind(constant, f"/tetap/{answer.size}/"), warm]
        # The till's page is kept by its own worker.
        if answer.etag:
            known = replace(warm, name=f"304 {name}", is_known=True)
            if name != "results":
                known.least = LEAST_304
            kinds.append(replace(known, at_work=[], by_clock=[]))
        if name in WITH_BARE:
            kinds.append(Kind(bare, f"/kartu/{name}/", is_bare=True))
        if name in COLD:
            cold = Kind(f"cold {name}", path, new_path=COLD[name], most_queries=MOST_QUERIES[name])
            limit, least = (bare, LEAST_COLD) if name in WITH_BARE else (constant, 0.0)
            kinds.append(replace(cold, against=limit, least=least))
        if name in WITH_BARE:
            # One query more reads the edition, once a process.
            most = MOST_QUERIES[name] + 1
            changed = Kind(f"changed {name}", path, is_changed=True, against=bare)
            kinds.append(replace(changed, most_queries=most))
    return kinds


# As make_many_products() calls them; A1 is the one asked for warm.
STANDS = [f"{zone}{number}" for number in range(2, 26) for zone in "ABCD"]
# Past the product that is asked for as a warm page.
_numbers = count(100)


def measure(
    kind: Kind,
    browser: Browser,
    database: psycopg.Connection,
    processes: list[int],
    *,
    counts: bool,
) -> None:
    """One round of a kind: what a request took, in microseconds."""
    # Whatever came before it in this round, the page is kept and the edition known.
    kept = browser.ask(kind.path)
    worked = passed = 0.0
    for _ in range(kind.many):
        path = new_path(kind) if kind.new_path else kind.path
        if kind.is_changed:
            database.execute(
                "INSERT INTO stands_cataloguechange (edition, step, at) VALUES (0, 1, now())"
            )
            time.sleep(LOOK_SECONDS)
        before, started = work_of(processes), time.perf_counter()
        answer = browser.ask(path, kept.etag if kind.is_known else "")
        passed += time.perf_counter() - started
        worked += work_of(processes) - before
        if answer.status != (304 if kind.is_known else 200):
            raise SystemExit(f"{kind.name} answered {answer.status}")
        if counts:
            kind.queries = max(kind.queries, answer.queries)
            kind.size = answer.size
    if counts:
        kind.at_work.append(worked / kind.many)
        kind.by_clock.append(passed / kind.many * 1e6)


def new_path(kind: Kind) -> str:
    """The next address of the kind that nobody has asked for."""
    number = next(_numbers)
    if "stan/{}" in kind.new_path:
        return kind.new_path.format(STANDS.pop())
    return kind.new_path.format(number)


def look_through(browser: Browser, products: int) -> None:
    """Ask for all lists, as visitors have within minutes, so that the cards are kept again."""
    browser.ask(PAGES["stands"])
    for page in range(1, products // PRODUCTS_ON_A_PAGE + 2):
        browser.ask(f"{PAGES['products']}?page={page}")


def work_of(processes: list[int]) -> float:
    """Microseconds that these, with all their threads, have been on a processor."""
    worked = 0.0
    for process in processes:
        for task in Path(f"/proc/{process}/task").glob("*/schedstat"):
            worked += int(task.read_text().split()[0])
    return worked / 1e3


@contextmanager
def served(url: str, products: int) -> Iterator[tuple[int, int]]:
    """gunicorn with one worker of one thread; its port, and the worker's process."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="opop-bench-") as folder:
        environment = os.environ | {
            "DEBUG": "0",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "VOUCHER_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": url,
            "SECURE_SSL_REDIRECT": "0",
            "COOKIE_SECURE": "0",
            "MEDIA_ROOT": f"{folder}/media",
            "STATIC_ROOT": f"{folder}/static",
            "DJANGO_SETTINGS_MODULE": "tests.bench_settings",
        }
        prepare = PREPARE.format(products=products)
        subprocess.run([sys.executable, "-c", prepare], env=environment, check=True)
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "opop_expo.wsgi", f"--bind=127.0.0.1:{port}"),
                *(*CONFIGURED, "--workers=1", "--threads=1", "--keep-alive=60"),
                "--log-level=warning",
            ],
            env=environment,
        )
        try:
            wait_for(port)
            # The port listens before the worker is there to answer.
            Browser(port, "identity").ask("/tetap/1/")
            children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
            yield port, int(children.read_text().split()[0])
        finally:
            server.terminate()
            server.wait(timeout=30)


def report(kinds: list[Kind]) -> int:
    """A line a kind; 1 where one falls short of what it has to reach."""
    is_quiet = os.getloadavg()[0] < (os.cpu_count() or 1)
    by_name = {kind.name: kind for kind in kinds}
    print(
        f"{'':<20}{'bytes':>8}{'at work us':>12}{'by clock us':>13}"
        f"{'ratio':>8}{'by clock':>10}{'queries':>9}"
    )
    worst = 0
    for kind in kinds:
        work, clock = statistics.median(kind.at_work), statistics.median(kind.by_clock)
        line = f"{kind.name:<20}{kind.size:>8}{work:>12.0f}{clock:>13.0f}"
        if kind.against:
            other = by_name[kind.against]
            by_work = ratio(other.at_work, kind.at_work)
            by_clock = ratio(other.by_clock, kind.by_clock)
            line += f"{by_work:>8.2f}{by_clock:>10.2f}{kind.queries:>9}"
            if (by_clock if is_quiet else by_work) < kind.least or kind.queries > kind.most_queries:
                line += f"  FALLS SHORT of {kind.least:.2f} and {kind.most_queries}"
                worst = 1
        print(line, flush=True)
    return worst


def ratio(of_others: list[float], of_ours: list[float]) -> float:
    """Our throughput as a share of theirs: round by round where both have all, the middle one."""
    if len(of_others) != len(of_ours):
        return statistics.median(of_others) / statistics.median(of_ours)
    return statistics.median(theirs / ours for theirs, ours in zip(of_others, of_ours, strict=True))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
