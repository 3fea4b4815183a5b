"""The search in a real browser: while typing, by keyboard, said aloud, accessible."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browsing.axe import violations
from tests.ledger import make_running_expo
from tests.make import make_offer, make_pesantren, make_producer, make_product, make_stand

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route
    from pytest_django.live_server_helper import LiveServer

    from tests.browser import BrowserErrors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]


@pytest.fixture
def search_page(live_server: LiveServer) -> str:
    """The address of the search over one stand with three products."""
    expo = make_running_expo()
    pesantren = make_pesantren(name="Pondok Pesantren Al-Qodiri", slug="al-qodiri")
    producer = make_producer(name="Kopontren Al-Qodiri", pesantren=pesantren)
    stand = make_stand(expo=expo, code="A12", name="Kedai", pesantren=[pesantren])
    for name in ("Kopi Gayeng", "Keripik Pisang", "Sarung Tenun"):
        make_offer(stand=stand, product=make_product(name=name, producer=producer))
    return f"{live_server.url}{{}}/{expo.slug}/cari/"


def test_results_come_while_typing_and_the_field_keeps_the_focus(
    page: Page, search_page: str
) -> None:
    page.goto(search_page.format(""))
    field = page.get_by_role("searchbox")
    field.press_sequentially("kripik pisng", delay=30)

    expect(page.get_by_role("link", name="Keripik Pisang")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text(
        re.compile(r"2 hasil\.\s+Menampilkan hasil untuk keripik pisang")
    )
    expect(field).to_be_focused()
    expect(field).to_have_value("kripik pisng")
    expect(page).to_have_url(re.compile(r"/cari/\?q=kripik\+pisng$"))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Keripik Pisang")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keripik Pisang")


def test_the_last_words_win_over_an_earlier_answer(
    page: Page, search_page: str, browser_errors: BrowserErrors
) -> None:
    # What htmx says of a request that it gives up for a later one.
    browser_errors.allow("htmx:sendAbort")
    browser_errors.allow("htmx:afterRequest")

    held: list[Route] = []
    page.goto(search_page.format(""))
    page.route("**/cari/?q=kopi", lambda route: held.append(route))
    field = page.get_by_role("searchbox")
    with page.expect_request("**/cari/?q=kopi"):
        field.fill("kopi")
    field.fill("sarung")

    # Without an answer to the words before: they are given up, not waited for.
    expect(page.get_by_role("link", name="Sarung Tenun")).to_be_visible()
    assert held
    expect(page.get_by_role("link", name="Kopi Gayeng")).to_have_count(0)
    expect(page).to_have_url(re.compile("q=sarung"))
    page.unroute_all(behavior="ignoreErrors")


@pytest.mark.parametrize(
    ("language", "with_axe"),
    # In English the words are longer or shorter, and all else is the same.
    [("", True), ("/en", False), pytest.param("/en", True, marks=pytest.mark.long)],
)
def test_search_is_accessible_at_every_width(
    page: Page, search_page: str, language: str, with_axe: bool
) -> None:
    found: dict[str, list[str]] = {}
    for width in (360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for words in ("", "?q=kripik+pisng", "?q=qodiri", "?q=xqzwv"):
            page.goto(search_page.format(language) + words)
            # Wider it is the same with more room.
            found[f"{width} {words}"] = violations(page) if with_axe and width == 360 else []
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found[f"{width} {words}"].append("wider than the screen")
    assert found == {name: [] for name in found}
