"""The schedule in a real browser: found while typing, without script as well, accessible."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from stands.clock import WIB, business_date
from tests.browsing.axe import violations
from tests.ledger import make_running_expo
from tests.make import make_stand
from tests.programmes import make_room, make_session, make_speaker

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page, ViewportSize
    from pytest_django.live_server_helper import LiveServer

    from tests.browser import BrowserErrors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]

PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture
def schedule(live_server: LiveServer, browser_errors: BrowserErrors) -> str:
    """The address of a schedule: a talkshow that is on, a training after it, an old title."""
    # What htmx says of a request that it gives up for a later one.
    browser_errors.allow("htmx:sendAbort")
    browser_errors.allow("htmx:afterRequest")
    expo = make_running_expo()
    make_stand(expo=expo)
    now = timezone.now()
    today = business_date(now)
    talk = make_session(
        expo=expo,
        title="Talkshow ekspor",
        slug="ekspor",
        date=today,
        hours=None,
        room=make_room(expo=expo),
        speakers=[make_speaker()],
        target_group="kopontren",
        reported_count=90,
        reported_unit="UMKM",
        reported_by="TIMES Indonesia",
    )
    midnight = dt.datetime.combine(today, dt.time(0), WIB)
    talk.starts_at = max(now - dt.timedelta(hours=1), midnight)
    talk.ends_at = min(now + dt.timedelta(hours=1), midnight + dt.timedelta(hours=23, minutes=59))
    talk.save()
    make_session(expo=expo, title="Pelatihan kemasan", kind="training", date=None, hours=None)
    return f"{live_server.url}/{expo.slug}/jadwal/"


def titles(page: Page) -> list[str]:
    return page.locator(".sessions h3").all_inner_texts()


def test_schedule_is_found_while_typing(
    new_context: Callable[..., BrowserContext], schedule: str
) -> None:
    page = new_context().new_page()
    page.set_viewport_size(PHONE)
    page.goto(schedule)
    page.evaluate("window.neverReloaded = true")
    expect(page.locator(".moment.is-now")).to_contain_text("Talkshow ekspor")

    page.locator("#id_q").press_sequentially("kemasan")

    expect(page.locator(".sessions h3")).to_have_text(["Pelatihan kemasan"])
    expect(page.locator("#id_q")).to_be_focused()
    expect(page).to_have_url(re.compile(r"/jadwal/\?q=kemasan$"))
    page.get_by_role("link", name="hapus saringan ini").click()
    expect(page.locator(".sessions h3")).to_have_count(2)
    expect(page.locator("#id_q")).to_have_value("")
    page.get_by_label("Jenis acara").select_option("Talkshow")
    expect(page.locator(".sessions h3")).to_have_text(["Talkshow ekspor"])
    assert page.evaluate("window.neverReloaded") is True


def test_schedule_without_script(new_context: Callable[..., BrowserContext], schedule: str) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(schedule)

    page.get_by_label("Jenis acara").select_option("Pelatihan")
    page.get_by_role("button", name="Tampilkan").click()

    assert titles(page) == ["Pelatihan kemasan"]
    page.get_by_role("link", name="Pelatihan kemasan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pelatihan kemasan")
    expect(page.get_by_text("Hari dan jam tidak tercatat")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "scheme"),
    [
        ("", "light"),
        ("", "dark"),
        ("/en", "light"),
        pytest.param("/en", "dark", marks=pytest.mark.long),
    ],
)
def test_schedule_and_session_are_accessible_and_fit_a_phone(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    schedule: str,
    language: str,
    scheme: str,
) -> None:
    page = new_context(color_scheme=scheme).new_page()
    page.set_viewport_size(PHONE)
    address = schedule.replace(live_server.url, f"{live_server.url}{language}")
    for path in ("", "?q=zzzzzz", "ekspor/", "../"):
        page.goto(f"{address}{path}")
        assert violations(page) == [], path
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path


def test_session_is_saved_to_the_calendar(
    new_context: Callable[..., BrowserContext], schedule: str
) -> None:
    page = new_context().new_page()
    page.goto(f"{schedule}ekspor/")

    with page.expect_download() as download:
        page.get_by_role("link", name="Simpan ke kalender").click()

    assert download.value.suggested_filename.endswith("-ekspor.ics")
    assert "SUMMARY:Talkshow ekspor" in download.value.path().read_text()
