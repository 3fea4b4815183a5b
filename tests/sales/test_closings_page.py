"""The organisers' overview of a day's closings, one close, and the tables out."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone
from openpyxl import load_workbook

from opop_expo.roles import sync_groups
from sales.closing.overview import closings_of
from sales.models import DayClose, HeldClosing, RunningTotal, Sale, Till
from sales.proof.day_digest import print_digest
from sales.totals.pulse import numbers
from stands.clock import business_date
from tests.closings import sent_close, sent_movement
from tests.ledger import make_reversal, make_running_expo, make_sale, make_shop
from tests.queries import queries_of
from tests.tablets import TestTablet, pair_tablet

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Expo, Offer

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

PATH = "/admin/sales/tutup/"


@pytest.fixture
def expo() -> Expo:
    return make_running_expo()


@pytest.fixture
def citra(client: Client) -> Client:
    """Citra, who keeps the money, signed in."""
    sync_groups()
    user = User.objects.create_user("citra", is_staff=True)
    user.groups.set(Group.objects.filter(name="Finance"))
    client.force_login(user)
    return client


def tablet_at(expo: Expo, code: str) -> tuple[TestTablet, Offer]:
    stand, (offer, _) = make_shop(code=code, expo=expo)
    return pair_tablet(stand), offer


def send(tablet: TestTablet, *some: dict[str, object]) -> None:
    assert tablet.post("kiriman", sales=list(some)).status_code == 200


def test_overview_tells_closed_open_idle_and_what_differs(citra: Client, expo: Expo) -> None:
    closed, offer = tablet_at(expo, "A1")
    open_, other = tablet_at(expo, "A2")
    tablet_at(expo, "A3")
    send(closed, closed.sale({offer: 2}), sent_close(closed, {20_000: 2}, note="hilang"))
    send(open_, open_.sale({other: 1}))
    seen = closings_of(expo, business_date(timezone.now()))
    assert [one.till.prefix for one in seen.closed] == ["A1-A"]
    assert [one.till.prefix for one in seen.open] == ["A2-A"]
    assert [one.till.prefix for one in seen.idle] == ["A3-A"]
    assert [one.difference_rupiah for one in seen.with_differences] == [-10_000]
    page = citra.get(PATH).content.decode()
    assert "1 dari 2 kasir" in page
    assert "kurang Rp 10.000" in page
    assert "A1-A: hilang" in page
    assert "Belum ditutup" in page


def test_what_is_taken_back_at_the_desk_leaves_no_till_to_close(citra: Client, expo: Expo) -> None:
    tablet, offer = tablet_at(expo, "A1")
    send(tablet, tablet.sale({offer: 2}), sent_close(tablet, {20_000: 2}))
    today, sale = business_date(timezone.now()), Sale.objects.get()

    def open_tills() -> list[int]:
        """On the overview, at the desk and the front page, on the paper."""
        digest = print_digest(expo, today, actor=User.objects.get())
        unclosed = RunningTotal.objects.filter(expo=expo).unclosed().values("till").distinct()
        counted = numbers(expo.pk, ["unclosed"], today)["unclosed"]
        return [len(closings_of(expo, today).open), counted, len(unclosed), len(digest.open)]

    make_reversal(sale, {1: 1}, intake=Sale.Intake.ORGANISER)
    assert open_tills() == [0, 0, 0, 0]
    make_reversal(sale, {1: 1}, intake=Sale.Intake.FORM)  # out of the stand's own drawer
    assert open_tills() == [1, 1, 1, 1]


def test_late_cash_that_was_counted_moves_the_difference(expo: Expo) -> None:
    tablet, offer = tablet_at(expo, "A1")
    first, late = tablet.sale({offer: 1}), tablet.sale({offer: 1})
    send(tablet, first, sent_close(tablet, {50_000: 1}))
    day = business_date(timezone.now())
    assert closings_of(expo, day).closed[0].difference_rupiah == 25_000
    send(tablet, late)
    [row] = closings_of(expo, day).closed
    assert (row.difference_rupiah, row.late.net_rupiah) == (0, 25_000)
    # What is sold after the count was not counted, and is no shortage.
    send(tablet, tablet.sale({offer: 1}))
    [row] = closings_of(expo, day).closed
    assert (row.difference_rupiah, row.late.net_rupiah) == (0, 50_000)


def test_completeness_line_names_who_still_holds_what(citra: Client, expo: Expo) -> None:
    tablet, offer = tablet_at(expo, "A1")
    tablet_at(expo, "A2")
    send(tablet, tablet.sale({offer: 1}))
    Till.objects.filter(pk=tablet.till.pk).update(unsent=7, last_counter=8)
    page = citra.get(PATH).content.decode()
    assert "1 dari 2 lengkap" in page
    assert "7 belum terkirim" in page


def test_one_close_with_everything(citra: Client, expo: Expo) -> None:
    tablet, offer = tablet_at(expo, "A1")
    send(
        tablet,
        sent_movement(tablet, "float", 100_000),
        tablet.sale({offer: 2}),
        sent_close(tablet, {100_000: 1, 20_000: 2}),
    )
    send(tablet, tablet.sale({offer: 1}))
    send(tablet, sent_close(tablet, {100_000: 1, 50_000: 1}, number="A1-A-Z0002", note="dua kali"))
    close = DayClose.objects.get()
    page = citra.get(f"{PATH}{close.pk}/").content.decode()
    numbers = ["A1-A-Z0001", "A1-A-Z0002", "A1-A-K0001"]
    for text in [*numbers, "dua kali", close.hash, close.ledger_hash]:
        assert text in page
    assert "−Rp 10.000" in page  # when it was closed
    assert "−Rp 25.000" in page  # when it was counted again
    assert "oleh –" not in page


def test_tables_out_hold_what_the_overview_shows(citra: Client, expo: Expo) -> None:
    tablet, offer = tablet_at(expo, "A1")
    send(tablet, tablet.sale({offer: 2}), sent_close(tablet, {20_000: 2}, note="=1+1"))
    lines = citra.get(f"{PATH}csv/").content.decode().splitlines()
    assert len(lines) == 2
    assert "A1-A-Z0001" in lines[1]
    assert "50000,40000,-10000" in lines[1]
    assert "'=1+1" in lines[1]
    book = load_workbook(io.BytesIO(citra.get(f"{PATH}xlsx/").content))
    cells = [cell.value for cell in next(book.worksheets[0].iter_rows(min_row=2))]
    assert (cells[6], cells[18]) == ("A1-A-Z0001", -10_000)


def test_held_close_is_shown_until_somebody_has_looked(citra: Client, expo: Expo) -> None:
    tablet, _offer = tablet_at(expo, "A1")
    close = sent_close(tablet, {1_000: 3})
    send(tablet, close, close | {"counted": {"1000": 4}, "counted_rupiah": 4_000})
    held = HeldClosing.objects.get()
    assert "nomor sama, isi berbeda" in citra.get(PATH).content.decode()
    assert citra.post(f"{PATH}ditahan/{held.pk}/").status_code == 302
    held.refresh_from_db()
    assert held.seen_by is not None
    assert held.seen_by.username == "citra"
    assert "nomor sama, isi berbeda" not in citra.get(PATH).content.decode()


def test_viewer_looks_and_changes_nothing(client: Client, expo: Expo) -> None:
    tablet, _offer = tablet_at(expo, "A1")
    close = sent_close(tablet, {})
    send(tablet, close, close | {"note": "lain"})
    sync_groups()
    user = User.objects.create_user("dewi", is_staff=True)
    user.groups.set(Group.objects.filter(name="Viewer"))
    client.force_login(user)
    assert "Sudah dilihat" not in client.get(PATH).content.decode()
    held = HeldClosing.objects.get()
    assert client.post(f"{PATH}ditahan/{held.pk}/").status_code == 403
    held.refresh_from_db()
    assert held.seen_at is None


def test_catalogue_editor_sees_no_drawer(client: Client, expo: Expo) -> None:
    sync_groups()
    user = User.objects.create_user("eka", is_staff=True)
    user.groups.set(Group.objects.filter(name="Catalogue editor"))
    client.force_login(user)
    for path in [PATH, f"{PATH}csv/", f"{PATH}xlsx/"]:
        assert client.get(path).status_code == 403


def test_number_of_queries_does_not_grow(citra: Client, expo: Expo) -> None:
    def close_at(code: str) -> None:
        tablet, offer = tablet_at(expo, code)
        send(tablet, tablet.sale({offer: 1}), sent_close(tablet, {}), tablet.sale({offer: 1}))
        make_sale(tablet.till.stand, {offer: 1})

    close_at("A1")
    first = queries_of(citra, PATH)
    close_at("A2")
    close_at("A3")
    assert queries_of(citra, PATH) == first


def test_day_that_is_none_is_not_found(citra: Client, expo: Expo) -> None:
    assert citra.get(PATH, {"hari": "kemarin"}).status_code == 404
    assert citra.get(PATH, {"edisi": "1999"}).status_code == 404
    assert "Belum ada penjualan" in citra.get(PATH, {"hari": "2020-12-18"}).content.decode()
