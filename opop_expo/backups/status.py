"""How the last backup went: in the event log for every node, and in a file beside the backups."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from events.log import log_event
from events.models import Event
from opop_expo.backups.parts import only_for_me, to_disk

if TYPE_CHECKING:
    from pathlib import Path

LAST = "last.json"


@dataclass(frozen=True)
class LastBackup:
    """One run of `manage.py backup`. `problem` is a sentence; empty where all went well."""

    at: dt.datetime
    name: str
    is_verified: bool
    bytes: int
    seconds: float
    problem: str


def last_backup() -> LastBackup | None:
    """The last run, whatever came of it; None where there was none. One query."""
    return _read(Event.objects.filter(kind=Event.Kind.BACKUP_MADE).first())


def last_verified_backup() -> LastBackup | None:
    """The last that was restored into a scratch database and found whole. One query."""
    return _read(Event.objects.filter(kind=Event.Kind.BACKUP_MADE, data__verified=True).first())


def _read(event: Event | None) -> LastBackup | None:
    if event is None:
        return None
    data: dict[str, Any] = event.data
    return LastBackup(
        at=event.at,
        name=event.subject,
        is_verified=data.get("verified") is True,
        bytes=data.get("bytes", 0),
        seconds=data.get("seconds", 0),
        problem=data.get("problem", ""),
    )


def note_backup(
    root: Path, name: str, *, verified: bool, size: int, seconds: float, problem: str = ""
) -> None:
    """Write down how a run went, in both places even if one of them fails."""
    data = {"verified": verified, "bytes": size, "seconds": seconds, "problem": problem}
    try:
        log_event(Event.Kind.BACKUP_MADE, name, data=data)
    finally:
        _write(root, {"at": timezone.now().isoformat(), "name": name, **data})


def _write(root: Path, content: dict[str, Any]) -> None:
    partial = root / f".{LAST}-{os.getpid()}"
    try:
        with only_for_me():
            partial.write_text(f"{json.dumps(content, indent=1)}\n")
        to_disk(partial)
        partial.rename(root / LAST)
    finally:
        partial.unlink(missing_ok=True)
