"""The suite's own promises: nothing is skipped in silence, no error of a page is overlooked."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from csp.utils import build_policy
from django.db import IntegrityError, transaction

from events.log import log_event
from events.models import Event
from opop_expo.guarding import headers
from opop_expo.models import PolicyReport
from tests.browser import REFUSED

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

    from tests.browser import BrowserErrors


@pytest.mark.shown_alike
def test_skipping_fails_the_run(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text("import pytest\ndef test_it(): pytest.skip('why')\n")
    (tmp_path / "test_two.py").write_text("import pytest\npytest.importorskip('no_such_module')\n")
    (tmp_path / "test_three.py").write_text("def test_it(): pass\n")
    command = f"{sys.executable} -m pytest -n 1 -p tests.conftest --rootdir {tmp_path} {tmp_path}"

    done = subprocess.run(command.split(), capture_output=True, text=True)

    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert (
        "Skipped tests count as failed, and 2 were skipped: test_one.py::test_it, test_two.py"
        in done.stdout
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_ledger_is_emptied_between_tests_and_only_then(time: str) -> None:
    assert list(Event.objects.all()) == []
    log_event(Event.Kind.IMPORTED, time)

    with pytest.raises(IntegrityError, match="append only"), transaction.atomic():
        Event.objects.all().delete()

    assert [event.subject for event in Event.objects.all()] == [time]


@pytest.mark.shown_alike
def test_page_error_is_noticed(page: Page, browser_errors: BrowserErrors) -> None:
    page.goto("data:text/html,<script>throw new Error('boo')</script>")
    page.evaluate("0")

    assert browser_errors.unexpected() == ["boo"]
    browser_errors.allow("boo")


BREACHES = {
    "style": "document.body.setAttribute('style', 'color: red')",
    "inline script": "document.body.append(Object.assign(document.createElement('script'), "
    "{textContent: 'window.ada = 1'}))",
    "handler": "document.body.setAttribute('onclick', 'window.ada = 1')",
    "picture from elsewhere": "document.body.append(Object.assign(new Image(), "
    "{src: 'https://127.0.0.1:9/x.png'}))",
    "request elsewhere": "fetch('https://127.0.0.1:9/').catch(() => 0)",
}


@pytest.mark.shown_alike
@pytest.mark.django_db(transaction=True)
def test_what_the_content_policy_refuses_fails_any_test_and_is_reported(
    live_server: LiveServer,
    page: Page,
    browser_errors: BrowserErrors,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Reported in the newer way it would come over HTTPS alone, and not at once.
    told = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]}
    del told["report-to"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": told}
    monkeypatch.setattr(headers, "policy", build_policy)
    browser_errors.allow("")
    page.goto(f"{live_server.url}/admin/login/")
    assert browser_errors.unexpected() == []
    for what, breach in BREACHES.items():
        page.evaluate(breach)
        page.evaluate("new Promise(requestAnimationFrame)")
        assert browser_errors.unexpected(), what
        # The page itself says so, and the browser as well.
        assert {REFUSED in one for one in browser_errors.take_refusals()} == {True, False}, what
    assert page.evaluate("window.ada") is None

    deadline = time.monotonic() + 30
    while PolicyReport.objects.count() < len(BREACHES) and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    kept = set(PolicyReport.objects.values_list("directive", "blocked", "route"))
    assert {route for _directive, _blocked, route in kept} == {"/masuk/"}
    assert {("script-src-elem", "inline"), ("img-src", "https://127.0.0.1:9")} <= {
        one[:2] for one in kept
    }


@pytest.mark.shown_alike
def test_browser_is_a_tablet_in_java(page: Page) -> None:
    page.goto("about:blank")

    assert page.evaluate("[innerWidth, innerHeight, navigator.maxTouchPoints > 0]") == [
        1280,
        800,
        True,
    ]
    assert page.evaluate("navigator.language") == "id-ID"
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Asia/Jakarta"
