"""Saving in a real browser: in place, without a script too, undone by one press, on one sheet."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import ViewportSize, expect
from pypdf import PdfReader

from stands.models import Stand
from stands.saved_code import Key, code_of
from tests.browsing.axe import violations
from tests.ledger import make_running_expo
from tests.make import make_offer, make_producer, make_product, make_stand, make_zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from tests.browser import BrowserErrors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]

EDITION = "/2026-uji/"
PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture(autouse=True)
def products() -> list[int]:
    """Twenty-four products at twelve stands of three zones; answer their keys."""
    expo = make_running_expo()
    maker = make_producer()
    keys = []
    for number in range(12):
        code = "ABC"[number % 3]
        zone = make_zone(expo=expo, code=code, name=f"Zona {code}")
        name = f"Pesantren ke-{number}"
        stand = make_stand(expo=expo, code=f"{code}{number + 1}", name=name, zone=zone)
        for kind in ("Kopi", "Keripik"):
            product = make_product(
                name=f"{kind} {number:02}", slug=f"{kind.lower()}-{number}", producer=maker
            )
            make_offer(stand=stand, product=product, stock=None if number else 0)
            keys.append(product.pk)
    return keys


def test_saving_and_undoing_never_leave_the_page(live_server: LiveServer, page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}{EDITION}produk/")
    page.evaluate("window.neverReloaded = true")
    count = page.locator("[data-saved-count]")
    expect(count).to_be_hidden()
    page.get_by_role("button", name="Simpan Keripik 01").click()
    page.get_by_role("button", name="Simpan Keripik 02").click()
    expect(count).to_have_text("2")
    expect(page.get_by_role("status").filter(has_text="Keripik 02 disimpan.")).to_be_visible()
    page.get_by_role("button", name="Tersimpan Keripik 02").click()
    expect(page.get_by_role("button", name="Simpan Keripik 02")).to_be_visible()
    expect(count).to_have_text("1")
    assert page.evaluate("window.neverReloaded") is True
    # Another page, kept for all, shows the same.
    page.goto(f"{live_server.url}{EDITION}produk/keripik-1/")
    expect(page.get_by_role("button", name="Tersimpan Keripik 01")).to_be_visible()

    page.goto(f"{live_server.url}{EDITION}simpanan/")
    page.evaluate("window.neverReloaded = true")
    page.get_by_role("button", name="Sudah: Keripik 01").press("Enter")
    ticked = page.get_by_role("button", name="Sudah: Keripik 01", pressed=True)
    expect(ticked).to_be_focused()
    page.get_by_role("button", name="Hapus Keripik 01 dari simpanan").click()
    expect(page.get_by_role("heading", name="Belum ada yang disimpan")).to_be_visible()
    expect(count).to_be_hidden()
    page.get_by_role("button", name="Batalkan").click()
    expect(page.get_by_role("link", name="Keripik 01")).to_be_visible()
    expect(count).to_have_text("1")
    expect(page.get_by_role("heading", name="Simpanan", level=1)).to_be_focused()
    assert page.evaluate("window.neverReloaded") is True


def test_saving_without_a_network_says_so(
    live_server: LiveServer, page: Page, browser_errors: BrowserErrors
) -> None:
    page.goto(f"{live_server.url}{EDITION}produk/")
    browser_errors.allow("ERR_FAILED")
    page.route("**/simpanan/", lambda route: route.abort())
    page.get_by_role("button", name="Simpan Keripik 01").click()
    expect(page.get_by_text("Belum berhasil: jaringan tidak menjawab")).to_be_visible()
    expect(page.get_by_role("button", name="Simpan Keripik 01")).to_be_enabled()


def test_filter_and_tick_without_a_network_say_so(
    live_server: LiveServer, page: Page, browser_errors: BrowserErrors
) -> None:
    page.goto(f"{live_server.url}{EDITION}produk/")
    page.get_by_role("button", name="Simpan Keripik 01").click()
    said = page.get_by_text("Belum berhasil: jaringan tidak menjawab")
    expect(page.locator("[data-saved-count]")).to_have_text("1")
    for part in ("ERR_FAILED", "htmx:"):
        browser_errors.allow(part)
    page.route("**/produk/?*", lambda route: route.abort())
    page.get_by_role("searchbox").fill("kopi")
    expect(said).to_be_visible()

    page.unroute("**/produk/?*")
    page.goto(f"{live_server.url}{EDITION}simpanan/")
    page.route("**/simpanan/", lambda route: route.abort())
    page.get_by_role("button", name="Sudah: Keripik 01").click()
    expect(said).to_be_visible()


def test_saving_works_without_a_script(
    live_server: LiveServer, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}{EDITION}produk/?q=keripik")
    page.get_by_role("button", name="Simpan Keripik 01").click()
    expect(page.get_by_text("Keripik 01 disimpan.")).to_be_visible()
    page.get_by_role("link", name="Kembali ke halaman tadi").click()
    expect(page).to_have_url(f"{live_server.url}{EDITION}produk/?q=keripik")
    page.goto(f"{live_server.url}{EDITION}simpanan/")
    for word in ("Cetak", "Salin"):
        expect(page.get_by_text(word, exact=True)).to_be_hidden()
    page.get_by_role("button", name="Hapus Keripik 01 dari simpanan").click()
    page.get_by_role("button", name="Batalkan").click()
    expect(page.get_by_role("link", name="Keripik 01")).to_be_visible()


@pytest.mark.parametrize("language", ["", "/en"])
def test_list_and_inquiry_are_accessible_and_fit_a_phone(
    live_server: LiveServer, page: Page, products: list[int], language: str,
    browser_errors: BrowserErrors,
) -> None:  # fmt: skip
    browser_errors.allow("status of 4")
    page.set_viewport_size(PHONE)
    keys = [Key("p", number) for number in products[:5]]
    code = code_of([*keys, Key("s", Stand.objects.get(code="B5").pk)], edition="2026-uji")
    found: dict[str, Any] = {}
    root = f"{live_server.url}{language}{EDITION}"

    def look(name: str) -> None:
        # In English the words are longer or shorter, and all else is the same.
        if language and name not in ("own", "inquiry with errors"):
            return
        found[name] = violations(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[name].append("wider than the phone")

    page.goto(f"{root}simpanan/")
    look("empty")
    page.goto(f"{root}simpanan/{code[:-2]}/")
    look("cut off")
    page.goto(f"{root}simpanan/{code}/")
    look("shared")
    page.locator("main button[name=ambil]").click()
    page.locator(".walk-tick").first.click()
    expect(page.locator(".stop-item.is-done")).to_have_count(1)
    look("own")
    page.goto(f"{root}minat/?produk=kopi-1")
    look("inquiry")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".field-error")).to_have_count(4)
    look("inquiry with errors")
    page.goto(f"{root}minat/terima-kasih/?produk=kopi-1")
    look("thanks")
    assert found == {name: [] for name in found}


def test_two_dozen_fit_one_sheet_of_a4(
    live_server: LiveServer, page: Page, products: list[int]
) -> None:
    code = code_of([Key("p", number) for number in products], edition="2026-uji")
    page.goto(f"{live_server.url}{EDITION}simpanan/{code}/")
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(paper.pages) == 1
    text = paper.pages[0].extract_text()
    assert all(f"Keripik {number:02}" in text for number in range(12))
    assert "OPOP Expo 2026" in text
