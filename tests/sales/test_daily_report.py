"""The daily totals on paper and as a table: PDF, spreadsheet and CSV."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from stands.clock import business_date
from stands.tables_out import safe_cell
from tests.daily_totals import PAGE, csv_rows, make_busy_expo, sell_on_days
from tests.ledger import make_reversal, make_sale, make_shop

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def citra(client: Client) -> User:
    """Citra organises: staff who may see sales, signed in."""
    user = User.objects.create_user("citra", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_sale"))
    client.force_login(user)
    return user


# --- paper --------------------------------------------------------------------------------------


def test_report_is_a_pdf_of_the_day_and_of_a_stand(client: Client, citra: User) -> None:
    make_busy_expo()
    today = business_date(timezone.now())

    whole, stand = (
        PdfReader(io.BytesIO(client.get(f"{PAGE}laporan/?hari={today}{more}").content))
        for more in ("", "&stan=A3")
    )

    words = [" ".join(page.extract_text() for page in report.pages) for report in (whole, stand)]
    assert "Rp 91.000" in words[0]
    assert "Semua stan" in words[0]
    assert "Rp 60.000" in words[1]
    assert "Penjaga stan" in words[1]
    assert len(stand.pages) == 1
    assert client.get(f"{PAGE}laporan/?stan=Z9").status_code == 422


def test_report_says_what_its_total_holds_beside_the_days(client: Client, citra: User) -> None:
    stand, (coffee, _tea) = make_shop()
    make_sale(stand, {coffee: 1})
    make_sale(stand, {coffee: 2}, sold_at=timezone.now() - dt.timedelta(days=4))
    said = "Termasuk Rp 50.000 di luar hari pameran."
    for query, is_said in (("", True), (f"?hari={business_date(timezone.now())}", False)):
        report = PdfReader(io.BytesIO(client.get(f"{PAGE}laporan/{query}").content))
        assert (said in report.pages[0].extract_text()) is is_said


@time_machine.travel(dt.datetime(2026, 11, 26, 3, tzinfo=dt.UTC), tick=False)
def test_report_names_no_day_that_it_leaves_out(client: Client, citra: User) -> None:
    sell_on_days(3)
    answer = client.get(f"{PAGE}laporan/?hari=2026-11-24&hari=2026-11-26")
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "24 November 2026 dan 26 November 2026" in text
    assert "20261124-20261126" in answer["Content-Disposition"]
    whole = PdfReader(io.BytesIO(client.get(f"{PAGE}laporan/").content)).pages[0].extract_text()
    assert "24 November 2026 – 26 November 2026" in whole


@time_machine.travel(dt.datetime(2026, 11, 26, 3, tzinfo=dt.UTC), tick=False)
def test_days_of_a_long_edition_add_up_to_the_total_in_the_report(
    client: Client, citra: User
) -> None:
    sell_on_days(6)
    report = PdfReader(io.BytesIO(client.get(f"{PAGE}laporan/").content))
    words = " ".join(report.pages[1].extract_text().split())
    assert "s.d. Sen 23 Nov" in words
    assert words.count("150.000 25.000 25.000 25.000 75.000") == 2


# --- tables -------------------------------------------------------------------------------------


def test_spreadsheet_holds_what_the_csv_holds(client: Client, citra: User) -> None:
    make_busy_expo()

    response = client.get(f"{PAGE}xlsx/?menurut=pesantren&stan=A3")

    book = load_workbook(io.BytesIO(response.content))
    head, *body = book.active.iter_rows(values_only=True)  # type: ignore[union-attr]
    assert [dict(zip(head, map(text_of, row), strict=True)) for row in body] == csv_rows(
        client, "menurut=pesantren&stan=A3"
    )


def text_of(cell: object) -> str:
    return "" if cell is None else str(cell)


def test_csv_has_each_cell_with_whole_numbers(client: Client, citra: User) -> None:
    stand, offers = make_shop(prices=(25_000,))
    sale = make_sale(stand, {offers[0]: 2}, sold_at=timezone.now() - dt.timedelta(days=4))
    make_reversal(sale)

    today, outside = csv_rows(client)

    assert today["stan"] == "A1"
    assert today["tanggal"] == f"{business_date(timezone.now()):%Y-%m-%d}"
    assert today["bersih (rupiah)"] == today["dibatalkan (rupiah)"] == "-50000"
    assert today["jumlah pembatalan"] == "1"
    assert outside["tanggal"] == "di luar hari"
    assert outside["kotor (rupiah)"] == "50000"


def test_csv_carries_no_formula(client: Client, citra: User) -> None:
    stand, _ = make_shop()
    stand.name = '=HYPERLINK("http://jahat.example","klik")'
    stand.save()

    row = csv_rows(client)[0]

    assert row["nama stan"] == f"'{stand.name}"


@pytest.mark.shown_alike
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_that_begins_like_a_formula_becomes_text(start: str) -> None:
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"
    assert safe_cell(-5) == -5
    assert safe_cell("A1 - kopi") == "A1 - kopi"
