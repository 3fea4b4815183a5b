"""What both kinds of database do for a backup, and how the default connection leads elsewhere."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Protocol

from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections
from django.db.utils import load_backend

from opop_expo.backups.errors import BackupError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

Settings = dict[str, Any]


class Engine(Protocol):
    """One kind of database. Each works on the database that the default connection leads to."""

    kind: str
    # The file of the dump in a backup.
    dump_name: str

    def version(self) -> str:
        """What the server, or the library, calls its version."""
        ...

    def snapshot(self) -> AbstractContextManager[Callable[[Path], None]]:
        """Inside, the default connection sees one moment; what it gives dumps that very moment.

        Nobody who sells waits for it.
        """
        ...

    def scratch(self, root: Path) -> AbstractContextManager[Settings]:
        """An empty database beside this one, gone on every way out. One of each root at a time."""
        ...

    def load(self, dump: Path, into: Settings) -> None:
        """Fill an empty database with a dump. Raises BackupError where it cannot be read."""
        ...

    def successor(self, root: Path) -> AbstractContextManager[Settings]:
        """Like `scratch`, where `take_over` can bring it from into this database's place."""
        ...

    def take_over(self, successor: Settings) -> str:
        """Put the successor in this database's place; where that one is kept, in words."""
        ...


def engine_in_use() -> Engine:
    """The engine of the default connection."""
    from opop_expo.backups.postgres import Postgres
    from opop_expo.backups.sqlite import Sqlite

    engines: dict[str, type[Engine]] = {"postgresql": Postgres, "sqlite": Sqlite}
    try:
        return engines[connection.vendor]()
    except KeyError:
        raise BackupError(f"There are no backups of {connection.vendor} here.") from None


def settings_with(name: str | None = None, **options: Any) -> Settings:
    """The default connection's settings, for another database or with other options."""
    present = connection.settings_dict
    changed = {**present, "OPTIONS": {**present["OPTIONS"], **options}}
    return changed if name is None else {**changed, "NAME": name}


@contextlib.contextmanager
def using(settings: Settings) -> Iterator[None]:
    """Let this thread's default connection lead to another database; what it kept is forgotten."""
    before = connections["default"]
    other = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")
    connections["default"] = other
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        other.close()
        connections["default"] = before
        ContentType.objects.clear_cache()
