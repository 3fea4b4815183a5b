"""`make bench-verify`: how long `manage.py verify_ledger` takes over a large ledger.

On both databases. The time is that of the whole command, Python's start included.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.postgres import stopping_signals_raise, throwaway_postgres

SALES = 100_000
LIMIT_SECONDS = 10
MANAGE = [sys.executable, "manage.py"]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench_verify", description=__doc__)
    parser.add_argument("--sales", type=int, default=SALES)
    parser.add_argument("--stands", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--fill", action="store_true", help="only fill a database")
    options = parser.parse_args(arguments)
    if options.fill:
        _fill(options.sales, options.stands)
        return 0
    slowest = 0.0
    with stopping_signals_raise():
        with tempfile.TemporaryDirectory(prefix="opop-bench-") as folder:
            url = f"sqlite:///{Path(folder, 'bench.sqlite3')}"
            slowest = max(slowest, _measure("SQLite", url, options))
        with throwaway_postgres() as url:
            slowest = max(slowest, _measure("PostgreSQL", url, options))
    return 1 if slowest > LIMIT_SECONDS else 0


def _measure(name: str, url: str, options: argparse.Namespace) -> float:
    """The slowest of the rounds, in seconds."""
    environment = {**os.environ, "DATABASE_URL": url, "DEBUG": "1"}
    run = [sys.executable, "-m", "tests.bench_verify", "--fill"]
    run += ["--sales", str(options.sales), "--stands", str(options.stands)]
    subprocess.run([*MANAGE, "migrate", "--verbosity", "0"], env=environment, check=True)
    subprocess.run(run, env=environment, check=True)
    seconds = []
    for _round in range(options.rounds):
        load = os.getloadavg()[0]
        started = time.perf_counter()
        done = subprocess.run(
            [*MANAGE, "verify_ledger"], env=environment, check=True, capture_output=True, text=True
        )
        seconds.append(time.perf_counter() - started)
        print(f"{name}: {seconds[-1]:.2f} s, load before {load:.1f}: {done.stdout.strip()}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"{name}: largest process so far, filling included, {peak} MiB", flush=True)
    return max(seconds)


def _fill(sales: int, stands: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "opop_expo.settings"
    import django

    django.setup()
    from django.db import connection

    from tests.many_sales import make_many_sales

    make_many_sales(sales=sales, stands=stands)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
