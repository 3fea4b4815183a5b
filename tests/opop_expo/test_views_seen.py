"""What visitors look at: for organisers all of it, for a keeper what the own stand sells."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from openpyxl import load_workbook

from opop_expo.roles import VIEWER, sync_groups
from stands.models import ViewCount
from tests.ledger import make_keeper, sign_in
from tests.make import make_expo, make_offer, make_product, make_stand

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Offer

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

FRIDAY, SATURDAY = dt.date(2020, 12, 18), dt.date(2020, 12, 19)
ON_SATURDAY = dt.datetime(2020, 12, 19, 3, tzinfo=dt.UTC)


def see(offer: Offer, count: int, day: dt.date = SATURDAY, hour: int = 10) -> None:
    """Note that the product's page was looked at, and the stand's twice as often."""
    expo = offer.stand.expo
    ViewCount.objects.create(
        expo=expo, kind="product", subject=offer.product_id, day=day, hour=hour, count=count
    )
    row, _new = ViewCount.objects.get_or_create(
        expo=expo, kind="stand", subject=offer.stand_id, day=day, hour=hour, defaults={"count": 0}
    )
    ViewCount.objects.filter(pk=row.pk).update(count=row.count + 2 * count)


@pytest.fixture
def offers() -> list[Offer]:
    """Crisps at A1, coffee at B1, looked at 1.200 and 30 times; on Friday the crisps 5 times."""
    expo = make_expo()
    found = [
        make_offer(stand=make_stand(expo=expo, code=code, name=f"Stan {name}"),
                   product=make_product(name=name))
        for code, name in (("A1", "Keripik"), ("B1", "Kopi"))
    ]  # fmt: skip
    see(found[0], 1200)
    see(found[1], 30, hour=14)
    see(found[0], 5, day=FRIDAY)
    return found


@pytest.fixture
def viewer(client: Client, django_user_model: Any) -> Client:
    sync_groups()
    user = django_user_model.objects.create_user("citra", is_staff=True)
    user.groups.add(Group.objects.get(name=VIEWER))
    client.force_login(user)
    return client


def test_organiser_sees_what_is_looked_at_most(viewer: Client, offers: list[Offer]) -> None:
    page = viewer.get("/admin/dilihat/").text
    assert page.index(">Keripik<") < page.index(">Kopi<")
    assert "1.205" in page
    assert "3.705" in page  # all pages: three times 1.235
    assert "bukan jumlah orang" in page
    friday = viewer.get("/admin/dilihat/?hari=2020-12-18").text
    assert ">Kopi<" not in friday
    assert "<dd>15</dd>" in friday


@pytest.mark.parametrize("query", ["?hari=kemarin", "?edisi=tak-ada", "?hari=2020-99-99"])
def test_question_that_means_nothing_shows_everything(
    viewer: Client, offers: list[Offer], query: str
) -> None:
    assert "3.705" in viewer.get(f"/admin/dilihat/{query}").text


def test_page_before_anybody_came_says_so(viewer: Client) -> None:
    assert "Belum ada edisi" in viewer.get("/admin/dilihat/").text
    make_expo()
    assert "Belum ada halaman yang dilihat" in viewer.get("/admin/dilihat/").text


def test_files_hold_every_page(viewer: Client, offers: list[Offer]) -> None:
    text = viewer.get("/admin/dilihat/csv/?hari=2020-12-19").content.decode("utf-8-sig")
    assert "Produk,Keripik,Kopontren Al-Qodiri,1200" in text.splitlines()
    book = load_workbook(io.BytesIO(viewer.get("/admin/dilihat/xlsx/").content))
    rows = book.worksheets[0].iter_rows(values_only=True)
    assert ("Produk", "Keripik", "Kopontren Al-Qodiri", 1205) in list(rows)


def test_page_costs_the_same_for_three_products_as_for_one(
    viewer: Client, offers: list[Offer], django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as two:
        viewer.get("/admin/dilihat/")
    for name in ("Sarung", "Sabun"):
        see(make_offer(stand=offers[0].stand, product=make_product(name=name)), 3, hour=16)
    with django_assert_num_queries(len(two)):
        viewer.get("/admin/dilihat/")


def test_keeper_sees_the_own_stand_and_no_other(client: Client, offers: list[Offer]) -> None:
    sign_in(client, make_keeper(stand=offers[0].stand))
    with time_machine.travel(ON_SATURDAY, tick=False):
        page = client.get("/kasir/dilihat/").text
    assert "<dd>2.400</dd>" in page  # the stand, on Saturday
    assert "<dd>2.410</dd>" in page  # on all days
    assert "<dd>1.200</dd>" in page  # its products, on Saturday
    assert "1.205 kali" in page
    assert "hari ini 1.200" in page
    assert "Kopi" not in page
    assert 'href="/kasir/dilihat/"' in client.get("/kasir/riwayat/").text
