"""The organisers' pages of outcomes in a real browser: readable for everyone, one tap publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from outcomes.models import Claim
from stands.models import Inquiry
from tests.browsing.axe import violations
from tests.inquiries import make_inquiry
from tests.make import make_expo, make_product
from tests.outcomes.make import make_agreement, make_claim, make_disbursement, make_scheme

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from pytest_django.live_server_helper import LiveServer

    from stands.models import Expo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]

DESK = "/admin/hasil/"


@pytest.fixture
def expo() -> Expo:
    """An edition of which sources differ, with some money and a partnership."""
    expo = make_expo()
    make_claim(expo=expo, is_published=True, unit="pesantren")
    make_claim(expo=expo, value=30, said_by="Unusa", unit="pesantren")
    make_claim(expo=expo, figure="opening", value=None, text="Dibuka gubernur")
    make_claim(expo=expo, figure="financing", value=4_344_800_000, is_published=True)
    make_disbursement(scheme=make_scheme(expo=expo))
    make_agreement(expo=expo, name="M2M", printed_name="m2m")
    return expo


def sign_in(context: BrowserContext, live_server: LiveServer) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("citra"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )


def test_pages_are_readable_for_everyone(
    context: BrowserContext, live_server: LiveServer, expo: Expo
) -> None:
    inquiry = make_inquiry(expo=expo, product=make_product(), state=Inquiry.State.TALK)
    agreement = expo.agreements.get()
    sign_in(context, live_server)
    page = context.new_page()
    paths = ["", "klaim/", "klaim/catat/", "pembiayaan/", "pembiayaan/catat/"]
    paths += ["pembiayaan/skema/tambah/", "kerja-sama/", f"kerja-sama/{agreement.pk}/"]
    found = {}
    for number, path in enumerate([*(DESK + one for one in paths), f"/admin/minat/{inquiry.pk}/"]):
        # Turn by turn, so that each width and each language is seen on half of them.
        page.set_viewport_size({"width": 360 if number % 2 else 1366, "height": 768})
        answer = page.goto(f"{live_server.url}{'/en' * (number % 3 == 0)}{path}")
        assert answer is not None
        assert answer.status == 200, path
        is_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        found[path] = violations(page) + ["wider than the screen"] * is_wide
    assert {path: what for path, what in found.items() if what} == {}


def test_one_tap_publishes_in_place(
    context: BrowserContext, live_server: LiveServer, expo: Expo
) -> None:
    sign_in(context, live_server)
    page = context.new_page()
    page.goto(f"{live_server.url}{DESK}klaim/")
    page.evaluate("window.stays = true")
    card = page.locator("#pesantren")
    unusa = card.locator(".claim", has_text="Unusa")
    unusa.get_by_role("button", name="Terbitkan", exact=True).click()
    card.locator(".claim.is-published", has_text="Unusa").wait_for()
    assert card.locator(".claim.is-published").count() == 1
    assert page.evaluate("window.stays") is True
    assert Claim.objects.get(said_by="Unusa").is_published
    unusa.get_by_role("button", name="Jangan terbitkan").click()
    card.locator(".claim:not(.is-published)", has_text="Unusa").wait_for()
    card.get_by_role("group").locator("summary").click()
    card.get_by_role("button", name="Pesantren yang menempati stan, masing-masing sekali.").click()
    card.get_by_role("status").wait_for()
    assert "Belum ada yang tercatat" in card.inner_text()
