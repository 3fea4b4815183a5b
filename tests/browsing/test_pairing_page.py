"""Pairing in two browsers: the desk hears of it by itself, the tablet brings its storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import expect

from sales.models import Tablet
from tests.browsing.axe import violations
from tests.ledger import make_shop

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from tests.browser import BrowserErrors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]

HOLD_TWO = """
async () => {
  const { openStorage } = await import("/static/js/till/tablet/storage.js");
  const storage = await openStorage();
  const waits = { state: "unsent", taken: [] };
  for (const uuid of ["a", "b"]) await storage.db.add("outbox", { uuid, ...waits });
  storage.close();
  return storage.storageId;
}
"""


@pytest.fixture
def desk(page: Page, live_server: LiveServer) -> Page:
    """The organiser's page with a fresh code for stand A12."""
    stand, _ = make_shop(code="A12")
    client = Client()
    client.force_login(User.objects.create_superuser("citra"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    page.goto(f"{live_server.url}/admin/sales/tablet/pasang/{stand.pk}/")
    page.get_by_role("button", name="Buat kode").click()
    return page


def test_tablet_is_paired_with_its_own_storage_and_the_desk_hears_of_it(
    desk: Page,
    live_server: LiveServer,
    new_context: Callable[..., BrowserContext],
    browser_errors: BrowserErrors,
) -> None:
    expect(desk.locator(".qr")).to_be_visible()
    assert violations(desk) == []
    code = desk.locator(".pair-code").inner_text()
    tablet = new_context().new_page()
    # The page that this leads to has tests of its own.
    browser_errors.allow("/kasir/tablet/")
    tablet.goto(f"{live_server.url}/kasir/pasang/")
    tablet.get_by_label("Kode").fill(code.lower())
    tablet.get_by_role("button", name="Lanjut").click()
    expect(tablet.get_by_role("button", name="Pasangkan")).to_be_visible()
    storage_id = tablet.evaluate(HOLD_TWO)
    tablet.reload()

    expect(tablet.get_by_text("masih ada 2 penjualan yang belum terkirim")).to_be_visible()
    assert violations(tablet) == []
    with tablet.expect_request(lambda request: request.method == "POST") as sent:
        tablet.get_by_role("button", name="Pasangkan").click()
    answer = sent.value.response()

    assert answer is not None
    assert answer.status == 302
    expect(desk.get_by_text("Terpasang: A12-A")).to_be_visible()
    expect(desk.locator(".qr")).to_have_count(0)
    assert str(Tablet.objects.get().storage_id) == storage_id
