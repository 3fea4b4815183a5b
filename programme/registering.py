"""Writing registrations: never more with a seat than there are seats, and whoever waits moves up.

Everything that gives or frees a seat holds the row of the session, so that two of them never count
the same seat.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from events import consent
from programme.codes import new_code
from programme.models import Attendance, Registration, Session

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from pesantren.models import Producer


class RegistrationClosedError(Exception):
    """The session takes no registrations, or none any more."""


class AlreadyCameError(Exception):
    """Who has come in cannot call off any more."""


@dataclass(frozen=True)
class Participant:
    """Who wants to come, checked for its shape."""

    name: str
    kind: str
    producer: Producer | None = None
    organisation: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Seats:
    """How many have a seat, how many wait, and how many seats there are where that is bounded."""

    taken: int
    waiting: int
    capacity: int | None

    @property
    def left(self) -> int | None:
        """Free seats; None without a bound."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)


def registration_id(form: UUID, session: Session, who: Participant) -> UUID:
    """The number of what one form sent: the same for the same words, another for others."""
    producer = str(who.producer.pk) if who.producer else ""
    parts = (str(session.pk), who.name, who.kind, producer, who.organisation, who.contact)
    return uuid.uuid5(form, "\0".join(parts))


def is_open(session: Session, now: dt.datetime) -> bool:
    """Whether somebody can register now: it takes registrations and is not over."""
    return session.takes_registrations and is_to_come(session, now)


def is_to_come(session: Session, now: dt.datetime) -> bool:
    """Whether a seat is still good for something: then it can be called off, and others move up."""
    if session.is_cancelled or session.expo.closed_at is not None:
        return False
    return not session.has_ended_by(now)


def seats_of(session: Session) -> Seats:
    """The seats as they are now."""
    registrations = Registration.objects.filter(session=session)
    return Seats(
        taken=registrations.with_a_seat().count(),
        waiting=registrations.waiting().count(),
        capacity=session.capacity,
    )


@transaction.atomic
def register(*, key: UUID, session: Session, who: Participant, language: str) -> Registration:
    """Keep a registration, once for each key: with a seat, or behind those who wait already.

    Raises RegistrationClosedError.
    """
    held = _hold(session)
    known = Registration.objects.filter(pk=key).first()
    if known is not None:
        return known
    if not is_open(held, timezone.now()):
        raise RegistrationClosedError
    _fill(held)
    is_full = seats_of(held).left == 0
    return Registration.objects.create(
        pk=key,
        session=held,
        name=who.name,
        kind=who.kind,
        producer=who.producer,
        organisation=who.organisation,
        contact=who.contact,
        state=Registration.State.WAITING if is_full else Registration.State.REGISTERED,
        consent_version=consent.VERSION,
        ticket=new_code(),
        language=language,
        made_at=timezone.now(),
    )


@transaction.atomic
def call_off(registration: Registration) -> list[Registration]:
    """Free the seat or leave the waiting list; answer who moved up for it.

    Called off twice is called off once. Raises AlreadyCameError.
    """
    held = _hold(registration.session)
    if Attendance.objects.counted().filter(registration=registration).exists():
        raise AlreadyCameError
    Registration.objects.filter(pk=registration.pk).update(state=Registration.State.CANCELLED)
    registration.state = Registration.State.CANCELLED
    return _fill(held)


@transaction.atomic
def fill_seats(session: Session) -> list[Registration]:
    """Let those who wait move up, as after a capacity was raised; answer who did."""
    return _fill(_hold(session))


def waiting_place(registration: Registration) -> int:
    """How many wait up to this one, itself counted: 1 is next."""
    before = Q(made_at__lt=registration.made_at) | Q(
        made_at=registration.made_at, pk__lte=registration.pk
    )
    waiting = Registration.objects.filter(session=registration.session_id).waiting()
    return waiting.filter(before).count()


def _hold(session: Session) -> Session:
    """The session as it is now, and nobody else's until the transaction ends."""
    held = Session.objects.select_for_update(of=("self",), no_key=True).select_related("expo")
    return held.get(pk=session.pk)


def _fill(held: Session) -> list[Registration]:
    """Give free seats to those who have waited longest. The session is held.

    Of one that is over, or was called off, what was stays as it was.
    """
    if not is_to_come(held, timezone.now()):
        return []
    waiting = Registration.objects.filter(session=held).waiting()
    free = seats_of(held).left
    next_ones = list(waiting if free is None else waiting[:free])
    if next_ones:
        keys = [one.pk for one in next_ones]
        Registration.objects.filter(pk__in=keys).update(state=Registration.State.REGISTERED)
    return next_ones
