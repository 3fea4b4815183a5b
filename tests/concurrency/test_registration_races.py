"""Many who want the last seats at once, and one ticket at many doors."""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from programme import registering
from programme.forgetting import withdraw_consent
from programme.models import Attendance, Registration, Session
from programme.registering import Participant, call_off, register, seats_of
from tests.concurrency.test_recording_races import at_once
from tests.participants import (
    filled_in,
    make_attendance,
    make_registration,
    make_talk,
    make_usher,
    person,
    send,
    undo,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db(transaction=True)


def come(session: Session, number: int) -> Registration:
    who = Participant(name=f"Tamu {number}", kind="visitor")
    return register(key=uuid.uuid4(), session=session, who=who, language="id")


def test_of_twenty_who_want_five_seats_five_get_one() -> None:
    session = make_talk(capacity=5)
    ended = Counter(one.state for one in at_once(20, lambda number: come(session, number)))
    assert ended == {"registered": 5, "waiting": 15}
    assert (seats_of(session).taken, seats_of(session).waiting) == (5, 15)


@contextlib.contextmanager
def without_the_lock(together: int) -> Iterator[None]:
    """Nobody holds the session, and so many look at the seats before any of them takes one."""
    gate = threading.Barrier(together, timeout=20)
    seats = registering.seats_of
    looked = threading.local()

    def look(session: Session) -> registering.Seats:
        found = seats(session)
        # The first look is that of `_fill`, the second decides.
        looked.times = getattr(looked, "times", 0) + 1
        if looked.times == 2:
            gate.wait()
        return found

    def hold(session: Session) -> Session:
        return Session.objects.select_related("expo").get(pk=session.pk)

    with (
        mock.patch.object(registering, "_hold", hold),
        mock.patch.object(registering, "seats_of", look),
        # SQLite's transactions lock by themselves as soon as they begin.
        mock.patch.object(transaction, "atomic", contextlib.nullcontext),
    ):
        yield


def test_without_the_lock_more_get_a_seat_than_there_are() -> None:
    """The negative control."""
    session = make_talk(capacity=5)
    unguarded = register.__wrapped__  # type: ignore[attr-defined]  # of transaction.atomic

    def come_unguarded(number: int) -> str:
        who = Participant(name=f"Tamu {number}", kind="visitor")
        made: Registration = unguarded(key=uuid.uuid4(), session=session, who=who, language="id")
        return made.state

    with without_the_lock(8):
        ended = Counter(at_once(8, come_unguarded))
    assert ended["registered"] == 8
    assert seats_of(session).taken > 5


def test_seats_stay_filled_while_some_call_off_and_others_come() -> None:
    session = make_talk(capacity=6)
    seated = [make_registration(session, f"Lama {number}") for number in range(6)]
    waiting = [make_registration(session, f"Tunggu {number}") for number in range(6)]

    def act(number: int) -> None:
        if number < 6:
            call_off(seated[number])
        else:
            come(session, number)

    at_once(12, act)
    assert (seats_of(session).taken, seats_of(session).waiting) == (6, 6)
    moved_up = Registration.objects.filter(pk__in=[one.pk for one in waiting]).with_a_seat()
    # Whoever waited has the seats, and nobody who came later.
    assert moved_up.count() == 6


def test_one_form_sent_by_eight_is_one_registration() -> None:
    session, form = make_talk(capacity=3), filled_in()
    page = f"/{session.expo.slug}/jadwal/{session.slug}/daftar/"
    answers = at_once(8, lambda _number: Client().post(page, form))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer["Location"] for answer in answers}) == 1
    assert Registration.objects.count() == 1


def clients(number: int) -> list[Client]:
    found = []
    for place in range(number):
        client = Client()
        client.force_login(make_usher(f"petugas{place}"))
        found.append(client)
    return found


def test_one_ticket_at_eight_doors_is_one_person() -> None:
    session = make_talk()
    registration = make_registration(session)
    doors = clients(8)

    def scan(number: int) -> str:
        item = person(session, "scan", ticket=registration.ticket)
        return str(send(doors[number], item).json()["answers"][0]["status"])

    assert Counter(at_once(8, scan)) == {"recorded": 1, "already": 7}
    assert Attendance.objects.count() == 1


def test_the_database_itself_refuses_a_second_person_by_one_ticket() -> None:
    session = make_talk()
    row = make_attendance(session, make_registration(session))
    row.pk, row.certificate = uuid.uuid4(), "0" * 16
    with pytest.raises(IntegrityError):
        row.save(force_insert=True)


def test_same_people_sent_by_eight_requests_at_once_are_there_once() -> None:
    session = make_talk()
    items = [person(session, name=f"Tamu {number}") for number in range(6)]
    items += [
        person(session, "scan", ticket=make_registration(session, f"Tiket {number}").ticket)
        for number in range(6)
    ]
    items.append(undo(items[0]))
    [door] = clients(1)
    cookies = door.cookies

    def again(_number: int) -> list[str]:
        client = Client()
        client.cookies = cookies
        return [one["status"] for one in send(client, *items).json()["answers"]]

    for statuses in at_once(8, again):
        assert set(statuses) <= {"recorded", "replayed", "already"}
    assert Attendance.objects.count() == 12
    assert Attendance.objects.counted().count() == 11


def test_name_of_who_is_erased_while_they_come_in_is_left_nowhere() -> None:
    """The door has read the name and not written it yet, when its owner withdraws it."""
    make_registration(make_talk(date=None, starts_at=None, ends_at=None))
    # It is over: no seat is given up first, which would wait for the door by itself.
    Session.objects.update(date="2020-12-18")
    registration = Registration.objects.get()
    make_usher()
    has_read = threading.Event()
    save = Attendance.save

    def save_slowly(row: Attendance, **how: Any) -> None:
        has_read.set()
        time.sleep(0.3)
        save(row, **how)

    def act(number: int) -> None:
        if number:
            make_attendance(registration.session, registration)
        else:
            assert has_read.wait(20)
            withdraw_consent(registration)

    with mock.patch.object(Attendance, "save", save_slowly):
        at_once(2, act)
    assert [row.name for row in Attendance.objects.all()] == [""]
