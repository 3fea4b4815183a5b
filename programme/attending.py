"""Who came, counted: by session, by kind and by producer, one query each.

These are people counted at the door. What somebody reported of a session stands with the session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from programme.models import Attendance, ParticipantKind, Registration, Session

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from programme.models import AttendanceQuerySet
    from stands.models import Expo


@dataclass(frozen=True)
class SessionCount:
    """A session and its people: each number is called what it is."""

    session: Session
    registered: int
    waiting: int
    came: int

    @property
    def reported(self) -> int | None:
        """How many came as somebody reported it; None where nobody did."""
        return self.session.reported_count

    @property
    def was_counted(self) -> bool:
        """Whether anybody was checked in: without that, no figure is known and none is nought."""
        return self.came > 0


@dataclass(frozen=True)
class KindCount:
    """People of one kind who came."""

    kind: ParticipantKind
    came: int


@dataclass(frozen=True)
class ProducerCount:
    """People of one producer who came, and to how many sessions."""

    producer_id: int
    name: str
    came: int
    sessions: int


def came_to(session: Session) -> int:
    """How many were counted at the door of a session."""
    return Attendance.objects.counted().filter(session=session).count()


def counts_by_session(expo: Expo) -> list[SessionCount]:
    """Each session of the edition as the schedule lists them, those called off too."""
    registrations, came = Registration.objects.all(), Attendance.objects.counted()
    rows: Any = Session.objects.at(expo).annotate(
        registered=_how_many(registrations.with_a_seat()),
        waiting=_how_many(registrations.waiting()),
        came=_how_many(came),
    )
    return [SessionCount(row, row.registered, row.waiting, row.came) for row in rows]


def counts_by_kind(expo: Expo, *, session: Session | None = None) -> list[KindCount]:
    """People by kind at the whole edition or at one session, without kinds of which nobody came.

    Somebody who came to two sessions counts twice: these are visits to sessions.
    """
    rows = _of(expo, session).order_by().values_list("kind").annotate(came=Count("pk"))
    counted = dict(rows)
    return [KindCount(kind, counted[kind]) for kind in ParticipantKind if counted.get(kind)]


def counts_by_producer(expo: Expo, *, session: Session | None = None) -> list[ProducerCount]:
    """People by producer, most first; who came without one is not in it."""
    rows = (
        _of(expo, session)
        .filter(producer__isnull=False)
        .order_by()
        .values_list("producer_id", "producer__name")
        .annotate(came=Count("pk"), sessions=Count("session", distinct=True))
        .order_by("-came", "producer__name")
    )
    return [ProducerCount(*row) for row in rows]


def _how_many(rows: QuerySet[Any]) -> Coalesce:
    """Of these rows those of the session in question, counted apart: joined they would multiply."""
    of_session = rows.filter(session=OuterRef("pk")).order_by().values("session")
    return Coalesce(Subquery(of_session.annotate(n=Count("pk")).values("n")), 0)


def _of(expo: Expo, session: Session | None) -> AttendanceQuerySet:
    rows = Attendance.objects.counted().filter(session__expo=expo)
    return rows.filter(session=session) if session else rows
