"""The headers of every address: pages, JSON, files, errors, redirects, to whoever asks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from csp.utils import build_policy
from django.conf import settings as portal
from django.test import Client

from opop_expo.guarding import headers
from tests.addresses import addresses
from tests.hall import Hall, make_hall
from tests.ledger import make_shop
from tests.participants import make_organiser

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

# The same for everybody, so that a browser or a cache between may keep it. Whatever else answers
# 200 is kept by nobody. Think twice before adding to these.
FOR_EVERYBODY = {
    *("home", "expo_home", "edition_list", "editions_csv", "stand_list", "stand_detail"),
    *("product_list", "product_detail", "pesantren_list", "pesantren_detail", "producer_detail"),
    *("search_all", "offline_worker", "offline_bundle", "floor_plan", "floor_plan_ground"),
    *("results", "results_version", "results_json", "results_csv"),
    *("schedule", "session_detail", "schedule_calendar", "session_calendar"),
    *("session_producers", "certificate_check"),
    *("favicon", "touch_icon", "robots", "sitemap", "manifest", "share_picture"),
    *("tablet", "tablet_en", "tablet_worker", "tablet_manifest"),
    *("counter_kept", "counter_kept_en", "counter_worker", "counter_manifest"),
    *("check_in_kept", "check_in_kept_en", "check_in_worker", "check_in_manifest"),
}


@pytest.fixture
def hall(settings: Any) -> Hall:
    settings.SECURE_SSL_REDIRECT = False
    return make_hall(settings)


def lacks(response: Any) -> list[str]:
    """What an answer should say and does not."""
    said, wrong = response.headers, []
    wanted = {
        "X-Content-Type-Options": r"nosniff",
        "Referrer-Policy": r"same-origin|no-referrer",
        "Cross-Origin-Opener-Policy": r"same-origin",
        "Cross-Origin-Resource-Policy": r"same-origin|cross-origin",
        "Permissions-Policy": r"camera=\((self)?\), accelerometer=\(\), .*usb=\(\).*",
        "Content-Type": r".+",
    }
    for name, shape in wanted.items():
        if name == "Content-Type" and not response.getvalue():
            continue
        if not re.fullmatch(shape, said.get(name, "")):
            wrong.append(f"{name}: {said.get(name)}")
    policy = said.get("Content-Security-Policy", "")
    closed = {"default-src 'none'", "frame-ancestors 'none'"} <= set(policy.split("; "))
    if not closed or "unsafe" in policy or "*" in policy:
        wrong.append(f"Content-Security-Policy: {policy}")
    for cookie in response.cookies.values():
        if not cookie["samesite"]:
            wrong.append(f"cookie {cookie.key} without SameSite")
        if not cookie["httponly"] and not cookie.key.startswith("opop_tersimpan"):
            wrong.append(f"cookie {cookie.key} that scripts may read")
    return wrong


@pytest.mark.parametrize("role", ["A", "K", "S"])
def test_every_address_says_what_it_must(hall: Hall, role: str) -> None:
    wrong: list[str] = []
    for address in addresses():
        response: Any = hall.clients[role].get(hall.path(address))
        wrong += [f"{address.name}: {one}" for one in lacks(response)]
        kept = response.headers.get("Cache-Control", "")
        if (
            response.status_code == 200
            and address.name not in FOR_EVERYBODY
            and "no-store" not in kept
        ):
            wrong.append(f"{address.name} may be kept by a browser: {kept}")
        response.close()
    assert not wrong, "\n".join(wrong)


def test_public_page_may_be_kept(hall: Hall) -> None:
    """The control of the list above: what is the same for everybody is not marked as private."""
    assert "no-store" not in hall.clients["A"].get("/").headers.get("Cache-Control", "")


def test_what_needs_a_login_is_kept_by_nobody_though_its_view_is_silent(client: Client) -> None:
    client.force_login(make_organiser())
    assert client.get("/setelah-masuk/").headers["Cache-Control"] == headers.PRIVATE


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/tidak/ada/", 404),
        ("get", "/2026-uji/stan/%00/", 400),
        ("post", "/masuk/", 403),
        ("get", "/keluar/", 405),
        ("get", "/edisi", 301),
        ("get", "/admin/", 302),
        ("get", "/static/coba.js", 200),
        ("get", "/static/tidak-ada.js", 404),
        ("get", "/media/tidak-ada.jpg", 404),
        ("get", "/media/../opop_expo/settings.py", 404),
    ],
)
def test_errors_redirects_and_files_say_it_too(method: str, path: str, status: int) -> None:
    make_shop()
    # A client of its own looks anew for what files there are.
    Path(portal.STATIC_ROOT, "coba.js").write_text("1")
    client = Client(enforce_csrf_checks=True)
    response: Any = getattr(client, method)(path)
    assert response.status_code == status
    assert lacks(response) == []
    response.close()


def test_failure_of_ours_says_it_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("stands.models.Expo.objects.public", fail)
    client.raise_request_exception = False
    response = client.get("/edisi/")
    assert response.status_code == 500
    assert lacks(response) == []


def test_unknown_host_is_told_to_sniff_nothing(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["expo.example"]
    response = client.get("/", headers={"host": "jahat.example"})
    assert response.status_code == 400
    for name in ["X-Content-Type-Options", "Content-Security-Policy", "Permissions-Policy"]:
        assert name in response.headers


@pytest.mark.parametrize("path", ["/media/coba.svg", "/media/pesantren/foto/coba.html"])
def test_what_somebody_uploaded_can_do_nothing_as_a_page(client: Client, path: str) -> None:
    said = client.get(path).headers
    assert said["Content-Security-Policy"] == headers.SANDBOX
    assert said["X-Content-Type-Options"] == "nosniff"


def test_page_names_where_it_is_reported_and_it_leads_there(client: Client) -> None:
    make_shop()
    said = client.get("/").headers
    group, path = portal.CSP_REPORT_GROUP, portal.CSP_REPORT_PATH
    policy = said["Content-Security-Policy"].split("; ")
    assert {f"report-uri {path}", f"report-to {group}"} <= set(policy)
    assert said["Reporting-Endpoints"] == f'{group}="{path}"'
    assert client.post(path, b"{}", content_type="application/csp-report").status_code == 204


def test_policy_allows_no_script_but_our_own() -> None:
    policy = set(build_policy().split("; "))
    assert {"script-src 'self'", "style-src 'self'", "base-uri 'none'"} <= policy
    assert "unsafe" not in build_policy()


def test_camera_is_for_pages_that_read_codes(client: Client) -> None:
    make_shop()
    for path, is_asked in [("/", False), ("/masuk/", False), ("/kasir/pasang/", True)]:
        said = client.get(path).headers["Permissions-Policy"]
        assert ("camera=(self)" in said) is is_asked


# --- in production --------------------------------------------------------------------------------

IN_PRODUCTION = """
import django
django.setup()
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.contrib.messages.storage.cookie import CookieStorage
from opop_expo.guarding.message_cookie import HostCookieStorage
from sales.tablet.tills import COOKIE
from stands.models import Expo
from stands.saved import cookie_name, look_name
expo = Expo(slug="2020")
print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, COOKIE, cookie_name(expo),
      look_name(expo), HostCookieStorage.cookie_name)
client = Client(headers={"host": "expo.example"})
page = client.get("/livez", secure=True)
print(page.headers["Strict-Transport-Security"])
for kind in ["SESSION", "CSRF"]:
    print(*(getattr(settings, f"{kind}_COOKIE_{what}")
            for what in ["SECURE", "HTTPONLY", "SAMESITE", "PATH", "DOMAIN"]))
plain = client.get("/edisi/?a=1")
print(plain.status_code, plain.headers["Location"])
"""


def in_production(**environment: str) -> list[str]:
    """What the lines above print in a process of its own, with the settings of production."""
    ran = subprocess.run(
        [sys.executable, "-c", IN_PRODUCTION],
        cwd=portal.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "opop_expo.settings",
            "DATABASE_URL": "sqlite://:memory:",
            "ALLOWED_HOSTS": "expo.example",
            "SECRET_KEY": "k" * 30 + "0123456789abcdefghijklmnop",
            "VOUCHER_KEY": "v" * 30 + "0123456789abcdefghijklmnop",
            **environment,
        },
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def test_cookies_of_production_are_taken_from_this_host_over_https_alone() -> None:
    names, hsts, session, check, redirect = in_production()
    assert names.split() == [
        "__Host-sessionid",
        "__Host-csrftoken",
        "__Secure-opop_till",
        "__Host-opop_simpan_2020",
        "__Host-opop_tersimpan_2020",
        "__Host-messages",
    ]
    assert hsts.startswith("max-age=31536000")
    assert session == check == "True True Lax / None"
    assert redirect == "301 https://expo.example/edisi/?a=1"


def test_headers_stand_before_all_that_answers() -> None:
    """Whatever a middleware answers by itself passes through them.

    The first two only listen, the third gives out again what has passed through them before.
    """
    before = portal.MIDDLEWARE.index("opop_expo.guarding.headers.HeadersMiddleware")
    assert portal.MIDDLEWARE[:before] == [
        "opop_expo.deployment.proxies.TrustedProxyMiddleware",
        "opop_expo.health.middleware.RequestMiddleware",
        "opop_expo.short_ways.PagesAtHandMiddleware",
    ]
