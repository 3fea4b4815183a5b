"""The organisers' pages of who takes part."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from openpyxl import load_workbook

from events.models import Event
from programme.attending import (
    KindCount,
    came_to,
    counts_by_kind,
    counts_by_producer,
    counts_by_session,
)
from programme.models import Attendance, ParticipantKind
from programme.participants_tables import people_rows, session_rows
from tests.make import make_producer
from tests.participants import make_attendance, make_organiser, make_registration, make_talk

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


@pytest.fixture
def citra(client: Client) -> Client:
    """Citra, who organises."""
    client.force_login(make_organiser())
    return client


def test_each_figure_is_called_what_it_is(citra: Client) -> None:
    session = make_talk(
        capacity=2, reported_count=90, reported_by="NU Online", reported_unit="koperasi"
    )
    first = make_registration(session)
    for name in ("Budi", "Candra"):
        make_registration(session, name)
    make_attendance(session, first)
    make_talk(expo=session.expo, title="Belum")
    [one, other] = sorted(counts_by_session(session.expo), key=lambda one: -one.came)
    assert (one.registered, one.waiting, one.came, one.reported) == (2, 1, 1, 90)
    assert (other.came, other.was_counted, other.reported) == (0, False, None)
    page = citra.get("/admin/peserta/").text
    assert "belum dihitung" in page
    assert "NU Online" in page


def test_people_are_counted_by_kind_and_producer() -> None:
    session, producer = make_talk(), make_producer(name="Kopontren A")
    other = make_talk(expo=session.expo)
    for place in (session, session, other):
        make_attendance(place, kind="kopontren", organisation="Kopontren A")
    make_attendance(session)
    taken_back = make_attendance(session)
    Attendance.objects.filter(pk=taken_back.pk).update(
        withdrawn_at=timezone.now(), withdrawn_by=taken_back.recorded_by
    )
    assert came_to(session) == 3
    assert counts_by_kind(session.expo) == [
        KindCount(ParticipantKind.KOPONTREN, 3),
        KindCount(ParticipantKind.VISITOR, 1),
    ]
    [of] = counts_by_producer(session.expo)
    assert (of.producer_id, of.came, of.sessions) == (producer.pk, 3, 2)
    [here] = counts_by_producer(session.expo, session=session)
    assert (here.came, here.sessions) == (2, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_each_count_is_one_query(count: int) -> None:
    sessions = [make_talk()]
    sessions += [make_talk(expo=sessions[0].expo) for _ in range(count - 1)]
    for session in sessions:
        make_attendance(session, make_registration(session))
    expo = sessions[0].expo
    for counts in (counts_by_session, counts_by_kind, counts_by_producer):
        with CaptureQueriesContext(connection) as queries:
            counts(expo)
        assert len(queries) == 1


def test_organiser_lets_in_withdraws_and_calls_off(citra: Client) -> None:
    session = make_talk(capacity=1)
    first, second = make_registration(session, "Ani"), make_registration(session, "Budi")
    page = f"/admin/peserta/{session.pk}/"
    for _ in range(2):
        response = citra.post(page, {"hadir": str(first.pk)}, follow=True)
    assert "Ani sudah tercatat hadir." in response.text
    row = Attendance.objects.get()
    assert (row.way, row.recorded_by.username) == ("name", "citra")
    assert "Budi" in citra.get(page).text
    citra.post(page, {"tarik": str(row.pk)})
    row.refresh_from_db()
    assert row.withdrawn_by is not None
    assert Event.objects.get(kind=Event.Kind.ATTENDANCE_WITHDRAWN).actor == row.withdrawn_by
    # Whose seat goes to somebody else is asked for twice.
    asked = re.compile(rf'<details class="row-sure">.*name="batal" value="{first.pk}".*</details>')
    assert asked.search(citra.get(page).text)
    moved = citra.post(page, {"batal": str(first.pk)}, follow=True)
    assert "1 orang dari daftar tunggu" in moved.text
    second.refresh_from_db()
    assert second.state == "registered"


def test_walk_in_is_of_the_maker_that_was_picked_among_namesakes(citra: Client) -> None:
    session = make_talk()
    _other, meant = (make_producer(name="Kopontren Al-Hikmah") for _ in range(2))
    form = {
        "tanpa_daftar": "1",
        "key": "00000000-0000-4000-8000-000000000001",
        "name": "Umar",
        "kind": "kopontren",
        "organisation": "Kopontren Al-Hikmah",
    }
    page = f"/admin/peserta/{session.pk}/"
    assert citra.post(page, form).status_code == 422
    assert citra.post(page, form | {"producer": str(meant.pk)}).status_code == 302
    assert Attendance.objects.get().producer == meant


def test_walk_in_without_a_script(citra: Client) -> None:
    session = make_talk()
    make_producer(name="Kopontren Sidogiri")
    page = f"/admin/peserta/{session.pk}/"
    form = {
        "tanpa_daftar": "1",
        "key": "00000000-0000-4000-8000-000000000001",
        "name": "Umar",
        "kind": "kopontren",
        "organisation": "Kopontren Sidogri",
    }
    asked = citra.post(page, form)
    assert asked.status_code == 422
    assert "Kopontren Sidogiri" in asked.text
    assert form["key"] in asked.text
    picked = form | {"organisation": "Kopontren Sidogiri"}
    for _ in range(2):
        assert citra.post(page, picked).status_code == 302
    row = Attendance.objects.get()
    assert (row.way, row.producer is not None) == ("walk_in", True)


def test_files_hold_what_the_pages_show(citra: Client) -> None:
    session = make_talk(title="Kopi", capacity=5)
    make_attendance(session, make_registration(session, "=Ani"))
    assert "Kopi" in citra.get("/admin/peserta/csv/").text
    names = citra.get(f"/admin/peserta/{session.pk}/csv/").text
    assert "'=Ani" in names
    book = load_workbook(io.BytesIO(citra.get(f"/admin/peserta/{session.pk}/xlsx/").content))
    assert book.active is not None
    assert book.active["A2"].value == "=Ani"
    assert citra.get("/admin/peserta/xlsx/").status_code == 200


def test_row_of_another_session_cannot_be_touched(citra: Client) -> None:
    session = make_talk()
    row = make_attendance(make_talk(expo=session.expo))
    for post in ({"tarik": str(row.pk)}, {"tarik": "x"}, {"hadir": str(row.pk)}, {"batal": ""}):
        assert citra.post(f"/admin/peserta/{session.pk}/", post).status_code == 404
    assert Attendance.objects.counted().count() == 1


def test_file_tells_of_registrations_that_are_taken_no_more_in_the_readers_language(
    citra: Client,
) -> None:
    session = make_talk(reported_count=90, reported_by="Panitia", reported_by_en="Organisers")
    make_registration(session)
    type(session).objects.update(takes_registrations=False)
    with translation.override("en"):
        [_head, row] = session_rows(counts_by_session(session.expo))
    assert (row[4], row[-1]) == (1, "Organisers")


def test_who_came_under_a_wrong_clock_is_marked_on_the_page_and_in_the_table(
    citra: Client,
) -> None:
    session = make_talk()
    make_attendance(session, name="Umar")
    assert "jam HP salah" not in citra.get(f"/admin/peserta/{session.pk}/").text
    make_attendance(session, name="Zaid", is_guessed=True)
    assert "paling lambat, jam HP salah" in citra.get(f"/admin/peserta/{session.pk}/").text
    told = {row[0]: row[7] for row in people_rows(session)}
    assert told == {"nama": "jam HP salah", "Umar": "", "Zaid": "ya"}
