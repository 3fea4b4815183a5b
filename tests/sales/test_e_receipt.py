"""The public e-receipt: what a customer sees of a sale, and what nobody sees."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine

from sales.models import Sale
from stands.clock import WIB
from stands.models import Expo, Stand
from tests.ledger import make_keeper, make_reversal, make_sale, make_shop
from tests.queries import queries_of
from tests.tablets import TestTablet, pair_tablet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from stands.models import Offer

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

TOKEN = "Ab_-" + "q" * 18
PATH = f"/nota/{TOKEN}/"
AT = dt.datetime(2026, 11, 25, 9, 58, tzinfo=WIB)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    """The day after."""
    with time_machine.travel(AT + dt.timedelta(hours=28), tick=False):
        yield


@pytest.fixture
def shop() -> tuple[Stand, list[Offer]]:
    return make_shop(code="A12", prices=(25_000, 10_000, 5_000))


@pytest.fixture
def tablet(shop: tuple[Stand, list[Offer]]) -> TestTablet:
    return pair_tablet(shop[0])


def sell(tablet: TestTablet, offers: list[Offer], *, token: str = TOKEN, **other: object) -> Sale:
    """Two pieces of each offer, paid in cash."""
    sale = tablet.sale(
        dict.fromkeys(offers, 2),
        receipt_token=token,
        device_at=AT.isoformat(),
        clock_offset_ms=0,
        **other,
    )
    assert tablet.post("penjualan", sale=sale).status_code == 201
    return Sale.objects.get(pk=sale["uuid"])


def text_of(html: str) -> str:
    """What a person reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_customer_sees_what_they_bought_and_paid(
    client: Client, tablet: TestTablet, shop: tuple[Stand, list[Offer]]
) -> None:
    _stand, offers = shop
    payments = [{"method": "cash", "amount_rupiah": 50_000, "tendered_rupiah": 100_000}]
    sale = sell(tablet, offers[:1], payments=payments)
    response = client.get(PATH)
    assert response.status_code == 200
    text = text_of(response.text)
    for part in [
        sale.number,
        "25 November 2026 09.58 WIB",
        "A12",
        "OPOP Expo 2026-uji",
        "Barang 1 A12",
        "Kopontren Al-Qodiri",
        "2 buah × Rp 25.000",
        "Total Rp 50.000",
        "Tunai Rp 100.000",
        "Uang kembali Rp 50.000",
    ]:
        assert part in text
    product = offers[0].product
    assert f'href="/2026-uji/produk/{product.slug}/"' in response.text
    assert 'href="/2026-uji/stan/A12/"' in response.text
    assert "LATIHAN" not in text


def test_receipt_of_the_english_page_is_in_english(
    client: Client, tablet: TestTablet, shop: tuple[Stand, list[Offer]]
) -> None:
    sell(tablet, shop[1][:1])
    response = client.get(f"/en{PATH}")
    assert 'lang="en"' in response.text
    assert "25 November 2026<br>09:58 WIB" in response.text
    assert f'href="/en/2026-uji/produk/{shop[1][0].product.slug}/"' in response.text


def test_no_cashier_and_no_key_of_the_database_is_shown(
    client: Client, tablet: TestTablet, shop: tuple[Stand, list[Offer]]
) -> None:
    keeper = make_keeper(stand=tablet.till.stand, name="Zulaikha")
    sale = sell(tablet, shop[1][:1], cashier_id=keeper.pk, note="untuk Bu Lurah")
    html = client.get(PATH).text
    assert sale.cashier == keeper
    assert "Zulaikha" not in html
    assert "Bu Lurah" not in html
    assert str(sale.pk) not in html


def test_page_is_told_to_nobody_and_kept_nowhere(
    client: Client, tablet: TestTablet, shop: tuple[Stand, list[Offer]]
) -> None:
    waiting = client.get(PATH)
    sell(tablet, shop[1][:1])
    for response in (waiting, client.get(PATH)):
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}
        assert "Cookie" not in response.get("Vary", "")
        assert not response.cookies
        assert '<meta name="robots" content="noindex, nofollow">' in response.text


def test_what_went_back_is_told_with_its_day(
    client: Client, tablet: TestTablet, shop: tuple[Stand, list[Offer]]
) -> None:
    sale = sell(tablet, shop[1][:1])
    line = sale.lines.get()
    make_reversal(sale, {line.position: 1}, sold_at=AT + dt.timedelta(hours=26))
    text = text_of(client.get(PATH).text)
    assert "Sebagian dikembalikan" in text
    assert "Dikembalikan Rp 25.000 (Tunai) pada 26 November 2026, 11.58 WIB" in text
    assert "1 dari 2 dikembalikan" in text
    assert "Yang dibayar sesudah itu: Rp 25.000" in text
    assert "Total Rp 50.000" in text


def test_sale_taken_back_wholly_says_so(
    client: Client, tablet: TestTablet, shop: tuple[Stand, list[Offer]]
) -> None:
    sale = sell(tablet, shop[1][:2])
    first, second = sale.lines.all()
    make_reversal(sale, {first.position: 2}, sold_at=AT + dt.timedelta(hours=1))
    make_reversal(sale, {second.position: 2}, sold_at=AT + dt.timedelta(hours=2))
    text = text_of(client.get(PATH).text)
    assert "Sudah dikembalikan semua" in text
    assert text.count("Dikembalikan Rp") == 2
    assert "Yang dibayar sesudah itu" not in text


def test_practice_is_marked(
    client: Client, tablet: TestTablet, shop: tuple[Stand, list[Offer]]
) -> None:
    sell(tablet, shop[1][:1], training=True, number=f"{tablet.till.prefix}-L0001")
    assert "LATIHAN" in text_of(client.get(PATH).text)


def test_share_link_carries_the_address(
    client: Client, tablet: TestTablet, shop: tuple[Stand, list[Offer]]
) -> None:
    sale = sell(tablet, shop[1][:1])
    html = client.get(PATH).text
    found = re.search(r'href="(https://wa\.me/[^"]+)"', html)
    assert found is not None
    assert f"http%3A%2F%2Ftestserver%2Fnota%2F{TOKEN}%2F" in found[1]
    assert sale.number in found[1]


def test_receipt_waits_until_the_tablet_has_sent_it(
    client: Client, tablet: TestTablet, shop: tuple[Stand, list[Offer]]
) -> None:
    response = client.get(PATH)
    assert response.status_code == 200
    assert "masih dalam perjalanan dari kasir" in response.text
    assert f'hx-get="{PATH}"' in response.text
    assert f'href="{PATH}"' in response.text
    asked = client.get(PATH, headers={"HX-Request": "true"})
    assert (asked.status_code, asked.content) == (204, b"")
    sell(tablet, shop[1][:1])
    asked = client.get(PATH, headers={"HX-Request": "true"})
    assert (asked.status_code, asked["HX-Refresh"]) == (200, "true")


def test_token_in_other_letters_opens_nothing(
    client: Client, tablet: TestTablet, shop: tuple[Stand, list[Offer]]
) -> None:
    sale = sell(tablet, shop[1][:1])
    html = client.get(f"/nota/{TOKEN.swapcase()}/").text
    assert "masih dalam perjalanan" in html
    assert sale.number not in html


@pytest.mark.parametrize("token", ["q" * 21, "q" * 23, "q" * 21 + "=", "q" * 21 + ".", "é" * 22])
def test_what_is_no_token_is_no_address(client: Client, token: str) -> None:
    response = client.get(f"/nota/{token}/")
    assert response.status_code == 404
    assert "Halaman tidak ditemukan" in response.text


def test_nothing_is_changed_here(client: Client) -> None:
    assert client.post(PATH).status_code == 405


def test_lines_cost_no_queries(
    client: Client, tablet: TestTablet, shop: tuple[Stand, list[Offer]]
) -> None:
    sell(tablet, shop[1][:1])
    other = "z" * 22
    sale = sell(tablet, shop[1], token=other)
    make_reversal(sale)
    assert queries_of(client, PATH) == queries_of(client, f"/nota/{other}/") == 3


def test_sale_of_the_plain_form_has_no_page(shop: tuple[Stand, list[Offer]]) -> None:
    sale = make_sale(shop[0], {shop[1][0]: 1}, intake=Sale.Intake.FORM)
    assert not hasattr(sale, "e_receipt")


def test_page_names_no_other_edition(
    client: Client, tablet: TestTablet, shop: tuple[Stand, list[Offer]]
) -> None:
    Expo.objects.update(is_current=False)
    sell(tablet, shop[1][:1])
    assert 'href="/2026-uji/"' in client.get(PATH).text
