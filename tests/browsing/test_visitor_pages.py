"""The visitors' pages in a real browser: accessible, within a narrow phone, live filters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browsing.axe import violations
from tests.ledger import make_running_expo
from tests.make import (
    make_category,
    make_credential,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_stand,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]

PAGES = {
    "home": "",
    "stands": "stan/",
    "stand": "stan/A12/",
    "products": "produk/",
    "search of 80 letters": f"produk/?q={'k' * 80}",
    "product": "produk/kopi-rempah/",
    "pesantren": "pesantren/",
    "one pesantren": "pesantren/al-qodiri/",
    "maker": "pembuat/kopontren/",
}


@pytest.fixture
def edition() -> str:
    """The address of an edition in which two pesantren share a stand."""
    expo = make_running_expo()
    makers = [
        make_producer(pesantren=make_pesantren(name=name, slug=slug))
        for name, slug in [
            ("Pondok Pesantren Al-Qodiri", "al-qodiri"),
            ("Pondok Pesantren Salafiyah Syafi'iyah Sukorejo", "sukorejo"),
        ]
    ]
    first = makers[0]
    first.slug, first.about = "kopontren", "Menyangrai sendiri."
    first.whatsapp, first.whatsapp_allowed = "6281234567890", True
    first.save()
    stand = make_stand(
        expo=expo, code="A12", pesantren=[maker.pesantren for maker in makers if maker.pesantren]
    )
    drink = make_category(slug="beverage", name="Minuman", name_en="Drinks")
    coffee = make_product(
        name="Kopi rempah", slug="kopi-rempah", producer=makers[0], category=drink
    )
    make_credential(product=coffee)
    make_offer(stand=stand, product=coffee)
    make_offer(stand=stand, product=make_product(name="Keripik tempe", producer=makers[1]), stock=0)
    return f"/{expo.slug}/"


@pytest.mark.parametrize(
    ("language", "with_axe"),
    # In English the words are longer or shorter, and all else is the same.
    [("", True), ("/en", False), pytest.param("/en", True, marks=pytest.mark.long)],
)
def test_pages_are_accessible_and_fit_a_narrow_phone(
    live_server: LiveServer, page: Page, edition: str, language: str, with_axe: bool
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    found: dict[str, list[str]] = {}
    for name, path in {**PAGES, "editions": "../edisi/", "login": "../masuk/"}.items():
        page.goto(f"{live_server.url}{language}{edition}{path}")
        found[name] = violations(page) if with_axe else []
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[name].append("wider than the phone")
    assert found == {name: [] for name in found}


def test_filter_is_live_and_keeps_its_address(
    live_server: LiveServer, page: Page, edition: str
) -> None:
    page.goto(f"{live_server.url}{edition}produk/")
    expect(page.get_by_role("link", name="Keripik tempe")).to_be_visible()
    page.evaluate("window.neverReloaded = true")
    page.get_by_role("checkbox", name="Minuman 1").check()
    expect(page.get_by_role("link", name="Keripik tempe")).to_have_count(0)
    expect(page.get_by_role("link", name="Kopi rempah")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/produk/\?.*category=beverage"))
    assert page.evaluate("window.neverReloaded") is True
    page.reload()
    expect(page.get_by_role("link", name="Keripik tempe")).to_have_count(0)
    page.go_back()
    expect(page.get_by_role("link", name="Keripik tempe")).to_be_visible()


def test_language_switch_keeps_the_page(live_server: LiveServer, page: Page, edition: str) -> None:
    page.goto(f"{live_server.url}{edition}produk/kopi-rempah/")
    page.get_by_role("link", name="EN", exact=True).click()
    expect(page).to_have_url(f"{live_server.url}/en{edition}produk/kopi-rempah/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
