"""Whose till it is stands in its head in full, on a narrow phone too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from sales.models import Cashier
from tests.ledger import make_keeper, make_running_expo, sign_in
from tests.make import make_offer, make_product, make_stand
from tests.tablets import pair_browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from stands.models import Stand

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.shown_alike,
    pytest.mark.parametrize("width", [320, 360, 768]),
    pytest.mark.parametrize("language", ["id", "en"]),
]

LONG = "Pesantren Zainul Hasan Genggong: Air Minum dan Kopi Rempah"
# As long as a name may be.
LONGEST = f"{LONG}, Sabun Sereh, Batik Tulis Gedog, Kerupuk Ikan Payus, dan Madu Hutan"[:120]


OVER = """() => {
  const bar = document.querySelector('.bar').getBoundingClientRect();
  const parts = document.querySelectorAll('.bar-name, .bar button, .bar nav, .bar-language');
  const boxes = [...parts].map((one) => one.getBoundingClientRect()).filter((box) => box.width);
  const meets = (a, b) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  return boxes.some((box) => box.bottom > bar.bottom + 1 || box.right > bar.right + 1)
    || boxes.some((a, i) => boxes.slice(i + 1).some((b) => meets(a, b)))
    || document.documentElement.scrollWidth > innerWidth;
}"""


def make_place(name: str) -> Stand:
    stand = make_stand(expo=make_running_expo(), code="A12", name=name)
    make_offer(stand=stand, product=make_product(name="Kopi rempah"), price_rupiah=25_000, stock=10)
    return stand


def is_cut(page: Page) -> bool:
    cut: bool = page.locator(".bar-name").evaluate(
        "one => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth"
    )
    return cut


def runs_over(page: Page) -> bool:
    """Whether anything of the head lies over another thing, or the page is pushed sideways."""
    over: bool = page.evaluate(OVER)
    return over


def open_tablet(
    context: BrowserContext, server: LiveServer, stand: Stand, width: int, language: str
) -> Page:
    Cashier.objects.create(stand=stand, name="Siti Aminah Az-Zahra")
    pair_browser(context, server.url, stand)
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"{server.url}/kasir/tablet/{'en/' if language == 'en' else ''}")
    page.locator(".bar-button").first.tap()
    page.get_by_role("button", name="Aminah").tap()
    expect(page.locator("[data-sync=sent]")).to_be_visible()
    expect(page.locator(".tile").first).to_be_visible()
    return page


def test_name_of_the_stand_is_read_to_its_end(
    new_context: Callable[..., BrowserContext], live_server: LiveServer, width: int, language: str
) -> None:
    stand = make_place(LONG)
    page = open_tablet(new_context(service_workers="block"), live_server, stand, width, language)
    assert not is_cut(page)
    assert not runs_over(page)


def test_longest_name_is_in_the_menu(
    new_context: Callable[..., BrowserContext], live_server: LiveServer, width: int, language: str
) -> None:
    stand = make_place(LONGEST)
    page = open_tablet(new_context(service_workers="block"), live_server, stand, width, language)
    assert not runs_over(page)
    page.locator("[data-menu]").tap()
    expect(page.locator(".menu .about")).to_contain_text(LONGEST)


def test_plain_form_says_the_whole_name(
    new_context: Callable[..., BrowserContext], live_server: LiveServer, width: int, language: str
) -> None:
    stand = make_place(LONGEST)
    client = sign_in(Client(), make_keeper(stand=stand))
    context = new_context()
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"{live_server.url}{'/en' if language == 'en' else ''}/kasir/")
    assert not is_cut(page)
    assert not runs_over(page)
