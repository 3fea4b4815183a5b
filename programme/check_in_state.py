"""What a device at the door is told: sessions to choose from, and who registered for one."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.utils import timezone

from pesantren.models import Producer
from programme.models import Attendance, Registration, Session
from stands.catalogue import products_known_at
from stands.clock import WIB, business_date, clock_text
from stands.strict_json import MOST

if TYPE_CHECKING:
    from django.contrib.auth.models import User

DAYS_BEFORE, DAYS_AFTER = 1, 7
MOST_SESSIONS = 200
# People are written down a while after the end as well.
OVER = dt.timedelta(hours=1)
# Of a ticket's hash, enough that no two are alike.
HASH_LENGTH = 32


def door_state(user: User, session_id: object) -> dict[str, Any]:
    """The sessions around today, and of the chosen one how many came and the state of its list."""
    chosen = session_id if type(session_id) is int and abs(session_id) <= MOST else None
    near = sessions_near()
    came = dict(
        Attendance.objects.counted()
        .filter(session__in=[session.pk for session in near])
        .order_by()
        .values_list("session")
        .annotate(Count("pk"))
    )
    return {
        "user": user.get_username(),
        "sessions": [_told(session, came.get(session.pk, 0)) for session in near],
        "session": chosen,
        "came": came.get(chosen, 0),
        "list": list_version(chosen) if chosen is not None else "",
    }


def list_version(session_id: int) -> str:
    """Changes whenever the list of that session does."""
    registrations = Registration.objects.filter(session_id=session_id).order_by()
    attendances = Attendance.objects.filter(session_id=session_id).order_by()
    parts = (
        *sorted(registrations.values_list("state").annotate(Count("pk"))),
        attendances.counted().count(),
        attendances.count(),
        registrations.exclude(anonymised_at=None).count(),
    )
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def registrations_for(session: Session) -> dict[str, Any]:
    """Who registered, so that a device finds them without a network; of tickets only a hash."""
    version = list_version(session.pk)
    came = dict(
        Attendance.objects.counted()
        .filter(session=session, registration__isnull=False)
        .values_list("registration", "came_at")
    )
    rows = Registration.objects.of(session).filter(anonymised_at=None).select_related("producer")
    makers = products_known_at(session.expo).values("producer")
    return {
        "session": session.pk,
        "version": version,
        "registrations": [
            {
                "id": str(row.pk),
                "name": row.name,
                "kind": row.kind,
                "from": row.producer.name if row.producer else row.organisation,
                "state": row.state,
                "ticket": ticket_hash(row.ticket),
                "came": row.pk in came,
            }
            for row in rows
        ],
        "producers": list(
            Producer.objects.filter(pk__in=makers).order_by("name").values_list("name", flat=True)
        ),
    }


def ticket_hash(code: str) -> str:
    """What a device knows a ticket by, without being able to make one."""
    return hashlib.sha256(code.encode()).hexdigest()[:HASH_LENGTH]


def sessions_near() -> list[Session]:
    """The sessions at whose doors somebody may stand: around today, those that are over last."""
    now = timezone.now()
    today = business_date(now)
    first, last = today - dt.timedelta(days=DAYS_BEFORE), today + dt.timedelta(days=DAYS_AFTER)
    sessions = Session.objects.held().filter(expo__closed_at=None, date__range=(first, last))
    sessions = sessions.select_related("room", "expo").order_by("date", "starts_at", "pk")

    def is_long_over(one: Session) -> bool:
        return one.ends_at is not None and one.ends_at < now - OVER

    return sorted(sessions[:MOST_SESSIONS], key=is_long_over)


def _told(session: Session, came: int) -> dict[str, Any]:
    def hour(at: dt.datetime | None) -> str:
        return clock_text(at.astimezone(WIB).time()) if at else ""

    return {
        "id": session.pk,
        "title": session.title_text,
        "kind": str(session.get_kind_display()),
        "room": session.room.name_text if session.room else "",
        "date": session.date.isoformat() if session.date else "",
        "starts": hour(session.starts_at),
        "ends": hour(session.ends_at),
        "capacity": session.capacity,
        "came": came,
        "is_example": session.expo.is_example,
    }
