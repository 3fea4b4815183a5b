"""What devices at the door send: each person once, each answer for itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import DataError, OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event
from events.tally import DATABASE_ERROR, tallied
from programme import check_in_views
from programme.forgetting import withdraw_consent
from programme.models import Attendance, Registration
from programme.registering import call_off
from tests.make import make_producer
from tests.participants import (
    make_attendance,
    make_organiser,
    make_registration,
    make_talk,
    make_usher,
    person,
    send,
    undo,
)

if TYPE_CHECKING:
    from programme.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def door(client: Client) -> Client:
    """A device of Aminah, who stands at the door."""
    client.force_login(make_usher())
    return client


def statuses(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [one["status"] for one in response.json()["answers"]]


def ticket(session: Session, registration: Registration, **more: Any) -> dict[str, Any]:
    return person(session, "scan", ticket=registration.ticket, **more)


def test_ticket_name_and_walk_in_are_recorded(door: Client) -> None:
    session = make_talk()
    ani, budi = make_registration(session, "Ani"), make_registration(session, "Budi")
    response = send(
        door,
        ticket(session, ani),
        person(session, "name", registration=str(budi.pk)),
        person(session, name="  Umar   Bakri ", participant="umkm", organisation="Warung"),
        session=session.pk,
    )
    assert statuses(response) == ["recorded"] * 3
    rows = Attendance.objects.order_by("name").values_list("name", "way", "ticket_state", "kind")
    assert list(rows) == [
        ("Ani", "scan", "registered", "visitor"),
        ("Budi", "name", "registered", "visitor"),
        ("Umar Bakri", "walk_in", "", "umkm"),
    ]
    assert response.json()["state"]["came"] == 3


def test_sent_again_is_one(door: Client) -> None:
    session = make_talk()
    items = [person(session), ticket(session, make_registration(session))]
    assert statuses(send(door, *items)) == ["recorded"] * 2
    assert statuses(send(door, *items)) == ["replayed"] * 2
    assert Attendance.objects.count() == 2


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        # Waited for: the device keeps all of it, and asks again.
        (OperationalError("canceling statement due to lock timeout"), (503, {"error": "busy"})),
        # Sent one by one from now on, so that who came later is not held up.
        (DataError("value out of range"), (500, {"error": "fault"})),
    ],
)
def test_database_that_refuses_one_does_not_hold_up_the_others(
    door: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, answer: tuple[int, Any]
) -> None:
    def refuse(*_given: object, **_named: object) -> None:
        raise error

    session = make_talk()
    monkeypatch.setattr(check_in_views, "let_in", refuse)
    response = send(door, person(session))
    assert (response.status_code, response.json()) == answer
    assert ("Retry-After" in response) == (response.status_code == 503)
    assert tallied(response.wsgi_request) == [(DATABASE_ERROR, type(error).__name__)]


def test_ticket_used_at_two_doors_is_one_person(door: Client) -> None:
    session = make_talk()
    registration = make_registration(session)
    assert statuses(send(door, ticket(session, registration))) == ["recorded"]
    other = Client()
    other.force_login(make_usher("budi"))
    again = person(session, "name", registration=str(registration.pk))
    for _ in range(2):
        [answer] = send(other, again).json()["answers"]
        assert answer["status"] == "already"
        assert "dicatat aminah" in answer["message"]
    assert Attendance.objects.count() == 1


def test_who_waits_or_called_off_may_be_let_in_as_what_they_are(door: Client) -> None:
    session = make_talk(capacity=1)
    first, waits = make_registration(session), make_registration(session, "Budi")
    off = make_registration(session, "Candra")
    call_off(off)
    send(door, *(ticket(session, one) for one in (first, waits, off)))
    kept = Attendance.objects.values_list("registration", "ticket_state")
    assert dict(kept) == {first.pk: "registered", waits.pk: "waiting", off.pk: "cancelled"}


def test_undo_counts_nobody_and_lets_the_same_ticket_in_again(door: Client) -> None:
    session = make_talk()
    registration = make_registration(session)
    first = ticket(session, registration)
    take_back = undo(first)
    assert statuses(send(door, first, take_back)) == ["recorded"] * 2
    assert statuses(send(door, take_back)) == ["replayed"]
    assert not Attendance.objects.counted().exists()
    assert statuses(send(door, ticket(session, registration))) == ["recorded"]
    assert Attendance.objects.counted().count() == 1
    assert Attendance.objects.count() == 2


def test_undo_that_arrives_before_what_it_takes_back(door: Client) -> None:
    session = make_talk()
    first = person(session)
    assert statuses(send(door, undo(first))) == ["recorded"]
    assert statuses(send(door, first)) == ["replayed"]
    assert not Attendance.objects.counted().exists()


def test_undo_of_the_second_scan_leaves_the_first(door: Client) -> None:
    """Two devices scan one ticket without a network, and the second takes its own back."""
    session = make_talk()
    registration = make_registration(session)
    first, second = ticket(session, registration), ticket(session, registration)
    assert statuses(send(door, first)) == ["recorded"]
    assert statuses(send(door, second, undo(second))) == ["already", "recorded"]
    assert [str(row.pk) for row in Attendance.objects.counted()] == [first["uuid"]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": " "}, "Tulis nama"),
        ({"name": "x" * 81}, "Tulis nama"),
        ({"participant": "presiden"}, "Pilih datang sebagai apa"),
        ({"organisation": "x" * 121}, "paling panjang 120"),
        ({"session": 2**50}, "Acara ini tidak dikenal"),
        ({"session": "1"}, "tidak bisa dibaca"),
        ({"session": True}, "tidak bisa dibaca"),
        ({"way": "jendela"}, "tidak bisa dibaca"),
        ({"way": "scan"}, "Tiket ini tidak dikenal"),
        ({"way": "scan", "ticket": "0123456789ABCDEF"}, "Tiket ini tidak dikenal"),
        ({"way": "name", "registration": str(uuid.UUID(int=7))}, "Tiket ini tidak dikenal"),
        ({"way": "name", "registration": "x"}, "tidak bisa dibaca"),
        ({"name": "a\u0000b"}, "tidak bisa dibaca"),
        ({"more": 1}, "tidak bisa dibaca"),
        ({"kind": "voucher"}, "Ini bukan kehadiran"),
        ({"kind": "undo"}, "tidak bisa dibaca"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words_and_holds_nobody_up(
    door: Client, change: dict[str, Any], said: str
) -> None:
    session = make_talk()
    response = send(door, person(session) | change, person(session))
    assert statuses(response) == ["refused", "recorded"]
    assert said in response.json()["answers"][0]["message"]
    assert Attendance.objects.count() == 1


def test_ticket_of_another_session_is_refused_by_name(door: Client) -> None:
    session = make_talk()
    registration = make_registration(make_talk(expo=session.expo, title="Ekspor kopi"))
    [answer] = send(door, ticket(session, registration)).json()["answers"]
    assert (answer["status"], "Ekspor kopi" in answer["message"]) == ("refused", True)
    english = send(door, ticket(session, registration), headers={"X-Opop-Language": "en"})
    assert statuses(english) == ["refused"]


def test_number_of_another_session_is_refused(door: Client) -> None:
    session = make_talk()
    first = person(session)
    send(door, first)
    other = make_talk(expo=session.expo)
    assert statuses(send(door, first | {"session": other.pk})) == ["refused"]


def test_producer_is_found_by_its_exact_name_alone(door: Client) -> None:
    session, producer = make_talk(), make_producer(name="Kopontren Sidogiri")
    for name in ("kopontren sidogiri", "Sidogiri"):
        send(door, person(session, participant="kopontren", organisation=name))
    send(door, person(session, organisation="Kopontren Sidogiri"))
    kept = Attendance.objects.order_by("received_at", "pk").values_list("producer", flat=True)
    assert sorted(kept, key=str) == sorted([producer.pk, None, None], key=str)


def test_only_who_may_let_in_is_heard(client: Client) -> None:
    session = make_talk()
    item = person(session)
    assert (send(client, item).status_code, send(client, item).json()) == (
        401,
        {"error": "sign_in"},
    )
    stranger = make_usher("tamu")
    stranger.groups.clear()
    client.force_login(stranger)
    assert send(client, item).json() == {"error": "permission"}
    client.force_login(make_organiser())
    foreign = send(client, item, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.json() == {"error": "origin"}
    plain = client.post("/hadir/kiriman/", {"items": "[]"})
    assert plain.status_code == 403
    assert not Attendance.objects.exists()
    assert statuses(send(client, item)) == ["recorded"]


def test_list_holds_names_and_hashes_and_no_ticket(door: Client) -> None:
    session = make_talk()
    registration = make_registration(session, "Ani", contact="ani@x.id")
    make_attendance(session, make_registration(session, "Budi"))
    response = door.get(f"/hadir/daftar/{session.pk}/")
    ani, budi = response.json()["registrations"]
    assert (ani["name"], ani["came"], budi["came"]) == ("Ani", False, True)
    assert ani["ticket"] == hashlib.sha256(registration.ticket.encode()).hexdigest()[:32]
    assert registration.ticket not in response.text
    assert "ani@x.id" not in response.text
    assert response.json()["version"] == send(door, session=session.pk).json()["state"]["list"]


def test_list_has_another_version_whenever_it_changes(door: Client) -> None:
    session = make_talk(capacity=1)

    def version() -> str:
        return str(send(door, session=session.pk).json()["state"]["list"])

    seen = [version()]
    first = make_registration(session)
    seen.append(version())
    second = make_registration(session, "Budi")
    seen.append(version())
    call_off(first)
    seen.append(version())
    row = make_attendance(session, second)
    seen.append(version())
    Attendance.objects.filter(pk=row.pk).update(
        withdrawn_at=row.came_at, withdrawn_by=row.recorded_by
    )
    seen.append(version())
    assert len(set(seen)) == len(seen)


def test_list_is_for_the_door_alone(client: Client) -> None:
    session = make_talk()
    address = f"/hadir/daftar/{session.pk}/"
    assert client.get(address).status_code == 401
    stranger = make_usher("tamu")
    stranger.groups.clear()
    client.force_login(stranger)
    assert client.get(address).status_code == 403
    client.force_login(make_usher())
    assert client.get("/hadir/daftar/999999/").status_code == 404


def test_state_tells_of_sessions_around_today(door: Client) -> None:
    session = make_talk(title="Kopi", capacity=9)
    make_talk(expo=session.expo, date=None, starts_at=None, ends_at=None)
    make_talk(expo=session.expo, is_cancelled=True)
    make_attendance(session)
    state = send(door, session=session.pk).json()["state"]
    [told] = state["sessions"]
    assert (told["title"], told["came"], told["capacity"]) == ("Kopi", 1, 9)
    assert (state["session"], state["came"], state["user"]) == (session.pk, 1, "aminah")


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_as_many_queries_for_three_as_for_one(door: Client, count: int) -> None:
    session = make_talk()
    for number in range(count):
        make_registration(session, f"Tamu {number}", producer=make_producer(), kind="umkm")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        door.get(f"/hadir/daftar/{session.pk}/")
    assert len(queries) <= 16, [one["sql"] for one in queries]


def test_what_was_withdrawn_at_the_door_stands_in_the_log_without_a_name(door: Client) -> None:
    session = make_talk()
    first = person(session, name="Umar")
    send(door, first, undo(first))
    event = Event.objects.get(kind=Event.Kind.ATTENDANCE_WITHDRAWN)
    assert event.data == {"attendance": first["uuid"], "way": "walk_in"}
    assert "Umar" not in f"{event.subject} {event.data}"


def test_who_was_erased_before_the_device_had_a_network_came_all_the_same(door: Client) -> None:
    session = make_talk()
    registration = make_registration(session, "Ani", organisation="Kopi Ani")
    came = ticket(session, registration)
    withdraw_consent(registration)
    assert statuses(send(door, came)) == ["recorded"]
    row = Attendance.objects.counted().get()
    assert (row.name, row.organisation, row.anonymised_at is None) == ("", "", False)


def test_session_that_no_database_can_count_is_none(door: Client) -> None:
    assert send(door, session=10**30).json()["state"]["session"] is None


@pytest.mark.parametrize("device_at", ["1970-01-01T00:05:00Z", "2033-01-01T00:00:00Z"])
def test_whoever_came_under_a_clock_that_cannot_be_is_there_and_marked(
    door: Client, device_at: str
) -> None:
    session = make_talk()
    registration = make_registration(session)
    first, gone = person(session, device_at=device_at), person(session, device_at=device_at)
    items = [first, ticket(session, registration, device_at=device_at), gone, undo(gone)]
    response = send(door, *items, person(session), ages=[1_800_000, 0, None, None, None])
    assert statuses(response) == ["recorded"] * 5
    rows = Attendance.objects.in_bulk()
    assert [row.time_is_guessed for row in Attendance.objects.order_by("received_at")].count(
        True
    ) == 3
    came_at = rows[uuid.UUID(first["uuid"])].came_at
    assert abs(timezone.now() - came_at - dt.timedelta(minutes=30)) < dt.timedelta(minutes=1)
    assert Attendance.objects.counted().count() == 3


def test_a_phone_that_lay_in_a_drawer_is_believed_the_day_of_the_session(door: Client) -> None:
    session = make_talk()
    then = timezone.now()
    with time_machine.travel(then + dt.timedelta(days=40), tick=False):
        door.force_login(make_usher())
        one = person(session, device_at=then.isoformat())
        other = person(session, device_at=(then - dt.timedelta(days=2)).isoformat())
        assert statuses(send(door, one, other)) == ["recorded"] * 2
    rows = Attendance.objects.order_by("came_at").values_list("came_at", "time_is_guessed")
    assert list(rows) == [(then, False), (then + dt.timedelta(days=40), True)]


def test_a_clock_that_cannot_be_after_the_closing_is_no_later_than_that(door: Client) -> None:
    session = make_talk()
    session.expo.closed_at = timezone.now() - dt.timedelta(hours=2)
    session.expo.save()
    response = send(door, person(session, device_at="1970-01-01T00:05:00Z"), person(session))
    assert statuses(response) == ["recorded", "refused"]
    assert Attendance.objects.get().came_at == session.expo.closed_at
