"""Where this node writes, and how much room is left there."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage, storages
from django.db import connections

from opop_expo.health.bounded import Bounded, NoAnswerError

MB = 1024 * 1024
BACKUPS = "backups"


@dataclass(frozen=True)
class Disk:
    """One place that files are written to; what it is called is no address."""

    name: str
    free: int
    total: int
    is_writable: bool

    @property
    def is_full(self) -> bool:
        """Too little to go on with: what is sent here may be lost half way.

        Nothing that is sold is written where backups lie.
        """
        if self.name == BACKUPS:
            return False
        return not self.is_writable or self.free < settings.DISK_MIN_FREE_MB * MB

    @property
    def is_low(self) -> bool:
        """Somebody should make room before the next day."""
        return self.free < settings.DISK_LOW_FREE_MB * MB


def disks() -> list[Disk]:
    """The database's place, where it is a file, and those of pictures, documents and imports."""
    places: dict[str, Path] = {}
    database = connections.settings["default"]
    if database["ENGINE"].endswith("sqlite3"):
        places["database"] = Path(str(database["NAME"])).parent
    if isinstance(default_storage, FileSystemStorage):
        places["media"] = Path(default_storage.location)
    for name, root in (("private", settings.PRIVATE_ROOT), ("imports", settings.IMPORTS_ROOT)):
        if isinstance(storages[name], FileSystemStorage):
            places[name] = Path(str(root))
    return [_disk(name, place) for name, place in places.items()]


def disk_of_backups() -> list[Disk]:
    """Where this machine's backups go, if it can be seen from here; none otherwise.

    Apart from the others, and waited for no longer than READY_SECONDS: it may be a disk of another
    machine that no longer answers, and neither what a node reports nor whether it is ready must
    wait for that.
    """
    try:
        room = ROOM_FOR_BACKUPS.answer(settings.READY_SECONDS)
    except (OSError, NoAnswerError):
        return []
    # A node only looks there; it is the timer's unit that writes.
    return [Disk(BACKUPS, room.free, room.total, is_writable=True)]


ROOM_FOR_BACKUPS = Bounded(lambda: shutil.disk_usage(settings.BACKUP_ROOT))


def _disk(name: str, place: Path) -> Disk:
    # Made with the first file that goes there.
    while not place.exists():
        place = place.parent
    room = shutil.disk_usage(place)
    return Disk(name, room.free, room.total, os.access(place, os.W_OK))
