"""`make bench-totals`: the organisers' figures over a million lines.

gunicorn and a durable PostgreSQL on this machine. The ledger is written by the database itself: 40
stands, four days, 400.000 sales of one to four lines (see `tests.bench_million`).
"""

from __future__ import annotations

import os
import re
import secrets
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tests.bench import Client, free_port, wait_for
from tests.postgres import throwaway_postgres

if TYPE_CHECKING:
    from collections.abc import Mapping

LOADS = 100
WARM_UP = 5


def main() -> None:
    """Fill, serve, measure, and print a line a page."""
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
        subprocess.run([sys.executable, "-m", "tests.bench_million"], env=environment, check=True)
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "opop_expo.wsgi",
                f"--bind=127.0.0.1:{port}",
                "--threads=2",
                "--keep-alive=60",
                "--log-level=warning",
            ],
            env=environment,
        )
        try:
            wait_for(port)
            measure(Client(port).sign_in("citra"))
        finally:
            server.terminate()
            server.wait(timeout=30)


def measure(organiser: Client) -> None:
    """Load each page in turn, one request at a time."""
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


def report(seconds: Mapping[str, list[float]], answers: Mapping[str, tuple[int, int, int]]) -> None:
    """Print medians, the slowest twentieth, and statements."""
    print(f"{LOADS} loads each, one request at a time, {time.strftime('%Y-%m-%d')}")
    print(f"{'page':<22}{'p50 ms':>8}{'p95 ms':>8}{'queries':>9}{'status':>8}{'KB':>6}")
    for name, took in seconds.items():
        status, queries, size = answers[name]
        p95 = statistics.quantiles(took, n=20)[18]
        print(
            f"{name:<22}{statistics.median(took) * 1000:>8.1f}{p95 * 1000:>8.1f}"
            f"{queries:>9}{status:>8}{size // 1024:>6}"
        )


if __name__ == "__main__":
    main()
