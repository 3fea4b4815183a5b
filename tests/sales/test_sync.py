"""The sync endpoints: what a tablet sends, and what becomes of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sales.models import Cashier, EReceipt, HeldSale, Sale, SaleFlag, Till
from sales.proof.verifying import verify_ledger
from sales.work_list.deciding import Answers, accept_held
from sales.work_list.flag_words import words_of_flag
from sales.work_list.forms import AcceptForm
from sales.work_list.waiting import Shelf
from stands.clock import WIB, business_date
from stands.models import ExpoDay, Offer, Stand
from tests.closings import sent_close, sent_movement
from tests.ledger import make_shop
from tests.tablets import HEADERS, TestTablet, pair_tablet, shifted

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.django_db


def flags(number: str) -> list[str]:
    return sorted(SaleFlag.objects.filter(sale__number=number).values_list("kind", flat=True))


# --- what becomes of a sale ---------------------------------------------------------------------


def test_sale_is_recorded_under_its_own_number(tablet: TestTablet, offer: Offer) -> None:
    cashier = Cashier.objects.create(stand=tablet.till.stand, name="Aminah")
    token = "q" * 22
    sold = tablet.sale({offer: 2}, cashier_id=cashier.pk, note="hadiah", receipt_token=token)
    response = tablet.post("penjualan", sale=sold)
    assert (response.status_code, response.json()) == (
        201,
        {
            "http": 201,
            "uuid": sold["uuid"],
            "status": "recorded",
            "number": "A12-A-0001",
            "flags": [],
        },
    )
    sale = Sale.objects.get()
    assert (str(sale.pk), sale.number, sale.total_rupiah) == (sold["uuid"], "A12-A-0001", 50_000)
    assert (sale.intake, sale.note, sale.cashier, sale.till) == (
        Sale.Intake.OUTBOX,
        "hadiah",
        cashier,
        tablet.till,
    )
    assert sale.sold_at == sale.device_at
    assert EReceipt.objects.get().token_hash == hashlib.sha256(token.encode()).hexdigest()


def test_sale_sent_again_is_answered_with_the_entry_it_became(
    tablet: TestTablet, offer: Offer
) -> None:
    sold = tablet.sale({offer: 1})
    tablet.post("penjualan", sale=sold)
    response = tablet.post("penjualan", sale=sold)
    assert (response.status_code, response.json()["status"]) == (200, "replayed")
    assert Sale.objects.count() == 1


def test_other_content_under_a_known_uuid_is_a_conflict_and_kept(
    tablet: TestTablet, offer: Offer
) -> None:
    sold = tablet.sale({offer: 1})
    tablet.post("penjualan", sale=sold)
    other = sold | {"note": "lain"}
    for _twice in range(2):
        response = tablet.post("penjualan", sale=other)
        assert (response.status_code, response.json()["status"]) == (409, "conflict")
    assert HeldSale.objects.get().request["note"] == "lain"
    assert Sale.objects.get().note == ""


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": []}, "lines"),
        ({"lines": [{"offer_id": 1, "quantity": 0, "unit_price_rupiah": 5}]}, "qty-1"),
        ({"lines": [{"offer_id": 1, "quantity": 1.0, "unit_price_rupiah": 5}]}, "lines"),
        ({"lines": [{"offer_id": True, "quantity": 1, "unit_price_rupiah": 5}]}, "lines"),
        ({"lines": [{"quantity": 1, "unit_price_rupiah": 5}]}, "lines"),
        ({"lines": "x"}, "lines"),
        ({"payments": [{"method": "cash", "amount_rupiah": 1}]}, "method"),
        ({"payments": [{"method": "hutang", "amount_rupiah": 25_000}]}, "method"),
        ({"payments": [{"method": "cash", "amount_rupiah": 10**30}]}, "payments"),
        ({"payments": []}, "method"),
        ({"uuid": "abc"}, "uuid"),
        ({"uuid": None}, "uuid"),
        ({"number": "A12-A-1"}, "number"),
        ({"number": "A12-A-L0001"}, "number"),
        ({"number": None}, "number"),
        ({"training": 0}, "training"),
        ({"device_at": "kemarin"}, "device_at"),
        ({"device_at": "2026-11-25T10:00:00"}, "device_at"),
        ({"device_at": "9999-12-31T23:59:59+00:00", "clock_offset_ms": 10**15}, "device_at"),
        ({"note": "a\x00b"}, "note"),
        ({"note": "x" * 201}, "note"),
        ({"receipt_token": "zzz"}, "receipt_token"),
        ({"cashier_id": "1"}, "cashier_id"),
        ({"kind": "gift"}, "kind"),
    ],
)
def test_what_is_no_sale_is_refused_at_the_field(
    tablet: TestTablet, offer: Offer, change: dict[str, Any], field: str
) -> None:
    response = tablet.post("penjualan", sale=tablet.sale({offer: 1}) | change)
    assert response.status_code == 422
    assert response.json()["status"] == "refused"
    assert [one["field"] for one in response.json()["problems"]][:1] == [field]
    assert all(one["message"] for one in response.json()["problems"])
    assert not Sale.objects.exists()
    assert not HeldSale.objects.exists()


@pytest.mark.parametrize("sale", [None, [], "x", 3])
def test_what_is_no_object_is_refused(tablet: TestTablet, sale: object) -> None:
    assert tablet.post("penjualan", sale=sale).status_code == 422


def test_refusal_is_in_the_language_of_the_tablet(tablet: TestTablet, offer: Offer) -> None:
    bad = tablet.sale({offer: 1}) | {"lines": []}
    envelope = {"sent_at": timezone.now().isoformat(), "storage_id": str(tablet.storage_id)}
    response = tablet.client.post(
        "/kasir/tablet/penjualan/",
        json.dumps(envelope | {"sale": bad}),
        content_type="application/json",
        headers=HEADERS | {"X-Opop-Language": "en"},
    )
    assert response.json()["problems"][0]["message"] == "No items chosen yet."


# --- what changed since -------------------------------------------------------------------------


def test_price_offer_and_stock_that_changed_since_are_flagged_and_charged_as_they_were(
    tablet: TestTablet, offer: Offer
) -> None:
    sold = tablet.sale({offer: 3})
    Offer.objects.filter(pk=offer.pk).update(price_rupiah=30_000, withdrawn=True, stock=1)
    response = tablet.post("penjualan", sale=sold)
    assert response.status_code == 201
    expected = ["offer_withdrawn", "price_differed", "stock_below_zero"]
    assert sorted(response.json()["flags"]) == expected
    assert flags("A12-A-0001") == expected
    assert Sale.objects.get().total_rupiah == 75_000
    assert Offer.objects.get(pk=offer.pk).stock == -2


def test_stand_renamed_since_changes_no_printed_number(tablet: TestTablet, offer: Offer) -> None:
    sold = tablet.sale({offer: 1})
    Stand.objects.filter(pk=tablet.till.stand_id).update(code="B1", name="Lain")
    assert tablet.post("penjualan", sale=sold).json()["number"] == "A12-A-0001"


def test_offer_that_the_stand_never_had_is_held(tablet: TestTablet) -> None:
    _, (foreign, _other) = make_shop(code="A13", expo=tablet.till.expo)
    response = tablet.post("penjualan", sale=tablet.sale({foreign: 1}))
    assert (response.status_code, response.json()["reason"]) == (202, "offer_unknown")
    assert not Sale.objects.exists()


def test_number_of_another_till_is_held(tablet: TestTablet, offer: Offer) -> None:
    sold = tablet.sale({offer: 1}, number="A12-B-0001")
    response = tablet.post("penjualan", sale=sold)
    assert (response.status_code, response.json()["reason"]) == (202, "other_till")


def test_unknown_cashier_keeps_no_sale_out(tablet: TestTablet, offer: Offer) -> None:
    assert tablet.post("penjualan", sale=tablet.sale({offer: 1}, cashier_id=999)).status_code == 201
    assert Sale.objects.get().cashier is None


def test_training_is_recorded_apart(tablet: TestTablet, offer: Offer) -> None:
    Offer.objects.filter(pk=offer.pk).update(stock=5)
    sold = tablet.sale({offer: 1}, training=True, number="A12-A-L0001")
    assert tablet.post("penjualan", sale=sold).json()["number"] == "A12-A-L0001"
    assert Sale.objects.counted().count() == 0
    assert Offer.objects.get(pk=offer.pk).stock == 5
    assert Till.objects.get(pk=tablet.till.pk).last_counter == 0


# --- clocks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [1, -1, -20_000])
def test_wrong_clock_is_corrected_by_what_is_measured_and_flagged(
    tablet: TestTablet, offer: Offer, days: int
) -> None:
    now = timezone.now()
    if days < -1:
        days = (dt.datetime(1970, 1, 1, tzinfo=dt.UTC) - now).days + 1  # the battery was empty
    sold = tablet.sale({offer: 1}, device_at=shifted(now, days=days, minutes=-5))
    response = tablet.post("penjualan", sale=sold, sent_at=shifted(now, days=days))
    assert response.status_code == 201, response.json()
    sale = Sale.objects.get()
    assert abs(sale.sold_at - (now - dt.timedelta(minutes=5))) < dt.timedelta(seconds=10)
    assert sale.business_date == business_date(sale.sold_at)
    assert "clock_off" in flags(sale.number)


def test_offset_known_at_the_payment_wins_over_one_measured_later(
    tablet: TestTablet, offer: Offer
) -> None:
    """The clock was a day ahead at the payment, and has been set right since."""
    now = timezone.now()
    sold = tablet.sale(
        {offer: 1}, device_at=shifted(now, days=1), clock_offset_ms=-24 * 60 * 60 * 1000
    )
    tablet.post("penjualan", sale=sold, sent_at=now.isoformat())
    sale = Sale.objects.get()
    assert abs(sale.sold_at - now) < dt.timedelta(seconds=1)
    detail = SaleFlag.objects.get(sale=sale, kind=SaleFlag.Kind.CLOCK_OFF).detail
    assert detail["offset_ms"] == -86_400_000
    assert abs(detail["measured_ms"]) < 10_000


def test_clock_off_by_a_minute_is_corrected_and_no_matter(tablet: TestTablet, offer: Offer) -> None:
    now = timezone.now()
    sold = tablet.sale({offer: 1}, device_at=shifted(now, minutes=1))
    tablet.post("penjualan", sale=sold, sent_at=shifted(now, minutes=1))
    assert abs(Sale.objects.get().sold_at - now) < dt.timedelta(seconds=10)
    assert flags("A12-A-0001") == []


@pytest.mark.parametrize(
    ("at", "day"),
    [("2026-11-26T23:59:59", "2026-11-26"), ("2026-11-27T00:00:01", "2026-11-27")],
)
def test_day_is_that_of_the_payment_in_surabaya(at: str, day: str) -> None:
    moment = dt.datetime.fromisoformat(at).replace(tzinfo=WIB)
    with time_machine.travel(moment + dt.timedelta(hours=6), tick=False):
        stand, (offer, _) = make_shop(code="A12")
        tablet = pair_tablet(stand)
        ExpoDay.objects.get_or_create(expo=stand.expo, date=dt.date.fromisoformat(day))
        tablet.post("penjualan", sale=tablet.sale({offer: 1}, device_at=moment.isoformat()))
        assert str(Sale.objects.get().business_date) == day


def test_sale_of_a_day_ahead_that_cannot_be_explained_is_held(
    tablet: TestTablet, offer: Offer
) -> None:
    sold = tablet.sale({offer: 1}, device_at=shifted(timezone.now(), days=2))
    response = tablet.post("penjualan", sale=sold)
    assert (response.status_code, response.json()["reason"]) == (202, "future")
    assert tablet.post("penjualan", sale=sold).json()["status"] == "held"
    assert HeldSale.objects.count() == 1


def test_clock_at_1970_that_was_set_before_sending_is_held_and_not_refused(
    tablet: TestTablet, offer: Offer
) -> None:
    at_first: dict[str, Any] = {"device_at": "1970-01-01T00:05:00.000Z"}
    sold = tablet.sale({offer: 1}, **at_first)
    answers = [
        tablet.post("penjualan", sale=one).json()
        for one in (
            sold,
            tablet.reversal(sold, **at_first),
            sent_movement(tablet, "in", 5_000, **at_first),
            sent_close(tablet, {1_000: 5}, business_date="1970-01-01", **at_first),
        )
    ]
    assert [one["status"] for one in answers] == ["held"] * 4, answers
    assert [one["reason"] for one in answers] == ["too_old"] * 4
    held = HeldSale.objects.get(sale_uuid=sold["uuid"])
    when = timezone.now() - dt.timedelta(hours=2)
    citra = User.objects.create_user("citra", is_staff=True)
    form = AcceptForm(held=held, shelf=Shelf([held]))
    assert form.fields["sold_at"].initial == held.received_at
    assert accept_held(held, actor=citra, answers=Answers(sold_at=when)).sold_at == when


def test_time_that_cannot_have_been_is_flagged_where_the_tablet_did_not_know_its_clock(
    tablet: TestTablet, offer: Offer
) -> None:
    """Offline for hours is everyday; paid after it arrived or before the last number is not."""
    now = dt.datetime.now(WIB).replace(hour=18)
    hours = [-9, -8, -8.5, -8, 0.1]
    sales = [tablet.sale({offer: 1}, device_at=shifted(now, hours=one)) for one in hours]
    told = tablet.sale({offer: 1}, device_at=sales[2]["device_at"], clock_offset_ms=0)
    with time_machine.travel(now):  # sent with a clock that is right by now
        tablet.post("kiriman", sales=sales[:2])
        tablet.post("kiriman", sales=[*sales[2:], told])
    numbers = [one["number"] for one in sales]
    assert [flags(one) for one in numbers] == [[], [], ["clock_off"], [], ["clock_off"]]
    early, late = [
        words_of_flag(SaleFlag.objects.get(sale__number=numbers[place])) for place in (2, 4)
    ]
    assert "padahal nota sebelumnya, A12-A-0002, " in early[0]
    assert "padahal sudah diterima " in late[0]
    assert flags(told["number"]) == []  # it knew


# --- reversals ----------------------------------------------------------------------------------


def test_reversal_takes_back_by_position(tablet: TestTablet, offer: Offer) -> None:
    sold = tablet.sale({offer: 3})
    tablet.post("penjualan", sale=sold)
    response = tablet.post("penjualan", sale=tablet.reversal(sold, 2))
    assert (response.status_code, response.json()["number"]) == (201, "A12-A-0002")
    assert Sale.objects.get(number="A12-A-0001").left_by_line() == {1: 1}
    assert Sale.objects.get(number="A12-A-0002").total_rupiah == -50_000


def test_more_taken_back_than_was_sold_is_held(tablet: TestTablet, offer: Offer) -> None:
    sold = tablet.sale({offer: 1})
    tablet.post("penjualan", sale=sold)
    tablet.post("penjualan", sale=tablet.reversal(sold))
    response = tablet.post("penjualan", sale=tablet.reversal(sold))
    assert (response.status_code, response.json()["reason"]) == (202, "over_reversal")


def test_reversal_of_what_never_came_is_held(tablet: TestTablet, offer: Offer) -> None:
    response = tablet.post("penjualan", sale=tablet.reversal(tablet.sale({offer: 1})))
    assert (response.status_code, response.json()["reason"]) == (202, "original_unknown")


# --- batches ------------------------------------------------------------------------------------


def test_batch_is_answered_one_by_one_and_in_order(tablet: TestTablet, offer: Offer) -> None:
    first, bad, second = tablet.sale({offer: 1}), tablet.sale({offer: 1}), tablet.sale({offer: 2})
    bad["payments"] = []
    back = tablet.reversal(second)
    late = tablet.sale({offer: 1}, device_at=shifted(timezone.now(), days=-40))
    response = tablet.post("kiriman", sales=[first, bad, second, back, late, first])
    answers = response.json()["answers"]
    assert response.status_code == 200
    assert [one["http"] for one in answers] == [201, 422, 201, 201, 202, 200]
    assert [one["uuid"] for one in answers] == [
        one["uuid"] for one in (first, bad, second, back, late, first)
    ]
    assert list(Sale.objects.order_by("sequence").values_list("number", "sequence")) == [
        ("A12-A-0001", 1),
        ("A12-A-0003", 2),
        ("A12-A-0004", 3),
    ]
    assert verify_ledger().breaks == []


def test_batch_whose_answer_was_lost_is_recorded_once(tablet: TestTablet, offer: Offer) -> None:
    sales = [tablet.sale({offer: 1}) for _ in range(5)]
    tablet.post("kiriman", sales=sales)
    answers = tablet.post("kiriman", sales=[*sales, tablet.sale({offer: 1})]).json()["answers"]
    assert [one["http"] for one in answers] == [200, 200, 200, 200, 200, 201]
    assert Sale.objects.count() == 6


def test_stock_runs_down_inside_a_batch(tablet: TestTablet, offer: Offer) -> None:
    Offer.objects.filter(pk=offer.pk).update(stock=3)
    sales = [tablet.sale({offer: 2}) for _ in range(2)]
    answers = tablet.post("kiriman", sales=sales).json()["answers"]
    assert [one["flags"] for one in answers] == [[], ["stock_below_zero"]]
    assert Offer.objects.get(pk=offer.pk).stock == -1
    assert SaleFlag.objects.get().detail == {"offers": [{"offer": offer.pk, "left": -1}]}


def test_batch_costs_the_same_statements_for_one_sale_and_for_many(
    tablet: TestTablet, offer: Offer
) -> None:
    counts = []
    for many in (1, 20):
        with CaptureQueriesContext(connection) as queries:
            tablet.post("kiriman", sales=[tablet.sale({offer: 1}) for _ in range(many)])
        counts.append(len(queries))
    # The first contact is written once more than the second.
    assert counts[1] <= counts[0]
    assert Sale.objects.count() == 21


@pytest.mark.parametrize("sales", [[], "x", None, [{}] * 101])
def test_batch_that_is_none_is_refused_whole(tablet: TestTablet, sales: object) -> None:
    response = tablet.post("kiriman", sales=sales)
    assert (response.status_code, response.json()) == (400, {"error": "unreadable"})


def test_tablet_delivers_what_it_sold_at_its_former_stand(offer: Offer) -> None:
    storage = uuid.uuid4()
    first = pair_tablet(offer.stand, storage_id=storage)
    other_stand, (other_offer, _) = make_shop(code="B1", expo=offer.stand.expo)
    old = first.sale({offer: 1})
    moved = pair_tablet(other_stand, storage_id=storage)
    answers = moved.post("kiriman", sales=[old, moved.sale({other_offer: 1})]).json()["answers"]
    assert [one["number"] for one in answers] == ["A12-A-0001", "B1-A-0001"]
    assert list(Sale.objects.order_by("stand__code").values_list("stand__code", flat=True)) == [
        "A12",
        "B1",
    ]
