"""The example's programme: on each day, marked as made up, in nobody's way, something on by day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from opop_expo.example_programme import add_programme
from programme.models import Session
from programme.schedule import moment_of, sessions_of
from programme.scheduling import troubles_of
from stands.clock import WIB
from tests.make import make_expo

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Expo

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

DAYS = [dt.date(2026, 11, 25), dt.date(2026, 11, 26), dt.date(2026, 11, 27)]


@pytest.fixture
def expo() -> Expo:
    expo = make_expo(slug="2026-contoh", name="OPOP Expo 2026 (contoh)", days=DAYS, is_example=True)
    add_programme(expo)
    return expo


def test_each_day_has_sessions_that_are_in_nobody_s_way(expo: Expo) -> None:
    sessions = list(Session.objects.at(expo))

    assert {one.date for one in sessions} == set(DAYS)
    assert all(one.title_en and one.example_fields == "*" for one in sessions)
    for one in sessions:
        assert troubles_of(one, list(one.speakers.all())) == []
    assert {one.kind for one in sessions} >= {"talkshow", "training", "ceremony", "competition"}
    assert any(one.takes_registrations and one.capacity for one in sessions)


@pytest.mark.parametrize("date", DAYS)
def test_something_is_on_or_next_from_morning_to_evening(expo: Expo, date: dt.date) -> None:
    sessions = sessions_of(expo)
    hours = [dt.datetime.combine(date, dt.time(hour, 45), WIB) for hour in range(9, 20)]

    on_now = [bool(moment_of(sessions, now).on_now) for now in hours]

    assert sum(on_now) >= 7
    assert all(moment_of(sessions, now) for now in hours[:-1])


def test_again_it_only_plans_the_day_that_came(expo: Expo) -> None:
    before = list(Session.objects.order_by("pk").values_list("slug", "date"))
    expo.days.create(date=dt.date(2026, 11, 28), opens=dt.time(8), closes=dt.time(22))

    add_programme(expo)
    add_programme(expo)

    after = list(Session.objects.order_by("pk").values_list("slug", "date"))
    assert after[: len(before)] == before
    assert {date for _slug, date in after[len(before) :]} == {dt.date(2026, 11, 28)}


def test_pages_say_that_it_is_an_example(client: Client, expo: Expo) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 26, 10, 0, tzinfo=WIB), tick=False):
        schedule = client.get("/2026-contoh/jadwal/").text
        home = client.get("/2026-contoh/").text
        session = client.get("/2026-contoh/jadwal/merek-yang-diingat-pembeli-11-26/").text

    assert "Contoh di halaman ini, bukan catatan resmi: judul acara, tanggal acara" in schedule
    assert "Sedang berlangsung" in schedule
    assert "Merek yang diingat pembeli" in home
    assert "Narasumber contoh" in session
    assert "bukan catatan resmi" in session
