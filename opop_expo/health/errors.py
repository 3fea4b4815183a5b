"""Errors counted by what failed where, for the organisers' page; the log holds all of each.

A request only notes one in memory. It is written by the thread that reports of this process, which
may wait for the database as long as it wants to (opop_expo.health.nodes).
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils import timezone

from opop_expo.health.logs import NODE_NAME
from opop_expo.health.redacting import kind_of
from opop_expo.health.request_id import current_id, current_request
from opop_expo.models import ErrorSeen
from stands.clock import business_date

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parents[2]
# So many kinds are noted between two reports; in a storm the log has the rest.
MOST_NOTED = 100
MOST_IDS = 5
# So many rows, so long.
MOST_ROWS = 300
KEPT_FOR = dt.timedelta(days=14)
PROJECT = ("opop_expo", "outcomes", "sales", "programme", "stands", "pesantren", "events")


class Failure(NamedTuple):
    """What is counted together."""

    day: dt.date
    kind: str
    place: str
    view: str


@dataclass
class Noted:
    """How often since the last report, and of which requests."""

    count: int = 0
    last_at: dt.datetime = field(default_factory=timezone.now)
    request_ids: list[str] = field(default_factory=list)

    def add(self, count: int, last_at: dt.datetime, request_ids: Iterable[str]) -> None:
        """So often more; of the ids the newest are kept, the newest first."""
        self.count += count
        self.last_at = max(self.last_at, last_at)
        self.request_ids = [*dict.fromkeys([*request_ids, *self.request_ids])][:MOST_IDS]


class Errors:
    """What has failed in this process and is not written yet."""

    def __init__(self) -> None:
        self.some = threading.Event()
        self._lock = threading.Lock()
        self._noted: dict[Failure, Noted] = {}

    def note(self, failure: Failure, noted: Noted) -> None:
        """Count it, as long as there is room."""
        with self._lock:
            if failure in self._noted or len(self._noted) < MOST_NOTED:
                place = self._noted.setdefault(failure, Noted(last_at=noted.last_at))
                place.add(noted.count, noted.last_at, noted.request_ids)
        self.some.set()

    def write(self) -> None:
        """Add what was noted to the table; where the database refuses, it stays noted."""
        with self._lock:
            noted, self._noted = self._noted, {}
        self.some.clear()
        try:
            with transaction.atomic():
                for failure, one in noted.items():
                    _write(failure, one)
        except Exception:
            for failure, one in noted.items():
                self.note(failure, one)
            raise


ERRORS = Errors()


def _write(failure: Failure, noted: Noted) -> None:
    row, _made = ErrorSeen.objects.select_for_update().get_or_create(
        **failure._asdict(), defaults={"last_at": noted.last_at, "node": NODE_NAME[:100]}
    )
    both = Noted(row.count, row.last_at, row.request_ids)
    both.add(noted.count, noted.last_at, noted.request_ids)
    row.count, row.last_at, row.request_ids = both.count, both.last_at, both.request_ids
    row.node = NODE_NAME[:100]
    row.save()


def forget_old_errors() -> None:
    """Keep the table small."""
    ErrorSeen.objects.filter(last_at__lt=timezone.now() - KEPT_FOR).delete()
    beyond = ErrorSeen.objects.order_by("-last_at").values_list("pk", flat=True)[MOST_ROWS:]
    if beyond:
        ErrorSeen.objects.filter(pk__in=list(beyond)).delete()


class ErrorsSeen(logging.Handler):
    """Notes each line of ERROR and above; nothing that goes wrong here reaches a request."""

    def emit(self, record: logging.LogRecord) -> None:
        # Strangers who ask for a host that is not ours are refused, and no fault of the portal's.
        if record.name.startswith("django.security"):
            return
        try:
            request = current_request()
            match = request.resolver_match if request is not None else None
            error = record.exc_info[1] if record.exc_info else None
            failure = Failure(
                day=business_date(timezone.now()),
                kind=_kind(record, error)[:120],
                place=(place_of(error) if error else "")[:200],
                view=(match.view_name if match else "")[:120],
            )
            of_request = current_id()
            ERRORS.note(failure, Noted(1, timezone.now(), [of_request] if of_request else []))
        except Exception:  # as Python's own handlers do
            self.handleError(record)


def _kind(record: logging.LogRecord, error: BaseException | None) -> str:
    if error is not None:
        return kind_of(error)
    status = getattr(record, "status_code", None)
    return f"HTTP {status}" if status else record.name


def place_of(error: BaseException) -> str:
    """The last line of the portal's own that it came through: `sales/money.py:42 record`."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if is_own(frame.filename)]
    if not frames:
        return ""
    frame = (own or frames)[-1]
    name = Path(frame.filename)
    shown = name.relative_to(ROOT) if own else Path(*name.parts[-2:])
    return f"{shown}:{frame.lineno} {frame.name}"


def is_own(file: str) -> bool:
    """Whether a file is the portal's and no library's."""
    path = Path(file)
    return path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in (*PROJECT, "tests")
