"""Seats, the waiting list, and who moves up."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from programme.models import Registration, Session
from programme.registering import (
    AlreadyCameError,
    Participant,
    RegistrationClosedError,
    call_off,
    fill_seats,
    register,
    seats_of,
    waiting_place,
)
from programme.scheduling import save_session
from stands.clock import business_date
from tests.participants import make_attendance, make_registration, make_talk

pytestmark = pytest.mark.django_db


def states(*registrations: Registration) -> list[str]:
    for one in registrations:
        one.refresh_from_db()
    return [one.state for one in registrations]


def test_whoever_comes_after_the_last_seat_waits() -> None:
    session = make_talk(capacity=2)
    people = [make_registration(session, name) for name in ("Ani", "Budi", "Candra", "Dewi")]
    assert states(*people) == ["registered", "registered", "waiting", "waiting"]
    assert [waiting_place(one) for one in people[2:]] == [1, 2]
    assert (seats_of(session).taken, seats_of(session).waiting) == (2, 2)


def test_who_calls_off_makes_room_for_the_first_who_waits() -> None:
    session = make_talk(capacity=1)
    ani, budi, candra = (make_registration(session, name) for name in ("Ani", "Budi", "Candra"))
    assert call_off(ani) == [budi]
    assert states(ani, budi, candra) == ["cancelled", "registered", "waiting"]
    assert waiting_place(candra) == 1
    # Called off once more, nobody else moves up.
    assert call_off(ani) == []
    assert states(candra) == ["waiting"]


def test_who_leaves_the_waiting_list_gives_nobody_a_seat() -> None:
    session = make_talk(capacity=1)
    ani, budi, candra = (make_registration(session, name) for name in ("Ani", "Budi", "Candra"))
    assert call_off(budi) == []
    assert states(ani, budi, candra) == ["registered", "cancelled", "waiting"]


def test_who_has_come_cannot_call_off() -> None:
    session = make_talk(capacity=1)
    ani = make_registration(session)
    make_attendance(session, ani)
    with pytest.raises(AlreadyCameError):
        call_off(ani)
    assert states(ani) == ["registered"]


def test_more_seats_go_to_those_who_wait_and_not_to_who_comes_now() -> None:
    session = make_talk(capacity=1)
    ani, budi, candra = (make_registration(session, name) for name in ("Ani", "Budi", "Candra"))
    session.capacity = 2
    session.save(update_fields=["capacity"])
    dewi = make_registration(session, "Dewi")
    assert states(ani, budi, candra, dewi) == ["registered", "registered", "waiting", "waiting"]
    session.capacity = None
    session.save(update_fields=["capacity"])
    assert fill_seats(session) == [candra, dewi]


def test_organiser_who_adds_seats_gives_them_to_those_who_wait() -> None:
    session = make_talk(capacity=1)
    people = [make_registration(session, name) for name in ("Ani", "Budi", "Candra")]
    session.capacity = 2
    save_session(session, None, actor=None)
    assert states(*people) == ["registered", "registered", "waiting"]
    # Fewer seats take nobody's away.
    session.capacity = 1
    save_session(session, None, actor=None)
    assert states(*people) == ["registered", "registered", "waiting"]


def test_one_form_sent_twice_is_one_registration() -> None:
    session = make_talk(capacity=1)
    key, who = uuid.uuid4(), Participant(name="Ani", kind="visitor")
    first, second = (register(key=key, session=session, who=who, language="id") for _ in range(2))
    assert (first.pk, first.ticket) == (second.pk, second.ticket)
    assert Registration.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"takes_registrations": False},
        {"is_cancelled": True},
        {
            "starts_at": timezone.now() - dt.timedelta(minutes=9),
            "ends_at": timezone.now() - dt.timedelta(minutes=1),
        },
        {
            "date": business_date(timezone.now()) - dt.timedelta(days=1),
            "starts_at": None,
            "ends_at": None,
        },
    ],
)
def test_what_is_closed_takes_nobody(change: dict[str, Any]) -> None:
    session = make_talk(**change)
    with pytest.raises(RegistrationClosedError):
        make_registration(session)


def test_nobody_is_forgotten_before_a_session_without_hours() -> None:
    now, day = timezone.now(), dt.timedelta(days=1)
    rows = [make_registration(make_talk(date=business_date(now), starts_at=None, ends_at=None))]
    Registration.objects.update(made_at=now - 300 * day)
    assert list(Registration.objects.to_forget(now - day)) == []
    assert list(Registration.objects.to_forget(now + 2 * day)) == rows


def test_a_closed_edition_takes_nobody() -> None:
    session = make_talk()
    session.expo.closed_at = timezone.now()
    session.expo.save(update_fields=["closed_at"])
    with pytest.raises(RegistrationClosedError):
        make_registration(session)


@pytest.mark.parametrize("has_hours", [True, False])
def test_when_it_is_over_nobody_moves_up_and_what_was_stays(
    client: Client, has_hours: bool
) -> None:
    session = make_talk(capacity=1)
    first, second = make_registration(session), make_registration(session, "Budi")
    yesterday = timezone.now() - dt.timedelta(days=1)
    hours = (yesterday - dt.timedelta(minutes=1), yesterday) if has_hours else (None, None)
    Session.objects.update(
        date=business_date(yesterday), starts_at=hours[0], ends_at=hours[1], capacity=2
    )
    client.post(f"/tiket/{first.ticket}/batal/")
    client.post(f"/tiket/{first.ticket}/hapus/")
    assert fill_seats(session) == []
    assert states(first, second) == ["registered", "waiting"]
    assert first.name == ""
