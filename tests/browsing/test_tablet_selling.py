"""The tablet's till in a real Chromium: sold, paid and taken back, and sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from sales.models import Sale, Till
from stands.models import Offer
from tests.browsing.till import all_sent, numbers, open_till, sell, tile
from tests.make import make_offer, make_product

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from stands.models import Stand

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.shown_alike,
]


def test_first_sale_takes_three_taps_and_arrives(till: Page) -> None:
    assert sell(till) == "A12-B-0001"
    all_sent(till)
    sale = Sale.objects.get()
    assert (sale.number, sale.total_rupiah, sale.intake) == ("A12-B-0001", 25_000, "outbox")
    assert sale.e_receipt.token_hash
    expect(tile(till, "Kopi rempah")).to_contain_text("Sisa 9")


def test_change_is_shown_large_and_is_that_of_the_receipt(till: Page) -> None:
    tile(till, "Keripik tempe").tap()
    till.locator("[data-pay]").tap()
    for key in "15":
        till.locator(".keypad button", has_text=re.compile(f"^\\s*{key}\\s*$")).tap()
    till.locator(".keypad button", has_text="000").tap()
    expect(till.locator("[data-change]")).to_have_text("Rp 2.500")
    till.locator("[data-save]").tap()
    expect(till.locator(".big-change output")).to_have_text("Rp 2.500")
    till.locator("[data-next]").tap()
    all_sent(till)
    payment = Sale.objects.get().payments.get()
    assert (payment.amount_rupiah, payment.tendered_rupiah) == (12_500, 15_000)


def test_split_payment_in_cash_and_qris(till: Page) -> None:
    tile(till, "Kopi rempah").tap()
    till.locator("[data-pay]").tap()
    till.locator(".keypad button", has_text=re.compile(r"^\s*5\s*$")).tap()
    till.locator(".keypad button", has_text="000").tap()
    till.get_by_role("button", name="Terima Rp 5.000 dulu").tap()
    expect(till.locator("[data-total]")).to_have_text("Rp 20.000")
    till.get_by_role("radio", name="QRIS").check(force=True)
    till.get_by_role("button", name="Sudah dibayar Rp 20.000").tap()
    expect(till.locator(".stamp")).to_be_visible()
    till.locator("[data-next]").tap()
    all_sent(till)
    assert list(Sale.objects.get().payments.values_list("method", "amount_rupiah")) == [
        ("cash", 5_000),
        ("qris", 20_000),
    ]


def test_sale_is_taken_back_with_a_reason(till: Page) -> None:
    sell(till)
    till.get_by_role("button", name="Nota terakhir").tap()
    till.get_by_role("button", name="Batalkan nota ini").tap()
    till.get_by_role("radio", name="Pembeli batal").check(force=True)
    till.get_by_role("button", name="Simpan pembatalan").tap()
    expect(till.locator(".stamp")).to_have_text("Tersimpan")
    till.locator("[data-next]").tap()
    all_sent(till)
    back = Sale.objects.get(number="A12-B-0002")
    assert (back.total_rupiah, back.reason, back.reverses_id) == (
        -25_000,
        "Pembeli batal",
        Sale.objects.get(number="A12-B-0001").pk,
    )
    expect(tile(till, "Kopi rempah")).to_contain_text("Sisa 10")


def test_training_looks_different_and_never_counts(till: Page) -> None:
    till.locator("[data-menu]").tap()
    till.get_by_role("switch").check()
    expect(till.locator(".training-banner")).to_be_visible()
    till.locator("[data-menu]").tap()
    assert sell(till) == "A12-B-L0001"
    all_sent(till)
    assert Sale.objects.counted().count() == 0
    assert Sale.objects.get().training


def test_cashier_is_chosen_by_name(till: Page) -> None:
    till.get_by_role("button", name="Pilih nama").tap()
    till.get_by_role("button", name="Aminah").tap()
    sell(till)
    all_sent(till)
    assert str(Sale.objects.get().cashier) == "Aminah (A12)"


def test_sold_out_stands_last_and_a_keeper_adds_stock(till: Page) -> None:
    till.locator("[data-menu]").tap()
    till.get_by_role("button", name=re.compile("Barang dan stok")).tap()
    till.locator(".goods li", has_text="Kopi").get_by_role("button", name="Tandai habis").tap()
    expect(till.locator(".goods li", has_text="Kopi")).to_contain_text("Habis")
    assert Offer.objects.get(product__name="Kopi rempah").stock == 0
    till.keyboard.press("Escape")
    till.keyboard.press("Escape")
    expect(till.locator(".tile").last).to_contain_text("Habis")
    till.locator("[data-menu]").tap()
    till.get_by_role("button", name=re.compile("Barang dan stok")).tap()
    row = till.locator(".goods li", has_text="Kopi")
    row.get_by_role("textbox").fill("7")
    row.get_by_role("button", name="Tambah", exact=True).tap()
    expect(row).to_contain_text("Sisa 7")


def test_search_appears_with_many_goods(
    new_context: Callable[..., BrowserContext], live_server: LiveServer, stand: Stand
) -> None:
    for number in range(25):
        make_offer(stand=stand, product=make_product(name=f"Jamu {number:02d}"))
    page = open_till(new_context(), live_server, stand)
    page.get_by_role("searchbox").fill("jamu 07")
    expect(page.locator(".tile")).to_have_count(1)


def test_sale_by_keyboard_alone(till: Page) -> None:
    tile(till, "Kopi rempah").focus()
    till.keyboard.press("Enter")
    till.locator("[data-pay]").focus()
    till.keyboard.press("Enter")
    expect(till.locator("#pay-title")).to_be_focused()
    for _step in range(12):
        till.keyboard.press("Tab")
        if till.evaluate("document.activeElement.classList.contains('is-exact')"):
            break
    till.keyboard.press("Enter")
    expect(till.locator("[data-next]")).to_be_focused()
    till.keyboard.press("Enter")
    all_sent(till)
    assert Sale.objects.count() == 1


def test_two_tablets_of_a_stand_see_each_others_sales(
    till: Page, stand: Stand, live_server: LiveServer, new_context: Callable[..., BrowserContext]
) -> None:
    other = open_till(new_context(), live_server, stand)
    first = sell(till)
    expect(tile(other, "Kopi rempah")).to_contain_text("Sisa 9", timeout=15_000)
    second = sell(other)
    all_sent(other)
    assert {first, second} == set(numbers())
    assert first.rpartition("-")[0] != second.rpartition("-")[0]


def test_organiser_sees_what_the_tablet_holds(till: Page) -> None:
    sell(till)
    all_sent(till)
    with till.expect_response("**/kabar/"):
        pass  # the next contact tells that nothing waits any more
    row = Till.objects.get(prefix="A12-B")
    assert (row.last_counter, row.unsent) == (1, 0)
    assert row.last_contact_at is not None
