"""The filters in a real browser: a sheet on a phone, a column on a wide page, without script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browsing.axe import violations
from tests.ledger import make_running_expo
from tests.make import make_category, make_credential, make_offer, make_product, make_stand

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page, ViewportSize
    from pytest_django.live_server_helper import LiveServer

    from tests.browser import BrowserErrors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]

PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture
def products(live_server: LiveServer, browser_errors: BrowserErrors) -> str:
    """The address of a list with two kinds of drink, one of food with a certificate, and cloth."""
    # What htmx says of a request that it gives up for a later one.
    browser_errors.allow("htmx:sendAbort")
    browser_errors.allow("htmx:afterRequest")
    expo = make_running_expo()
    stand = make_stand(expo=expo, code="A12")
    drink = make_category(slug="beverage", name="Minuman", name_en="Drinks")
    cloth = make_category(slug="fashion", name="Busana", name_en="Clothes")
    for name, category, price in (
        ("Kopi rempah", drink, 20_000),
        ("Teh rosela", drink, 9_000),
        ("Keripik tempe", make_category(), 12_000),
        ("Sarung tenun", cloth, 150_000),
    ):
        product = make_product(name=name, category=category)
        make_offer(stand=stand, product=product, price_rupiah=price)
        if name == "Keripik tempe":
            make_credential(product=product)
    return f"{live_server.url}/{expo.slug}/produk/"


@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no-script"])
def test_filters_on_a_phone(
    new_context: Callable[..., BrowserContext], products: str, with_script: bool
) -> None:
    page = new_context(java_script_enabled=with_script).new_page()
    page.set_viewport_size(PHONE)
    page.goto(products)
    page.get_by_text("Saring", exact=True).click()
    page.get_by_role("checkbox", name="Minuman 2").check()
    page.get_by_role("checkbox", name="Makanan 1").check()
    page.get_by_role("textbox", name="Sampai").fill("15rb")
    page.get_by_role("button", name=re.compile("Tampilkan")).click()

    expect(page.get_by_role("heading", name="2 produk")).to_be_visible()
    expect(page.get_by_role("link", name="Kopi rempah")).to_have_count(0)
    expect(page.locator(".filters-panel")).not_to_have_attribute("open", "")
    expect(page.locator("#filters-picked")).to_contain_text("3")
    price = "15000" if with_script else "15rb"
    expect(page).to_have_url(f"{products}?category=food&category=beverage&price_to={price}")
    page.get_by_role("link", name="Minuman").click()
    expect(page.get_by_role("heading", name="1 produk")).to_be_visible()
    page.get_by_role("link", name=re.compile("sampai Rp")).click()
    expect(page.get_by_label("Sampai", exact=True)).to_have_value("")
    page.go_back()
    expect(page.get_by_label("Sampai", exact=True)).to_have_value(re.compile("15000|15rb"))
    expect(page.get_by_role("link", name="Teh rosela")).to_have_count(0)
    expect(page.get_by_role("link", name="Keripik tempe")).to_be_visible()


def test_a_step_back_leads_to_a_page_on_which_all_works(page: Page, products: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(products)
    page.get_by_text("Saring", exact=True).click()
    page.get_by_role("checkbox", name="Minuman 2").check()
    expect(page.get_by_role("heading", name="2 produk")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="4 produk")).to_be_visible()

    page.get_by_role("button", name="Simpan Keripik tempe").click()
    expect(page.get_by_role("button", name="Tersimpan Keripik tempe")).to_be_visible()
    expect(page).to_have_url(products)
    page.get_by_text("Saring", exact=True).click()
    page.keyboard.press("Escape")
    expect(page.locator(".filters-panel")).not_to_have_attribute("open", "")


def test_filters_by_keyboard_beside_the_results(page: Page, products: str) -> None:
    page.goto(products)
    page.get_by_role("checkbox", name="Busana 1").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name="1 produk")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("1 produk")
    expect(page.get_by_role("checkbox", name="Busana 1")).to_be_focused()
    expect(page.get_by_role("checkbox", name="Halal 0")).to_be_disabled()
    page.get_by_label("Dari", exact=True).fill("murah")
    page.keyboard.press("Tab")
    expect(page.get_by_text("“murah” bukan harga.")).to_be_visible()
    expect(page.get_by_label("Dari", exact=True)).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Dari", exact=True).fill("200.000")
    page.keyboard.press("Enter")
    way_out = page.get_by_role("link", name="tanpa “mulai Rp 200.000”: 1 produk")
    way_out.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 produk")).to_be_focused()
    expect(page.get_by_label("Dari", exact=True)).to_have_value("")


def test_filters_are_accessible_at_every_width(page: Page, products: str) -> None:
    found: dict[str, list[str]] = {}
    for width in (360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for query in ("?category=food&credential=halal", "?category=fashion&price_to=5&q=kopi"):
            page.goto(products + query)
            if width < 1000:
                page.get_by_text("Saring", exact=True).click()
            found[f"{width} {query}"] = violations(page)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found[f"{width} {query}"].append("wider than the screen")
    assert found == {name: [] for name in found}
