"""Sessions, registrations and people at the door, for tests."""

from __future__ import annotations

import datetime as dt
import uuid
from itertools import count
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group, User
from django.utils import timezone

from opop_expo.roles import ORGANISER, USHER, sync_groups
from programme.checking_in import Arrival, let_in
from programme.models import Attendance, ParticipantKind, Registration, Session
from programme.outbox import Moment
from programme.registering import Participant, register
from stands.clock import WIB, business_date
from tests.ledger import make_running_expo

if TYPE_CHECKING:
    from stands.models import Expo

_numbers = count(1)


def make_talk(
    *,
    expo: Expo | None = None,
    capacity: int | None = None,
    title: str = "Kopi dan santri",
    **other: Any,
) -> Session:
    """A talkshow that is on now and takes registrations."""
    now = timezone.now()
    # A talk ends on the day on which it begins, also where it is nearly midnight.
    midnight = dt.datetime.combine(business_date(now), dt.time(), tzinfo=WIB)
    last_moment = midnight + dt.timedelta(days=1, microseconds=-1)
    return Session.objects.create(
        **{
            "expo": expo or make_running_expo(),
            "slug": f"acara-{next(_numbers)}",
            "kind": Session.Kind.TALKSHOW,
            "title": title,
            "date": business_date(now),
            "starts_at": max(now - dt.timedelta(minutes=30), midnight),
            "ends_at": min(now + dt.timedelta(hours=2), last_moment),
            "takes_registrations": True,
            "capacity": capacity,
        }
        | other
    )


def make_registration(
    session: Session, name: str = "Siti Aisyah", *, kind: str = ParticipantKind.VISITOR, **who: Any
) -> Registration:
    """A registration, with a seat or waiting as it comes."""
    return register(
        key=uuid.uuid4(),
        session=session,
        who=Participant(name=name, kind=kind, **who),
        language="id",
    )


def make_attendance(
    session: Session,
    registration: Registration | None = None,
    *,
    actor: User | None = None,
    name: str = "Umar",
    kind: str = ParticipantKind.VISITOR,
    organisation: str = "",
    is_guessed: bool = False,
) -> Attendance:
    """Somebody let in: by the registration, or without one."""
    arrival = Arrival(
        key=uuid.uuid4(),
        session_id=session.pk,
        way=Attendance.Way.NAME if registration else Attendance.Way.WALK_IN,
        came=Moment(timezone.now(), is_guessed),
        registration_id=registration.pk if registration else None,
        name=name,
        kind=kind,
        organisation=organisation,
    )
    return let_in(arrival, actor=actor or make_usher()).attendance


def make_usher(name: str = "aminah") -> User:
    """Somebody who stands at the door."""
    return _with_role(name, USHER, is_staff=False)


def make_organiser(name: str = "citra") -> User:
    """Somebody who organises."""
    return _with_role(name, ORGANISER, is_staff=True)


def _with_role(name: str, role: str, *, is_staff: bool) -> User:
    user, created = User.objects.get_or_create(username=name, defaults={"is_staff": is_staff})
    if created:
        sync_groups()
        user.groups.add(Group.objects.get(name=role))
    return user


def filled_in(**other: Any) -> dict[str, str]:
    """The registration form as Dewi fills it in."""
    return {
        "key": str(uuid.uuid4()),
        "name": "Dewi Lestari",
        "kind": "visitor",
        "organisation": "",
        "contact": "",
        "consent": "on",
        "ulangi": "",
        **other,
    }


def person(session: Session, way: str = "walk_in", **more: Any) -> dict[str, Any]:
    """One let in, as a device sends it."""
    usual = {"name": "Umar", "participant": "visitor"} if way == "walk_in" else {}
    return {
        "uuid": str(uuid.uuid4()),
        "kind": "attendance",
        "device_at": timezone.now().isoformat(timespec="milliseconds"),
        "clock_offset_ms": 0,
        "session": session.pk,
        "way": way,
        **usual,
        **more,
    }


def undo(attendance: dict[str, Any]) -> dict[str, Any]:
    """What takes that one back."""
    return {
        "uuid": str(uuid.uuid4()),
        "kind": "undo",
        "device_at": timezone.now().isoformat(timespec="milliseconds"),
        "clock_offset_ms": 0,
        "attendance": attendance,
    }


def send(
    client: Any, *items: Any, session: int | None = None, headers: Any = None, **more: Any
) -> Any:
    """Send items as a device's outbox does."""
    body = {"sent_at": timezone.now().isoformat(), "items": list(items), "session": session}
    return client.post(
        "/hadir/kiriman/",
        body | more,
        content_type="application/json",
        headers={"X-Opop-Outbox": "1", **(headers or {})},
    )
