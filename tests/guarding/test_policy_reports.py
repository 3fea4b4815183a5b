"""What browsers report of the content policy: counted by page and origin, no word of a person."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from opop_expo.guarding import policy_reports
from opop_expo.guarding.policy_reports import MOST_BYTES, latest_reports
from opop_expo.models import PolicyReport
from stands.counting_views import Tap
from tests.participants import make_organiser

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
HERE = "http://testserver"


@pytest.fixture(autouse=True)
def _open_tap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_reports, "TAP", Tap(per_second=0, at_once=1_000))


def old_form(
    document: str = "/", blocked: str = "inline", directive: str = "script-src-elem"
) -> dict[str, Any]:
    """A report as `report-uri` brings it."""
    return {
        "csp-report": {
            "document-uri": f"{HERE}{document}",
            "effective-directive": directive,
            "blocked-uri": blocked,
            "original-policy": "…",
            "script-sample": "alert('Siti')",
        }
    }


def new_form(document: str = "/", blocked: str = "inline") -> dict[str, Any]:
    """One of those that `report-to` brings together."""
    body = {
        "documentURL": f"{HERE}{document}",
        "effectiveDirective": "script-src-elem",
        "blockedURL": blocked,
    }
    return {"type": "csp-violation", "age": 1, "url": f"{HERE}{document}", "body": body}


def send(client: Client, body: Any, kind: str = "application/csp-report") -> int:
    sent = body if isinstance(body, bytes | str) else json.dumps(body)
    return int(client.post(settings.CSP_REPORT_PATH, sent, content_type=kind).status_code)


def rows() -> list[tuple[str, str, str, int]]:
    return list(PolicyReport.objects.values_list("directive", "blocked", "route", "count"))


def test_report_is_counted_under_its_page_without_its_secrets(client: Client) -> None:
    secret = "q" * 22
    for document in [f"/nota/{secret}/?nama=Siti", f"/en/nota/{secret}/", "/siti/aisyah/"]:
        assert send(client, old_form(document, "https://jahat.example/x.js?siti")) == 204

    assert {row[:2] for row in rows()} == {("script-src-elem", "https://jahat.example")}
    assert sorted(row[2] for row in rows()) == [
        "/en/nota/<receipt_token:token>/",
        "/nota/<receipt_token:token>/",
        "?",
    ]


def test_reports_of_the_newer_form_come_together(client: Client) -> None:
    many = [new_form(), new_form(), new_form("/edisi/", "https://x.example/a"), {"type": "crash"}]
    assert send(client, many, "application/reports+json") == 204
    assert sorted(rows()) == [
        ("script-src-elem", "https://x.example", "/edisi/", 1),
        ("script-src-elem", "inline", "/", 2),
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"bukan json",
        b"[" * 5_000,
        b"\xff\xfe",
        "null",
        "[1, null, {}]",
        {"csp-report": []},
        {"csp-report": {}},
        [{"type": "csp-violation"}],
        [{"type": "csp-violation", "body": 3}],
        old_form(directive="<script>"),
        {"csp-report": {**old_form()["csp-report"], "document-uri": "https://lain.example/"}},
        {"csp-report": {**old_form()["csp-report"], "document-uri": "http://[::1"}},
        {"csp-report": {**old_form()["csp-report"], "document-uri": ["x"]}},
    ],
)
def test_what_is_no_report_of_ours_is_left_aside(client: Client, body: Any) -> None:
    assert send(client, body) == 204
    assert not rows()


@pytest.mark.parametrize(
    ("blocked", "kept"),
    [
        ("https://budi:rahasia@x.example:8443/a?b", "https://x.example:8443"),
        ("data", "data"),
        ("blob:http://testserver/uuid", "blob"),
        ("Siti Aisyah, Jalan Mawar 3", "?"),
        ("javascript:alert(1)", "javascript"),
        ("http://[::1", "?"),
        ("https://" + "a" * 500, "?"),
    ],
)
def test_of_what_was_refused_only_the_origin_is_kept(
    client: Client, blocked: str, kept: str
) -> None:
    send(client, old_form(blocked=blocked))
    assert [row[1] for row in rows()] == [kept]


def test_body_too_long_is_not_read(client: Client) -> None:
    long = {**old_form()["csp-report"], "original-policy": "x" * MOST_BYTES}
    assert send(client, {"csp-report": long}) == 204
    assert not rows()


def test_who_floods_us_is_counted_up_to_the_throttle(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy_reports, "TAP", Tap(per_second=0, at_once=3))
    for _time in range(5):
        assert send(client, old_form()) == 204
    assert rows() == [("script-src-elem", "inline", "/", 3)]


def test_table_has_a_bound_whatever_is_sent(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy_reports, "MOST_ROWS", 3)
    for number in range(6):
        send(client, old_form(blocked=f"https://x{number}.example/"))
    assert len(rows()) == 4
    assert ("?", "?", "?", 3) in rows()


def test_what_was_not_seen_for_long_makes_room(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy_reports, "MOST_ROWS", 1)
    send(client, old_form())
    PolicyReport.objects.update(last_at=timezone.now() - dt.timedelta(days=31))
    assert not latest_reports()

    send(client, old_form(blocked="eval"))

    assert [one.blocked for one in latest_reports()] == ["eval"]


def test_organiser_sees_what_was_refused(client: Client) -> None:
    send(client, old_form())
    client.force_login(make_organiser())
    page = client.get(reverse("admin:opop_expo_policyreport_changelist"))
    assert "script-src-elem" in page.text
