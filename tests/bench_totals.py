"""`make bench-totals`: the organisers' figures over a million lines, or over several sizes.

gunicorn and a durable PostgreSQL on this machine. The ledger is written by the database itself: 40
stands, four days, sales of one to four lines (see `tests.bench_million`).
"""

from __future__ import annotations

import argparse
import math
import os
import re
import secrets
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tests.bench import Client, wait_for
from tests.faults.gunicorn import CONFIGURED, free_port
from tests.postgres import throwaway_postgres

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOADS = 100
LIMIT_MS = 150
WARM_UP = 5


def main(arguments: Sequence[str]) -> int:
    """Fill, serve, measure, and print a line a page for each size, and how the cost grows."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench_totals", description=__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=[1_000_000])
    options = parser.parse_args(arguments)
    seconds = {lines: at_size(lines) for lines in sorted(options.lines)}
    sizes = list(seconds)
    if len(sizes) > 1:
        report_growth(sizes, seconds)
    slowest = p95(seconds[sizes[-1]]["daily totals"])
    print(f"daily totals at {sizes[-1]:,} lines: p95 {slowest * 1000:.0f} ms, limit {LIMIT_MS} ms")
    return 0 if slowest * 1000 <= LIMIT_MS else 1


def report_growth(sizes: Sequence[int], seconds: Mapping[int, Mapping[str, list[float]]]) -> None:
    """The exponent of each page's cost over the lines: 0 does not grow, 1 grows with them."""
    print(f"from {sizes[0]:,} to {sizes[-1]:,} lines: exponent of the median, of the p95")
    for name in seconds[sizes[0]]:
        least, most = seconds[sizes[0]][name], seconds[sizes[-1]][name]
        ratio = math.log(sizes[-1] / sizes[0])
        middle = math.log(statistics.median(most) / statistics.median(least)) / ratio
        slow = math.log(p95(most) / p95(least)) / ratio
        print(f"{name:<22}{middle:>8.2f}{slow:>8.2f}")


def p95(took: Sequence[float]) -> float:
    """The slowest twentieth begins there."""
    return statistics.quantiles(took, n=20)[18]


def at_size(lines: int) -> dict[str, list[float]]:
    """Seconds of each page over so many lines, in a database of their own."""
    port = free_port()
    with throwaway_postgres() as url:
        environment = os.environ | {
            "DEBUG": "0",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "VOUCHER_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": url,
            "SECURE_SSL_REDIRECT": "0",
            "COOKIE_SECURE": "0",
            "DJANGO_SETTINGS_MODULE": "tests.bench_settings",
        }
        fill = [sys.executable, "-m", "tests.bench_million", str(lines)]
        subprocess.run(fill, env=environment, check=True)
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "opop_expo.wsgi",
                f"--bind=127.0.0.1:{port}",
                *CONFIGURED,
                "--workers=1",
                "--log-level=warning",
            ],
            env=environment,
        )
        try:
            wait_for(port)
            return measure(Client(port).sign_in("citra"))
        finally:
            server.terminate()
            server.wait(timeout=30)


def measure(organiser: Client) -> dict[str, list[float]]:
    """Load each page in turn, one request at a time; the seconds of each."""
    totals = "/admin/sales/harian/"
    page = organiser.ask(totals)[1]
    pulse = re.findall(r'hx-get="([^"]*seen=[^"]*)"', page)
    pages = {"daily totals": totals, "front page": "/admin/"}
    if pulse:
        pages["refresh, unchanged"] = pulse[0].replace("&amp;", "&")
    for by in ("pesantren", "produk", "kategori", "jam", "kasir", "bayar"):
        pages[f"by {by}"] = f"{totals}?menurut={by}"
    seconds: dict[str, list[float]] = {name: [] for name in pages}
    answers: dict[str, tuple[int, int, int]] = {}
    for number in range(WARM_UP + LOADS):
        for name, path in pages.items():
            status, text, queries, took = organiser.ask(path)
            answers[name] = (status, queries, len(text))
            if number >= WARM_UP:
                seconds[name].append(took)
    report(seconds, answers)
    return seconds


def report(seconds: Mapping[str, list[float]], answers: Mapping[str, tuple[int, int, int]]) -> None:
    """Print medians, the slowest twentieth, and statements."""
    print(f"{LOADS} loads each, one request at a time, {time.strftime('%Y-%m-%d')}")
    print(f"{'page':<22}{'p50 ms':>8}{'p95 ms':>8}{'queries':>9}{'status':>8}{'KB':>6}")
    for name, took in seconds.items():
        status, queries, size = answers[name]
        print(
            f"{name:<22}{statistics.median(took) * 1000:>8.1f}{p95(took) * 1000:>8.1f}"
            f"{queries:>9}{status:>8}{size // 1024:>6}"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
