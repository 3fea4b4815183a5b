"""What no tablet of ours would send: each is answered, and nothing but a sale gets in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.db import DataError
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from django.db.utils import DatabaseErrorWrapper

from sales.models import HeldSale, Sale
from sales.tablet import outbox
from sales.tablet import views as tablet_views
from tests.ledger import make_shop
from tests.tablets import HEADERS, TestTablet, pair_tablet

if TYPE_CHECKING:
    from stands.models import Offer

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

NUL, HALF = "a\x00b", "a\ud800b"


@pytest.fixture
def offer() -> Offer:
    return make_shop(code="A12")[1][0]


@pytest.fixture
def tablet(offer: Offer) -> TestTablet:
    return pair_tablet(offer.stand)


def refused_at(tablet: TestTablet, sale: dict[str, Any]) -> list[str]:
    """The fields that the answer names; nothing of it was kept."""
    answers = tablet.post("kiriman", sales=[sale]).json()["answers"]
    assert answers[0]["http"] == 422
    assert not Sale.objects.exists()
    assert not HeldSale.objects.exists()
    return [problem["field"] for problem in answers[0]["problems"]]


@pytest.mark.parametrize("text", [NUL, HALF])
@pytest.mark.parametrize("field", ["note", "number", "uuid", "receipt_token", "device_at"])
def test_text_that_no_database_keeps_is_refused_at_its_field(
    tablet: TestTablet, offer: Offer, field: str, text: str
) -> None:
    assert refused_at(tablet, tablet.sale({offer: 1}) | {field: text}) == [field]


@pytest.mark.parametrize("method", [NUL, HALF, "emas", None])
def test_reversal_that_would_be_held_must_be_readable_too(
    tablet: TestTablet, offer: Offer, method: object
) -> None:
    back = tablet.reversal(tablet.sale({offer: 1}))
    back["payments"][0]["method"] = method
    assert refused_at(tablet, back) in (["method"], ["payments"])


@pytest.mark.parametrize("field", ["app_version", "tills"])
@pytest.mark.parametrize("text", [NUL, HALF])
def test_envelope_that_no_database_keeps_is_unreadable(
    tablet: TestTablet, field: str, text: str
) -> None:
    value: Any = text if field == "app_version" else {text: {"last": 1, "unsent": 0}}
    response = tablet.post("kabar", **{field: value})
    assert (response.status_code, response.json()) == (400, {"error": "unreadable"})


def test_name_that_stands_twice_is_unreadable(tablet: TestTablet) -> None:
    body = (
        f'{{"sent_at": "2026-11-25T03:00:00Z", "storage_id": "{tablet.storage_id}", '
        '"sent_at": "2026-11-24T03:00:00Z"}'
    )
    response = tablet.client.post(
        "/kasir/tablet/kabar/", body, content_type="application/json", headers=HEADERS
    )
    assert (response.status_code, response.json()) == (400, {"error": "unreadable"})


def test_field_that_is_not_known_here_stays_on_the_tablet(tablet: TestTablet, offer: Offer) -> None:
    assert refused_at(tablet, tablet.sale({offer: 1}) | {"voucher": "V-1"}) == ["voucher"]
    sale = tablet.sale({offer: 1})
    sale["lines"][0]["discount_rupiah"] = 5_000
    assert refused_at(tablet, sale) == ["lines"]


@pytest.mark.parametrize(
    "change",
    [
        {"clock_offset_ms": 2**60},
        {"clock_offset_ms": 1.5},
        {"device_at": "2026-11-25T10:00:00"},
        {"device_at": "20261125T100000Z"},
        {"device_at": "0001-01-01T00:00:00+07:00"},
        {"number": "A12-A-001"},
        {"number": "A12-A-0001/2"},
        {"number": "A12-A-L0001"},
        {"training": 1},
        {"cashier_id": True},
        {"cashier_id": 10**30},
        {"kind": ["sale"]},
        {"uuid": "0b9e0000000040008000000000000000"},
    ],
)
def test_wrong_shapes_are_refused_at_their_field(
    tablet: TestTablet, offer: Offer, change: dict[str, Any]
) -> None:
    assert refused_at(tablet, tablet.sale({offer: 1}) | change) == list(change)


@pytest.mark.parametrize(
    "amount", [25_000.0, "25000", True, None, 2**70, -25_000, {"rupiah": 25_000}]
)
def test_only_whole_rupiah_are_money(tablet: TestTablet, offer: Offer, amount: object) -> None:
    sale = tablet.sale({offer: 1})
    sale["payments"][0]["amount_rupiah"] = amount
    assert refused_at(tablet, sale)[0] in ("payments", "method")


def test_too_large_a_body_is_answered_in_json(tablet: TestTablet) -> None:
    response = tablet.post("kiriman", sales=["x" * 1_100_000])
    assert (response.status_code, response.json()) == (413, {"error": "too_large"})


def test_database_that_refuses_is_no_page_of_ours(
    tablet: TestTablet,
    offer: Offer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise DataError("value out of range")

    monkeypatch.setattr(outbox, "record_within", broken)
    response = tablet.post("penjualan", sale=tablet.sale({offer: 1}))
    assert (response.status_code, response.json()) == (500, {"error": "fault"})
    assert "value out of range" in caplog.text


@pytest.mark.parametrize(
    ("cause", "status"),
    [
        (psycopg.errors.LockNotAvailable(), 503),
        (psycopg.errors.DeadlockDetected(), 503),
        (psycopg.errors.SerializationFailure(), 503),
        (psycopg.errors.QueryCanceled(), 503),
        (psycopg.errors.ReadOnlySqlTransaction(), 503),
        (psycopg.errors.FeatureNotSupported("cached plan must not change result type"), 503),
        (psycopg.OperationalError("the connection is lost"), 503),
        (psycopg.InterfaceError("the connection is closed"), 503),
        (psycopg.errors.ProgramLimitExceeded(), 500),
        (psycopg.errors.UniqueViolation(), 500),
        (psycopg.errors.UndefinedColumn(), 500),
    ],
)
def test_only_what_passes_by_itself_makes_the_whole_tablet_wait(
    tablet: TestTablet,
    offer: Offer,
    monkeypatch: pytest.MonkeyPatch,
    cause: psycopg.Error,
    status: int,
) -> None:
    def broken(*_args: object, **_options: object) -> None:
        with DatabaseErrorWrapper(PostgresWrapper({})):
            raise cause

    monkeypatch.setattr(outbox, "record_within", broken)
    assert tablet.post("penjualan", sale=tablet.sale({offer: 1})).status_code == status


def test_report_is_written_only_with_the_sales(
    tablet: TestTablet, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise DataError("value out of range")

    monkeypatch.setattr(tablet_views, "note_report", broken)
    assert tablet.post("penjualan", sale=tablet.sale({offer: 1})).status_code == 500
    assert not Sale.objects.exists()
