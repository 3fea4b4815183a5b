"""What browser tests of several modules stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from stands.models import Stand
    from tests.browser import BrowserErrors


@pytest.fixture
def kept() -> bool:
    """Whether a till's worker puts its page away; `tests.browsing.till.KEPT` says yes."""
    return False


@pytest.fixture
def stand() -> Stand:
    """Aminah's stand: coffee that is counted, crackers that are not."""
    from sales.models import Cashier
    from tests.ledger import make_running_expo
    from tests.make import make_offer, make_product, make_stand

    stand = make_stand(expo=make_running_expo(), code="A12", name="Pesantren Sunan Drajat")
    for name, price, left in [("Kopi rempah", 25_000, 10), ("Keripik tempe", 12_500, None)]:
        make_offer(stand=stand, product=make_product(name=name), price_rupiah=price, stock=left)
    Cashier.objects.create(stand=stand, name="Aminah")
    return stand


@pytest.fixture
def till(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    stand: Stand,
    browser_errors: BrowserErrors,
    kept: bool,
) -> Page:
    """A paired tablet that shows its goods; see `tests.browsing.till.KEPT`."""
    from tests.browsing.till import open_till

    browser_errors.allow("ERR_INTERNET_DISCONNECTED")
    browser_errors.allow("ERR_FAILED")
    context = new_context(service_workers="allow" if kept else "block")
    return open_till(context, live_server, stand, kept=kept)
