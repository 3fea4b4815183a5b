"""Makes a backup: under a name that nobody takes for one, until all of it is on the disk."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import filecmp
import os
import shutil
import subprocess
import time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from opop_expo.backups.databases import engine_in_use
from opop_expo.backups.errors import DATABASE_ERRORS, BackupError
from opop_expo.backups.facts import read_facts
from opop_expo.backups.manifest import FORMAT, Manifest, backups_in, size_of, write_manifest
from opop_expo.backups.parts import only_for_me, to_disk
from opop_expo.backups.stored_files import ARCHIVES, named_in_database, pack

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTIAL = ".partial-"


@contextlib.contextmanager
def alone_in(root: Path) -> Iterator[None]:
    """One at a time in a folder of backups. What one that was killed left half done is removed."""
    with only_for_me(), no_other_in(root):
        for left in root.glob(f"{PARTIAL}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


@contextlib.contextmanager
def no_other_in(root: Path) -> Iterator[None]:
    """Neither a backup nor a restore beside this one. Raises BackupError: there is one."""
    with only_for_me():
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (root / ".lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"Another backup or restore is at work in {root}.") from None
        yield


def make_backup(root: Path, *, with_files: bool = True) -> Path:
    """Write a backup of this moment into a folder of its own; the folder. Raises BackupError.

    It has its good name only when all of it is on the disk: whatever ends this before leaves none.
    """
    started = time.monotonic()
    partial = root / f"{PARTIAL}{os.getpid()}"
    try:
        partial.mkdir(mode=0o700)
        with only_for_me():
            moment = _fill(partial, with_files=with_files, started=started)
        for part in partial.iterdir():
            to_disk(part)
        to_disk(partial)
        # Two of one second, the later one behind.
        names = (root / f"opop-{moment}{tail}" for tail in ("", *(f"-{n}" for n in range(2, 10))))
        folder = next(name for name in names if not name.exists())
        partial.rename(folder)
        to_disk(root)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise BackupError(
                f"The disk of {root} is full. No backup was written; those of before are untouched."
            ) from error
        raise BackupError(f"No backup was written: {error}") from error
    except DATABASE_ERRORS as error:
        raise BackupError(f"No backup was written, the database says: {error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _fill(folder: Path, *, with_files: bool, started: float) -> str:
    engine = engine_in_use()
    with engine.snapshot() as dump:
        at = timezone.now()
        facts = read_facts()
        named = set(named_in_database()) if with_files else set()
        version = engine.version()
        dump(folder / engine.dump_name)
    # After the database: what a row of it names was stored before.
    packed = {
        alias: pack(folder / archive, alias) for archive, alias in ARCHIVES.items() if with_files
    }
    for archive in ARCHIVES if with_files else ():
        _share(folder / archive, backups_in(folder.parent))
    write_manifest(
        folder,
        Manifest(
            format=FORMAT,
            at=at.isoformat(),
            version=metadata_version(),
            commit=commit(),
            database=engine.kind,
            database_version=version,
            facts=facts,
            files={archive: len(packed[alias]) for archive, alias in ARCHIVES.items() if packed},
            missing_files=sorted(name for alias, name in named if name not in packed[alias]),
            seconds=round(time.monotonic() - started, 1),
            bytes=size_of(folder),
        ),
    )
    return f"{at:%Y%m%dT%H%M%SZ}"


def _share(archive: Path, earlier: list[Path]) -> None:
    """Where the backup before has the very same archive, let it be one file under two names.

    Photos change seldom, and a backup is made every quarter of an hour.
    """
    before = earlier[-1] / archive.name if earlier else archive
    if before == archive or not before.is_file() or not filecmp.cmp(before, archive, shallow=False):
        return
    second = archive.with_suffix(".second")
    try:
        os.link(before, second)
    except OSError:
        # A stick, or a share of the network, that knows no second name: then it lies there twice.
        return
    second.replace(archive)


def metadata_version() -> str:
    """The version of the portal; empty where it is not installed as a package and says none."""
    with contextlib.suppress(metadata.PackageNotFoundError):
        return metadata.version("opop-expo")
    with contextlib.suppress(OSError):
        for line in (settings.BASE_DIR / "pyproject.toml").read_text().splitlines():
            if line.startswith("version = "):
                return line.partition('"')[2].rstrip('"')
    return ""


def commit() -> str:
    """The commit that runs, where the code lies in a checkout and git is there; else empty."""
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        done = subprocess.run(  # noqa: S603, nothing in it comes from outside
            ["git", "-C", str(settings.BASE_DIR), "rev-parse", "HEAD"],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()
    return ""
