"""Signing in on a phone: the password looked at, the second step set up and asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from tests.browsing.axe import violations
from tests.signing_in.people import PASSWORD, code_of, make_person

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from pytest_django.fixtures import Settings
    from pytest_django.live_server_helper import LiveServer

    from tests.browser import BrowserErrors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]


def give(page: Page, name: str) -> None:
    page.get_by_label("Nama pengguna").fill(name)
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).tap()


def test_organiser_sets_up_the_second_step_on_a_phone_and_comes_in(
    live_server: LiveServer,
    new_context: Callable[..., BrowserContext],
    browser_errors: BrowserErrors,
    settings: Settings,
) -> None:
    settings.SECOND_FACTOR = "required"
    browser_errors.allow("status of 422")
    citra = make_person()
    phone = new_context(is_mobile=True).new_page()
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.goto(f"{live_server.url}/masuk/?next=/akun/")
    password = phone.get_by_label("Kata sandi", exact=True)
    phone.get_by_role("button", name="Tampilkan").tap()
    expect(password).to_have_attribute("type", "text")
    assert violations(phone) == []

    give(phone, "citra")

    phone.get_by_text("Tidak bisa memindai?").tap()
    assert violations(phone) == []
    phone.get_by_label("Kode enam angka").fill("000000")
    phone.get_by_role("button", name="Pasang").tap()
    expect(phone.get_by_role("alert")).to_contain_text("Kode itu salah")
    device = TOTPDevice.objects.get(user=citra)
    assert device.confirmed is False
    phone.get_by_label("Kode enam angka").fill(code_of(device))
    phone.get_by_role("button", name="Pasang").tap()
    expect(phone.locator(".recovery-codes li")).to_have_count(10)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(phone) == []
    phone.get_by_role("link", name="Sudah saya simpan").tap()
    expect(phone.get_by_role("heading", name="Akun saya")).to_be_visible()
    assert violations(phone) == []
    phone.get_by_role("button", name="Keluar", exact=True).tap()
    phone.wait_for_url(f"{live_server.url}/")
    phone.goto(f"{live_server.url}/masuk/")
    give(phone, "citra")
    expect(phone.get_by_label("Kode enam angka")).to_be_focused()
    assert violations(phone) == []


def test_accounts_with_long_names_fit_a_phone(
    live_server: LiveServer, new_context: Callable[..., BrowserContext]
) -> None:
    make_person()
    long = make_person("muhammad.abdurrahman.alfarizi.assidiqi.bin.abdullah.hasan", is_staff=False)
    phone = new_context(is_mobile=True).new_page()
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.goto(f"{live_server.url}/masuk/?next=/admin/akun/")
    give(phone, "citra")
    expect(phone.get_by_role("heading", name="Akun dan login")).to_be_visible()
    for path in ("/admin/akun/", f"/admin/akun/{long.pk}/"):
        phone.goto(live_server.url + path)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360
        assert violations(phone) == []
    # What a thumb goes for above each organisers' page.
    box = phone.get_by_role("link", name="Akun saya").bounding_box()
    assert box is not None
    assert box["height"] >= 44
