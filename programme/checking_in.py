"""Writing who came: each once, however often it is sent and by however many devices."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.log import log_event
from events.models import Event
from programme.codes import new_code, read_code
from programme.models import Attendance, ParticipantKind, Registration, Session
from programme.outbox import ItemRefusedError, Moment
from programme.producers_named import every_maker, producer_called
from stands.clock import business_date

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AbstractBaseUser

LONGEST_NAME, LONGEST_ORGANISATION = 80, 120


class Outcome(StrEnum):
    """What became of one who was let in."""

    RECORDED = "recorded"
    # The same once more.
    REPLAYED = "replayed"
    # The ticket was used before, here or at another device: it counts once.
    ALREADY = "already"


@dataclass(frozen=True)
class Arrival:
    """Somebody let in at a door, as a device or a form says it."""

    key: UUID
    session_id: int
    way: str
    came: Moment
    # By a ticket or by name: one of these.
    registration_id: UUID | None = None
    ticket: str = ""
    # Without registration.
    name: str = ""
    kind: str = ""
    organisation: str = ""
    # The maker that somebody picked: several may have that name.
    producer_id: int | None = None


@dataclass(frozen=True)
class Let:
    """What became of it, and the row that counts."""

    outcome: Outcome
    attendance: Attendance


def let_in(arrival: Arrival, *, actor: AbstractBaseUser) -> Let:
    """Record one who came, once. Raises ItemRefusedError where nobody can tell who came to what."""
    return _let_in(arrival, actor=actor, withdrawn=False)


def take_back(arrival: Arrival, *, actor: AbstractBaseUser) -> Let:
    """Take back one who was let in by mistake; it stays visible.

    It carries all of what it takes back, so that it may arrive before that: then both are written,
    and nobody is counted.
    """
    let = _let_in(arrival, actor=actor, withdrawn=True)
    if let.attendance.pk == arrival.key and let.attendance.withdrawn_at is None:
        withdraw(let.attendance, actor=actor)
        return Let(Outcome.RECORDED, let.attendance)
    return let


@transaction.atomic
def withdraw(attendance: Attendance, *, actor: AbstractBaseUser) -> bool:
    """Count somebody no longer; answer whether this did it. The log says who, and no name."""
    mine = Attendance.objects.counted().filter(pk=attendance.pk)
    if not mine.update(withdrawn_at=timezone.now(), withdrawn_by=actor.pk):
        return False
    log_event(
        Event.Kind.ATTENDANCE_WITHDRAWN,
        str(attendance.session),
        actor=actor,
        data={"attendance": str(attendance.pk), "way": attendance.way},
    )
    return True


def _let_in(arrival: Arrival, *, actor: AbstractBaseUser, withdrawn: bool) -> Let:
    # Another request may write the same between look and insert: then the second look finds it.
    for last_try in (False, True):
        known = _known(arrival, counts=not withdrawn)
        if known is not None:
            return known
        try:
            with transaction.atomic():
                row = _row(arrival, actor)
                if withdrawn:
                    row.withdrawn_at, row.withdrawn_by_id = timezone.now(), actor.pk
                row.save(force_insert=True)
        except IntegrityError:
            if last_try:
                raise
        else:
            return Let(Outcome.RECORDED, row)
    raise AssertionError  # both tries have returned or raised


def _known(arrival: Arrival, *, counts: bool) -> Let | None:
    """What was written before of the same arrival, or with the same ticket."""
    rows = Attendance.objects.select_related("session", "recorded_by")
    same = rows.filter(pk=arrival.key).first()
    if same is not None:
        if same.session_id != arrival.session_id:
            raise ItemRefusedError(_("Nomor ini sudah dipakai untuk yang lain."))
        return Let(Outcome.REPLAYED, same)
    if not counts or arrival.way == Attendance.Way.WALK_IN:
        return None
    registration = _registration(arrival)
    used = rows.counted().filter(registration=registration).first()
    return Let(Outcome.ALREADY, used) if used else None


def _row(arrival: Arrival, actor: AbstractBaseUser) -> Attendance:
    session = Session.objects.select_related("expo").filter(pk=arrival.session_id).first()
    if session is None:
        raise ItemRefusedError(_("Acara ini tidak dikenal."))
    closed_at = session.expo.closed_at
    came = arrival.came.settled(
        is_likely=lambda at: business_date(at) == session.date, closed_at=closed_at
    )
    # Whoever came before may be told of later: a device without a network sends when it has one.
    if closed_at is not None and came.at > closed_at:
        raise ItemRefusedError(_("Edisi ini sudah ditutup."))
    row = Attendance(
        pk=arrival.key,
        session_id=arrival.session_id,
        way=arrival.way,
        came_at=came.at,
        time_is_guessed=came.is_guessed,
        recorded_by_id=actor.pk,
        certificate=new_code(),
    )
    if arrival.way == Attendance.Way.WALK_IN:
        _say_who(row, arrival)
        return row
    # Held until this is written: nobody's name is copied while it is being erased.
    registration = _registration(arrival, hold=True)
    row.registration = registration
    # What it was at the door; it may become something else later.
    row.ticket_state = registration.state
    # Erased before this was sent: somebody came all the same, and nobody says who.
    row.anonymised_at = registration.anonymised_at
    row.name, row.kind = registration.name, registration.kind
    row.producer_id, row.organisation = registration.producer_id, registration.organisation
    return row


def _say_who(row: Attendance, arrival: Arrival) -> None:
    name = " ".join(arrival.name.split())
    organisation = " ".join(arrival.organisation.split())
    if not name or len(name) > LONGEST_NAME:
        raise ItemRefusedError(_("Tulis nama, paling panjang 80 huruf."))
    if arrival.kind not in ParticipantKind.values:
        raise ItemRefusedError(_("Pilih datang sebagai apa."))
    if len(organisation) > LONGEST_ORGANISATION:
        raise ItemRefusedError(_("Nama usaha atau lembaga paling panjang 120 huruf."))
    row.name, row.kind, row.organisation = name, arrival.kind, organisation
    row.producer_id = arrival.producer_id
    if organisation and arrival.kind != ParticipantKind.VISITOR and row.producer_id is None:
        named = producer_called(organisation, every_maker())
        row.producer_id = named.pk if named else None


def _registration(arrival: Arrival, *, hold: bool = False) -> Registration:
    """The registration that is meant, and of this session; `hold` it until the transaction ends."""
    found = Registration.objects.select_related("session")
    if hold:
        found = found.select_for_update(of=("self",), no_key=True)
    if arrival.registration_id is not None:
        registration = found.filter(pk=arrival.registration_id).first()
    else:
        code = read_code(arrival.ticket)
        registration = found.filter(ticket=code).first() if code else None
    if registration is None:
        raise ItemRefusedError(_("Tiket ini tidak dikenal."))
    if registration.session_id != arrival.session_id:
        raise ItemRefusedError(
            _("Tiket ini untuk acara lain: %(session)s.") % {"session": registration.session}
        )
    return registration
