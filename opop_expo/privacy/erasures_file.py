"""The list of erasures beside the backups: rows by their keys, nothing of anybody.

Who was erased lives on in older backups until these go. Restored from one, the same is erased again
by this list (opop_expo.privacy.replaying).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import connection

from events.models import Erasure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet


def lines(erasures: QuerySet[Erasure]) -> Iterator[str]:
    """One erasure a line, as JSON."""
    for one in erasures.order_by("pk").iterator(chunk_size=1_000):
        content = {
            "request": str(one.request),
            "at": one.at.isoformat(),
            "place": one.place,
            "row": one.row_key,
            "part": one.part,
            "spans": one.spans,
            "left": one.left,
        }
        yield json.dumps(content, sort_keys=True) + "\n"


def append_to_file(erasures: QuerySet[Erasure]) -> None:
    """Add to the list that lies beside the backups, and have it on the disk."""
    path = Path(settings.ERASURES_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        # A line that was cut off by a lost power must not take the next one with it.
        if file.tell() and not _ends_a_line(file):
            file.write(b"\n")
        file.writelines(line.encode() for line in lines(erasures))
        file.flush()
        os.fsync(file.fileno())


def _ends_a_line(file: BinaryIO) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read() == b"\n"


def complete_file() -> int:
    """Add what the database knows and the list does not; how many that were."""
    path = Path(settings.ERASURES_FILE)
    known = set(read(path.read_text(encoding="utf-8").splitlines())) if path.exists() else set()
    missing = [
        one.pk
        for one in Erasure.objects.only("request", "place", "row_key", "part").iterator()
        if (str(one.request), one.place, one.row_key, one.part) not in known
    ]
    for start in range(0, len(missing), 500):
        append_to_file(Erasure.objects.filter(pk__in=missing[start : start + 500]))
    return len(missing)


def known_erasures(*, is_readable: bool) -> list[str]:
    """What is to be erased again after a restore: of the list, and of the database in use."""
    path = Path(settings.ERASURES_FILE)
    found = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if is_readable and Erasure._meta.db_table in connection.introspection.table_names():
        found += lines(Erasure.objects.all())
    return found


def read(file: Iterable[str]) -> Iterator[tuple[str, str, str, str]]:
    """What each line of a list names."""
    for one in records(file):
        yield one["request"], one["place"], one["row"], one["part"]


def records(file: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The lines of a list; one that was cut off by a full disk or a lost power is left out."""
    for line in file:
        try:
            content = json.loads(line)
            UUID(content["request"])
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
        if {"request", "place", "row", "part"} <= content.keys():
            yield content
