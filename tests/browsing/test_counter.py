"""The gate counter on a phone, in a real Chromium: with and without a network, counted once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from opop_expo.signing_in.models import PortalSession
from programme.models import GateCount
from tests.browsing.axe import violations
from tests.gates import make_count, make_gate, make_usher
from tests.ledger import make_running_expo

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from programme.models import Gate
    from tests.browser import BrowserErrors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]

READY = "navigator.serviceWorker.ready.then(() => true)"


@pytest.fixture
def gate() -> Gate:
    make_usher()
    return make_gate(expo=make_running_expo())


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext], browser_errors: BrowserErrors) -> Page:
    """A narrow phone, touched with a thumb."""
    browser_errors.allow("net::ERR_INTERNET_DISCONNECTED")
    page = new_context(service_workers="allow", is_mobile=True).new_page()
    page.set_viewport_size({"width": 360, "height": 640})
    return page


def sign_in(page: Page, address: str) -> None:
    page.goto(address)
    give_name(page)


def give_name(page: Page) -> None:
    page.get_by_label("Nama pengguna").fill("dewi")
    page.get_by_label("Kata sandi").fill("kata sandi uji")
    page.get_by_role("button", name="Masuk").tap()


def strike(page: Page, name: str, times: int = 1) -> None:
    for _ in range(times):
        page.get_by_role("button", name=name).tap()


def people() -> list[int]:
    return sorted(GateCount.objects.values_list("step", flat=True))


def test_taps_with_and_without_a_network_are_counted_once(
    live_server: LiveServer, phone: Page, gate: Gate
) -> None:
    sign_in(phone, f"{live_server.url}/hitung/")
    strike(phone, "Tambah 1 orang", 3)
    strike(phone, "Tambah 5 orang")
    expect(phone.locator("[data-figure=here]")).to_have_text("8")
    expect(phone.locator(".sync")).to_have_text("Semua terkirim")
    assert people() == [1, 1, 1, 5]

    phone.evaluate(READY)
    phone.context.set_offline(True)
    strike(phone, "Tambah 1 orang", 4)
    strike(phone, "Tarik kembali +1")
    expect(phone.locator("[data-figure=here]")).to_have_text("11")
    expect(phone.locator(".sync")).to_contain_text("5 belum terkirim")

    phone.reload()
    expect(phone.locator("[data-figure=here]")).to_have_text("11")
    strike(phone, "Tambah 5 orang")
    expect(phone.locator("[data-figure=here]")).to_have_text("16")
    expect(phone.locator(".sync")).to_contain_text("6 belum terkirim")
    expect(phone.locator(".sync")).to_contain_text("Tetap bisa menghitung")
    assert people() == [1, 1, 1, 5]

    phone.context.set_offline(False)
    expect(phone.locator(".sync")).to_have_text("Semua terkirim", timeout=15_000)
    expect(phone.locator("[data-figure=here]")).to_have_text("16")
    assert people() == [-1, *[1] * 7, 5, 5]


def test_several_phones_at_one_gate_show_each_others_taps(
    live_server: LiveServer, phone: Page, gate: Gate
) -> None:
    sign_in(phone, f"{live_server.url}/hitung/")
    strike(phone, "Tambah 5 orang")
    expect(phone.locator(".sync")).to_have_text("Semua terkirim")
    make_count(gate=gate, step=20)
    make_count(gate=make_gate(expo=gate.expo, name="Pintu Barat"), step=3)
    strike(phone, "Tambah 1 orang")
    expect(phone.locator("[data-figure=here]")).to_have_text("26")
    expect(phone.locator("[data-figure=all]")).to_have_text("29")
    # Only the own taps are taken back.
    strike(phone, "Tarik kembali +1")
    strike(phone, "Tarik kembali +5")
    expect(phone.get_by_role("button", name="Belum ada yang bisa ditarik")).to_be_disabled()
    expect(phone.locator("[data-figure=here]")).to_have_text("20")


def test_a_login_that_ends_loses_nothing(
    live_server: LiveServer, phone: Page, gate: Gate, browser_errors: BrowserErrors
) -> None:
    browser_errors.allow("status of 401")
    sign_in(phone, f"{live_server.url}/hitung/")
    strike(phone, "Tambah 1 orang")
    expect(phone.locator(".sync")).to_have_text("Semua terkirim")
    phone.evaluate(READY)
    PortalSession.objects.all().delete()
    strike(phone, "Tambah 1 orang", 2)
    expect(phone.locator(".sync")).to_have_text("Masuk lagi · 2 belum terkirim")
    expect(phone.locator(".trouble")).to_contain_text("Hitungan aman di HP ini")
    assert people() == [1]
    phone.locator(".sync").tap()
    phone.wait_for_url("**/masuk/**")
    give_name(phone)
    expect(phone.locator(".sync")).to_have_text("Semua terkirim")
    assert people() == [1, 1, 1]


def test_a_gate_is_chosen_once_and_remembered(
    live_server: LiveServer, phone: Page, gate: Gate
) -> None:
    make_gate(expo=gate.expo, name="Pintu Barat", name_en="West gate")
    sign_in(phone, f"{live_server.url}/hitung/")
    strike(phone, "Pintu Barat")
    strike(phone, "Tambah 5 orang")
    expect(phone.locator("[data-figure=here]")).to_have_text("5")
    phone.reload()
    expect(phone.get_by_role("heading", name="Pintu Barat")).to_be_visible()
    phone.get_by_role("link", name="English").tap()
    expect(phone.get_by_role("heading", name="West gate")).to_be_visible()
    expect(phone.locator("[data-figure=here]")).to_have_text("5")


def test_a_tap_that_is_refused_stays_with_its_reason(
    live_server: LiveServer, phone: Page, gate: Gate
) -> None:
    sign_in(phone, f"{live_server.url}/hitung/")
    expect(phone.locator(".sync")).to_have_text("Semua terkirim")
    phone.route(
        "**/hitung/kirim/",
        lambda route: route.continue_(
            post_data=(route.request.post_data or "").replace('"kind":"tap"', '"kind":"hop"')
        ),
    )
    strike(phone, "Tambah 1 orang")
    expect(phone.locator(".refused")).to_contain_text("Ini bukan hitungan pintu")
    expect(phone.locator("[data-figure=here]")).to_have_text("0")
    phone.unroute("**/hitung/kirim/")
    phone.get_by_role("button", name="Kirim lagi").tap()
    expect(phone.locator(".refused")).to_have_count(0)
    expect(phone.locator("[data-figure=here]")).to_have_text("1")
    # The phone counts it before it is sent.
    expect(phone.locator(".sync")).to_have_text("Semua terkirim")
    assert people() == [1]


# The clock of a phone that began in 1970, until somebody sets `fromTrue`.
CLOCK = """
const True = Date;
globalThis.fromTrue = -True.now() + 600_000;
globalThis.Date = class extends True {
  static now() { return True.now() + globalThis.fromTrue; }
  constructor(...given) { super(...(given.length ? given : [True.now() + globalThis.fromTrue])); }
};
"""


def test_taps_under_a_clock_of_1970_are_counted_when_it_is_set(
    live_server: LiveServer, phone: Page, gate: Gate
) -> None:
    """Its battery was empty, and there was no network: https alone wants the clock to be set."""
    sign_in(phone, f"{live_server.url}/hitung/")
    expect(phone.locator(".sync")).to_have_text("Semua terkirim")
    phone.evaluate(READY)
    phone.add_init_script(CLOCK)
    phone.context.set_offline(True)
    phone.reload()
    strike(phone, "Tambah 1 orang", 2)
    expect(phone.locator(".sync")).to_contain_text("2 belum terkirim")
    # Once more in between: the page that counted them is gone.
    phone.reload()
    strike(phone, "Tambah 5 orang")
    expect(phone.locator(".sync")).to_contain_text("3 belum terkirim")
    phone.evaluate("fromTrue = 0")
    phone.context.set_offline(False)
    expect(phone.locator(".sync")).to_have_text("Semua terkirim", timeout=20_000)
    expect(phone.locator(".refused")).to_have_count(0)
    expect(phone.locator("[data-figure=here]")).to_have_text("7")
    assert people() == [1, 1, 5]
    assert set(GateCount.objects.values_list("time_is_guessed", flat=True)) == {True}


def test_without_javascript_each_tap_is_a_form(
    live_server: LiveServer, new_context: Callable[..., BrowserContext], gate: Gate
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{live_server.url}/hitung/")
    page.get_by_label("Nama pengguna").fill("dewi")
    page.get_by_label("Kata sandi").fill("kata sandi uji")
    page.get_by_role("button", name="Masuk").click()
    for name in ("+5", "+1", "Tarik kembali +1"):
        page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".figure-main dd")).to_have_text("5")
    assert people() == [-1, 1, 5]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(
    live_server: LiveServer, phone: Page, gate: Gate, scheme: str
) -> None:
    phone.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    make_gate(expo=gate.expo, name="Pintu Barat")
    sign_in(phone, f"{live_server.url}/hitung/")
    expect(phone.locator(".gates")).to_be_visible()
    assert violations(phone) == []
    strike(phone, "Pintu Utama")
    strike(phone, "Tambah 1 orang")
    expect(phone.locator(".sync")).to_have_text("Semua terkirim")
    phone.wait_for_timeout(400)
    assert violations(phone) == []
    for name in ("Tambah 1 orang", "Tambah 5 orang", "Tarik kembali +1"):
        box = phone.get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert box["height"] >= 64
        assert box["y"] + box["height"] <= 640
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
