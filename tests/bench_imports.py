"""`make bench-imports`: 10.000 products come in by spreadsheet while a till goes on selling.

Tells how long reading, preview and saving take, how long the saving holds the database, and how
long a sale takes meanwhile, against the same sale with nothing else going on.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

from tests.postgres import throwaway_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

PAUSE = 0.05  # seconds between two sales


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench_imports", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--engine", choices=["sqlite", "postgres", "here"], default="")
    options = parser.parse_args(arguments)
    if options.engine == "here":
        run(options.rows)
        return 0
    engines = [options.engine] if options.engine else ["sqlite", "postgres"]
    for engine in engines:
        print(f"--- {engine}", flush=True)
        with tempfile.TemporaryDirectory(prefix="opop-bench-") as folder:
            if engine == "sqlite":
                there(f"sqlite:///{folder}/bench.sqlite3", folder, options.rows)
            else:
                with throwaway_postgres() as url:
                    there(url, folder, options.rows)
    return 0


def there(url: str, folder: str, rows: int) -> None:
    """Run in a process of its own on that database."""
    environment = os.environ | {
        "DEBUG": "1",
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "opop_expo.settings",
        "MEDIA_ROOT": f"{folder}/media",
        "IMPORTS_ROOT": f"{folder}/imports",
    }
    command = [sys.executable, "-m", "tests.bench_imports", "--engine", "here", "--rows", str(rows)]
    subprocess.run(command, env=environment, check=True)


def run(rows: int) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.DEBUG = False  # it would keep every statement
    call_command("migrate", verbosity=0)
    till = Till()
    till.measure("a sale alone", lambda: time.sleep(5))
    table = products(rows, price=25_000)
    once("10.000 new" if rows == 10_000 else f"{rows} new", table, till)
    once("the same again", table, till)
    once("all prices changed", products(rows, price=30_000), till)


def products(rows: int, *, price: int) -> bytes:
    """A spreadsheet as the template has it, every optional column filled."""
    from tests.imports import xlsx

    head = ["Nama produk", "Pelaku usaha", "Kategori", "Pilar", "Harga acuan", "Satuan",
            "Keterangan", "Keterangan (Inggris)", "Negara ekspor", "Sumber"]  # fmt: skip
    body = [
        [
            f"Produk uji nomor {number}",
            f"Kopontren {number % 500}",
            "Makanan",
            "Pesantrenpreneur",
            f"Rp {price + number:,}".replace(",", "."),
            "bungkus",
            f"Keterangan produk {number} dalam satu kalimat untuk pengunjung.",
            f"What product {number} is, in one sentence for visitors.",
            "Jepang" if number % 9 == 0 else None,
            "https://contoh.sch.id/produk",
        ]
        for number in range(rows)
    ]
    return xlsx([head, *body])


class Till:
    """A till that sells all the time."""

    def __init__(self) -> None:
        from tests.ledger import make_shop
        from tests.make import make_category, make_pesantren, make_producer

        self.stand, self.offers = make_shop()
        make_category()
        pesantren = make_pesantren()
        for number in range(500):
            make_producer(name=f"Kopontren {number}", pesantren=pesantren)

    def measure(self, what: str, work: Any) -> None:
        """Run some work, and print what the sales beside it took."""
        waits: list[float] = []
        stop = threading.Event()
        thread = threading.Thread(target=self._sell, args=(stop, waits))
        thread.start()
        try:
            work()
        finally:
            stop.set()
            thread.join()
        waits.sort()
        print(
            f"  {what}: {len(waits)} sales, median {statistics.median(waits) * 1000:.0f} ms, "
            f"p95 {waits[int(len(waits) * 0.95)] * 1000:.0f} ms, longest {waits[-1] * 1000:.0f} ms",
            flush=True,
        )

    def _sell(self, stop: threading.Event, waits: list[float]) -> None:
        from django.db import connection

        from tests.ledger import make_sale

        while not stop.is_set():
            started = time.perf_counter()
            make_sale(self.stand, {self.offers[0]: 1})
            waits.append(time.perf_counter() - started)
            time.sleep(PAUSE)
        connection.close()


def once(what: str, content: bytes, till: Till) -> None:
    """One file from its upload to its being saved."""
    from django.contrib.auth.models import User
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import transaction

    from opop_expo.imports import saving
    from opop_expo.imports.jobs import open_job, work
    from opop_expo.imports.kinds import KINDS
    from opop_expo.models import ImportJob

    print(f"{what} ({len(content) / 1e6:.1f} MB)", flush=True)
    author, _made = User.objects.get_or_create(username="citra")
    held: list[float] = []
    job: list[Any] = []

    def read() -> None:
        upload = SimpleUploadedFile("produk.xlsx", content)
        job.append(open_job(upload, kind=KINDS["produk"], expo=None, author=author))

    def preview() -> None:
        started, slices = time.perf_counter(), []
        while job[0].state == ImportJob.State.WORKING:
            at = time.perf_counter()
            work(job[0])
            slices.append(time.perf_counter() - at)
        print(
            f"  preview {time.perf_counter() - started:.1f} s in {len(slices)} slices, "
            f"the longest {max(slices):.1f} s; {job[0].counts}"
        )

    def save() -> None:
        @contextmanager
        def watched() -> Iterator[None]:
            with transaction.atomic():
                at = time.perf_counter()
                yield
            held.append(time.perf_counter() - at)

        there = mock.patch.object(saving, "transaction", SimpleNamespace(atomic=watched))
        with there:
            started = time.perf_counter()
            saving.save_rows(job[0], digest=job[0].digest, actor=author)
        print(
            f"  saving {time.perf_counter() - started:.1f} s, "
            f"of which the database is held {held[0]:.2f} s"
        )

    started = time.perf_counter()
    till.measure("while it is read", read)
    print(f"  read in {time.perf_counter() - started:.1f} s")
    till.measure("while the preview is made", preview)
    till.measure("while it is saved", save)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
