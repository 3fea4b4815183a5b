"""The home page of an edition: what, when, where, and what there is to find."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from stands.clock import WIB
from tests.make import (
    make_category,
    make_expo,
    make_offer,
    make_pesantren,
    make_product,
    make_stand,
)
from tests.queries import MOST, queries_of

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Expo

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


def wib(day: int, hour: int) -> dt.datetime:
    """An hour of December 2020 in East Java."""
    return dt.datetime(2020, 12, day, hour, tzinfo=WIB)


def fill(expo: Expo, *, stands: int) -> None:
    """Give the edition some stands, each with a pesantren and a product on sale."""
    for number in range(stands):
        pesantren = make_pesantren(name=f"Pesantren {number}")
        stand = make_stand(expo=expo, code=f"A{number + 1}", pesantren=[pesantren])
        make_offer(stand=stand, product=make_product(name=f"Kopi {number}"))


@pytest.mark.parametrize(
    ("at", "says"),
    [
        (wib(10, 12), "Buka Jumat, 18 Desember 2020, pukul 09.00 WIB"),
        (wib(18, 8), "Buka hari ini pukul 09.00 WIB"),
        (wib(19, 12), "Buka sekarang, sampai 21.00 WIB"),
        (wib(19, 22), "Buka Minggu, 20 Desember 2020, pukul 09.00 WIB"),
        (wib(20, 22), "Pameran ini sudah selesai"),
    ],
)
def test_home_says_whether_the_doors_are_open(client: Client, at: dt.datetime, says: str) -> None:
    make_expo()

    with time_machine.travel(at, tick=False):
        page = client.get("/2020/").text

    assert says in page


def test_home_invents_no_hours(client: Client) -> None:
    make_expo(opens=None, closes=None)

    with time_machine.travel(wib(18, 12), tick=False):
        page = client.get("/2020/").text

    assert "Hari ini pameran berlangsung; jam buka tidak tercatat" in page
    assert page.count("<span>jam buka tidak tercatat</span>") == 3
    assert "WIB" not in page.partition("</main>")[0]


def test_home_shows_when_where_and_what(client: Client) -> None:
    expo = make_expo()
    stand = make_stand(expo=expo, code="A12", pesantren=[make_pesantren()])
    product = make_product(name="Kopi Santri", category=make_category(name="Minuman"))
    make_offer(stand=stand, product=product, price_rupiah=35_000)

    page = client.get("/2020/").text

    assert "18–20 Desember 2020" in page
    assert "Maspion Square, Surabaya" in page
    assert "Minuman" in page
    assert "Kopi Santri" in page
    assert "Rp 35.000" in page
    assert 'href="/2020/stan/A12/"' in page
    assert "1 pesantren, tiga pilar" in page


def test_home_says_where_its_figures_come_from(client: Client) -> None:
    expo = make_expo()
    expo.notes = "Jumlah 40 stan diumumkan sebelum acara."
    expo.sources = "https://www.kabar.id/1"
    expo.save()

    page = client.get("/2020/").text

    assert "Jumlah 40 stan diumumkan sebelum acara." in page
    assert 'href="https://www.kabar.id/1"' in page


def test_home_in_english_writes_hours_with_a_colon(client: Client) -> None:
    make_expo()

    page = client.get("/en/2020/").text

    assert '<html lang="en" ' in page
    assert "18–20 December 2020" in page
    assert "09:00–21:00" in page
    assert 'href="/2020/" hreflang="id"' in page


def test_home_explains_example_data_where_there_is_some(client: Client) -> None:
    make_expo(slug="2020", is_example=False)
    make_expo(slug="2026-contoh", name="Contoh", is_current=False, is_example=True)

    assert "data contoh" not in client.get("/2020/").text
    assert "Tentang data contoh" in client.get("/2026-contoh/").text


def test_home_counts_nothing_of_another_edition(client: Client) -> None:
    expo = make_expo()
    fill(expo, stands=1)
    other = make_expo(slug="2021", name="OPOP Expo 2021", is_current=False)
    make_offer(stand=make_stand(expo=other, code="Z9"), product=make_product(name="Batik"))

    page = client.get("/2020/").text

    assert "Batik" not in page
    assert "Z9" not in page


def test_root_is_the_current_edition(client: Client) -> None:
    make_expo(slug="2019", name="OPOP Expo 2019", is_current=True)
    make_expo(slug="2020", name="OPOP Expo 2020", is_current=False)

    page = client.get("/").text

    assert "<h1>OPOP Expo 2019</h1>" in page
    assert '<link rel="canonical" href="http://testserver/2019/">' in page


def test_root_before_any_edition_says_so(client: Client) -> None:
    assert "Belum ada edisi" in client.get("/").text


def test_home_takes_as_many_queries_for_three_stands_as_for_one(client: Client) -> None:
    expo = make_expo()
    fill(expo, stands=1)
    with_one = queries_of(client, "/2020/")
    fill_more = make_expo(slug="2021", name="OPOP Expo 2021", is_current=False)
    fill(fill_more, stands=3)

    # Of an edition that is over it is asked besides whether its results are public.
    assert queries_of(client, "/2021/") == with_one <= MOST + 1


def test_home_sets_no_cookie(client: Client) -> None:
    make_expo()

    assert not client.get("/2020/").cookies
