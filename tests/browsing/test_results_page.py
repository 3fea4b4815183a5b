"""The results page in a real browser: accessible, within a phone, on two pages of paper."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from playwright.sync_api import expect
from pypdf import PdfReader

from opop_expo.edition_loading import load_edition
from outcomes.models import ResultsChoice
from tests.browsing.axe import violations
from tests.ledger import make_sale, make_shop

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]


def on_paper(page: Page, address: str) -> list[str]:
    """The words of each page of paper."""
    page.goto(address)
    paper = PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    return [one.extract_text() for one in paper.pages]


def test_results_of_2020_are_two_pages_of_paper_and_fit_a_phone(
    live_server: LiveServer, page: Page
) -> None:
    load_edition(Path(settings.BASE_DIR, "data", "2020"))
    for language in ("", "/en"):
        first, second = on_paper(page, f"{live_server.url}{language}/2020/hasil/")
        assert "4.344.800.000" in first
        assert "timesindonesia.co.id" in second
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}/2020/hasil/")
    assert violations(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    other = page.get_by_text("30 pesantren dari sekitar 40 peserta.")
    expect(other).not_to_be_visible()
    page.get_by_text("Angka lain").first.click()
    expect(other).to_be_visible()


def test_results_with_sales_fit_a_phone_and_their_words_can_be_copied(
    live_server: LiveServer, page: Page
) -> None:
    stand, (offer, other) = make_shop()
    make_sale(stand, {offer: 2, other: 1})
    ResultsChoice.objects.create(expo=stand.expo, is_public=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}/{stand.expo.slug}/hasil/")
    assert violations(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.get_by_role("button", name="Salin").first.click()
    expect(page.get_by_role("button", name="Tersalin")).to_be_visible()
    assert "Rp 60.000" in page.evaluate("navigator.clipboard.readText()")
