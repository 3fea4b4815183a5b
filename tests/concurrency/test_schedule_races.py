"""Organisers who plan at once: one gets the room or the speaker, the others are told who has it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.test import Client

from programme import scheduling, session_form
from programme.models import Room, Session, Speaker
from programme.scheduling import save_session
from tests.concurrency.test_recording_races import at_once, deferred_transactions
from tests.make import FRIDAY, make_expo
from tests.programmes import at, make_room, make_speaker

if TYPE_CHECKING:
    from stands.models import Expo

pytestmark = pytest.mark.django_db(transaction=True)


def race(expo: Expo, room: Room | None, speakers: list[Speaker], number: int = 4) -> Counter[str]:
    """All of them want the same hour."""
    Session.objects.all().delete()

    def work(index: int) -> str:
        session = Session(
            expo=expo,
            title=f"Acara {index}",
            kind=Session.Kind.TALKSHOW,
            room=room,
            date=FRIDAY,
            starts_at=at("09.00"),
            ends_at=at("10.00"),
        )
        try:
            save_session(session, speakers, actor=None)
        except ValidationError as error:
            return " ".join(error.message_dict)
        except DatabaseError:
            return "stopped"
        return "saved"

    return Counter(at_once(number, work))


def test_one_of_four_gets_the_room_and_the_others_are_told() -> None:
    expo = make_expo()
    room = make_room(expo=expo)
    for _round in range(5):
        assert race(expo, room, []) == {"saved": 1, "room": 3}


def test_one_of_four_gets_the_speaker_whatever_the_edition() -> None:
    expo, speaker = make_expo(), make_speaker()
    other = make_expo(slug="2020-daring", name="OPOP Expo daring", is_current=False)
    places = [expo, other, expo, other]
    for _round in range(5):
        Session.objects.all().delete()

        def work(index: int) -> str:
            session = Session(
                expo=places[index],
                title=f"Acara {index}",
                kind=Session.Kind.TALKSHOW,
                date=FRIDAY,
                starts_at=at("09.00"),
                ends_at=at("10.00"),
            )
            try:
                save_session(session, [speaker], actor=None)
            except ValidationError as error:
                return " ".join(error.message_dict)
            return "saved"

        assert Counter(at_once(4, work)) == {"saved": 1, "speakers": 3}


def test_two_organisers_send_the_form_at_once() -> None:
    expo = make_expo()
    room = make_room(expo=expo)
    user = User.objects.create_superuser("citra")
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(user)
    for _round in range(3):
        Session.objects.all().delete()

        def work(index: int) -> int:
            sent = {
                "expo": expo.pk,
                "title": f"Acara {index}",
                "kind": "talkshow",
                "date": "2020-12-18",
                "starts": "09:00",
                "ends": "10:00",
                "room": room.pk,
            }
            return clients[index].post("/admin/programme/session/add/", sent).status_code

        # The one goes back to the list, the other sees the form with the reason.
        assert sorted(at_once(2, work)) == [200, 302]
        assert Session.objects.count() == 1


def test_without_the_queue_two_get_the_same_room() -> None:
    """The negative control: two find it free, and both take it."""
    expo = make_expo()
    room = make_room(expo=expo)
    for _round in range(12):
        with (
            mock.patch.object(scheduling, "queue_for"),
            mock.patch.object(session_form, "queue_for"),
            deferred_transactions(),
        ):
            ended = race(expo, room, [])
        if ended["saved"] > 1 or ended["stopped"]:  # so SQLite says it
            return
    pytest.fail("nobody ever took a room that was taken")
