"""A walk through every page with hostile texts in it: no script runs, nothing is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests.addresses import addresses
from tests.guarding.hostile_texts import write_everywhere
from tests.hall import make_hall

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from pytest_django.live_server_helper import LiveServer

    from tests.browser import BrowserErrors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]

# Ends attributes, elements and scripts, and would run in each of them.
HOSTILE = "\"'></script><img src=x onerror=ada()><script>window.ada = 1</script>{{ada()}}${ada()}"
SHORT = "'\"><b id=ada>"
ESCAPED = "document.querySelector('[onerror], #ada') === null && window.ada === undefined"


@pytest.mark.long
@pytest.mark.parametrize("role", ["A", "T", "S"])
def test_no_page_runs_what_somebody_wrote_and_none_breaks_the_policy(
    context: BrowserContext,
    live_server: LiveServer,
    browser_errors: BrowserErrors,
    settings: Any,
    role: str,
) -> None:
    served_with = settings.SESSION_ENGINE
    hall = make_hall(settings)
    took, _refused = write_everywhere(HOSTILE)
    assert len(took) > 60
    write_everywhere(SHORT, least_room=len(HOSTILE))
    client = hall.clients[role]
    if role == "S":
        # The server that the browser asks knows nothing of the hall's sessions.
        settings.SESSION_ENGINE = served_with
        client = Client(raise_request_exception=False)
        client.force_login(User.objects.get(is_superuser=True))
    for name, morsel in client.cookies.items():
        place = morsel["path"] if morsel["path"] != "/" else ""
        context.add_cookies(
            [{"name": name, "value": morsel.value, "url": f"{live_server.url}{place}"}]
        )
    # Pages that are not there say so.
    browser_errors.allow("Failed to load resource")
    page = context.new_page()
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog on {page.url}"))
    seen = []
    for address in addresses():
        path = hall.path(address)
        answer: Any = client.get(path)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        if not is_page or answer.status_code != 200 or address.name in ("logout", "admin:logout"):
            continue
        shown = page.goto(f"{live_server.url}{path}", wait_until="load")
        assert shown is not None
        at_login = urlsplit(page.url).path == reverse("login")
        assert (shown.status, at_login) == (200, address.name == "login"), (path, page.url)
        assert page.evaluate(ESCAPED), path
        assert browser_errors.take_refusals() == [], path
        seen.append(path)
    assert len(seen) > {"A": 30, "T": 35, "S": 150}[role], seen
