"""Participants among themselves in a real browser: with script, without it, and for axe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from pesantren.models import Interest, Notice
from tests.browsing.axe import violations
from tests.ledger import sign_in
from tests.notices import make_notice, make_two

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page, ViewportSize
    from pytest_django.live_server_helper import LiveServer

    from sales.models import Cashier
    from tests.browser import BrowserErrors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]

PHONE: ViewportSize = {"width": 360, "height": 740}


def open_as(context: BrowserContext, live_server: LiveServer, keeper: Cashier, path: str) -> Page:
    """The page on a phone, open before a keeper who is signed in."""
    session = sign_in(Client(), keeper).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    page = context.new_page()
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}{path}")
    return page


def test_list_follows_what_is_typed_and_chosen(
    context: BrowserContext, live_server: LiveServer, browser_errors: BrowserErrors
) -> None:
    browser_errors.allow("htmx:sendAbort")
    browser_errors.allow("htmx:afterRequest")
    _first, aminah, second, _budi = make_two()
    make_notice(second, topic="machines", text="Mesin bordir.")
    page = open_as(context, live_server, aminah, "/peserta/")
    page.evaluate("document.body.dataset.mark = 'same'")
    page.get_by_label("Cari peserta").press_sequentially("songkok")
    expect(page.locator("#found")).to_have_text("1 peserta")
    page.get_by_label("Mencari atau menawarkan").select_option("need:machines")
    expect(page).to_have_url(re.compile(r"\?q=songkok&kabar=need%3Amachines$"))
    expect(page.locator("#cards")).to_contain_text("Mesin bordir.")
    expect(page.locator("body")).to_have_attribute("data-mark", "same")


def test_keeper_writes_and_another_answers_without_a_script(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    browser_errors: BrowserErrors,
) -> None:
    browser_errors.allow("status of 422")
    first, aminah, _second, budi = make_two()
    phone = new_context(java_script_enabled=False)
    page = open_as(phone, live_server, aminah, "/kasir/riwayat/")
    page.get_by_role("link", name="Peserta lain").click()
    page.get_by_role("link", name="Cari sesuatu").click()
    page.get_by_label("Tentang apa").select_option("packaging")
    page.get_by_label("Nomor WhatsApp").fill("0812-3456-7890")
    page.get_by_role("button", name="Pasang kabar").click()
    expect(page.get_by_text("Tulis apa yang ditawarkan atau dicari.")).to_be_visible()
    page.get_by_label("Ceritakan").fill("Kemasan berdiri untuk keripik.")
    page.get_by_label("Nomor dan e-mail ini boleh dilihat").check()
    page.get_by_role("button", name="Pasang kabar").click()
    expect(page.get_by_text("Peserta lain melihat kontak Anda")).to_be_visible()
    assert Notice.objects.get().producer == first

    other = new_context(java_script_enabled=False)
    page = open_as(other, live_server, budi, f"/peserta/pelaku/{first.slug}/")
    expect(page.get_by_role("link", name="WhatsApp 0812-3456-7890")).to_be_visible()
    page.get_by_role("link", name="Saya tertarik").click()
    page.get_by_label("Pesan").fill("Kami kenal pemasoknya.")
    page.get_by_role("button", name="Kirim").click()
    expect(page.get_by_text("sudah menanggapi.")).to_be_visible()
    assert Interest.objects.get().text == "Kami kenal pemasoknya."


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_runs_over_on_a_phone(
    new_context: Callable[..., BrowserContext], live_server: LiveServer, scheme: str
) -> None:
    first, aminah, second, _budi = make_two()
    offer = make_notice(second, direction="offer", text="Besek bambu.")
    need = make_notice(first, whatsapp="6281234567890", contact_allowed=True)
    need.interests.create(producer=second, text="Kami.", made_by=need.made_by)
    context = new_context(color_scheme=scheme)
    page = open_as(context, live_server, aminah, "/peserta/")
    for path in [
        "/peserta/",
        f"/peserta/pelaku/{second.slug}/",
        "/peserta/saran/",
        "/peserta/kabar/",
        "/peserta/kabar/baru/",
        f"/peserta/kabar/{offer.pk}/",
    ]:
        page.goto(f"{live_server.url}{path}")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
