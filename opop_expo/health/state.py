"""What the database tells of the portal's health, for the organisers' page and for Prometheus."""

from __future__ import annotations

import datetime as dt
import sqlite3
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Count, Min, Q, Sum
from django.utils import timezone

from opop_expo.backups.status import last_verified_backup
from opop_expo.health.disks import Disk
from opop_expo.health.nodes import HEARD_WITHIN
from opop_expo.models import ErrorSeen, NodeReport
from sales.models import HeldSale, SaleFlag, Till
from stands.clock import business_date
from stands.models import Expo, InquiryMail

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Node:
    """One machine that serves: its processes that were heard lately, or the last there were."""

    name: str
    reports: tuple[NodeReport, ...]
    is_up: bool

    @property
    def latest(self) -> NodeReport:
        """The report that came last."""
        return max(self.reports, key=lambda one: one.seen_at)

    @property
    def started_at(self) -> dt.datetime:
        """When the oldest of its processes began."""
        return min(one.started_at for one in self.reports)

    @property
    def versions(self) -> list[dict[str, str]]:
        """What runs there: one, or several while processes are exchanged."""
        return [
            dict(some)
            for some in dict.fromkeys(tuple(one.versions.items()) for one in self.reports)
        ]

    @property
    def disks(self) -> list[Disk]:
        """Room on it, as last reported."""
        return [Disk(*one) for one in self.latest.disks]

    @property
    def rooms(self) -> list[tuple[list[str], Disk]]:
        """The same, with places together that look alike: they lie on one disk."""
        found: dict[tuple[int, int, bool], tuple[list[str], Disk]] = {}
        for disk in self.disks:
            alike = (disk.free, disk.total, disk.is_writable)
            found.setdefault(alike, ([], disk))[0].append(disk.name)
        return list(found.values())


def nodes(now: dt.datetime) -> list[Node]:
    """Every node that was heard in the last two days, those that serve first."""
    found = []
    rows = NodeReport.objects.order_by("node", "process")
    for name, some in groupby(rows, key=lambda one: one.node):
        reports = tuple(some)
        heard = tuple(one for one in reports if now - one.seen_at <= HEARD_WITHIN)
        found.append(Node(name, heard or reports, is_up=bool(heard)))
    return sorted(found, key=lambda one: (not one.is_up, one.name))


def differ(found: Iterable[Node]) -> bool:
    """Whether nodes that serve run different versions of the portal."""
    running = {one["portal"] for node in found if node.is_up for one in node.versions}
    return len(running) > 1


@dataclass(frozen=True)
class DayOfErrors:
    """The errors of one day, those that came last in front."""

    day: dt.date
    count: int
    rows: list[ErrorSeen]


def errors_by_day(most_rows: int) -> list[DayOfErrors]:
    """The days with errors, newest first; of each at most so many rows."""
    rows = ErrorSeen.objects.order_by("-day", "-last_at")
    days = [(day, list(some)) for day, some in groupby(rows, key=lambda one: one.day)]
    return [
        DayOfErrors(day, sum(one.count for one in some), some[:most_rows]) for day, some in days
    ]


@dataclass(frozen=True)
class Mail:
    """Letters that inquiries owe: how many wait, since when, and how often one was tried."""

    waiting: int
    oldest_at: dt.datetime | None
    refused: int


def mail_that_waits() -> Mail:
    """In one query."""
    unsent = InquiryMail.objects.filter(sent_at=None).aggregate(
        waiting=Count("pk"),
        oldest_at=Min("inquiry__received_at"),
        refused=Count("pk", filter=Q(tries__gt=0)),
    )
    return Mail(**unsent)


@dataclass(frozen=True)
class TillHeard:
    """What a tablet said of one till at its last contact."""

    prefix: str
    unsent: int
    heard_at: dt.datetime | None


@dataclass(frozen=True)
class Stored:
    """Figures of the current edition and of the portal, in a handful of queries."""

    tills: list[TillHeard]
    held: int
    flags: int
    mail: Mail
    errors_today: int
    processes: int
    backup_at: dt.datetime | None


def read_stored() -> Stored:
    """Read them. None of them grows with the number of sales."""
    now = timezone.now()
    tills = Till.objects.filter(expo=Expo.objects.current(), tablet__isnull=False)
    backup = last_verified_backup()
    errors = ErrorSeen.objects.filter(day=business_date(now)).aggregate(count=Sum("count"))
    return Stored(
        tills=[TillHeard(*one) for one in tills.values_list("prefix", "unsent", "last_contact_at")],
        held=HeldSale.objects.filter(state=HeldSale.State.WAITING).count(),
        flags=SaleFlag.objects.filter(settled_at=None).count(),
        mail=mail_that_waits(),
        errors_today=errors["count"] or 0,
        processes=NodeReport.objects.filter(seen_at__gte=now - HEARD_WITHIN).count(),
        backup_at=backup.at if backup else None,
    )


def database_name() -> str:
    """Which database of which version answers."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            return f"PostgreSQL {cursor.fetchone()[0]}"
    return f"SQLite {sqlite3.sqlite_version}"


def database_bytes() -> int:
    """How much room it takes, what SQLite has not merged yet included."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    file = str(connection.settings_dict["NAME"])
    parts = (Path(file + ending) for ending in ("", "-wal"))
    return sum(part.stat().st_size for part in parts if part.exists())
