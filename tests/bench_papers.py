"""`make bench-papers`: how long organisers wait for what they print, and what a page of it costs.

gunicorn and a durable PostgreSQL on this machine with the example edition. Each paper is asked for
in turn, beside a constant view behind the same login.
"""

from __future__ import annotations

import io
import statistics
import sys
import time

from pypdf import PdfReader

from tests.bench import Client, served
from tests.postgres import throwaway_postgres

ROUNDS = 3
# Somebody stands before the printer.
MOST_SECONDS = 8.0
PAPERS = {
    "catalogue": "/admin/cetak/katalog/?edisi={edition}&isi=semua",
    "stand cards": "/admin/cetak/kartu-stan/?edisi={edition}&ukuran=a4",
    "price cards": "/admin/cetak/harga/?edisi={edition}&per_lembar=8",
}
CONSTANT = "/tetap-masuk/"


def main() -> int:
    """Measure, and print a line a paper; 1 where one takes too long."""
    with throwaway_postgres() as url, served(url) as port:
        organiser = Client(port).sign_in("citra")
        edition = time.strftime("%Y-contoh")
        papers = {"constant, signed in": CONSTANT} | {
            name: path.format(edition=edition) for name, path in PAPERS.items()
        }
        took: dict[str, list[float]] = {name: [] for name in papers}
        known: dict[str, tuple[int, int, int]] = {}
        for _round in range(ROUNDS):
            for name, path in papers.items():
                status, content, queries, seconds = organiser.ask_bytes(path)
                if status != 200:
                    raise SystemExit(f"{name} answered {status}")
                is_paper = content.startswith(b"%PDF")
                pages = len(PdfReader(io.BytesIO(content)).pages) if is_paper else 0
                known[name] = (queries, len(content), pages)
                took[name].append(seconds)
    print(f"{ROUNDS} rounds, one request at a time, at most {MOST_SECONDS:.0f} s each")
    print(f"{'':<22}{'median ms':>10}{'pages':>7}{'ms a page':>11}{'KB':>7}{'queries':>9}")
    worst = 0
    for name, seconds_each in took.items():
        queries, size, pages = known[name]
        median = statistics.median(seconds_each) * 1000
        a_page = f"{median / pages:.0f}" if pages else ""
        line = f"{name:<22}{median:>10.1f}{pages:>7}{a_page:>11}{size // 1024:>7}{queries:>9}"
        if median > MOST_SECONDS * 1000:
            line += "  FALLS SHORT"
            worst = 1
        print(line)
    return worst


if __name__ == "__main__":
    sys.exit(main())
