"""The daily totals by everything they can be grouped by."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from sales.models import Sale
from sales.totals.forms import GROUPINGS
from sales.totals.source import Sums
from stands.clock import business_date
from tests.daily_totals import PAGE, csv_rows, make_busy_expo

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

FROM_HTMX = {"HX-Request": "true"}
WORDS = [word for word in GROUPINGS if word]


@pytest.fixture
def citra(client: Client) -> User:
    """Citra organises: staff who may see sales, signed in."""
    user = User.objects.create_user("citra", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_sale"))
    client.force_login(user)
    return user


@pytest.mark.parametrize("word", WORDS)
def test_every_grouping_adds_up_to_the_same_total(client: Client, citra: User, word: str) -> None:
    make_busy_expo()

    page = client.get(f"{PAGE}?menurut={word}")
    rows = csv_rows(client, f"menurut={word}")

    totals = page.context["totals"]
    assert sum(row.total.net_rupiah for row in totals.rows) == totals.total.net_rupiah == 153_000
    assert sum(int(row["bersih (rupiah)"]) for row in rows) == 153_000
    for place, cell in enumerate(totals.day_totals):
        column = [row.cells[place].sums.net_rupiah for row in totals.rows]
        assert sum(column) == cell.sums.net_rupiah


@pytest.mark.parametrize("word", WORDS)
def test_figures_of_every_grouping_lead_to_their_sales(
    client: Client, citra: User, word: str
) -> None:
    make_busy_expo()
    page = client.get(f"{PAGE}?menurut={word}").text
    links = re.findall(r'<a id="all_days-[^"]*" href="([^"]+)">', page)

    found = [len(client.get(unescape(link)).context["cl"].result_list) for link in links]

    assert found
    assert all(found)
    if word in {"jam", "kasir", "petugas"}:  # there a sale stands in one row
        assert sum(found) == Sale.objects.count()


@pytest.mark.parametrize("word", ["pelaku", "jenis", "pilar", "kategori", "produk", "pesantren"])
def test_lines_are_not_grouped_under_a_payment_method(
    client: Client, citra: User, word: str
) -> None:
    make_busy_expo()

    page = client.get(f"{PAGE}?menurut={word}&cara=qris", headers=FROM_HTMX)

    assert page.status_code == 422
    assert re.search(r'id="id_menurut_error"[^>]*>Tidak dapat dikelompokkan', page.text)


@pytest.mark.parametrize("word", ["jam", "kasir", "petugas"])
def test_what_is_too_fine_for_the_running_totals_comes_from_the_ledger(
    client: Client, citra: User, word: str
) -> None:
    make_busy_expo()

    totals = client.get(f"{PAGE}?menurut={word}&pesantren=sidogiri").context["totals"]

    assert sum(row.total.net_rupiah for row in totals.rows) == totals.total.net_rupiah == 90_000
    assert totals.hours is None


def test_two_days_stand_side_by_side_with_their_difference(client: Client, citra: User) -> None:
    make_busy_expo()
    today = business_date(timezone.now())
    yesterday = today - dt.timedelta(days=1)

    page = client.get(f"{PAGE}?hari={yesterday}&hari={today}")

    first, second, third = (row.difference_rupiah for row in page.context["totals"].rows)
    assert (first, second, third) == (-1_000, -30_000, 60_000)
    assert "▲ +29.000" in page.text
    assert "▼ −30.000" in page.text


def test_long_lists_end_in_one_row_and_stand_whole_in_the_file(
    client: Client, citra: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sales.totals.daily.MOST_ROWS", 2)
    make_busy_expo()

    page = client.get(f"{PAGE}?menurut=produk")

    rows, rest = page.context["rows"], page.context["rest"]
    shown = [*rows, rest]
    assert len(rows) == 2
    assert rest.name == "2"  # of four products, two of which have the same name
    assert sum((row.total for row in shown), Sums()).net_rupiah == 153_000
    whole = csv_rows(client, "menurut=produk")
    assert len({(row["produk"], row["keterangan"], row["bersih (rupiah)"]) for row in whole}) == 8
