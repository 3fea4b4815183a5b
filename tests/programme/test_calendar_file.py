"""Calendar files: read back by the library, and looked at as the lines that they are."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from icalendar import Calendar

from programme.models import Session
from stands.clock import WIB
from tests.make import THREE_DAYS, make_expo
from tests.programmes import at, make_room, make_session, make_speaker

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Expo

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

LONG = "Kredit, hibah; bagi hasil \\ “syariah” — " + "pembiayaan koperasi pesantren " * 6


@pytest.fixture
def expo() -> Expo:
    expo = make_expo()
    make_session(
        expo=expo,
        title="Talkshow, pembiayaan; dan modal",
        title_en="Talk on financing",
        slug="pembiayaan",
        room=make_room(expo=expo),
        speakers=[make_speaker()],
        description=f"{LONG}\nBaris kedua",
    )
    make_session(expo=expo, title="Lomba", slug="lomba", date=THREE_DAYS[1], hours="19.00-21.00")
    make_session(expo=expo, title="Pembukaan", slug="pembukaan", hours=None)
    make_session(expo=expo, title="Dobel omzet", slug="omzet", date=None, hours=None)
    return expo


def events(client: Client, path: str) -> dict[str, Any]:
    """The events of a file by their key."""
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.content)
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


def test_file_of_all_holds_what_has_hours(client: Client, expo: Expo) -> None:
    found = events(client, "/2020/jadwal.ics")

    assert set(found) == {"2020.pembiayaan@opop-expo", "2020.lomba@opop-expo"}


def test_event_is_at_its_hours_in_east_java(client: Client, expo: Expo) -> None:
    [event] = events(client, "/2020/jadwal/pembiayaan.ics").values()

    assert event["DTSTART"].dt == at("09.00")
    assert event["DTEND"].dt == at("10.30")
    assert event["DTSTART"].params["TZID"] == "Asia/Jakarta"
    text = client.get("/2020/jadwal/pembiayaan.ics").content.decode()
    assert "DTSTART;TZID=Asia/Jakarta:20201218T090000\r\n" in text
    assert "BEGIN:VTIMEZONE\r\nTZID:Asia/Jakarta\r\n" in text


def test_signs_and_long_lines_come_back_as_they_were(client: Client, expo: Expo) -> None:
    [event] = events(client, "/2020/jadwal/pembiayaan.ics").values()
    lines = client.get("/2020/jadwal/pembiayaan.ics").content.split(b"\r\n")

    assert str(event["SUMMARY"]) == "Talkshow, pembiayaan; dan modal"
    assert str(event["DESCRIPTION"]).startswith(f"{LONG}\nBaris kedua")
    assert "Pembicara: Khofifah" in str(event["DESCRIPTION"])
    assert str(event["LOCATION"]) == "Panggung utama, Maspion Square, Surabaya"
    assert str(event["URL"]) == "http://testserver/2020/jadwal/pembiayaan/"
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in b"".join(lines)


def test_key_is_the_same_in_both_languages_and_after_a_change(client: Client, expo: Expo) -> None:
    before = set(events(client, "/2020/jadwal.ics"))
    Session.objects.filter(slug="pembiayaan").update(title="Modal", starts_at=at("09.15"))

    english = events(client, "/en/2020/jadwal.ics")

    assert set(english) == before
    assert str(english["2020.pembiayaan@opop-expo"]["SUMMARY"]) == "Talk on financing"
    assert english["2020.pembiayaan@opop-expo"]["DTSTART"].dt == dt.datetime(
        2020, 12, 18, 9, 15, tzinfo=WIB
    )


def test_session_called_off_stays_in_the_file_as_such(client: Client, expo: Expo) -> None:
    Session.objects.filter(slug="lomba").update(is_cancelled=True)

    event = events(client, "/2020/jadwal.ics")["2020.lomba@opop-expo"]

    assert event["STATUS"] == "CANCELLED"
    assert str(event["SUMMARY"]) == "Dibatalkan: Lomba"


@pytest.mark.parametrize("slug", ["pembukaan", "omzet", "tidak-ada"])
def test_session_without_hours_has_no_file(client: Client, expo: Expo, slug: str) -> None:
    assert client.get(f"/2020/jadwal/{slug}.ics").status_code == 404


def test_file_of_an_edition_without_sessions_is_a_calendar_all_the_same(client: Client) -> None:
    make_expo()

    assert events(client, "/2020/jadwal.ics") == {}
