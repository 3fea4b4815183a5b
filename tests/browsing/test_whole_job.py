"""The whole job in a real browser: a visitor finds it, a keeper sells it, the organiser sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from opop_expo.roles import ORGANISER, sync_groups
from sales.models import Sale
from stands.models import Offer
from tests.browsing.axe import violations
from tests.ledger import make_keeper, make_running_expo
from tests.make import make_offer, make_pesantren, make_producer, make_product, make_stand

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from stands.models import Stand

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "kata sandi uji"  # of the people in this test only


@pytest.fixture
def stand() -> Stand:
    """Stand A12 of the current edition sells coffee at Rp 25.000 and crisps, ten of each."""
    pesantren = make_pesantren(name="Pondok Pesantren Al-Qodiri")
    producer = make_producer(pesantren=pesantren)
    stand = make_stand(
        expo=make_running_expo(), code="A12", name="Al-Qodiri", pesantren=[pesantren]
    )
    for name, price in [("Kopi rempah", 25_000), ("Keripik singkong", 12_000)]:
        make_offer(
            stand=stand, product=make_product(name=name, producer=producer), price_rupiah=price
        )
    make_keeper(stand=stand, name="Aminah")
    return stand


def sign_in(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.locator("main [type=submit], #login-form [type=submit]").first.click()


def open_till(page: Page, live_server: LiveServer) -> None:
    sign_in(page, f"{live_server.url}/kasir/", "aminah")
    page.wait_for_url("**/kasir/")


def tile(page: Page, name: str) -> Any:
    return page.locator(".tile", has_text=name).locator(".tile-face")


def test_visitor_finds_keeper_sells_organiser_sees(
    live_server: LiveServer, new_context: Callable[..., BrowserContext], stand: Stand
) -> None:
    sync_groups()
    citra = User.objects.create_user("citra", password=PASSWORD, is_staff=True)
    citra.groups.add(*citra.groups.model.objects.filter(name=ORGANISER))

    visitor = new_context().new_page()
    visitor.set_viewport_size({"width": 390, "height": 844})
    visitor.goto(live_server.url)
    visitor.get_by_role("searchbox").first.fill("kopi")
    visitor.get_by_role("searchbox").first.press("Enter")
    visitor.get_by_role("link", name="Kopi rempah").first.click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Kopi rempah")
    expect(visitor.locator("main")).to_contain_text("A12")
    expect(visitor.locator("main")).to_contain_text("Rp 25.000")

    organiser = new_context().new_page()
    sign_in(organiser, f"{live_server.url}/admin/", "citra")
    organiser.goto(f"{live_server.url}/admin/sales/harian/")
    today = organiser.locator(".headline-main dd").first
    expect(today).to_have_text("Rp 0")
    organiser.evaluate("window.neverReloaded = true")

    keeper = new_context().new_page()
    open_till(keeper, live_server)
    tile(keeper, "Kopi rempah").tap()
    tile(keeper, "Kopi rempah").tap()
    keeper.get_by_role("button", name="Rp 100.000").tap()
    expect(keeper.locator("[data-change-amount]")).to_have_text("Rp 50.000")
    keeper.get_by_role("button", name="Bayar dan simpan").tap()
    expect(keeper.locator(".stamp")).to_have_text("Tersimpan")
    expect(keeper.get_by_role("heading", level=1)).to_have_text("A12-W-0001")

    expect(today).to_have_text("Rp 50.000", timeout=15_000)
    assert organiser.evaluate("window.neverReloaded") is True
    assert Offer.objects.get(product__name="Kopi rempah").stock == 8


def test_double_tap_records_one_sale(live_server: LiveServer, page: Page, stand: Stand) -> None:
    open_till(page, live_server)
    tile(page, "Kopi rempah").tap()
    # Two clicks in one turn of the event loop: faster than any hand.
    page.evaluate("""() => {
        const button = document.querySelector("[data-submit]");
        for (let press = 0; press < 20; press += 1) button.click();
    }""")
    expect(page.locator(".stamp")).to_have_text("Tersimpan")
    assert Sale.objects.count() == 1


@pytest.mark.shown_alike
def test_back_button_leads_to_a_fresh_form(
    live_server: LiveServer, page: Page, stand: Stand
) -> None:
    open_till(page, live_server)
    used = page.locator("[name=uuid]").input_value()
    tile(page, "Kopi rempah").tap()
    page.get_by_role("button", name="Bayar dan simpan").tap()
    expect(page.locator(".stamp")).to_be_visible()
    page.go_back()
    expect(page.locator("[data-total]")).to_have_text("Rp 0")
    assert page.locator("[name=uuid]").input_value() != used
    page.go_forward()
    page.reload()
    assert Sale.objects.count() == 1


@pytest.mark.shown_alike
def test_form_sells_without_javascript(
    live_server: LiveServer, new_context: Callable[..., BrowserContext], stand: Stand
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.set_viewport_size({"width": 800, "height": 1280})
    open_till(page, live_server)
    page.get_by_label("Kopi rempah", exact=True).fill("2")
    page.get_by_role("button", name="Hitung total").click()
    expect(page.locator("[data-total]")).to_have_text("Rp 50.000")
    page.get_by_label("Uang diterima").fill("100.000")
    page.get_by_role("button", name="Bayar dan simpan").click()
    expect(page.locator(".stamp")).to_have_text("Tersimpan")
    expect(page.locator(".paper-change")).to_contain_text("Rp 50.000")
    assert Sale.objects.get().total_rupiah == 50_000


@pytest.mark.shown_alike
def test_mistake_is_shown_at_its_tile_and_mended(
    live_server: LiveServer, page: Page, stand: Stand, browser_errors: Any
) -> None:
    browser_errors.allow("status of 422")
    open_till(page, live_server)
    tile(page, "Kopi rempah").tap()
    Offer.objects.filter(product__name="Kopi rempah").update(price_rupiah=30_000)
    page.get_by_role("button", name="Bayar dan simpan").tap()
    expect(page.locator(".tile.is-wrong .wrong[id]")).to_contain_text("Harga barang ini berubah")
    expect(page.locator("[data-total]")).to_have_text("Rp 30.000")
    page.get_by_role("button", name="Bayar dan simpan").tap()
    expect(page.locator(".stamp")).to_have_text("Tersimpan")
    assert Sale.objects.get().total_rupiah == 30_000


@pytest.mark.shown_alike
def test_till_screens_are_accessible(live_server: LiveServer, page: Page, stand: Stand) -> None:
    open_till(page, live_server)
    tile(page, "Kopi rempah").tap()
    found = {"till": violations(page)}
    page.get_by_role("button", name="Bayar dan simpan").tap()
    expect(page.locator(".stamp")).to_be_visible()
    found["receipt"] = violations(page)
    page.get_by_role("link", name="Batalkan atau retur").tap()
    expect(page.get_by_label("Alasan")).to_be_visible()
    found["reversal"] = violations(page)
    page.goto(f"{live_server.url}/kasir/riwayat/")
    found["history"] = violations(page)
    assert found == {name: [] for name in found}


@pytest.mark.shown_alike
def test_enter_on_the_keypad_pays_nothing(
    live_server: LiveServer, page: Page, stand: Stand
) -> None:
    open_till(page, live_server)
    quantity = page.get_by_label("Kopi rempah", exact=True)
    quantity.fill("2")
    quantity.press("Enter")
    page.fill("#id_tendered", "60.000")
    page.press("#id_tendered", "Enter")
    expect(page.locator("[data-change-amount]")).to_have_text("Rp 10.000")
    assert not Sale.objects.exists()


@pytest.mark.shown_alike
def test_typing_slip_is_told_before_it_is_sent(
    live_server: LiveServer, page: Page, stand: Stand
) -> None:
    open_till(page, live_server)
    quantity = page.get_by_label("Kopi rempah", exact=True)
    for typed, said in [("11", "Sisa barang ini: 10"), ("dua", "Isi jumlah dari 1 sampai 9.999")]:
        quantity.fill(typed)
        expect(page.locator(".tile [data-hint]:visible")).to_contain_text(said)
        expect(page.locator("[data-total]")).to_have_text("–")
    quantity.fill("3")
    expect(page.locator("[data-total]")).to_have_text("Rp 75.000")


@pytest.mark.shown_alike
def test_till_can_be_used_zoomed_in(live_server: LiveServer, page: Page, stand: Stand) -> None:
    page.set_viewport_size({"width": 640, "height": 400})  # 1280×800 at 200 %
    open_till(page, live_server)
    tile(page, "Kopi rempah").tap()
    expect(page.locator("[data-total]")).to_have_text("Rp 25.000")


def test_part_of_a_sale_goes_back(live_server: LiveServer, page: Page, stand: Stand) -> None:
    open_till(page, live_server)
    tile(page, "Kopi rempah").tap()
    tile(page, "Kopi rempah").tap()
    page.get_by_role("button", name="Bayar dan simpan").tap()
    page.get_by_role("link", name="Batalkan atau retur").tap()
    page.get_by_label("Kopi rempah").fill("1")
    expect(page.locator("[data-back-amount]")).to_have_text("Rp 25.000")
    page.get_by_label("Alasan").fill("rusak")
    page.get_by_role("button", name="Simpan pembatalan").tap()
    expect(page.locator(".paper-back")).to_have_text("Kembalikan Rp 25.000 (Tunai) kepada pembeli.")
