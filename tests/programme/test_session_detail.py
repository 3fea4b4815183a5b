"""The page of a session: what is known of it, and a reported count as what it is."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from stands.models import PlanFeature
from tests.make import make_expo
from tests.programmes import at, make_room, make_session, make_speaker

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

PATH = "/2020/jadwal/pembiayaan/"


def event_of(page: str) -> dict[str, Any]:
    """What the page tells search engines of the session; empty where it tells nothing."""
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    found = (json.loads(block) for block in blocks)
    return next((one for one in found if "Event" in one["@type"]), {})


def test_page_says_all_that_is_known(client: Client) -> None:
    expo = make_expo()
    stage = PlanFeature.objects.create(expo=expo, kind="stage", x=0, y=0, width=90, height=40)
    make_session(
        expo=expo,
        title="Struktur pembiayaan",
        slug="pembiayaan",
        room=make_room(expo=expo, place=stage),
        speakers=[make_speaker()],
        target_group="koperasi dan UMKM",
        capacity=120,
        description="Dari mana modal datang.",
        sources="https://example.org/a | https://example.org/b",
    )

    page = client.get(PATH).text

    assert "<h1>Struktur pembiayaan</h1>" in page
    assert "Jumat, 18 Desember 2020" in page
    assert "09.00–10.30 WIB" in page
    assert "Panggung utama" in page
    assert 'href="/2020/denah/?tempat=stage"' in page
    assert "Gubernur Jawa Timur" in page
    assert "120 orang" in page
    assert "koperasi dan UMKM" in page
    assert "Bahasa Indonesia</dd>" in page
    assert page.count('rel="noopener nofollow">example.org') == 2


def test_what_is_unknown_is_said_or_absent_and_never_nought(client: Client) -> None:
    expo = make_expo()
    make_session(
        expo=expo, title="Pembiayaan", slug="pembiayaan", date=None, hours=None, language=""
    )

    page = client.get(PATH).text

    assert "Hari dan jam tidak tercatat" in page
    for absent in [
        "Kapasitas",
        "Ruang</dt>",
        "Bahasa</dt>",
        "Pembicara",
        "Peserta menurut",
        ".ics",
    ]:
        assert absent not in page, absent
    assert event_of(page) == {}


def test_reported_count_is_shown_as_a_report(client: Client) -> None:
    expo = make_expo()
    make_session(
        expo=expo,
        slug="pembiayaan",
        reported_count=90,
        reported_unit="koperasi dan UMKM",
        reported_unit_en="cooperatives and small businesses",
        reported_by="TIMES Indonesia",
        reported_on=dt.date(2020, 12, 20),
        reported_sources="https://timesindonesia.co.id/x",
    )

    page, english = client.get(PATH).text, client.get(f"/en{PATH}").text

    assert "<strong>90</strong> <span>koperasi dan UMKM</span>" in page
    assert "Dilaporkan TIMES Indonesia, 20 Desember 2020. Bukan hitungan portal ini." in page
    assert 'href="https://timesindonesia.co.id/x"' in page
    assert "cooperatives and small businesses" in english


@pytest.mark.parametrize(
    ("hour", "state"),
    [
        ("08.00", "Simpan ke kalender"),
        ("09.30", "Sedang berlangsung, sampai 10.30 WIB"),
        ("10.30", "Acara ini sudah selesai."),
    ],
)
def test_page_says_whether_it_is_on(client: Client, hour: str, state: str) -> None:
    make_session(expo=make_expo(), slug="pembiayaan")
    for earlier in ("07.00", "09.01"):  # pages that are kept from before
        with time_machine.travel(at(earlier), tick=False):
            client.get(PATH)

    with time_machine.travel(at(hour), tick=False):
        assert state in client.get(PATH).text


def test_what_is_over_asks_nobody_to_register(client: Client) -> None:
    make_session(expo=make_expo(), slug="pembiayaan", takes_registrations=True)

    shown = []
    for hour in ("10.00", "10.30"):
        with time_machine.travel(at(hour), tick=False):
            shown.append(f"{PATH}daftar/" in client.get(PATH).text)

    assert shown == [True, False]


def test_session_called_off_says_so(client: Client) -> None:
    make_session(expo=make_expo(), slug="pembiayaan", is_cancelled=True)

    with time_machine.travel(at("09.30"), tick=False):
        page = client.get(PATH).text

    assert "Acara ini dibatalkan" in page
    assert "Sedang berlangsung" not in page
    assert event_of(page)["eventStatus"] == "https://schema.org/EventCancelled"


def test_search_engines_read_an_event(client: Client) -> None:
    expo = make_expo()
    make_session(
        expo=expo,
        title="Pelatihan kemasan",
        slug="pembiayaan",
        kind="training",
        room=make_room(expo=expo),
        speakers=[make_speaker()],
        capacity=40,
    )

    event = event_of(client.get(PATH).text)

    assert event["@type"] == "EducationEvent"
    assert event["startDate"] == "2020-12-18T09:00:00+07:00"
    assert event["endDate"] == "2020-12-18T10:30:00+07:00"
    assert event["location"]["name"] == "Panggung utama"
    assert event["location"]["containedInPlace"]["name"] == "Maspion Square"
    assert event["performer"] == [
        {"@type": "Person", "name": "Khofifah", "jobTitle": "Gubernur Jawa Timur"}
    ]
    assert event["maximumAttendeeCapacity"] == 40
    assert event["superEvent"]["@id"] == "http://testserver/2020/#pameran"


def test_day_without_hours_is_told_as_a_day(client: Client) -> None:
    make_session(expo=make_expo(), slug="pembiayaan", hours=None)

    page = client.get(PATH).text

    assert event_of(page)["startDate"] == "2020-12-18"
    assert "endDate" not in event_of(page)
    assert "jam tidak tercatat" in page


def test_head_names_session_kind_and_edition(client: Client) -> None:
    make_session(expo=make_expo(), title="Struktur pembiayaan", slug="pembiayaan")

    page = client.get(PATH).text

    assert "<title>Struktur pembiayaan · Talkshow · OPOP Expo 2020</title>" in page
    assert "18 Desember 2020, 09.00–10.30 WIB, Maspion Square, Surabaya." in page
    assert 'hreflang="en" href="http://testserver/en/2020/jadwal/pembiayaan/"' in page


def test_sitemap_lists_sessions_and_the_schedules_that_have_any(client: Client) -> None:
    make_session(expo=make_expo(), slug="pembiayaan")
    make_expo(slug="2019", name="OPOP Expo 2019", is_current=False)

    page = client.get("/sitemap.xml").text
    listed = page
    for address in re.findall(r"<loc>http://testserver(/sitemap[^<]*)</loc>", page):
        listed += client.get(address.replace("&amp;", "&")).text

    assert "/2020/jadwal/</loc>" in listed
    assert "/en/2020/jadwal/pembiayaan/</loc>" in listed
    assert "/2019/jadwal/" not in listed


def test_session_of_another_edition_is_not_here(client: Client) -> None:
    make_session(expo=make_expo(), slug="pembiayaan")
    make_expo(slug="2021", name="OPOP Expo 2021", is_current=False, days=[dt.date(2021, 11, 26)])

    assert client.get("/2021/jadwal/pembiayaan/").status_code == 404
    assert client.get("/2021/jadwal/pembiayaan.ics").status_code == 404
