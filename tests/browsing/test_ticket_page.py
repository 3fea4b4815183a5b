"""The ticket in a real browser, which alone says where a form was sent from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.participants import make_registration, make_talk

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]


def test_form_has_the_room_and_its_words_fit(live_server: LiveServer, page: Page) -> None:
    talk = make_talk(capacity=40)
    address = f"{live_server.url}/en/{talk.expo.slug}/jadwal/{talk.slug}/daftar/"
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address)
    widths = page.evaluate("""[".inquiry-form", ".seats-aside"].map(
      (one) => document.querySelector(one).getBoundingClientRect().width)""")
    assert widths[0] > widths[1]
    page.set_viewport_size({"width": 360, "height": 740})
    cut = page.evaluate("""() => {
      const right = (one) => one.getBoundingClientRect().right;
      return [...document.querySelectorAll(".kind-choice")]
        .filter((one) => right(one.lastElementChild) + 8 > right(one)).map((one) => one.innerText);
    }""")
    assert cut == []


def test_holder_calls_off_and_is_forgotten(live_server: LiveServer, page: Page) -> None:
    registration = make_registration(make_talk(capacity=1), "Siti Aisyah")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}/tiket/{registration.ticket}/")
    page.get_by_role("button", name="Batalkan: saya tidak jadi datang").click()
    expect(page.get_by_text("Tiket dibatalkan")).to_be_visible()

    page.get_by_text("Hapus data saya").click()
    page.get_by_role("button", name="Tarik izin dan hapus").click()
    expect(page.get_by_text("Data diri pada tiket ini sudah dihapus.")).to_be_visible()
    registration.refresh_from_db()
    assert (registration.name, registration.state) == ("", "cancelled")
