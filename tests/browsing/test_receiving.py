"""An organiser scans a tablet's codes with a real camera's picture; the pages are accessible."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
import segno
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from PIL import Image
from playwright.sync_api import expect

from sales.models import Sale
from tests.browser import ARGUMENTS, BrowserErrors
from tests.browsing.axe import violations
from tests.exports import export_of, frames_of, sealed
from tests.ledger import make_running_expo, make_shop
from tests.tablets import TestTablet, pair_tablet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from playwright.sync_api import BrowserType, Page
    from pytest_django.live_server_helper import LiveServer

    from stands.models import Offer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]

PATH = "/admin/sales/terima/"
CAMERA = (640, 480)
PICTURES_A_CODE = 6
PICTURES_A_SECOND = 10


@pytest.fixture
def tablet() -> TestTablet:
    stand, _offers = make_shop(code="A12", expo=make_running_expo())
    return pair_tablet(stand)


@pytest.fixture
def offer(tablet: TestTablet) -> Offer:
    return tablet.till.stand.offers.get(product__name="Barang 1 A12")


def sign_in(page: Page, live_server: LiveServer) -> None:
    """The page of Citra, who organises."""
    client = Client()
    client.force_login(User.objects.create_superuser("citra"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )


def film(path: Path, texts: Sequence[str]) -> Path:
    """What a camera sees of a tablet that shows these codes one after the other, as Y4M."""
    width, height = CAMERA
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F{PICTURES_A_SECOND}:1 Ip A1:1 C420\n".encode())
        for text in texts:
            code = io.BytesIO()
            segno.make(text, error="m", micro=False).save(code, kind="png", scale=4, border=4)
            picture = Image.new("L", CAMERA, 210)
            with Image.open(code) as opened:
                shown = opened.convert("L").resize((440, 440), Image.Resampling.LANCZOS)
            picture.paste(shown, (110, 20))
            grey = bytes([128]) * (width * height // 2)
            for _picture in range(PICTURES_A_CODE):
                file.write(b"FRAME\n" + picture.tobytes() + grey)
    return path


@pytest.fixture
def camera_page(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    tablet: TestTablet,
    offer: Offer,
    tmp_path: Path,
    live_server: LiveServer,
) -> Iterator[Page]:
    """A browser whose camera sees a tablet's codes, some missed in the first round."""
    sales = [tablet.sale({offer: 1 + number % 3}) for number in range(9)]
    frames = frames_of(export_of(tablet, sales), count=5)
    order = [frames[number] for number in (2, 0, 3, 1, 4)]
    seen = film(tmp_path / "camera.y4m", ["https://example.com/", *order])
    fake = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={seen}",
    ]
    arguments = {**browser_type_launch_args, "args": [*ARGUMENTS, *fake]}
    errors = BrowserErrors()
    browser = browser_type.launch(**arguments)
    try:
        context = browser.new_context(locale="id-ID", viewport={"width": 390, "height": 844})
        errors.watch(context)
        page = context.new_page()
        sign_in(page, live_server)
        yield page
        context.close()
    finally:
        browser.close()
    assert errors.unexpected() == []


def test_codes_seen_by_the_camera_become_sales(
    camera_page: Page, live_server: LiveServer, tablet: TestTablet
) -> None:
    page = camera_page
    page.goto(f"{live_server.url}{PATH}")
    page.get_by_role("button", name="Nyalakan kamera").click()
    expect(page.locator("[data-cells] .is-read").first).to_be_visible(timeout=30_000)
    expect(page.locator("[data-cells] li")).to_have_count(5)
    assert "dari 5 kode terbaca" in (page.locator("[data-state]").text_content() or "")

    expect(page.get_by_role("heading", name="Periksa dahulu")).to_be_visible(timeout=60_000)
    expect(page.locator(".receive-till")).to_contain_text("A12-A")
    expect(page.locator(".receive-sum dd")).to_have_text("Rp 450.000")
    assert not Sale.objects.exists()
    page.get_by_role("button", name="Simpan ke buku").click()

    expect(page.locator(".is-recorded dd")).to_have_text("9")
    assert Sale.objects.count() == 9


def test_camera_can_be_switched_off_again(camera_page: Page, live_server: LiveServer) -> None:
    page = camera_page
    page.goto(f"{live_server.url}{PATH}")
    start = page.get_by_role("button", name="Nyalakan kamera")
    stop = page.get_by_role("button", name="Matikan kamera")
    expect(start).to_be_visible()
    expect(stop).to_be_hidden()
    start.click()
    stop.click()
    expect(start).to_be_visible()
    expect(page.locator("video")).to_be_hidden()
    expect(page.locator("[data-state]")).to_be_empty()
    assert page.evaluate("document.querySelector('video').srcObject === null")


def test_without_a_camera_the_page_says_what_else_there_is(
    page: Page, live_server: LiveServer, tablet: TestTablet
) -> None:
    sign_in(page, live_server)
    page.goto(f"{live_server.url}{PATH}")
    page.get_by_role("button", name="Nyalakan kamera").click()
    expect(page.locator("[data-state]")).to_contain_text("Pakai berkas")


@pytest.mark.parametrize("language", ["", "/en"])
def test_pages_of_receiving_are_accessible_and_fit_a_phone(
    page: Page,
    live_server: LiveServer,
    tablet: TestTablet,
    offer: Offer,
    browser_errors: BrowserErrors,
    language: str,
) -> None:
    browser_errors.allow("status of 422")
    sign_in(page, live_server)
    page.set_viewport_size({"width": 360, "height": 740})
    found = {}

    def look(name: str) -> None:
        found[name] = violations(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[name].append("wider than the phone")

    page.goto(f"{live_server.url}{language}{PATH}")
    look("form")
    page.locator("#id_frames").fill("bukan kode")
    page.locator("#id_frames ~ p button").click()
    expect(page.locator(".field-error")).to_be_visible()
    look("form with a problem")
    good, broken = tablet.sale({offer: 1}), tablet.sale({offer: 1}) | {"lines": []}
    held = tablet.sale({offer: 1}) | {"lines": [{**good["lines"][0], "offer_id": 999}]}
    export = sealed(export_of(tablet, [good, broken, held]))
    page.locator("#id_file").set_input_files(
        {"name": "ekspor.json", "mimeType": "application/json", "buffer": export}
    )
    page.locator("#id_file ~ p button").click()
    expect(page.locator(".receive-till")).to_be_visible()
    look("preview")
    page.locator("form.receive-buttons .main-button").click()
    expect(page.locator(".receive-outcome")).to_be_visible()
    look("results")
    assert found == {name: [] for name in found}


# --- the e-receipt ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["", "/en"])
def test_receipt_appears_by_itself_and_both_pages_are_accessible(
    page: Page, live_server: LiveServer, tablet: TestTablet, offer: Offer, language: str
) -> None:
    token = "q" * 22
    page.clock.install()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}{language}/nota/{token}/")
    expect(page.locator(".note-waiting")).to_be_visible()
    found = violations(page)
    page.clock.run_for(11_000)
    expect(page.locator(".note-waiting")).to_be_visible()

    sold = tablet.sale({offer: 2}, receipt_token=token)
    tablet.post("penjualan", sale=sold)
    tablet.post("penjualan", sale=tablet.reversal(sold))
    page.clock.run_for(11_000)

    expect(page.locator("h1")).to_have_text(sold["number"])
    found += violations(page)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert found == []
