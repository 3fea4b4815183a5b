"""SQLite: the online backup API copies one moment of a file that others go on writing to."""

from __future__ import annotations

import contextlib
import gzip
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from opop_expo.backups.databases import settings_with, using
from opop_expo.backups.errors import BackupError
from opop_expo.backups.parts import CHUNK, only_for_me, to_disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opop_expo.backups.databases import Settings

LOCK_SECONDS = 30
# To a third, in a hundredth of a second a megabyte; more would save little and take long.
FAST = 1


class Sqlite:
    """A file, and what lies beside it."""

    kind = "sqlite"
    dump_name = "database.sqlite3.gz"

    def version(self) -> str:
        return sqlite3.sqlite_version

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Callable[[Path], None]]:
        """A reading transaction: in WAL mode writers do not wait for it, nor it for them."""
        with using(settings_with(transaction_mode="DEFERRED")), transaction.atomic():
            with connection.cursor() as cursor:
                # The moment is that of the first reading.
                cursor.execute("SELECT count(*) FROM sqlite_master")
            yield self._dump

    def _dump(self, path: Path) -> None:
        """From the connection that has the transaction, so that it is its moment."""
        plain = path.with_suffix("")
        try:
            with only_for_me(), contextlib.closing(sqlite3.connect(plain)) as copy:
                connection.connection.backup(copy)
                # One plain file, with nothing beside it.
                copy.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            raise BackupError(f"No backup was written to {path.parent.parent}: {error}") from error
        with only_for_me(), plain.open("rb") as source, gzip.open(path, "wb", FAST) as packed:
            shutil.copyfileobj(source, packed, CHUNK)
        plain.unlink()

    @contextlib.contextmanager
    def scratch(self, root: Path) -> Iterator[Settings]:
        """In the folder of the backups: that is where the room for it has been made."""
        with _folder(root / ".checking") as folder:
            yield settings_with(str(folder / "scratch.sqlite3"))

    def load(self, dump: Path, into: Settings) -> None:
        """A copy of the file, looked through page by page."""
        with only_for_me(), gzip.open(dump) as packed, Path(into["NAME"]).open("wb") as plain:
            shutil.copyfileobj(packed, plain, CHUNK)
        try:
            with contextlib.closing(sqlite3.connect(into["NAME"])) as copy:
                [verdict] = copy.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            raise BackupError(f"{dump} is no whole SQLite database: {error}") from error
        if verdict != "ok":
            raise BackupError(f"{dump} is no whole SQLite database: {verdict}")

    @contextlib.contextmanager
    def successor(self, root: Path) -> Iterator[Settings]:
        # By the name of the database: others may lie in the same folder.
        name = Path(str(connection.settings_dict["NAME"])).name
        with _folder(root / f".restoring-{name}") as folder:
            yield settings_with(str(folder / "successor.sqlite3"))

    def take_over(self, successor: Settings) -> str:
        """Write all pages in one transaction, so that no process ever has a file of its own.

        While it lasts nobody else can open the database: what is kept of it is its last moment.
        """
        name = str(connection.settings_dict["NAME"])
        connection.close()
        kept = f"{name}.before-restore-{timezone.now():%Y%m%dT%H%M%SZ}"
        is_there = Path(name).exists()
        with only_for_me(), contextlib.closing(sqlite3.connect(successor["NAME"])) as new:
            if is_there and not _is_database(name):
                _put_aside(name, kept)
                is_to_be_kept = False
            else:
                is_to_be_kept = is_there
            with contextlib.closing(sqlite3.connect(name, timeout=LOCK_SECONDS)) as present:
                _lock_for_good(present, name)
                if is_to_be_kept:
                    with contextlib.closing(sqlite3.connect(kept)) as copy:
                        present.backup(copy)
                        copy.execute("PRAGMA journal_mode = DELETE")
                    to_disk(Path(kept))
                new.backup(present)
        return f"the database of before is the file {kept}" if is_there else ""


@contextlib.contextmanager
def _folder(path: Path) -> Iterator[Path]:
    """A folder of ours alone, gone on every way out; one that a crash left is replaced."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _lock_for_good(present: sqlite3.Connection, name: str) -> None:
    """Until it is closed nobody else can open the database. Raises BackupError where one has."""
    try:
        present.execute("PRAGMA locking_mode = EXCLUSIVE")
        present.execute("BEGIN EXCLUSIVE")
        present.execute("COMMIT")
    except sqlite3.OperationalError as error:
        raise BackupError(
            f"Somebody has {name} open ({error}): stop the portal, then restore again."
        ) from error


def _is_database(name: str) -> bool:
    """Whether the file is one at all; damage further inside is copied as it is."""
    try:
        with contextlib.closing(sqlite3.connect(name)) as present:
            present.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        return True  # locked: the caller will say so
    except sqlite3.DatabaseError:
        return False
    return True


def _put_aside(name: str, kept: str) -> None:
    """What is no database any more, with all that lies beside it."""
    for tail in ("", "-wal", "-shm"):
        if Path(f"{name}{tail}").exists():
            Path(f"{name}{tail}").rename(f"{kept}{tail}")
