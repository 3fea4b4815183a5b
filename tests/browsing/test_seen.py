"""A browser that looks at pages: it tells of them together, once, and of nobody."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from stands import counting_views
from stands.models import ViewCount
from tests.make import make_expo, make_offer, make_product, make_stand

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]


def test_pages_seen_on_the_way_are_told_when_the_visitor_leaves(
    page: Page, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The browser of the tests says that it is one.
    monkeypatch.setattr(counting_views, "ROBOTS", re.compile("nobody"))
    stand = make_stand(expo=make_expo(is_current=True))
    make_offer(stand=stand, product=make_product(name="Keripik pisang", slug="keripik"))

    page.goto(f"{live_server.url}/2020/produk/keripik/")
    page.locator(f'main a[href="/2020/stan/{stand.code}/"]').first.click()
    page.wait_for_url("**/2020/stan/A1/")
    # A link within the portal tells nothing yet.
    assert not ViewCount.objects.exists()
    page.goto("about:blank")

    end = time.monotonic() + 10
    while ViewCount.objects.count() < 2 and time.monotonic() < end:
        page.wait_for_timeout(50)
    assert sorted(ViewCount.objects.values_list("kind", "count")) == [("product", 1), ("stand", 1)]
    assert page.context.cookies() == []
