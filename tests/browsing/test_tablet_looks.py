"""How the tablet's till looks: to everyone, on paper, unpaired and without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browsing.axe import violations
from tests.browsing.till import numbers, sell
from tests.tablets import pair_browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from stands.models import Stand
    from tests.browser import BrowserErrors

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.shown_alike,
]


@pytest.mark.parametrize("language", ["", pytest.param("en/", marks=pytest.mark.long)])
def test_screens_are_accessible(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    stand: Stand,
    language: str,
) -> None:
    context = new_context()
    pair_browser(context, live_server.url, stand)
    page = context.new_page()
    page.goto(f"{live_server.url}/kasir/tablet/{language}")
    page.locator(".tile").first.tap()
    found = {"sell": violations(page)}
    page.locator("[data-pay]").tap()
    for method in ("cash", "qris", "transfer", "card"):
        page.locator(f".methods input[value={method}]").check(force=True)
        found[method] = violations(page)
    page.locator(".methods input[value=cash]").check(force=True)
    page.locator(".quick-amount.is-exact").tap()
    expect(page.locator(".stamp")).to_be_visible()
    page.wait_for_timeout(300)  # the stamp has come to rest
    found["saved"] = violations(page)
    page.locator(".saved-actions .is-brick").tap()
    found["reversal"] = violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator("[data-menu]").tap()
    found["menu"] = violations(page)
    for place, name in enumerate(["receipts", "cashier", "goods", "unsent"]):
        page.locator(".menu-list button").nth(place).tap()
        found[name] = violations(page)
        page.keyboard.press("Escape")
    assert found == {name: [] for name in found}


def test_page_without_javascript_leads_to_the_form(
    new_context: Callable[..., BrowserContext], live_server: LiveServer, stand: Stand
) -> None:
    context = new_context(java_script_enabled=False)
    pair_browser(context, live_server.url, stand)
    page = context.new_page()
    page.goto(f"{live_server.url}/kasir/tablet/")
    page.get_by_role("link", name="Formulir kasir biasa").click()
    page.get_by_label("Kopi rempah", exact=True).fill("1")
    page.get_by_role("button", name="Bayar dan simpan").click()
    expect(page.locator(".stamp")).to_have_text("Tersimpan")
    assert numbers() == ["A12-W-0001"]


def test_receipt_prints_alone_and_narrow(till: Page) -> None:
    sell(till)
    till.get_by_role("button", name="Nota terakhir").tap()
    till.emulate_media(media="print")
    expect(till.locator(".paper")).to_be_visible()
    expect(till.locator(".bar")).to_be_hidden()
    expect(till.locator(".saved-main")).to_be_hidden()
    width = till.locator(".paper").bounding_box()
    assert width is not None
    assert width["width"] < 58 / 25.4 * 96


def test_unpaired_tablet_says_what_to_do(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    browser_errors: BrowserErrors,
) -> None:
    browser_errors.allow("status of 401")
    page = new_context(service_workers="allow").new_page()
    page.goto(f"{live_server.url}/kasir/tablet/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tablet ini belum dipasangkan")
    assert violations(page) == []
    expect(page.get_by_role("link", name="Ketik kode")).to_be_visible()
