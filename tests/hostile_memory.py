"""`make hostile`: each hostile file through its upload page in a process of its own, and its cost.

A file that costs 150 MiB of memory or more, is answered with a 5xx, or leaves anything behind,
fails the run.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
import warnings
from pathlib import Path

LIMIT_MIB = 150
LABEL = 44


def main() -> int:
    # Of the static files that are not collected, and of what Pillow thinks of a picture.
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory(prefix="opop-hostile-") as folder:
        os.environ |= {
            "DEBUG": "1",
            "DATABASE_URL": f"sqlite:///{folder}/hostile.sqlite3",
            "DJANGO_SETTINGS_MODULE": "opop_expo.settings",
            "MEDIA_ROOT": f"{folder}/media",
            "IMPORTS_ROOT": f"{folder}/imports",
        }
        prepare()
        failures = [label for label, page, at in pages() if not in_a_child(folder, label, page, at)]
    print(f"{len(failures)} failed" if failures else "all refused within bounds")
    return 1 if failures else 0


def prepare() -> None:
    """A database with a product and somebody who may do everything, and all that is imported."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connections

    from tests.make import make_category, make_product

    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False
    call_command("migrate", verbosity=0)
    User.objects.create_superuser("citra")
    make_product(slug="kopi", category=make_category())
    connections.close_all()


def pages() -> list[tuple[str, str, int]]:
    """Every file: its label, the page it goes to, and its place in the list of them."""
    from tests import hostile

    lists = {"produk": hostile.TABLES, "foto": hostile.ARCHIVES, "gambar": hostile.PICTURES}
    return [
        (file.label, kind, at) for kind, files in lists.items() for at, file in enumerate(files)
    ]


def in_a_child(folder: str, label: str, kind: str, at: int) -> bool:
    """Make the file in one process, send it in from another, and print what that took."""
    from tests import hostile

    path = Path(folder, "file")
    if os.fork() == 0:
        files = {"produk": hostile.TABLES, "foto": hostile.ARCHIVES, "gambar": hostile.PICTURES}
        file = files[kind][at]
        content = file.make()
        if kind == "gambar":
            content = hostile.zip_of({f"kopi{Path(file.name).suffix}": content})
        path.write_bytes(content)
        Path(folder, "name").write_text("foto.zip" if kind == "gambar" else Path(file.name).name)
        os._exit(0)
    os.wait()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os._exit(send(path, Path(folder, "name").read_text(), kind, write))
    os.close(write)
    with os.fdopen(read) as pipe:
        words = pipe.read()
    _pid, status = os.waitpid(child, 0)
    good = status == 0
    print(f"{'ok ' if good else 'BAD'} {label[:LABEL]:{LABEL}} {words}", flush=True)
    return good


def send(path: Path, name: str, kind: str, write: int) -> int:
    """The child: nought if all went as it should."""
    from django.contrib.auth.models import User
    from django.core.files.uploadedfile import TemporaryUploadedFile
    from django.test import Client

    from opop_expo.imports.jobs import work
    from opop_expo.models import ImportJob
    from pesantren.models import Product

    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get())
    page = f"/admin/impor/{'produk' if kind == 'produk' else 'foto'}/"
    client.get(page)  # all that a first request loads
    size = path.stat().st_size
    upload = TemporaryUploadedFile(name, "application/octet-stream", size, None)
    assert upload.file is not None
    upload.file.write(path.read_bytes())
    upload.file.seek(0)
    before, started = peak(), time.perf_counter()
    response = client.post(page, {"file": upload})
    statuses = [response.status_code]
    for job in ImportJob.objects.all():
        for _slice in range(500):
            if job.state == ImportJob.State.WORKING:
                work(job)
        done = client.post(f"/admin/impor/kerja/{job.pk}/simpan/", {"digest": job.digest})
        statuses.append(done.status_code)
        client.post(f"/admin/impor/kerja/{job.pk}/batal/")
    seconds, mib = time.perf_counter() - started, peak() - before
    kept = Product.objects.count() != 1 or Product.objects.exclude(photo="").exists()
    words = f"{size / 1024:8.0f} KB {mib:5.0f} MiB {seconds:5.1f} s  {statuses}{' kept' * kept}"
    os.write(write, words.encode())
    return int(kept or mib >= LIMIT_MIB or any(status >= 500 for status in statuses))


def peak() -> float:
    """The most memory that this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
