"""The tablet's screens do not move under a finger, and a tap that is repeated counts once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from sales.models import Cashier
from tests.browsing.till import open_till, tile
from tests.ledger import make_running_expo
from tests.make import make_offer, make_product, make_stand
from tests.tablets import pair_browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Locator, Page, Route
    from pytest_django.live_server_helper import LiveServer

    from stands.models import Stand
    from tests.browser import BrowserErrors

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.shown_alike,
]


@pytest.fixture
def stand() -> Stand:
    stand = make_stand(expo=make_running_expo(), code="A12", name="Pesantren Sunan Drajat Lamongan")
    make_offer(stand=stand, product=make_product(name="Kopi rempah"), price_rupiah=25_000, stock=10)
    Cashier.objects.create(stand=stand, name="Siti Aminah Az-Zahra")
    return stand


def top_of_tiles(page: Page) -> Any:
    return page.evaluate("document.querySelector('.tile').getBoundingClientRect().top")


@pytest.mark.parametrize("address", ["/kasir/tablet/", "/kasir/tablet/en/"])
@pytest.mark.parametrize("width", [360, 1280])
def test_header_is_as_high_without_a_network(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    stand: Stand,
    browser_errors: BrowserErrors,
    width: int,
    address: str,
) -> None:
    browser_errors.allow("ERR_")
    context = new_context(service_workers="block")
    pair_browser(context, live_server.url, stand)
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"{live_server.url}{address}")
    page.locator(".bar-button").first.tap()
    page.get_by_role("button", name="Aminah").tap()
    expect(tile(page, "Kopi rempah")).to_be_visible()
    expect(page.locator("[data-sync=sent]")).to_be_visible()
    before = top_of_tiles(page)
    page.route("**/kasir/tablet/*/", lambda route: route.abort())
    for _ in range(2):
        tile(page, "Kopi rempah").tap()
        page.locator("[data-pay]").tap()
        page.locator(".quick-amount.is-exact").tap()
        page.locator("[data-next]").tap()
    expect(page.locator("[data-sync=alone]")).to_contain_text("2", timeout=20_000)
    assert top_of_tiles(page) == before
    sign = "document.querySelector('[data-sync=alone] span')"
    cut = page.evaluate(f"{sign}.scrollHeight - {sign}.clientHeight")
    assert cut <= 1, "since when is cut off"  # a line's height is no whole number of pixels
    wide = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(wide), "pushed sideways"


def test_new_version_is_offered_where_it_moves_nothing(
    new_context: Callable[..., BrowserContext], live_server: LiveServer, stand: Stand
) -> None:
    """Beside an empty cart, and nowhere on the way to a payment."""
    context = new_context(service_workers="block")
    context.add_init_script("""
      const worker = new EventTarget();
      const registration = new EventTarget();
      registration.waiting = {};
      worker.register = async () => registration;
      worker.controller = { postMessage() {} };
      Object.defineProperty(navigator, 'serviceWorker', { value: worker });
    """)
    page = open_till(context, live_server, stand)
    banner = page.locator(".version-banner")
    expect(banner).to_be_visible()
    before = top_of_tiles(page)
    tile(page, "Kopi rempah").tap()
    expect(banner).to_have_count(0)
    assert top_of_tiles(page) == before
    page.locator("[data-pay]").tap()
    expect(page.locator(".quick-amount").first).to_be_visible()
    expect(banner).to_have_count(0)


def test_stock_whose_answer_was_lost_is_pressed_again_and_added_once(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    stand: Stand,
    browser_errors: BrowserErrors,
) -> None:
    browser_errors.allow("ERR_FAILED")
    page = open_till(new_context(service_workers="block"), live_server, stand)
    page.locator("[data-menu]").tap()
    page.get_by_role("button", name=re.compile("Barang dan stok")).tap()

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/barang/", lose)
    pieces = page.locator(".add-stock").get_by_role("textbox")
    add = page.get_by_role("button", name="Tambah", exact=True)
    pieces.fill("7")
    add.tap()
    expect(page.locator(".trouble")).to_be_visible()
    expect(pieces).to_have_value("7")
    page.unroute("**/barang/")
    add.tap()
    expect(pieces).to_have_value("")
    expect(page.locator(".goods li")).to_contain_text("Sisa 17")
    assert stand.offers.get().stock == 17


def test_storage_that_failed_is_opened_again_by_a_button(
    new_context: Callable[..., BrowserContext], live_server: LiveServer, stand: Stand
) -> None:
    context = new_context(service_workers="block")
    context.add_init_script("""
      if (location.protocol === 'http:' && !sessionStorage.failed) {
        sessionStorage.failed = '1';
        IDBFactory.prototype.open = () => { throw new DOMException('', 'UnknownError'); };
      }
    """)
    pair_browser(context, live_server.url, stand)
    page = context.new_page()
    page.goto(f"{live_server.url}/kasir/tablet/")
    page.get_by_role("button", name="Buka lagi").tap()
    expect(tile(page, "Kopi rempah")).to_be_visible()


def tap_twice(page: Page, what: Locator) -> None:
    """As a hurried finger does, at the same place."""
    box = what.bounding_box()
    assert box is not None
    for _ in range(2):
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(150)


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 800)])
def test_second_of_two_taps_presses_nothing_that_opened_under_it(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    stand: Stand,
    width: int,
    height: int,
) -> None:
    for number in range(12):
        make_offer(stand=stand, product=make_product(name=f"Jamu {number}"))
    page = open_till(new_context(service_workers="block"), live_server, stand)
    page.set_viewport_size({"width": width, "height": height})
    tile(page, "Kopi rempah").tap()
    tap_twice(page, page.locator("[data-pay]"))
    expect(page.locator("#pay-title")).to_be_visible()
    tap_twice(page, page.locator(".quick-amount").nth(1))
    expect(page.locator(".big-change")).to_contain_text("Rp 5.000")
    page.wait_for_timeout(400)
    tap_twice(page, page.locator("[data-next]"))
    expect(page.locator(".cart-empty")).to_be_visible()
