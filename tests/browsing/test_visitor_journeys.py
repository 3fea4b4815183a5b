"""What a visitor comes for, from the first page to the goal, with JavaScript and without it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from stands.models import Inquiry
from tests.visited import make_visited_expo

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from tests.browser import BrowserErrors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]


class Visitor:
    """Somebody with a phone who is at the expo's edition."""

    def __init__(self, page: Page, site: str, *, has_scripts: bool) -> None:
        self.page = page
        self.site = site
        self.has_scripts = has_scripts

    def is_at(self, path: str) -> None:
        """Fail unless the page below the edition is the one that is open."""
        expect(self.page).to_have_url(re.compile(rf"^{re.escape(self.site)}{path}$"))

    def follow(self, name: str) -> None:
        """Tap the first link of the page itself that says so."""
        self.page.locator("main").get_by_role("link", name=name).first.click()

    def save(self, name: str) -> None:
        """Tap the first button that saves a thing of that name."""
        button = self.page.get_by_role("button", name=re.compile(f"Simpan.*{name}")).first
        button.click()
        if self.has_scripts:
            expect(self.page.locator("button.is-saved").first).to_be_visible()
        else:
            self.is_at(r"simpanan/.*")


def product_by_a_misspelt_search(visitor: Visitor) -> None:
    """Search as one types, then the product, its stand, and the stand's place in the hall."""
    page = visitor.page
    page.goto(visitor.site)
    page.locator("main").get_by_role("searchbox").fill("kopi rempa")
    page.locator("main").get_by_role("searchbox").press("Enter")
    visitor.is_at(r"cari/\?q=kopi\+rempa")
    visitor.follow("Kopi rempah")
    visitor.is_at("produk/kopi-rempah/")
    expect(page.get_by_text("Rp 12.500").first).to_be_visible()
    visitor.follow("Pusat Kopi")
    visitor.is_at("stan/A12/")
    page.goto(f"{visitor.site}denah/?stan=A12")
    expect(page.locator("a.plan-stand[data-stand=A12]")).to_have_attribute("aria-current", "true")
    # By keyboard, and by the name that a screen reader says.
    stands = page.get_by_role("group", name="Zona A · Makanan")
    stands.get_by_role("link", name="A12, Pusat Kopi, Makanan").focus()
    page.keyboard.press("Enter")
    visitor.is_at("stan/A12/")


def product_by_filters(visitor: Visitor) -> None:
    """Narrow the list to the one thing that is left; the address holds what was chosen."""
    page = visitor.page
    page.goto(f"{visitor.site}produk/")
    page.get_by_text("Saring", exact=True).click()
    panel = page.locator("details.kind", has_text="Kategori")
    if panel.get_attribute("open") is None:
        panel.locator("summary").click()
    page.locator("[name=category][value=fashion]").check()
    if visitor.has_scripts:
        expect(page).to_have_url(re.compile("category=fashion"))
    page.get_by_role("button", name="Tampilkan").click()
    expect(page).to_have_url(re.compile("category=fashion"))
    expect(page.locator("#cards .product-card h3")).to_have_text(["Songkok"])
    visitor.follow("Songkok")
    visitor.is_at("produk/songkok/")


def saved_list(visitor: Visitor) -> None:
    """Save a product and a stand, walk the list, and open it as somebody who was sent it."""
    page = visitor.page
    page.goto(f"{visitor.site}produk/songkok/")
    visitor.save("Songkok")
    page.goto(f"{visitor.site}stan/A12/")
    visitor.save("Pusat Kopi")
    page.goto(f"{visitor.site}simpanan/")
    expect(page.get_by_text("2 stan, urut seperti jalan di pameran.")).to_be_visible()
    shared = page.get_by_label("Alamat simpanan ini").input_value()
    page.context.clear_cookies()
    page.goto(shared)
    for name in ("Songkok", "Pusat Kopi"):
        expect(page.get_by_role("link", name=name).first).to_be_visible()


def inquiry(visitor: Visitor) -> None:
    """Write to the maker of a product; what is missing is said first."""
    page = visitor.page
    page.goto(f"{visitor.site}produk/kopi-rempah/")
    visitor.follow("Minat kerja sama")
    send = page.get_by_role("button", name="Kirim")
    send.click()
    expect(page.get_by_role("alert").first).to_contain_text("Belum terkirim")
    page.locator("[name=name]").fill("Dewi Lestari")
    page.locator("[name=contact]").fill("dewi@toko.example")
    page.locator("[name=message]").fill("Kami ingin memesan 200 bungkus untuk toko kami.")
    page.locator("[name=consent]").check()
    send.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Terima kasih")
    assert Inquiry.objects.get().name == "Dewi Lestari"


def language_and_editions(visitor: Visitor) -> None:
    """The other language of the same page and back, then all editions and back to this one."""
    page = visitor.page
    page.goto(f"{visitor.site}produk/?q=kopi")
    page.get_by_role("link", name="EN", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(re.compile(r"/en/[^/]+/produk/\?q=kopi$"))
    page.get_by_role("link", name="ID", exact=True).click()
    visitor.is_at(r"produk/\?q=kopi")
    page.locator("footer").get_by_role("link", name="Semua edisi").click()
    expect(page).to_have_url(re.compile("/edisi/$"))
    visitor.follow("OPOP Expo")
    visitor.is_at("")


JOURNEYS = [
    product_by_a_misspelt_search,
    product_by_filters,
    saved_list,
    inquiry,
    language_and_editions,
]


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_every_journey_reaches_its_goal(
    live_server: LiveServer,
    new_context: Callable[..., BrowserContext],
    browser_errors: BrowserErrors,
    has_scripts: bool,
) -> None:
    browser_errors.allow("status of 422")
    expo = make_visited_expo()
    page = new_context(java_script_enabled=has_scripts).new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    visitor = Visitor(page, f"{live_server.url}/{expo.slug}/", has_scripts=has_scripts)
    for journey in JOURNEYS:
        journey(visitor)
