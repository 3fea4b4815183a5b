"""The programme of a closed edition stays; what is reported of it may come afterwards."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from programme.models import Gate, Room, Session, Speaker
from stands import closed_triggers
from stands.closing_edition import close_edition
from tests.make import make_expo
from tests.participants import make_talk, make_usher, person, send

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> Session:
    """A talkshow in a room of 2020, with a speaker; the edition is closed."""
    expo = make_expo()
    room = Room.objects.create(expo=expo, name="Panggung utama")
    session = Session.objects.create(
        expo=expo, slug="talkshow", kind=Session.Kind.TALKSHOW, title="Talkshow", room=room
    )
    Room.objects.create(expo=expo, name="Ruang kosong")
    Session.objects.create(expo=expo, slug="kosong", kind=Session.Kind.TRAINING, title="Kosong")
    session.speakers.add(Speaker.objects.create(name="Dewi"))
    close_edition(expo, actor=None)
    return session


@pytest.fixture
def door(client: Client) -> Client:
    """Aminah at a door."""
    client.force_login(make_usher())
    return client


REFUSED: dict[str, Callable[[Session], object]] = {
    "add a room": lambda session: Room.objects.create(expo=session.expo, name="Lain"),
    "rename a room": lambda session: Room.objects.filter(expo=session.expo).update(name="Lain"),
    "remove a room": lambda _session: Room.objects.filter(name="Ruang kosong").delete(),
    "rename a session": lambda session: Session.objects.filter(pk=session.pk).update(title="x"),
    "call it off": lambda session: Session.objects.filter(pk=session.pk).update(is_cancelled=True),
    "add a session": lambda session: Session.objects.create(
        expo=session.expo, slug="lain", kind=Session.Kind.TRAINING, title="Lain"
    ),
    "remove a session": lambda _session: Session.objects.filter(slug="kosong").delete(),
    "let somebody speak": lambda session: session.speakers.add(
        Speaker.objects.create(name="Rahmat")
    ),
    "take a speaker off": lambda session: session.speakers.clear(),
    "let another speak instead": lambda session: Session.speakers.through.objects.filter(
        session=session
    ).update(speaker=Speaker.objects.create(name="Rahmat")),
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_refuses_it(session: Session, what: str) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        REFUSED[what](session)
    assert closed_triggers.is_refusal(refused.value)


def test_what_is_reported_and_counted_later_is_let_through(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(
        reported_count=90, reported_by="TIMES Indonesia", reported_unit="koperasi dan UMKM"
    )
    Gate.objects.create(expo=session.expo, name="Pintu utama")

    session.refresh_from_db()
    assert session.reported_count == 90


def test_nobody_comes_after_the_closing_and_who_came_before_is_still_told(door: Client) -> None:
    session = make_talk()
    came = person(session)
    close_edition(session.expo, actor=None)
    after = timezone.now() + dt.timedelta(minutes=2)
    late = person(session, device_at=after.isoformat(timespec="milliseconds"))
    answers = send(door, came, late).json()["answers"]
    assert [one["status"] for one in answers] == ["recorded", "refused"]
    assert answers[1]["message"] == "Edisi ini sudah ditutup."


def test_hours_that_nobody_reported_are_shown_as_missing(
    admin_client: Client, session: Session
) -> None:
    page = admin_client.get(f"/admin/programme/session/{session.pk}/change/").content.decode()
    assert "None" not in page
