"""`make bench-sale`: a sale of five lines against a bare view, and against the database alone.

gunicorn as in the hall (two workers) and a durable PostgreSQL on this machine, the tablets in other
processes. The kinds take turns, so that a slow moment of the machine meets all of them alike; read
the ratios, not the rates.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from tests.bench import wait_for
from tests.bench_sale_database import by_pgbench, capture, our_script, plain_script
from tests.bench_sale_load import BATCH
from tests.faults.gunicorn import GUNICORN, free_port
from tests.postgres import deployed_settings, postgres_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.postgres import Server

STANDS = 16
CLIENTS = 2
SALES_IN = {"sale": 1, "plain": 1, "batch": BATCH}
NAMES = {
    "sale": "a sale of 5 lines",
    "plain": "bare view, same rows by the ORM",
    "batch": f"batch of {BATCH}",
}

PREPARE = """
import json, sys
import django
django.setup()
from django.core.management import call_command
from django.utils import timezone
from sales.models import Cashier
from stands.clock import business_date
from stands.models import Offer, Stand
from tests.bench_million import make_edition
from tests.faults.books import pair
call_command("migrate", verbosity=0)
call_command("load_edition", "data/2020", stdout=open("/dev/null", "w"))
expo = make_edition(business_date(timezone.now()))
Offer.objects.filter(stand__expo=expo).update(stock=1_000_000)
paired = []
for stand in Stand.objects.filter(expo=expo).order_by("pk")[:int(sys.argv[1])]:
    goods = list(stand.offers.order_by("order").values_list("pk", "price_rupiah"))
    one = pair(stand, stand.cashiers.first().pk, goods)
    paired.append({name: getattr(one, name) for name in
        ("credential", "storage_id", "prefix", "goods", "cashier_id")})
call_command("collectstatic", interactive=False, verbosity=0)
print(json.dumps(paired))
"""


@dataclass
class Measured:
    """What the rounds of one kind gave: sales a second, and how long each answer took."""

    rates: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    sent_bytes: int = 0
    got_bytes: int = 0

    @property
    def median(self) -> float:
        """Sales a second of the round in the middle."""
        return statistics.median(self.rates)

    def wait_ms(self, part: int) -> float:
        """So many percent of the answers came within this."""
        return statistics.quantiles(self.waits, n=100)[part - 1] * 1000


@contextmanager
def served(
    server: Server, stands: int, options: Sequence[str]
) -> Iterator[tuple[int, list[Any], dict[str, str]]]:
    """gunicorn on a prepared database: its port, the paired tablets, and the settings."""
    port = free_port()
    with ExitStack() as undo:
        folder = undo.enter_context(tempfile.TemporaryDirectory(prefix="opop-bench-"))
        environment = os.environ | {
            "DEBUG": "0",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "VOUCHER_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "127.0.0.1",
            "CSRF_TRUSTED_ORIGINS": f"http://127.0.0.1:{port}",
            "DATABASE_URL": server.url,
            "SECURE_SSL_REDIRECT": "0",
            "COOKIE_SECURE": "0",
            "MEDIA_ROOT": f"{folder}/media",
            "STATIC_ROOT": f"{folder}/static",
            "DJANGO_SETTINGS_MODULE": "tests.bench_sale_settings",
        }
        prepared = subprocess.run(
            [sys.executable, "-c", PREPARE, str(stands)],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
        )
        gunicorn = subprocess.Popen(
            [
                *[sys.executable, "-m", "gunicorn", "opop_expo.wsgi", f"--bind=127.0.0.1:{port}"],
                *options,
            ],
            env=environment,
            # A line of the log for each request, as in the hall; nobody reads them here.
            stdout=undo.enter_context(Path(folder, "gunicorn.log").open("ab")),
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(port)
            yield port, json.loads(prepared.stdout), environment
        finally:
            gunicorn.terminate()
            gunicorn.wait(timeout=30)


class Load:
    """Processes that send what they are told, all at once."""

    def __init__(self, undo: ExitStack, port: int, paired: list[Any], number: int) -> None:
        self.processes = []
        for first in range(number):
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.bench_sale_load"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            undo.callback(process.wait, 60)
            undo.callback(process.stdin.close)  # type: ignore[union-attr]
            self.processes.append(process)
            self._tell(process, [one | {"port": port} for one in paired[first::number]])
        for process in self.processes:
            self._said(process)

    def round(self, kind: str, seconds: float, into: Measured) -> None:
        """Send requests of one kind for so many seconds."""
        for process in self.processes:
            self._tell(process, {"kind": kind, "seconds": seconds})
        rate = 0.0
        for process in self.processes:
            told = json.loads(self._said(process))
            rate += len(told["waits"]) * SALES_IN[kind] / told["took"]
            into.waits += told["waits"]
            into.sent_bytes += told["sent_bytes"]
            into.got_bytes += told["got_bytes"]
        into.rates.append(rate)

    def one(self, kind: str) -> None:
        """One request of one tablet."""
        self._tell(self.processes[0], {"kind": kind, "seconds": 0, "sellers": 1})
        self._said(self.processes[0])

    def _tell(self, process: subprocess.Popen[str], what: object) -> None:
        assert process.stdin is not None
        process.stdin.write(json.dumps(what) + "\n")
        process.stdin.flush()

    def _said(self, process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        said = process.stdout.readline()
        if not said:
            raise SystemExit("a process of the load has ended; see above")
        return said


def statements_of(server: Server, load: Load) -> list[str]:
    """What one sale sends to the database, as PostgreSQL itself logs it."""
    log = server.folder / "server.log"
    with psycopg.connect(host=str(server.folder), user="postgres", autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("SELECT pg_reload_conf()")
        time.sleep(1)
        before = log.stat().st_size
        load.one("sale")
        time.sleep(1)
        with log.open("rb") as file:
            file.seek(before)
            said = file.read().decode()
        connection.execute("ALTER SYSTEM RESET log_statement")
        connection.execute("SELECT pg_reload_conf()")
    return re.findall(
        r"LOG:  (?:statement|execute [^:]*): (.*?)(?=\n\d{4}-\d\d-\d\d |\Z)", said, re.DOTALL
    )


def main(arguments: Sequence[str]) -> int:
    """Measure and print a line a kind; 1 where a limit was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench_sale", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3.0, help="of one kind in one round")
    parser.add_argument("--stands", type=int, default=STANDS)
    parser.add_argument("--clients", type=int, default=CLIENTS, help="processes that send")
    parser.add_argument("--gunicorn", default=" ".join(GUNICORN), help="its options")
    options = parser.parse_args(arguments)
    measured = {kind: Measured() for kind in NAMES}
    beside_batches = Measured()
    alone: dict[str, list[float]] = {"ours": [], "pgbench": []}
    with ExitStack() as undo:
        server = undo.enter_context(postgres_server(settings=deployed_settings()))
        gunicorn = options.gunicorn.split()
        port, paired, environment = undo.enter_context(served(server, options.stands, gunicorn))
        load = Load(undo, port, paired, options.clients)
        for kind in measured:
            load.round(kind, 2.0, Measured())
        alternate(load, [("sale", measured["sale"]), ("plain", measured["plain"])], options)
        alternate(load, [("batch", measured["batch"]), ("sale", beside_batches)], options)
        report(measured, beside_batches, options)
        statements = statements_of(server, load)
        captured = capture(paired, environment)
        folder = str(server.folder)
        scripts = {
            "ours": [our_script(one) for one in captured],
            "pgbench": [plain_script(one) for one in captured],
        }
        for number in range(options.rounds + 1):
            # There and back: what the machine does meanwhile meets both alike.
            rates: dict[str, list[float]] = {"ours": [], "pgbench": []}
            for name in ("ours", "pgbench", "pgbench", "ours"):
                rates[name].append(by_pgbench(scripts[name], folder, options.seconds / 2))
            if number:  # the first warms up
                for name, two in rates.items():
                    alone[name].append(statistics.mean(two))
    report_database(alone, statements)
    held = (
        middle(measured["sale"].rates, measured["plain"].rates) >= 1.0
        and middle(measured["batch"].rates, beside_batches.rates) >= 3.0
        and middle(alone["ours"], alone["pgbench"]) >= 0.7
    )
    return 0 if held else 1


def alternate(load: Load, two: list[tuple[str, Measured]], options: argparse.Namespace) -> None:
    """Rounds of two kinds, each as often the first: what one leaves behind meets both alike.

    A batch writes as much in a second as single sales do in seven, and the database is busy for
    seconds after it, so nothing else is compared with what follows one.
    """
    for _ in range(options.rounds):
        for kind, into in two:
            load.round(kind, options.seconds, into)
        two = two[::-1]


def report(
    measured: dict[str, Measured], beside_batches: Measured, options: argparse.Namespace
) -> None:
    """Rates with their spread, answers, bytes, and the ratios that count."""
    print(
        f"{options.rounds} rounds of {options.seconds:g} s each, {options.stands} tablets at "
        f"{options.stands} stands, gunicorn {options.gunicorn}, durable PostgreSQL"
    )
    print(f"{'':<34}{'sales/s':>8}{'least':>8}{'most':>8}{'p50 ms':>8}{'p95 ms':>8}{'bytes':>14}")
    for kind, one in measured.items():
        requests = len(one.waits)
        size = f"{one.sent_bytes // requests}+{one.got_bytes // requests}"
        print(
            f"{NAMES[kind]:<34}{one.median:>8.0f}{min(one.rates):>8.0f}{max(one.rates):>8.0f}"
            f"{one.wait_ms(50):>8.1f}{one.wait_ms(95):>8.1f}{size:>14}"
        )
    beside = ratio(measured["sale"].rates, measured["plain"].rates)
    print(f"{NAMES['sale']} / {NAMES['plain']}: {beside}, wanted 1.00")
    beside = ratio(measured["batch"].rates, beside_batches.rates)
    print(f"{NAMES['batch']} / {NAMES['sale']}: {beside}, wanted 3.00")


def report_database(alone: dict[str, list[float]], statements: list[str]) -> None:
    """The database without the portal, and what one sale sends to it."""
    for name, rates in alone.items():
        print(
            f"in the database alone, {name}: {statistics.median(rates):.0f} sales/s "
            f"({min(rates):.0f} to {max(rates):.0f})"
        )
    print(f"ours / pgbench: {ratio(alone['ours'], alone['pgbench'])}, wanted 0.70")
    size = sum(len(one) for one in statements)
    print(f"one sale: {len(statements)} statements, ends of the transaction included; {size} bytes")
    for one in statements:
        print(f"  {' '.join(one.split())[:90]}")


def middle(ones: list[float], others: list[float]) -> float:
    """The one beside the other, of the round in the middle."""
    return statistics.median(one / other for one, other in zip(ones, others, strict=True))


def ratio(ones: list[float], others: list[float]) -> str:
    """The one beside the other, round by round: the middle, the least and the most."""
    ratios = [one / other for one, other in zip(ones, others, strict=True)]
    return f"{middle(ones, others):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
