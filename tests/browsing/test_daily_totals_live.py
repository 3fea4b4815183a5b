"""The daily totals in a real browser: they move by themselves and leave the reader in peace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import expect

from tests.browsing.axe import violations
from tests.ledger import make_running_expo, make_sale, make_shop
from tests.make import make_pesantren

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

    from stands.models import Offer, Stand
    from tests.browser import BrowserErrors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]


@pytest.fixture
def shops() -> list[tuple[Stand, list[Offer]]]:
    """Twenty stands, more than fit, each with one sale of Rp 25.000."""
    expo = make_running_expo()
    shops = [make_shop(expo=expo, code=f"A{number}") for number in range(1, 21)]
    for stand, offers in shops:
        make_sale(stand, {offers[0]: 1})
    return shops


@pytest.fixture
def totals(page: Page, live_server: LiveServer, shops: object) -> Page:
    """The page, open before Citra who organises."""
    client = Client()
    client.force_login(User.objects.create_superuser("citra"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    page.goto(f"{live_server.url}/admin/sales/harian/")
    return page


def test_total_rises_without_reloading_and_the_place_is_kept(
    totals: Page, shops: list[tuple[Stand, list[Offer]]]
) -> None:
    headline = totals.locator(".headline-main")
    expect(headline).to_contain_text("Rp 500.000")
    totals.evaluate("window.scrollTo(0, 300)")
    stand, offers = shops[15]
    before = totals.locator("#figures time").text_content()

    make_sale(stand, {offers[0]: 2})

    expect(headline).to_contain_text("Rp 550.000", timeout=12_000)
    expect(totals.locator("#figures time")).not_to_have_text(before or "")
    assert totals.evaluate("window.scrollY") == 300


def test_time_moves_on_while_nothing_is_sold_and_nothing_is_redrawn(totals: Page) -> None:
    totals.evaluate("document.querySelector('.grid-scroll').dataset.mark = 'same'")
    before = totals.locator("#figures time").text_content() or ""

    expect(totals.locator("#figures time")).not_to_have_text(before, timeout=12_000)
    assert totals.locator(".grid-scroll").get_attribute("data-mark") == "same"


def test_filter_is_live_and_stays_in_the_address(totals: Page) -> None:
    totals.locator("#id_stan").select_option("A7")
    expect(totals.locator(".grid-scroll tbody tr th").first).to_contain_text("A7")
    expect(totals.locator(".grand .net")).to_have_text("25.000")
    assert "stan=A7" in totals.url

    totals.locator("#id_cara").select_option("qris")
    expect(totals.locator(".grand .net")).to_have_text("0")
    totals.go_back()
    expect(totals.locator(".grand .net")).to_have_text("25.000")
    expect(totals.locator("#id_cara")).to_have_value("")


def test_filter_that_cannot_be_answered_is_explained_beside_its_field(
    totals: Page, shops: list[tuple[Stand, list[Offer]]], browser_errors: BrowserErrors
) -> None:
    browser_errors.allow("status of 422")
    # htmx says in the console that the second request took the place of the first.
    browser_errors.allow("htmx:sendAbort")
    browser_errors.allow("htmx:afterRequest")
    shops[0][0].pesantren.add(make_pesantren(name="Sidogiri", slug="sidogiri"))
    totals.reload()

    # At once, before the first is answered: a choice is never lost to an answer.
    totals.locator("#id_pesantren").select_option("sidogiri")
    totals.locator("#id_cara").select_option("qris")

    expect(totals.locator("#id_cara_error")).to_contain_text("jangan keduanya")
    expect(totals.locator(".grid-scroll")).to_have_count(0)
    expect(totals.locator("#id_pesantren")).to_have_value("sidogiri")
    expect(totals.locator("#id_cara")).to_have_value("qris")

    totals.locator("#id_cara").select_option("")
    expect(totals.locator("#id_cara_error")).to_be_empty()
    expect(totals.locator(".grand .net")).to_have_text("0")
    expect(totals).to_have_url(re.compile("pesantren=sidogiri"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_totals_and_front_page_are_accessible(
    totals: Page, live_server: LiveServer, scheme: str
) -> None:
    totals.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for path in ("/admin/sales/harian/", "/admin/"):
        totals.goto(f"{live_server.url}{path}")
        assert violations(totals) == []
