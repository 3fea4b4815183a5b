"""The organisers' page of visitors: counted and said, side by side, and never added up."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import load_workbook

from opop_expo.roles import ORGANISER, VIEWER, sync_groups
from outcomes.counting import count
from outcomes.models import Claim
from outcomes.visitors import visitors_of
from stands.clock import WIB
from tests.gates import make_count, make_gate
from tests.make import make_expo
from tests.outcomes.make import make_claim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from programme.models import Gate
    from stands.models import Expo

pytestmark = [pytest.mark.django_db]

DAYS = tuple(dt.date(2026, 11, day) for day in (25, 26, 27))


@pytest.fixture(autouse=True)
def _afternoon() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2026, 11, 26, 15, 30, tzinfo=WIB), tick=False):
        yield


@pytest.fixture
def expo() -> Expo:
    return make_expo(slug="2026", name="OPOP Expo 2026", days=DAYS)


@pytest.fixture
def citra(client: Client) -> Client:
    sync_groups()
    user = User.objects.create_user("citra", is_staff=True)
    user.groups.add(Group.objects.get(name=ORGANISER))
    client.force_login(user)
    return client


@pytest.fixture
def gates(expo: Expo) -> list[Gate]:
    """Two gates; 12 and 5 people yesterday, 3 today, 1 on a day that is none of the edition."""
    main, west = make_gate(expo=expo), make_gate(expo=expo, name="Pintu Barat")
    type(west).objects.filter(pk=west.pk).update(order=1)
    for gate, step, day, hour in [
        (main, 5, 25, 9),
        (main, 7, 25, 11),
        (west, 5, 25, 9),
        (main, 3, 26, 10),
        (west, 1, 24, 16),
    ]:
        make_count(gate=gate, step=step, at=dt.datetime(2026, 11, day, hour, tzinfo=WIB))
    return [main, west]


def rows(text: str, title: str) -> list[list[str]]:
    """The cells of a table of the page, by the id of its heading."""
    table = text.split(f'aria-labelledby="{title}"')[2].split("</table>")[0]
    return [
        [
            " ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        ]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.S)
    ]


def test_days_gates_and_claims_stand_side_by_side(
    citra: Client, expo: Expo, gates: list[Gate]
) -> None:
    make_claim(expo=expo, figure=Claim.Figure.VISITORS, value=40, date=DAYS[0])
    table = rows(citra.get("/admin/pengunjung/").text, "visitors-days")
    assert table[0] == ["Hari", "Pintu Utama", "Pintu Barat", "Dihitung di pintu", "Menurut orang"]
    assert table[1] == ["Selasa 24 November 2026 di luar hari pameran", "–", "1", "1", "–"]
    said = "40 TIMES Indonesia · Dilaporkan pihak lain"
    assert table[2] == ["Rabu 25 November 2026", "12", "5", "17", said]
    assert table[3] == ["Kamis 26 November 2026", "3", "–", "3", "–"]
    assert table[4] == ["Jumat 27 November 2026", "–", "–", "tidak dihitung", "–"]
    assert table[5] == ["Seluruh edisi 1 hari tidak dihitung", "15", "5", "20", "–"]


def test_hours_of_one_day_by_gate(citra: Client, expo: Expo, gates: list[Gate]) -> None:
    table = rows(citra.get("/admin/pengunjung/?hari=2026-11-25").text, "visitors-gates")
    assert table[1:] == [
        ["09.00", "5", "5", "10"],
        ["10.00", "–", "–", "–"],
        ["11.00", "7", "–", "7"],
    ]
    assert rows(citra.get("/admin/pengunjung/").text, "visitors-gates")[1][0] == "10.00"


def test_chart_draws_what_its_table_says(expo: Expo, gates: list[Gate]) -> None:
    chart = visitors_of(expo).chart(dt.datetime(2026, 11, 26, 15, 30, tzinfo=WIB))
    assert chart is not None
    assert chart.series[0].name.startswith("Kam")
    assert [row.amounts for row in chart.rows][:3] == [(0, 10, 0), (3, 0, 0), (0, 7, 0)]
    assert not any("Rp" in point.words for one in chart.series for point in one.points)


def test_published_query_is_the_sum_of_the_edition_s_days(expo: Expo, gates: list[Gate]) -> None:
    seen = visitors_of(expo)
    assert seen.counted.total == count(expo, "visitors") == 20
    for row in seen.days:
        assert row.total == count(expo, "visitors", date=row.date)


def test_a_figure_typed_in_is_a_claim_of_the_organiser(
    citra: Client, expo: Expo, gates: list[Gate]
) -> None:
    data = {"edisi": "2026", "date": "2026-11-27", "value": "9.750", "said_by": "Panitia"}
    for _twice in range(2):
        response = citra.post("/admin/pengunjung/", data | {"detail": "dari kupon"}, follow=True)
    assert "Tercatat sebagai klaim." in response.text
    claim = Claim.objects.get()
    assert (claim.figure, claim.basis, claim.value) == ("visitors", "organiser", 9_750)
    assert (claim.date, claim.said_on, claim.is_published) == (DAYS[2], DAYS[1], False)
    table = rows(response.text, "visitors-days")
    assert table[4][3:] == ["tidak dihitung", "9.750 Panitia · Dicatat panitia"]
    assert visitors_of(expo).counted.total == 20


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"value": ""}, "Tulis jumlahnya, misalnya 9.750."),
        ({"value": "banyak"}, "Tulis bilangan bulat, misalnya 9.750."),
        ({"value": "-5"}, "Tulis bilangan bulat, misalnya 9.750."),
        ({"said_by": ""}, "Tulis menurut siapa."),
        ({"date": "2026-11-28"}, "2026-11-28"),
    ],
)
def test_what_is_no_figure_is_answered_at_its_place(
    citra: Client, expo: Expo, wrong: dict[str, str], message: str
) -> None:
    data = {"edisi": "2026", "date": "2026-11-27", "value": "10", "said_by": "Panitia"}
    response = citra.post("/admin/pengunjung/", data | wrong)
    assert response.status_code == 422
    assert message in response.text
    assert not Claim.objects.exists()


def test_who_may_look_may_not_say(client: Client, expo: Expo) -> None:
    sync_groups()
    viewer = User.objects.create_user("vina", is_staff=True)
    viewer.groups.add(Group.objects.get(name=VIEWER))
    client.force_login(viewer)
    assert "<form" not in client.get("/admin/pengunjung/").text.split('id="content"')[1]
    data = {"edisi": "2026", "date": "2026-11-27", "value": "10", "said_by": "Vina"}
    assert client.post("/admin/pengunjung/", data).status_code == 403
    assert not Claim.objects.exists()


def test_without_counts_nothing_is_nought(citra: Client, expo: Expo) -> None:
    text = citra.get("/admin/pengunjung/").text
    assert "Belum ada pintu di edisi ini." in text
    assert [row[1] for row in rows(text, "visitors-days")[1:]] == ["tidak dihitung"] * 4
    make_gate(expo=expo)
    assert "Belum ada yang dihitung di pintu." in citra.get("/admin/pengunjung/").text


def test_without_an_edition_it_says_so(citra: Client) -> None:
    assert "Belum ada edisi." in citra.get("/admin/pengunjung/").text


def test_tables_hold_every_hour_and_every_claim(
    citra: Client, expo: Expo, gates: list[Gate]
) -> None:
    make_claim(expo=expo, figure=Claim.Figure.VISITORS, value=40)
    text = citra.get("/admin/pengunjung/csv/").content.decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text)))
    assert table[1] == [
        "2026-11-24",
        "tidak",
        "16.00",
        "Pintu Barat",
        "Dihitung di pintu",
        "",
        "1",
    ]
    assert table[-1][0] == "seluruh edisi"
    assert table[-1][4:] == ["Dilaporkan pihak lain", "TIMES Indonesia", "40"]
    assert sum(int(row[-1]) for row in table[1:] if row[4] == "Dihitung di pintu") == 21
    book = load_workbook(io.BytesIO(citra.get("/admin/pengunjung/xlsx/").content))
    assert book.active is not None
    assert len(list(book.active.rows)) == len(table)


def test_page_costs_the_same_queries_however_much_was_counted(
    citra: Client, expo: Expo, gates: list[Gate]
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert citra.get("/admin/pengunjung/").status_code == 200
        return len(found)

    queries()
    once = queries()
    for hour in range(8, 14):
        gate = make_gate(expo=expo, name=f"Pintu {hour}")
        make_count(gate=gate, at=dt.datetime(2026, 11, 26, hour, tzinfo=WIB))
        make_claim(expo=expo, figure=Claim.Figure.VISITORS, value=hour, date=DAYS[1])
    assert queries() == once <= 16


def test_figures_renew_themselves_on_a_day_of_the_edition(
    citra: Client, expo: Expo, gates: list[Gate]
) -> None:
    assert "every 15s" in citra.get("/admin/pengunjung/").text
    part = citra.get("/admin/pengunjung/", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "Per hari" in part.text


def test_front_page_names_the_visitors_of_today(
    citra: Client, expo: Expo, gates: list[Gate]
) -> None:
    page = citra.get("/admin/").text
    assert "dihitung di pintu hari ini" in page
    assert 'href="/admin/pengunjung/?edisi=2026"' in page


def test_front_page_says_nothing_where_nobody_counted(citra: Client, expo: Any) -> None:
    assert "dihitung di pintu" not in citra.get("/admin/").text


def test_hours_are_written_as_the_language_does(expo: Expo) -> None:
    make_count(gate=make_gate(expo=expo), at=dt.datetime(2026, 11, 26, 9, 5, tzinfo=WIB))
    seen = visitors_of(expo)
    [counted], [row] = seen.counts, seen.hours_on(DAYS[1])
    assert (counted.name, row.name) == ("09.00", "09.00")
    with translation.override("en"):
        assert (counted.name, row.name) == ("09:00", "09:00")


def test_people_whose_hour_is_only_the_latest_that_can_be_are_told_apart(
    citra: Client, expo: Expo, gates: list[Gate]
) -> None:
    at = dt.datetime(2026, 11, 26, 10, tzinfo=WIB)
    first = make_count(gate=gates[0], step=5, at=at, is_guessed=True)
    make_count(gate=gates[1], step=1, at=at, is_guessed=True)
    assert "jam HP salah" in citra.get("/admin/pengunjung/?edisi=2026").text
    names = [row[0] for row in rows(citra.get("/admin/pengunjung/").text, "visitors-gates")]
    assert "10.00 6 orang paling lambat jam ini: jam HP salah" in names
    # Taken back it is as unsure as it was.
    make_count(gate=gates[0], step=-5, at=at + dt.timedelta(hours=1), taken_back=first.pk)
    names = [row[0] for row in rows(citra.get("/admin/pengunjung/").text, "visitors-gates")]
    assert "10.00 1 orang paling lambat jam ini: jam HP salah" in names
    taps = citra.get("/admin/programme/gatecount/?edisi=semua&time_is_guessed__exact=1").text
    assert taps.count("field-step") == 3
