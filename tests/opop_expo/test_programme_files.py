"""The programme in an edition's files: what 2020 is known to have held, and what is refused."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from opop_expo.edition_files import EditionRefused
from opop_expo.edition_loading import load_edition
from programme.models import Room, Session, Speaker
from tests.make import THREE_DAYS
from tests.opop_expo.small_edition import write_small_edition
from tests.programmes import at

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

EDITION_2020 = Path(settings.BASE_DIR, "data", "2020")
REPORTED = Path(settings.BASE_DIR, "tests", "outcomes", "expo_2020_outcomes.csv")
COLUMNS = (
    "slug,kind,title,title_en,description,description_en,date,starts,ends,room,speakers,language,"
    "target_group,target_group_en,registrations,capacity,cancelled,reported_count,reported_unit,"
    "reported_unit_en,reported_by,reported_by_en,reported_on,reported_sources,sources,example"
)
ROOMS = "name,name_en,seats,place,order\nPanggung,Stage,120,3,1\nAula,,,,2\n"
SPEAKERS = "name,about,about_en,example\nAminah,Pengasuh,Head,\nBudi,,,*\n"


def row(
    slug: str = "ekspor",
    date: str = "2020-12-19",
    hours: str = "09:00,10:30",
    room: str = "Panggung",
    speakers: str = "Aminah",
    more: str = "id,,,yes,40,,,,,,,,,,",
) -> str:
    return f"{slug},talkshow,Ekspor,Exports,,,{date},{hours},{room},{speakers},{more}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_small_edition(tmp_path)
    tmp_path.joinpath("rooms.csv").write_text(ROOMS)
    tmp_path.joinpath("speakers.csv").write_text(SPEAKERS)
    return tmp_path


def load(folder: Path, *rows: str) -> None:
    folder.joinpath("sessions.csv").write_text(f"{COLUMNS}\n{''.join(rows)}")
    load_edition(folder)


def problems(folder: Path, *rows: str) -> list[tuple[str, int, str]]:
    with pytest.raises(EditionRefused) as refused:
        load(folder, *rows)
    return [(one.file, one.row, one.column) for one in refused.value.problems]


# --- 2020 -----------------------------------------------------------------------------------------


def test_2020_has_every_session_that_was_reported_with_its_source() -> None:
    load_edition(EDITION_2020)

    with REPORTED.open(encoding="utf-8", newline="") as file:
        reported = [one for one in csv.DictReader(file) if one["kind"] in ("talkshow", "training")]
    assert len(reported) == 5
    for one in reported:
        session = Session.objects.get(expo__slug="2020", kind=one["kind"], title=one["name"])
        assert session.sources == one["source"]
        assert (session.date, session.starts_at, session.room) == (None, None, None)
        assert session.language == ""
        assert session.title_en
        assert session.reported_count == (int(one["value"]) if one["value"] else None)
        assert session.reported_unit == one["unit"]
        assert not session.example_fields


def test_2020_opened_on_the_first_day_by_the_governor(client: Client) -> None:
    load_edition(EDITION_2020)

    opening = Session.objects.get(kind="ceremony")
    assert opening.date == dt.date(2020, 12, 18)
    assert opening.starts_at is None
    assert [str(who) for who in opening.speakers.all()] == ["Khofifah Indar Parawansa"]
    assert "Emil Dardak" in opening.description
    assert "memorandum.disway.id" in opening.sources
    assert "jam tidak tercatat" in client.get("/2020/jadwal/pembukaan/").text


def test_schedule_of_2020_says_what_it_knows_in_both_languages(client: Client) -> None:
    load_edition(EDITION_2020)

    page = client.get("/2020/jadwal/").text
    english = client.get("/en/2020/jadwal/").text
    talk = client.get("/2020/jadwal/talkshow-struktur-pembiayaan/").text

    assert "6 acara" in page
    assert "Dilaporkan: 90 koperasi dan UMKM" in page
    assert page.count("Pelatihan</p>") == 4
    assert "jadwal.ics" not in page
    assert "90 cooperatives and small businesses" in english
    assert "Training in doubling turnover" in english
    assert "<strong>90</strong>" in talk
    assert "TIMES Indonesia (Mohammad Ghofirin, Sekretaris OPOP Jatim), 20 Desember 2020" in talk
    assert 'href="https://timesindonesia.co.id/' in talk


# --- a file ---------------------------------------------------------------------------------------


def test_rows_become_what_they_say(folder: Path) -> None:
    load(folder, row(), row("omzet", "", ",", "", "", "id,,,,,,90,UMKM,,TIMES,,2020-12-20,,,*"))

    session = Session.objects.get(slug="ekspor")
    assert (session.date, session.starts_at, session.ends_at) == (
        THREE_DAYS[1],
        at("09.00", THREE_DAYS[1]),
        at("10.30", THREE_DAYS[1]),
    )
    assert session.room == Room.objects.get(name="Panggung")
    assert session.room.place is not None
    assert session.room.place.kind == "stage"
    assert list(session.speakers.all()) == [Speaker.objects.get(name="Aminah")]
    assert (session.takes_registrations, session.capacity) == (True, 40)
    omzet = Session.objects.get(slug="omzet")
    assert (omzet.reported_count, omzet.reported_by) == (90, "TIMES")


def test_same_files_again_change_nothing_and_a_change_is_applied(folder: Path) -> None:
    load(folder, row())
    folder_again = load_edition(folder)
    assert not folder_again.changed_anything

    load(folder, row(hours="09:00,11:00"))

    assert Session.objects.get().ends_at == at("11.00", THREE_DAYS[1])
    assert Session.objects.count() == 1


@pytest.mark.parametrize(
    ("second", "column"),
    [
        (row("lain", hours="10:00,11:00", speakers="Budi"), "room"),
        (row("lain", hours="10:00,11:00", room="Aula"), "speakers"),
        (row("lain", date="2020-12-25"), "date"),
        (row("lain", date=""), "starts"),
        (row("lain", hours="19:00,18:00"), "ends"),
        (row("lain", hours="19:00,"), "ends"),
        (row("lain", hours="9.00,10.00"), "starts"),
        (row("lain", room="Kamar"), "room"),
        (row("lain", speakers="Aminah|Dewi"), "speakers"),
        (row("lain", hours="19:00,20:00", more="xx,,,,,,,,,,,,,,"), "language"),
        (row("lain", hours="19:00,20:00", more="id,,,,,,90,,,,,,,,"), ""),
    ],
)
def test_row_that_cannot_be_is_refused_in_its_place(folder: Path, second: str, column: str) -> None:
    found = problems(folder, row(), second)

    assert ("sessions.csv", 3, column) in found
    assert not Session.objects.exists()


def test_days_that_are_wrong_are_told_of_once(folder: Path) -> None:
    days = folder / "days.csv"
    days.write_text(days.read_text().replace("2020-12-19", "19-12-2020"))

    assert {file for file, _row, _column in problems(folder, row())} == {"days.csv"}


def test_edition_without_a_programme_is_loaded_as_before(tmp_path: Path) -> None:
    loaded = load_edition(write_small_edition(tmp_path))

    assert not {"rooms.csv", "sessions.csv"} & {one.file for one in loaded.counts}
