"""An empty page of a Chromium beside the modules of static/js, for tests of what they say."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Route


@contextmanager
def context_beside_modules(browser: Browser, helpers: str) -> Iterator[BrowserContext]:
    """Nothing is answered in it but an empty page and static/; each page begins with `helpers`."""
    context = browser.new_context()
    context.add_init_script(helpers)
    context.route("**/*", _from_disk)
    yield context
    context.close()


@contextmanager
def page_beside_modules(browser: Browser, helpers: str, address: str) -> Iterator[Page]:
    """One page of such a context, at that address."""
    with context_beside_modules(browser, helpers) as context:
        page = context.new_page()
        page.goto(f"{address}/")
        yield page


def _from_disk(route: Route) -> None:
    path = urlsplit(route.request.url).path
    if path == "/":
        route.fulfill(body="<!doctype html><title>-</title>", content_type="text/html")
    elif path.startswith("/static/"):
        route.fulfill(path=settings.BASE_DIR / path.lstrip("/"))
    else:
        route.abort()
