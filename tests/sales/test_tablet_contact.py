"""What a tablet says of itself and hears of its stand, and who may speak at all."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sales.models import Cashier, Sale, Tablet, Till
from sales.tablet import outbox
from stands.models import Expo, Offer
from tests.ledger import make_running_expo, make_sale, make_shop
from tests.tablets import HEADERS, TestTablet, pair_tablet

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db


# --- contact ------------------------------------------------------------------------------------


def test_contact_says_what_the_stand_looks_like(tablet: TestTablet, offer: Offer) -> None:
    Cashier.objects.create(stand=offer.stand, name="Aminah", pin_hash="x")
    Offer.objects.filter(pk=offer.pk).update(stock=4)
    answer = tablet.post("kabar").json()
    assert answer["till"] == {"prefix": "A12-A", "letter": "A", "name": "", "last": 0}
    assert [one["name"] for one in answer["state"]["cashiers"]] == ["Aminah"]
    assert answer["state"]["cashiers"][0]["has_pin"] is True
    shown = {one["id"]: one for one in answer["state"]["offers"]}
    assert (shown[offer.pk]["left"], shown[offer.pk]["price_rupiah"]) == (4, 25_000)
    assert tablet.post("kabar", seen=answer["etag"]).json()["state"] is None
    make_sale(offer.stand, {offer: 1})
    fresh = tablet.post("kabar", seen=answer["etag"]).json()["state"]
    assert {one["id"]: one["left"] for one in fresh["offers"]}[offer.pk] == 3


def test_contact_notes_what_the_tablet_holds(tablet: TestTablet) -> None:
    tablet.post(
        "kabar",
        tills={"A12-A": {"last": 57, "unsent": 7}, "Z9-Z": {"last": 1, "unsent": 1}},
        app_version="3f2a91c0",
        storage_persists=True,
    )
    till = Till.objects.get(pk=tablet.till.pk)
    row = Tablet.objects.get()
    assert (till.last_counter, till.unsent) == (57, 7)
    assert till.last_contact_at is not None
    assert (row.app_version, row.storage_persists) == ("3f2a91c0", True)
    # A counter never goes down, whatever a tablet says.
    answer = tablet.post("kabar", tills={"A12-A": {"last": 3, "unsent": 0}}).json()
    assert answer["till"]["last"] == 57
    assert Till.objects.get(pk=tablet.till.pk).unsent == 0


def test_contact_notes_what_the_tablet_cannot_send(tablet: TestTablet) -> None:
    tablet.post("kabar", refused=2, owes=True, waits_ms=900_000)
    row = Tablet.objects.get()
    assert (row.refused, row.owes) == (2, True)
    assert row.waits_since is not None
    assert round((timezone.now() - row.waits_since).total_seconds() / 60) == 15
    # At once, and not only at the next report that is due.
    tablet.post("kabar")
    row = Tablet.objects.get()
    assert (row.refused, row.owes, row.waits_since) == (0, False, None)


@pytest.mark.parametrize("told", [{"refused": -1}, {"refused": "2"}, {"waits_ms": 10**15}])
def test_what_is_no_count_of_them_is_unreadable(tablet: TestTablet, told: dict[str, Any]) -> None:
    assert tablet.post("kabar", **told).status_code == 400


def test_number_that_arrived_counts_as_given(tablet: TestTablet, offer: Offer) -> None:
    tablet.post("penjualan", sale=tablet.sale({offer: 1}, number="A12-A-0041"))
    assert tablet.post("kabar").json()["till"]["last"] == 41


@pytest.mark.parametrize("many", [1, 3])
def test_contact_with_nothing_new_costs_four_queries(many: int) -> None:
    """One more on SQLite, where the tills do not come with the tablet."""
    stand, _ = make_shop(code="A12", prices=(1_000,) * many)
    tablet = pair_tablet(stand)
    tablet.post("kabar")
    with CaptureQueriesContext(connection) as queries:
        tablet.post("kabar")
    assert len(queries) == (4 if connection.vendor == "postgresql" else 5)


def test_new_storage_under_a_known_credential_gets_a_letter_of_its_own(
    tablet: TestTablet, offer: Offer
) -> None:
    tablet.post("penjualan", sale=tablet.sale({offer: 1}))
    tablet.storage_id = uuid.uuid4()
    assert tablet.post("kabar").json()["till"]["prefix"] == "A12-B"
    assert tablet.post("kabar").json()["till"]["prefix"] == "A12-B"
    assert list(Till.objects.filter(letter__in="ABC").values_list("letter", flat=True)) == [
        "A",
        "B",
    ]


# --- who may speak ------------------------------------------------------------------------------


def test_unknown_and_revoked_tablets_are_told_apart(tablet: TestTablet, offer: Offer) -> None:
    sold = tablet.sale({offer: 1})
    Tablet.objects.update(revoked_at=timezone.now())
    response = tablet.post("penjualan", sale=sold)
    assert (response.status_code, response.json()) == (403, {"error": "revoked"})
    tablet.client.cookies.clear()
    response = tablet.post("penjualan", sale=sold)
    assert (response.status_code, response.json()) == (401, {"error": "not_paired"})
    assert not Sale.objects.exists()
    # Paired again with the same storage, it goes on and delivers.
    again = pair_tablet(offer.stand, storage_id=tablet.storage_id)
    assert again.till == tablet.till
    assert again.post("penjualan", sale=sold).status_code == 201


def test_credential_depends_on_no_secret_key(
    tablet: TestTablet, offer: Offer, settings: Settings
) -> None:
    settings.SECRET_KEY = "another"
    assert tablet.post("penjualan", sale=tablet.sale({offer: 1})).status_code == 201


@pytest.mark.parametrize(
    ("headers", "status", "error"),
    [
        ({}, 200, None),
        ({"Origin": "http://testserver"}, 200, None),
        ({"Origin": "http://evil.example"}, 403, "origin"),
        ({"Origin": "null"}, 403, "origin"),
        ({"Sec-Fetch-Site": "cross-site"}, 403, "origin"),
        ({"Sec-Fetch-Site": "same-site"}, 403, "origin"),
        ({"Sec-Fetch-Site": "same-origin"}, 200, None),
        ({"X-Opop-Till": ""}, 403, "origin"),
    ],
)
def test_only_the_portals_own_page_may_speak(
    tablet: TestTablet, headers: dict[str, str], status: int, error: str | None
) -> None:
    envelope = {"sent_at": timezone.now().isoformat(), "storage_id": str(tablet.storage_id)}
    response = tablet.client.post(
        "/kasir/tablet/kabar/",
        json.dumps(envelope),
        content_type="application/json",
        headers=HEADERS | headers,
    )
    assert (response.status_code, response.json().get("error")) == (status, error)


def test_form_of_another_site_cannot_post_json(tablet: TestTablet) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        response = tablet.client.post(
            "/kasir/tablet/kabar/", "{}", content_type=content_type, headers=HEADERS
        )
        assert (response.status_code, response.json()) == (415, {"error": "json_wanted"})


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"sent_at": NaN}',
        b'{"sent_at": "x", "storage_id": "y"}',
        b'{"sent_at": "2026-11-25T10:00:00Z", "storage_id": "y"}',
        b'{"sent_at": "2026-11-25T10:00:00Z"}',
        b'{"sent_at": "2026-11-25T10:00:00Z", "storage_id": '
        b'"4f7c0000-0000-4000-8000-000000000000", "tills": 3}',
    ],
)
def test_unreadable_envelope_is_answered_so(tablet: TestTablet, body: bytes) -> None:
    response = tablet.client.post(
        "/kasir/tablet/penjualan/", body, content_type="application/json", headers=HEADERS
    )
    assert (response.status_code, response.json()) == (400, {"error": "unreadable"})


def test_addresses_of_the_tablet_are_not_read_with_get(tablet: TestTablet) -> None:
    for address in ("kabar", "penjualan", "kiriman", "barang"):
        assert tablet.client.get(f"/kasir/tablet/{address}/").status_code == 405


def test_busy_database_asks_to_try_again(
    tablet: TestTablet, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_args: object, **_options: object) -> None:
        raise OperationalError("database is locked")

    sold = tablet.sale({offer: 1})
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "record_within", busy)
        response = tablet.post("penjualan", sale=sold)
    assert (response.status_code, response.json()) == (503, {"error": "busy"})
    assert int(response["Retry-After"]) > 0
    assert tablet.post("penjualan", sale=sold).status_code == 201


def test_nothing_here_is_kept_by_a_cache_or_sets_a_cookie(tablet: TestTablet) -> None:
    response = tablet.post("kabar")
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


def test_stranger_gets_nothing(offer: Offer) -> None:
    response = Client().post(
        "/kasir/tablet/kabar/",
        json.dumps({"sent_at": timezone.now().isoformat(), "storage_id": str(uuid.uuid4())}),
        content_type="application/json",
        headers=HEADERS,
    )
    assert (response.status_code, response.json()) == (401, {"error": "not_paired"})


def test_two_editions_number_apart() -> None:
    numbers = []
    for slug in ("2026-a", "2026-b"):
        Expo.objects.update(is_current=False)
        stand, (offer, _) = make_shop(code="A12", expo=make_running_expo(slug=slug))
        tablet = pair_tablet(stand)
        numbers.append(tablet.post("penjualan", sale=tablet.sale({offer: 1})).json()["number"])
    assert numbers == ["A12-A-0001", "A12-A-0001"]
