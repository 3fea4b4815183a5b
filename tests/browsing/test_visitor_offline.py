"""A visitor's phone in a real Chromium: the edition opens when the network does not answer."""

from __future__ import annotations

import gzip
import re
import time
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from pesantren.models import Product
from stands import offline, offline_pages, pages_at_hand
from stands.catalogue_version import edition_at
from stands.models import Offer, Stand
from stands.saved_code import Key, code_of
from tests.browsing.axe import violations
from tests.make import make_offer, make_product
from tests.visited import make_visited_expo

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from stands.models import Expo
    from tests.browser import BrowserErrors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]

CACHES = "() => caches.keys().then((names) => names.sort())"
# Asks the worker to look for a newer file, and waits until it has looked.
REFRESH = """() => new Promise((done, fail) => {
  setTimeout(() => fail(new Error('the worker said nothing')), 30_000);
  navigator.serviceWorker.onmessage = (event) => done(event.data.has);
  const ask = () =>
    navigator.serviceWorker.controller.postMessage({ about: 'copy', fetch: true, now: true });
  ask();
  // A worker that is just being replaced gives no answer.
  setInterval(ask, 1000);
})"""


@pytest.fixture
def expo(browser_errors: BrowserErrors) -> Expo:
    browser_errors.allow("net::ERR_INTERNET_DISCONNECTED")
    return make_visited_expo()


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Page:
    """A narrow phone that has visited nothing yet."""
    page = new_context(service_workers="allow").new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    return page


def visit(page: Page, address: str) -> None:
    """Open the page and stay until the phone says that it has all of the edition."""
    page.goto(address)
    expect(page.locator(".offline-state")).to_be_visible(timeout=30_000)


def test_edition_opens_without_a_network_after_one_visit(
    live_server: LiveServer, phone: Page, expo: Expo, browser_errors: BrowserErrors
) -> None:
    site = f"{live_server.url}/{expo.slug}/"
    visit(phone, f"{live_server.url}/")
    expect(phone.locator(".offline-state")).to_contain_text("Bisa dibuka tanpa jaringan")
    # The short address lies outside what the worker answers for.
    expect(phone).to_have_url(site)
    phone.goto(f"{site}produk/")
    phone.get_by_role("searchbox").fill("kopi")
    expect(phone).to_have_url(f"{site}produk/?q=kopi")
    phone.context.set_offline(True)

    # A step back is a whole page of the copy.
    phone.go_back()
    expect(phone.locator("aside.copy-note")).to_be_visible()
    expect(phone.locator(".site-header")).to_be_visible()
    phone.context.set_offline(False)
    phone.goto(f"{site}produk/")
    phone.context.set_offline(True)

    # A live search of a page that came from the network goes on in the copy.
    phone.get_by_role("searchbox").fill("kopi")
    expect(phone.locator(".found")).to_have_text("1 hasil")
    expect(phone.locator(".copy-note")).to_contain_text("terakhir diperbarui")
    phone.get_by_role("link", name="Kopi rempah").click()
    expect(phone).to_have_url(f"{site}produk/kopi-rempah/")
    expect(phone.get_by_text("Rp 12.500")).to_be_visible()
    note = phone.locator("aside.copy-note")
    expect(note).to_contain_text("terakhir diperbarui")
    phone.get_by_role("link", name="Pusat Kopi").click()
    expect(phone.get_by_role("heading", name="Pusat Kopi")).to_be_visible()

    found: dict[str, Any] = {}
    for path in ["", "stan/B3/", "denah/?stan=B3", "cari/?q=krpik"]:
        response = phone.goto(f"{site}{path}")
        assert response
        assert response.from_service_worker
        found[path] = violations(phone)
        if phone.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[path].append("wider than the phone")
        expect(note).to_be_visible()
    assert found == {path: [] for path in found}
    expect(phone.locator(".hit h3").first).to_have_text("Keripik tempe")
    phone.goto(f"{site}produk/?category=fashion&unknown=1")
    expect(phone.locator(".hit h3")).to_have_text(["Songkok"])
    phone.goto(f"{site}denah/?stan=B3")
    chosen = phone.locator("a.plan-stand.is-chosen")
    expect(chosen).to_have_attribute("data-stand", "B3")
    phone.goto(f"{site}hasil/")
    expect(phone.get_by_role("heading", name="Halaman ini perlu jaringan")).to_be_visible()
    # The login is none of its business.
    with pytest.raises(PlaywrightError, match="ERR_INTERNET_DISCONNECTED"):
        phone.goto(f"{live_server.url}/masuk/")

    phone.context.set_offline(False)
    phone.goto(f"{site}produk/")
    expect(note).to_have_count(0)


def test_saved_list_opens_without_a_network_in_the_order_of_the_walk(
    live_server: LiveServer, phone: Page, expo: Expo
) -> None:
    gone = make_product(name="Batik tulis", slug="batik-tulis")
    keys = {one.slug: Key("p", one.pk) for one in Product.objects.all()}
    taken = code_of([*keys.values(), Key("p", 9_999)], edition=expo.slug)
    make_offer(stand=Stand.objects.get(code="B3"), product=gone, withdrawn=True)
    # A shared list is taken over, and one thing of it is ticked off.
    visit(phone, f"{live_server.url}/en/{expo.slug}/simpanan/")
    visit(phone, f"{live_server.url}/{expo.slug}/simpanan/{taken}/")
    phone.locator("main button[name=ambil]").click()
    phone.get_by_role("button", name="Sudah: Songkok").click()
    expect(phone.locator(".stop-item.is-done")).to_have_count(1)
    walked = phone.locator(".stop .ticket").all_inner_texts()
    phone.context.set_offline(True)

    for root, stamp in [("", "terakhir diperbarui"), ("/en", "last updated")]:
        phone.goto(f"{live_server.url}{root}/{expo.slug}/simpanan/")
        expect(phone.locator("aside.copy-note")).to_contain_text(stamp)
        stops = phone.locator(".copy-stops > li")
        expect(stops).to_have_count(2)
        assert stops.locator(".ticket").all_inner_texts() == [one.split()[-1] for one in walked]
        coffee = stops.filter(has_text="A12").locator("li")
        expect(coffee).to_have_count(2)
        expect(coffee.first).to_contain_text("Keripik tempe")
        expect(coffee.last).to_contain_text("Kopi rempah Rp 12.500")
        expect(stops.filter(has_text="B3").locator("li")).to_contain_text("Songkok ✓")
        expect(phone.locator("[data-if-gone] li")).to_have_count(1)
        expect(phone.locator("[data-if-lost] strong")).to_have_text("1")
        expect(phone.locator("[data-if-none]")).to_be_hidden()
        expect(phone.locator("[data-saved-count]")).to_have_text("5")
        expect(phone.locator(".saved-link")).to_have_attribute("aria-current", "true")
        assert not phone.evaluate("document.documentElement.scrollWidth > innerWidth")
    # In English the words are longer or shorter, and all else is the same.
    assert violations(phone) == []
    phone.locator(".copy-way a").click()
    expect(phone.locator("a.plan-stand.is-chosen")).to_have_count(2)
    phone.context.clear_cookies()
    phone.goto(f"{live_server.url}/{expo.slug}/simpanan/")
    expect(phone.get_by_role("heading", name="Belum ada yang disimpan")).to_be_visible()


def test_copy_outlives_slow_networks_wrong_answers_and_new_workers(
    live_server: LiveServer, phone: Page, expo: Expo
) -> None:
    site = f"{live_server.url}/en/{expo.slug}/"
    note = phone.locator("aside.copy-note")
    with mock.patch.object(offline_pages, "PATIENCE_MS", 2_000):
        visit(phone, site)

    # Long enough apart that a busy machine's own second tells on neither side.
    def slow(*arguments: Any, **more: Any) -> Any:
        time.sleep(3.5)
        return edition_at(*arguments, **more)

    with mock.patch("opop_expo.middleware.edition_at", slow):
        phone.goto(f"{site}stan/")
        expect(note).to_contain_text(re.compile(r"last updated \d+ \w+ \d{4}, \d\d:\d\d WIB"))
        # Whoever asks again waits for the network.
        with phone.expect_navigation():
            phone.locator("[data-reload]").click()
        expect(note).to_have_count(0)
    phone.get_by_role("searchbox").fill("kopi")
    expect(phone).to_have_url(f"{site}stan/?q=kopi")
    pages_at_hand.forget()
    with mock.patch("opop_expo.middleware.edition_at", slow):
        # Whoever steps back does not.
        phone.go_back()
        expect(note).to_be_visible()

    # A hotspot's login page in the place of the file, with status 200.
    portal = gzip.compress(b"<html>Log in to the Wi-Fi</html>")
    wrong = offline.Bundle('"wrong"', portal, (), 0)
    with mock.patch.object(offline_pages, "bundle_for", return_value=wrong):
        assert phone.evaluate(REFRESH) is True
    phone.evaluate("""async () => {
      for (const year of [1, 2, 3, 4, 5]) await caches.open(`opop-luring-199${year}-en`);
      await caches.open('opop-till-photos');
    }""")
    # Another format is read by another worker, which takes over while the page is open.
    with (
        mock.patch.object(offline_pages, "FORMAT", 1_000),
        mock.patch.object(offline, "FORMAT", 1_000),
    ):
        Offer.objects.filter(product__slug="songkok").update(price_rupiah=50_000)
        visit(phone, f"{site}pesantren/")
        phone.wait_for_function(
            "(name) => caches.match(name).then((r) => r.json()).then((j) => j.format === 1000)",
            arg=f"/en/{expo.slug}/luring.json",
        )
        # Four editions at most, and nothing of the till's.
        phone.wait_for_function("() => caches.keys().then((names) => names.length === 1 + 4)")
        assert {f"opop-luring-{expo.slug}-en", "opop-till-photos"} <= set(phone.evaluate(CACHES))
        # Nothing is opened from here on: a debugger on a worker, which drives this browser, keeps
        # the one before from ending and its next page from coming (see docs/decisions/0026).
