"""Backups for tests: a shop that sells, commands that are run, and what is looked at afterwards."""

from __future__ import annotations

import io
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management import call_command
from django.db import connection, connections

from opop_expo.backups.manifest import backups_in
from tests.ledger import make_sale

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stands.models import Offer, Stand


def run(name: str, *arguments: Any, **options: Any) -> str:
    """What a command says, one process at work."""
    said = io.StringIO()
    call_command(name, *map(str, arguments), stdout=said, stderr=said, processes=1, **options)
    return said.getvalue()


def back_up(root: Path, *arguments: str) -> Path:
    """The newest backup after one more run."""
    run("backup", "--to", root, *arguments)
    return backups_in(root)[-1]


class Sold:
    """How many sales were recorded so far."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = threading.Condition()

    def one_more(self) -> None:
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.count >= count, timeout=30)


@contextmanager
def selling(shops: Sequence[tuple[Stand, list[Offer]]]) -> Iterator[Sold]:
    """A thread at each stand sells 45.000 rupiah again and again, until the end."""
    is_over = threading.Event()
    sold = Sold()
    failures: list[BaseException] = []

    def sell(stand: Stand, offers: list[Offer]) -> None:
        try:
            while not is_over.is_set():
                make_sale(stand, {offers[0]: 1, offers[1]: 2})
                sold.one_more()
        except BaseException as failure:  # the test itself says what went wrong
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sell, args=shop) for shop in shops]
    for thread in threads:
        thread.start()
    try:
        yield sold
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
    assert not failures, failures


def databases_beside() -> set[str]:
    """What a scratch database of this one would be among; other processes test beside us."""
    if connection.vendor == "sqlite":
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        mine = str(connection.settings_dict["NAME"])
        return {name for (name,) in cursor.fetchall() if name.startswith(mine)}


def kept_databases() -> list[str]:
    """The names of what restoring has put aside, opened for being looked into."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        found = Path(name).parent.glob(f"{Path(name).name}.before-restore-*")
        return sorted(str(path) for path in found if path.name[-1] == "Z")
    others = sorted(one for one in databases_beside() if one.startswith(f"{name}_before_"))
    with connection.cursor() as cursor:
        for one in others:
            cursor.execute(f'ALTER DATABASE "{one}" WITH ALLOW_CONNECTIONS true')
    return others


def remove_kept() -> None:
    """Remove what restoring has put aside."""
    for name in kept_databases():
        if connection.vendor == "sqlite":
            for tail in ("", "-wal", "-shm"):
                Path(f"{name}{tail}").unlink(missing_ok=True)
        else:
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}"')


def copy_of(folder: Path, root: Path) -> Path:
    """The same backup in another place, to be damaged there."""
    return shutil.copytree(folder, root / folder.name)
