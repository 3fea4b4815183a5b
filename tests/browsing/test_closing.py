"""The closing of the day in a real Chromium: counted offline, sent, and seen by an organiser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import expect

from sales.models import CashMovement, CloseAmendment, DayClose, Sale
from sales.proof.verifying import verify_ledger
from tests.browsing.axe import violations
from tests.browsing.till import KEPT, open_till, sell
from tests.ledger import make_running_expo
from tests.make import make_offer, make_product, make_stand

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from tests.browser import BrowserErrors

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.shown_alike,
]


@pytest.fixture
def till(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    browser_errors: BrowserErrors,
    kept: bool,
) -> Page:
    """A paired tablet that sells coffee."""
    browser_errors.allow("ERR_INTERNET_DISCONNECTED")
    browser_errors.allow("ERR_FAILED")
    stand = make_stand(expo=make_running_expo(), code="A12", name="Pesantren Sunan Drajat")
    make_offer(stand=stand, product=make_product(name="Kopi rempah"), price_rupiah=25_000)
    context = new_context(service_workers="allow" if kept else "block")
    return open_till(context, live_server, stand, kept=kept)


def open_drawer(page: Page) -> None:
    page.locator("[data-menu]").tap()
    page.get_by_role("button", name="Tutup kasir").tap()


def count(page: Page, *pieces: int) -> None:
    """Pieces of 100.000, 50.000, 20.000 and so on."""
    page.locator("[data-count]").tap()
    for place, number in enumerate(pieces):
        page.locator(".notes input").nth(place).fill(str(number))
    page.locator("[data-confirm]").tap()


@KEPT
def test_day_is_closed_without_a_network_and_arrives_with_it(
    till: Page, live_server: LiveServer, new_context: Callable[..., BrowserContext]
) -> None:
    till.get_by_role("button", name="Catat").tap()
    till.locator("[name=amount]").first.fill("100.000")
    till.get_by_role("button", name="Simpan modal awal").tap()
    expect(till.locator(".drawer-sum")).to_contain_text("Rp 100.000")
    till.keyboard.press("Escape")
    till.keyboard.press("Escape")
    till.context.set_offline(True)
    for _sale in range(2):
        sell(till)
    open_drawer(till)
    till.locator("[name=amount]").fill("20000")
    till.get_by_label("Untuk apa?").fill("es batu")
    till.get_by_role("button", name="Simpan", exact=True).tap()
    expect(till.locator(".is-moved")).to_contain_text("es batu")
    till.locator("[data-count]").tap()
    # Blind: 100.000 + 50.000 − 20.000 is nowhere to be seen.
    expect(till.locator("main")).not_to_contain_text("130.000")
    till.locator(".notes input").first.fill("1")
    till.locator(".notes input").nth(2).fill("1")
    till.locator("[data-confirm]").tap()
    expect(till.locator("[data-expected]")).to_have_text("Rp 130.000")
    expect(till.locator("[data-difference]")).to_have_text("Kurang Rp 10.000")
    # Whoever reloads to count again finds what was counted.
    till.reload()
    open_drawer(till)
    till.locator("[data-count]").tap()
    expect(till.locator("[data-difference]")).to_have_text("Kurang Rp 10.000")
    till.get_by_label("Catatan").fill("belum ketemu")
    till.locator("[data-save]").tap()
    expect(till.locator(".stamp")).to_have_text("Tersimpan")
    expect(till.locator(".paper")).to_contain_text("A12-B-Z0001")
    till.get_by_role("button", name="Ke kasir").tap()
    sell(till)  # a closed day sells on
    assert not DayClose.objects.exists()
    till.context.set_offline(False)
    expect(till.locator("[data-sync=sent]")).to_be_visible(timeout=20_000)
    close = DayClose.objects.get()
    assert (close.counted_rupiah, close.expected_rupiah) == (120_000, 130_000)
    assert (close.tablet_expected_rupiah, close.last_counter) == (130_000, 2)
    assert (close.note, CashMovement.objects.count()) == ("belum ketemu", 2)
    assert CloseAmendment.objects.get().net_rupiah == 25_000
    assert verify_ledger().breaks == []
    desk = organiser(new_context(), live_server)
    expect(desk.locator(".close-table")).to_contain_text("kurang Rp 10.000")
    assert violations(desk) == []
    desk.get_by_role("link", name="A12-B-Z0001").click()
    expect(desk.locator("main, #content").first).to_contain_text("belum ketemu")
    assert violations(desk) == []


def test_second_count_stands_beside_the_first(till: Page) -> None:
    sell(till)
    open_drawer(till)
    count(till, 0, 1)
    till.locator("[data-save]").tap()
    expect(till.locator(".big-change")).to_contain_text("Lebih Rp 25.000")
    till.get_by_role("button", name="Tutup kasir").tap()
    count(till, 0, 0, 1, 0, 1)
    expect(till.locator("[data-difference]")).to_have_text("Pas")
    till.locator("[data-save]").tap()
    expect(till.locator(".paper-number")).to_have_text("A12-B-Z0002")
    expect(till.locator("[data-sync=sent]")).to_be_visible()
    assert DayClose.objects.get().difference_rupiah == 25_000
    recount = CloseAmendment.objects.get()
    assert (recount.number, recount.difference_rupiah) == ("A12-B-Z0002", 0)
    # The first slip can still be printed.
    till.get_by_role("button", name="Tutup kasir").tap()
    till.locator(".is-slip", has_text="A12-B-Z0001").tap()
    expect(till.locator(".paper")).to_contain_text("Lebih Rp 25.000")


def test_sale_after_the_count_asks_to_count_again(till: Page) -> None:
    open_drawer(till)
    count(till, 1)
    expect(till.locator("[data-difference]")).to_be_visible()
    till.keyboard.press("Escape")
    till.keyboard.press("Escape")
    till.keyboard.press("Escape")
    sell(till)
    open_drawer(till)
    till.locator("[data-count]").tap()
    till.locator("[data-save]").tap()
    expect(till.get_by_role("alert")).to_contain_text("Hitung sekali lagi")
    expect(till.locator("[data-confirm]")).to_be_visible()
    assert not DayClose.objects.exists()


def test_training_stays_out_of_the_drawer(till: Page) -> None:
    till.locator("[data-menu]").tap()
    till.get_by_role("switch").tap()
    till.keyboard.press("Escape")
    sell(till)
    open_drawer(till)
    count(till, 0)
    expect(till.locator("[data-expected]")).to_have_text("Rp 0")
    till.locator("[data-save]").tap()
    expect(till.locator(".stamp")).to_be_visible()
    expect(till.locator("[data-sync=sent]")).to_be_visible()
    assert (DayClose.objects.get().sales_count, Sale.objects.count()) == (0, 1)


def test_drawer_is_usable_with_the_keyboard_and_clean_to_axe(till: Page) -> None:
    open_drawer(till)
    assert violations(till) == []
    till.locator("[data-count]").focus()
    till.keyboard.press("Enter")
    expect(till.locator(".notes")).to_be_visible()
    assert violations(till) == []
    till.locator(".notes input").first.focus()
    till.keyboard.type("2")
    till.keyboard.press("Tab")  # to its plus
    till.keyboard.press("Enter")
    expect(till.locator("[data-counted]")).to_have_text("Rp 300.000")
    till.locator("[data-confirm]").focus()
    till.keyboard.press("Enter")
    expect(till.locator("[data-difference]")).to_have_text("Lebih Rp 300.000")
    assert violations(till) == []
    till.locator("[data-save]").focus()
    till.keyboard.press("Enter")
    expect(till.locator(".stamp")).to_be_visible()
    assert violations(till) == []
    assert till.evaluate("document.activeElement.matches('[data-next]')")


# What is wider than the card it lies in, of all that is in the drawer's view.
BEYOND = """() => [...document.querySelectorAll('.drawer section')].flatMap((card) =>
  [...card.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right
    > card.getBoundingClientRect().right).map((one) => one.outerHTML.slice(0, 60)))"""


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_drawer_fits_a_phone_and_an_upright_tablet(till: Page, width: int) -> None:
    till.set_viewport_size({"width": width, "height": 800})
    open_drawer(till)
    expect(till.locator(".drawer section").first).to_be_visible()
    assert till.evaluate(BEYOND) == []
    assert not till.evaluate("document.documentElement.scrollWidth > innerWidth")


def organiser(context: BrowserContext, live_server: LiveServer) -> Page:
    """The overview, open before Citra."""
    client = Client()
    client.force_login(User.objects.create_superuser("citra"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/admin/sales/tutup/")
    return page


def test_float_that_was_put_off_is_asked_for_again_the_next_day(till: Page) -> None:
    till.get_by_role("button", name="Nanti").tap()
    expect(till.locator(".drawer-banner")).to_have_count(0)
    till.route("**/kasir/tablet/*/", lambda route: route.abort())
    till.evaluate("""() => {
      const { now } = Date;
      Date.now = () => now() + 24 * 60 * 60 * 1000;
    }""")
    till.locator(".tile").tap()
    expect(till.locator(".drawer-banner")).to_contain_text("Modal awal hari ini belum dicatat.")
