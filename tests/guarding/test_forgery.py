"""Posts that a page of somebody else's makes a browser send: refused at every address."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from opop_expo.models import PolicyReport
from stands.models import Inquiry, ViewCount
from tests.addresses import addresses
from tests.hall import make_hall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from tests.hall import Hall

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

REFUSED = "no token"
EVIL = "https://jahat.example"

# What takes the place of the token where a page is kept, or is the same for everybody.
OUTBOXES = {
    *("tablet_contact", "tablet_sale", "tablet_batch"),
    *("tablet_pin", "tablet_offer", "tablet_voucher"),
    *("counter_send", "check_in_send"),
}
FORMS_FOR_EVERYBODY = {
    *("saved_list", "session_registration", "inquiry"),
    *("ticket_call_off", "ticket_forget"),
}
# Counts, with nothing of anybody's authority in them; they answer 204 whatever comes.
COUNTS = {"pages_seen", "policy_report"}
OWN_RULES = OUTBOXES | FORMS_FOR_EVERYBODY | COUNTS


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """In the place of the page that says so in words, which costs more than all the rest."""
    return HttpResponse(REFUSED, status=403)


@pytest.fixture
def hall(settings: Any) -> Hall:
    settings.CSRF_FAILURE_VIEW = f"{__name__}.refused"
    hall = make_hall(settings)
    for letter, client in hall.clients.items():
        strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
        strict.cookies = client.cookies
        hall.clients[letter] = strict
    return hall


@pytest.mark.parametrize("role", ["A", "S"])
def test_post_without_the_token_is_refused_at_every_address(hall: Hall, role: str) -> None:
    wrong = []
    for address in addresses():
        if address.name in OWN_RULES:
            continue
        for method in ["post", ["put", "patch", "delete"][len(address.name) % 3]]:
            response = getattr(hall.clients[role], method)(hall.path(address), {"a": "b"})
            if response.status_code != 403 or REFUSED not in response.text:
                wrong.append(f"{method} {address.name}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


def test_every_rule_of_its_own_has_an_address() -> None:
    assert {address.name for address in addresses()} >= OWN_RULES


def test_token_alone_does_not_help_a_page_from_elsewhere(hall: Hall) -> None:
    client = hall.clients["S"]
    client.cookies["csrftoken"] = "a" * 32
    form = {"csrfmiddlewaretoken": "a" * 32}
    path = "/admin/logout/"
    assert client.post(path, form, headers={"origin": EVIL}).status_code == 403
    assert client.post(path, form, headers={"origin": "null"}).status_code == 403
    # The control: from here, it is taken.
    assert client.post(path, form, headers={"origin": "http://testserver"}).status_code == 302


def from_here(name: str) -> dict[str, Any]:
    """What the portal's own page sends there, so that nothing else is the reason of a refusal."""
    if name not in OUTBOXES:
        return {"data": "a=b", "content_type": "application/x-www-form-urlencoded"}
    envelope = {
        "sent_at": timezone.now().isoformat(),
        "storage_id": "00000000-0000-0000-0000-000000000001",
        "items": [],
    }
    return {
        "data": json.dumps(envelope),
        "content_type": "application/json",
        "headers": {"X-Opop-Till": "1", "X-Opop-Outbox": "1"},
    }


def asked_at(hall: Hall, names: set[str]) -> Iterator[tuple[str, Client, str]]:
    """Each of these addresses, with somebody who may post there."""
    for address in addresses():
        if address.name in names:
            role = "T" if address.name.startswith("tablet") else "S"
            path = hall.path(address)
            # Without it, that page only leads to the products.
            path += f"?produk={hall.arguments['product_detail slug']}" * (address.name == "inquiry")
            yield address.name, hall.clients[role], path


ELSEWHERE = [
    {"origin": EVIL},
    {"origin": "null"},
    {"origin": "http://testserver.jahat.example"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "http://testserver", "sec-fetch-site": "cross-site"},
]
HERE = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}


def test_own_rule_asks_where_a_post_comes_from(hall: Hall) -> None:
    for name, client, path in asked_at(hall, OUTBOXES | FORMS_FOR_EVERYBODY):
        for headers in [*ELSEWHERE, HERE]:
            sent = from_here(name)
            sent["headers"] = sent.get("headers", {}) | headers
            answer = client.generic("POST", path, **sent)
            assert (answer.status_code == 403) is (headers != HERE), (name, headers)


def test_outbox_takes_nothing_that_a_form_can_send(hall: Hall) -> None:
    for name, client, path in asked_at(hall, OUTBOXES):
        sent = from_here(name)
        # No form sets a header, and a script elsewhere may only after it has asked us.
        bare = {"data": sent["data"], "content_type": "application/json"}
        assert client.generic("POST", path, **bare).status_code == 403, name
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]:
            answer = client.generic("POST", path, **sent | {"content_type": kind})
            assert answer.status_code == 415, (name, kind)
        # And nobody elsewhere is told that they may.
        asked = client.options(path, headers={"origin": EVIL})
        assert "Access-Control-Allow-Origin" not in asked.headers, name


def test_counts_take_nothing_from_elsewhere(hall: Hall) -> None:
    expo = hall.arguments["edition"]
    for headers in [{"origin": EVIL}, {"sec-fetch-site": "cross-site", "origin": EVIL}]:
        hall.clients["A"].post(
            "/dilihat/", f'[["{expo}.home.1",0]]', content_type="text/plain", headers=headers
        )
    assert not ViewCount.objects.exists()
    # A report counts for a page of ours alone, whoever brings it.
    report = {"csp-report": {"document-uri": EVIL, "effective-directive": "img-src"}}
    hall.clients["A"].post("/lapor/kebijakan/", report, content_type="application/csp-report")
    assert PolicyReport.objects.count() == 1


def test_refused_post_leaves_nothing(hall: Hall) -> None:
    before = Inquiry.objects.count()
    form = {"name": "Siti", "contact": "siti@example.com", "message": "Halo", "setuju": "on"}
    path = f"/{hall.arguments['edition']}/minat/"
    hall.clients["A"].post(path, form, headers={"origin": EVIL})
    assert Inquiry.objects.count() == before
