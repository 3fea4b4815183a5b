"""A tablet's till in the browser: opened, sold with, and what of it arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from sales.models import Sale
from tests.tablets import pair_browser

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from stands.models import Stand

# For tests without a network, and where the page is opened again: the tablet's worker puts away all
# that it needs, which costs the browser more than most tests do.
KEPT = pytest.mark.parametrize("kept", [pytest.param(True, id="kept")])


def open_till(
    context: BrowserContext, live_server: LiveServer, stand: Stand, *, kept: bool = False
) -> Page:
    """A new tablet's till, where `kept` once its worker has put the page away."""
    pair_browser(context, live_server.url, stand)
    page = context.new_page()
    page.goto(f"{live_server.url}/kasir/tablet/")
    expect(page.locator(".tile").first).to_be_visible()
    if kept:
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


def tile(page: Page, name: str) -> Any:
    return page.locator(".tile", has_text=name)


def sell(page: Page, name: str = "Kopi rempah", pay: str = "Uang pas") -> str:
    """Sell one with exact cash in three taps; the number that was shown."""
    tile(page, name).tap()
    page.locator("[data-pay]").tap()
    page.locator(".quick-amount", has_text=pay).first.tap()
    expect(page.locator(".stamp")).to_have_text("Tersimpan")
    number: str = page.locator("h1.receipt-number").inner_text()
    page.locator("[data-next]").tap()
    return number


def all_sent(page: Page) -> None:
    expect(page.locator("[data-sync=sent]")).to_be_visible(timeout=20_000)


def numbers() -> list[str]:
    return list(Sale.objects.order_by("sequence").values_list("number", flat=True))
