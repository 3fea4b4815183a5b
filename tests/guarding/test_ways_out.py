"""Where the portal leads and what it calls itself: never what a stranger says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest import mock
from urllib.parse import quote, urlsplit

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.template.backends.django import Template as DjangoTemplate

from tests.addresses import addresses
from tests.hall import make_hall
from tests.ledger import make_shop

if TYPE_CHECKING:
    from django.test import Client

    from tests.hall import Hall

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

EVIL = "jahat.example"
ELSEWHERE = [
    f"https://{EVIL}/",
    f"//{EVIL}/",
    f"///{EVIL}/",
    f"\\\\{EVIL}/",
    f"/\\{EVIL}/",
    f"\\/{EVIL}/",
    f"https:{EVIL}/",
    f"http:///{EVIL}/",
    f"https://testserver@{EVIL}/",
    f"https://testserver.{EVIL}/",
    f"\t//{EVIL}/",
    f"/\t/{EVIL}/",
    f" https://{EVIL}/",
    f"%2F%2F{EVIL}/",
    f"/%09/{EVIL}/",
    f"/%5C{EVIL}/",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    f"https://{EVIL}/\r\nSet-Cookie: a=b",
]
# What htmx tells.
HTMX = ["HX-Current-URL", "HX-Boosted", "HX-Target", "HX-Trigger", "HX-Trigger-Name", "HX-Prompt"]
LEADING = ["Location", "HX-Redirect", "HX-Location", "HX-Push-Url", "HX-Replace-Url", "Refresh"]
# Every name under which any view takes an address, and some under which others do.
NAMES = ["next", "dari", "kembali", "url", "redirect", "return", "to", "lanjut"]


def leads_out(response: Any) -> bool:
    """Whether a browser would leave the portal: it reads a backslash as a slash, and skips tabs."""
    for name in LEADING:
        said = response.headers.get(name, "")
        read = said.replace("\\", "/").translate({9: None, 10: None, 13: None}).strip()
        parts = urlsplit(read)
        if parts.scheme not in ("", "http") or parts.netloc not in ("", "testserver"):
            return True
    return False


def test_a_way_out_would_be_seen() -> None:
    for place in [f"//{EVIL}/", f"/\\{EVIL}", f"\t//{EVIL}", "javascript:x", f"https:/\\{EVIL}"]:
        assert leads_out(type("", (), {"headers": {"Location": place}})), place
    for place in ["/", "/masuk/?next=//jahat.example/", "http://testserver/", "?a=b", "#b"]:
        assert not leads_out(type("", (), {"headers": {"Location": place}})), place


@pytest.mark.parametrize("place", ELSEWHERE)
def test_login_leads_nowhere_else(client: Client, place: str) -> None:
    User.objects.create_user("citra", password="opop", is_staff=True)
    for path in ["/masuk/", "/en/masuk/", "/admin/login/"]:
        for query in [f"?next={place}", f"?next={quote(place)}"]:
            shown = client.get(path + query)
            assert not leads_out(shown), place
            answer = client.post(
                path + query, {"username": "citra", "password": "opop", "next": place}
            )
            assert not leads_out(answer), place
            assert "a=b" not in str(answer.cookies)
            client.logout()
    for path in ["/keluar/", "/admin/logout/"]:
        client.force_login(User.objects.get())
        assert not leads_out(client.post(f"{path}?next={quote(place)}", {"next": place}))


def test_no_address_leads_where_a_query_says(hall: Hall) -> None:
    # What the pages say is no matter here, and costs more than all the rest.
    with mock.patch.object(DjangoTemplate, "render", return_value=""):
        for number, address in enumerate(addresses()):
            # One of them at each, so that in all each is tried at a dozen.
            place = ELSEWHERE[number % len(ELSEWHERE)]
            query = "&".join(f"{name}={quote(place)}" for name in NAMES)
            # Every other one as htmx asks, which is led on by headers of its own.
            asked = dict.fromkeys(HTMX, quote(place)) | {"HX-Request": "true"} if number % 2 else {}
            for role in "AS":
                response = hall.clients[role].get(f"{hall.path(address)}?{query}", headers=asked)
                assert not leads_out(response), (address.name, place)


@pytest.mark.parametrize("path", [f"/%5C{EVIL}/", f"/%2F{EVIL}/x", "/%2F/x", f"/%09/{EVIL}"])
def test_address_that_looks_like_another_host_leads_nowhere(client: Client, path: str) -> None:
    make_shop()
    response = client.generic("GET", path)
    assert response.status_code in (301, 404)
    assert not leads_out(response)


# --- hosts ----------------------------------------------------------------------------------------


@pytest.fixture
def hall(settings: Any) -> Hall:
    return make_hall(settings)


@pytest.mark.parametrize("host", [EVIL, f"testserver.{EVIL}", "testserver@evil", "a b", "x\r\ny"])
def test_unknown_host_is_not_answered(client: Client, settings: Any, host: str) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    make_shop()
    for path in ["/", "/masuk/", "/sitemap.xml", "/admin/"]:
        response = client.get(path, headers={"host": host})
        assert response.status_code == 400
        assert EVIL not in response.text


FORWARDED = {
    "x-forwarded-host": EVIL,
    "x-host": EVIL,
    "x-forwarded-server": EVIL,
    "x-original-url": f"https://{EVIL}/admin/",
    "x-rewrite-url": "/admin/",
    "forwarded": f"host={EVIL}",
    "x-forwarded-prefix": f"//{EVIL}",
}


def test_host_that_a_header_claims_is_nowhere_in_a_page(hall: Hall) -> None:
    """Nor in one that is kept and given to the next."""
    for address in addresses():
        path = hall.path(address)
        response: Any = hall.clients["A"].get(path, headers=FORWARDED)
        assert EVIL.encode() not in response.getvalue(), address.name
        assert EVIL not in str(response.headers), address.name


def test_page_of_one_host_is_not_given_to_another(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = [".expo.example"]
    make_shop()
    for host in ["a.expo.example", "b.expo.example"]:
        page = client.get("/", headers={"host": host}).text
        assert ("//a.expo.example" in page) is (host[0] == "a")


def test_public_addresses_begin_with_the_public_origin(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.PUBLIC_ORIGIN = "https://expo.example"
    stand, (offer, _other) = make_shop()
    expo = stand.expo.slug
    for path in ["/", f"/{expo}/", "/sitemap.xml", "/robots.txt", f"/{expo}/jadwal/"]:
        page: Any = client.get(path, headers={"host": EVIL})
        assert EVIL not in page.text, path
    client.post(
        f"/{expo}/minat/?produk={offer.product.slug}",
        {"name": "Siti", "contact": "siti@example.com", "message": "Halo", "consent": "on"},
        headers={"host": EVIL},
    )
    for letter in mail.outbox:
        assert EVIL not in letter.body
