"""Recording: what becomes a ledger entry, once, and what is flagged, held or refused."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sales.chain import entry_hash
from sales.checking import SaleRefused
from sales.models import HeldSale, LedgerHead, Payment, Sale, SaleFlag, Till
from sales.recording import Outcome, record_reversal, record_sale
from sales.requests import LineRequest, PaymentRequest
from stands.models import ExpoDay, Stand
from tests.ledger import (
    make_keeper,
    make_reversal,
    make_running_expo,
    make_sale,
    make_shop,
    reversal_request,
    sale_request,
)
from tests.make import make_pesantren, make_producer

pytestmark = pytest.mark.django_db


def record(stand: Stand, request: object, intake: Sale.Intake = Sale.Intake.OUTBOX) -> Outcome:
    return record_sale(stand=stand, cashier=None, request=request, intake=intake)  # type: ignore[arg-type]


def fields(refused: pytest.ExceptionInfo[SaleRefused]) -> list[str]:
    return [problem.field for problem in refused.value.problems]


def test_sale_keeps_name_price_and_maker_as_they_were() -> None:
    stand, (offer, _) = make_shop()
    sale = make_sale(stand, {offer: 3}, tendered_rupiah=100_000)
    product = offer.product
    maker = product.producer
    product.name, product.producer = "Nama baru", make_producer(name="Pelaku lain")
    product.save()
    line = sale.lines.get()
    assert (line.product_name, line.unit_price_rupiah, line.amount_rupiah) == (
        "Barang 1 A1",
        25_000,
        75_000,
    )
    assert (line.producer_id, line.pesantren_id) == (maker.pk, maker.pesantren_id)
    assert sale.payments.get().change_rupiah == 25_000


def test_numbers_and_sequence_count_up_without_gap() -> None:
    stand, (offer, _) = make_shop(code="A12")
    sales = [make_sale(stand, {offer: 1}) for _ in range(3)]
    assert [sale.sequence for sale in sales] == [1, 2, 3]
    assert [sale.number for sale in sales] == ["A12-W-0001", "A12-W-0002", "A12-W-0003"]
    assert [sale.previous_hash for sale in sales] == ["", sales[0].hash, sales[1].hash]
    head = LedgerHead.objects.get(stand=stand)
    assert (head.sequence, head.hash) == (3, sales[2].hash)


def test_renamed_stand_keeps_its_prefix_and_the_next_stand_gets_another() -> None:
    expo = make_running_expo()
    first, (offer, _) = make_shop(code="A1", expo=expo)
    make_sale(first, {offer: 1})
    Stand.objects.filter(pk=first.pk).update(code="B9")
    second, (other, _) = make_shop(code="A1", expo=expo)
    first.refresh_from_db()
    assert make_sale(first, {offer: 1}).number == "A1-W-0002"
    assert make_sale(second, {other: 1}).number == "A1-WA-0001"
    assert Till.objects.count() == 2


def test_same_uuid_with_same_content_is_one_sale() -> None:
    stand, (offer, _) = make_shop()
    request = sale_request({offer: 2})
    first = record(stand, request)
    again = record(stand, replace(request, sold_at=request.sold_at + dt.timedelta(seconds=9)))
    assert (first.kind, again.kind) == (Outcome.Kind.RECORDED, Outcome.Kind.REPLAYED)
    assert again.sale == first.sale
    assert Sale.objects.count() == 1


def test_same_uuid_with_other_content_is_held_once_and_not_counted() -> None:
    stand, (offer, _) = make_shop()
    request = sale_request({offer: 2})
    record(stand, request)
    other = sale_request({offer: 3}, key=request.uuid)
    outcomes = [record(stand, other), record(stand, other)]
    assert all(outcome.is_conflict for outcome in outcomes)
    held = HeldSale.objects.get()
    assert held.request["lines"] == [
        {"offer_id": offer.pk, "quantity": 3, "unit_price_rupiah": 25_000}
    ]
    assert Sale.objects.get().total_rupiah == 50_000


def test_same_uuid_at_another_stand_is_held_there() -> None:
    expo = make_running_expo()
    stand, (offer, _) = make_shop(code="A1", expo=expo)
    other_stand, (other_offer, _) = make_shop(code="A2", expo=expo)
    request = sale_request({offer: 1})
    record(stand, request)
    outcome = record(other_stand, sale_request({other_offer: 1}, key=request.uuid))
    assert outcome.is_conflict
    assert outcome.held is not None
    assert outcome.held.stand == other_stand


@pytest.mark.parametrize(
    ("days", "reason"),
    [(1, HeldSale.Reason.FUTURE), (-31, HeldSale.Reason.TOO_OLD)],
)
def test_date_beyond_bounds_is_held(days: int, reason: str) -> None:
    stand, (offer, _) = make_shop()
    sold_at = timezone.now() + dt.timedelta(days=days)
    outcomes = [record(stand, sale_request({offer: 1}, sold_at=sold_at, key=uuid.UUID(int=7)))] * 2
    assert [outcome.kind for outcome in outcomes] == [Outcome.Kind.HELD] * 2
    assert HeldSale.objects.get().reason == reason
    assert not Sale.objects.exists()


def test_business_date_is_the_day_in_east_java() -> None:
    stand, (offer, _) = make_shop()
    utc_evening = timezone.now().replace(hour=18, minute=30) - dt.timedelta(days=2)
    sale = make_sale(stand, {offer: 1}, sold_at=utc_evening)
    assert sale.business_date == utc_evening.date() + dt.timedelta(days=1)


def test_sale_outside_the_days_is_recorded_and_flagged() -> None:
    stand, (offer, _) = make_shop()
    ExpoDay.objects.all().delete()
    sale = make_sale(stand, {offer: 1})
    assert [flag.kind for flag in sale.flags.all()] == [SaleFlag.Kind.OUTSIDE_DAYS]


def test_tablet_sale_is_recorded_at_the_price_charged_and_flagged() -> None:
    stand, (offer, _) = make_shop()
    request = sale_request({offer: 5})
    offer.price_rupiah, offer.withdrawn, offer.stock = 30_000, True, 2
    offer.save()
    sale = record(stand, request).sale
    assert sale is not None
    assert sale.total_rupiah == 125_000
    assert {flag.kind for flag in sale.flags.all()} == {
        SaleFlag.Kind.PRICE_DIFFERED,
        SaleFlag.Kind.OFFER_WITHDRAWN,
        SaleFlag.Kind.STOCK_BELOW_ZERO,
    }
    offer.refresh_from_db()
    assert offer.stock == -3


def test_live_form_is_refused_where_the_offer_changed() -> None:
    stand, (offer, other) = make_shop()
    request = sale_request({offer: 5, other: 1})
    offer.stock = 2
    offer.save()
    other.price_rupiah = 11_000
    other.save()
    with pytest.raises(SaleRefused) as refused:
        record(stand, request, Sale.Intake.FORM)
    assert fields(refused) == [f"qty-{offer.pk}", f"qty-{other.pk}"]
    assert not Sale.objects.exists()
    assert not LedgerHead.objects.exists()


def test_live_form_refuses_qris_above_its_ceiling() -> None:
    stand, (offer, _) = make_shop(prices=(10_000_001, 1))
    with pytest.raises(SaleRefused) as refused:
        record(stand, sale_request({offer: 1}, method=Payment.Method.QRIS), Sale.Intake.FORM)
    assert fields(refused) == ["method"]


def test_stock_goes_down_with_a_sale_and_up_with_a_reversal() -> None:
    stand, (offer, other) = make_shop()
    offer.stock = 10
    offer.save()
    sale = make_sale(stand, {offer: 4, other: 2})
    offer.refresh_from_db()
    assert offer.stock == 6
    make_reversal(sale, {1: 3})
    offer.refresh_from_db()
    other.refresh_from_db()
    assert (offer.stock, other.stock) == (9, None)


def test_training_moves_no_stock_and_is_marked() -> None:
    stand, (offer, _) = make_shop()
    offer.stock = 10
    offer.save()
    sale = make_sale(stand, {offer: 4}, training=True)
    offer.refresh_from_db()
    assert sale.training
    assert offer.stock == 10
    assert not Sale.objects.counted().exists()
    assert make_reversal(sale).training


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": ()}, "lines"),
        ({"lines": (LineRequest(1, 0, 100),)}, "qty-1"),
        ({"lines": (LineRequest(1, -2, 100),)}, "qty-1"),
        ({"lines": (LineRequest(1, 10_000_000, 100),)}, "qty-1"),
        ({"lines": (LineRequest(1, 1, -100),)}, "price-1"),
        ({"lines": (LineRequest(1, 1, 100),) * 201}, "lines"),
        ({"payments": (PaymentRequest("cash", 24_999),)}, "method"),
        ({"payments": (PaymentRequest("emas", 25_000),)}, "method"),
        ({"payments": (PaymentRequest("cash", 25_000, 20_000),)}, "tendered"),
        ({"payments": (PaymentRequest("qris", 25_000, 25_000),)}, "tendered"),
    ],
)
def test_what_is_no_sale_is_refused(change: dict[str, object], field: str) -> None:
    stand, (offer, _) = make_shop()
    request = replace(sale_request({offer: 1}), **change)  # type: ignore[arg-type]
    with pytest.raises(SaleRefused) as refused:
        record(stand, request)
    assert field in fields(refused)
    assert not Sale.objects.exists()


def test_offer_of_another_stand_is_refused_like_one_that_does_not_exist() -> None:
    expo = make_running_expo()
    stand, _ = make_shop(code="A1", expo=expo)
    _, (foreign, _) = make_shop(code="A2", expo=expo)
    messages = []
    for offer_id in (foreign.pk, 999_999):
        request = replace(
            sale_request({foreign: 1}), lines=(LineRequest(offer_id, 1, foreign.price_rupiah),)
        )
        with pytest.raises(SaleRefused) as refused:
            record(stand, request, Sale.Intake.FORM)
        messages += [problem.message for problem in refused.value.problems]
    assert messages == ["Barang ini tidak dijual di stan ini."] * 2


def test_offer_of_another_stand_on_a_tablet_is_held_for_an_organiser() -> None:
    expo = make_running_expo()
    stand, _ = make_shop(code="A1", expo=expo)
    _, (foreign, _) = make_shop(code="A2", expo=expo)
    outcome = record(stand, sale_request({foreign: 1}))
    assert outcome.held is not None
    assert outcome.held.reason == HeldSale.Reason.OFFER_UNKNOWN
    assert not Sale.objects.exists()


def test_reversal_is_negative_dated_today_and_paid_back_the_same_way() -> None:
    stand, (offer, _) = make_shop()
    sold_at = timezone.now() - dt.timedelta(days=1)
    sale = make_sale(stand, {offer: 3}, method=Payment.Method.QRIS, sold_at=sold_at)
    back = make_reversal(sale, {1: 2}, reason="rusak")
    assert (back.total_rupiah, back.reason, back.sequence) == (-50_000, "rusak", 2)
    assert back.business_date == sale.business_date + dt.timedelta(days=1)
    assert (back.payments.get().method, back.payments.get().amount_rupiah) == ("qris", -50_000)
    assert back.lines.get().reverses_line == sale.lines.get()


def test_never_more_is_taken_back_than_was_sold() -> None:
    stand, (offer, _) = make_shop()
    sale = make_sale(stand, {offer: 3})
    line = sale.lines.get().position
    make_reversal(sale, {line: 2})
    request = reversal_request(sale, {line: 2})
    with pytest.raises(SaleRefused) as refused:
        record_reversal(stand=stand, cashier=None, request=request, intake=Sale.Intake.FORM)
    assert [problem.message for problem in refused.value.problems] == [
        "Yang masih bisa dibatalkan: 1."
    ]
    outcome = record_reversal(stand=stand, cashier=None, request=request, intake=Sale.Intake.OUTBOX)
    assert outcome.held is not None
    assert outcome.held.reason == HeldSale.Reason.OVER_REVERSAL
    assert sale.left_by_line() == {line: 1}


def test_reversal_needs_a_reason_and_a_sale_of_this_stand() -> None:
    expo = make_running_expo()
    stand, (offer, _) = make_shop(code="A1", expo=expo)
    other_stand, _ = make_shop(code="A2", expo=expo)
    sale = make_sale(stand, {offer: 1})
    for where, reason, field in [(stand, "  ", "reason"), (other_stand, "salah", "original")]:
        with pytest.raises(SaleRefused) as refused:
            record_reversal(
                stand=where,
                cashier=None,
                request=reversal_request(sale, reason=reason),
                intake=Sale.Intake.FORM,
            )
        assert fields(refused) == [field]


def test_reversal_of_a_sale_that_never_came_is_held() -> None:
    expo = make_running_expo()
    stand, (offer, _) = make_shop(code="A1", expo=expo)
    other_stand, _ = make_shop(code="A2", expo=expo)
    request = reversal_request(make_sale(stand, {offer: 1}))
    outcome = record_reversal(
        stand=other_stand, cashier=None, request=request, intake=Sale.Intake.OUTBOX
    )
    assert outcome.held is not None
    assert outcome.held.reason == HeldSale.Reason.ORIGINAL_UNKNOWN


def test_reversal_itself_cannot_be_reversed() -> None:
    stand, (offer, _) = make_shop()
    back = make_reversal(make_sale(stand, {offer: 1}))
    request = replace(reversal_request(back, {1: 1}))
    with pytest.raises(SaleRefused) as refused:
        record_reversal(stand=stand, cashier=None, request=request, intake=Sale.Intake.OUTBOX)
    assert fields(refused) == ["original"]


def test_credit_goes_to_each_maker_at_a_shared_stand() -> None:
    stand, (offer, other) = make_shop()
    assert offer.product.producer.pesantren != other.product.producer.pesantren
    sale = make_sale(stand, {offer: 1, other: 1})
    assert [line.pesantren for line in sale.lines.all()] == [
        offer.product.producer.pesantren,
        other.product.producer.pesantren,
    ]
    assert make_pesantren() not in [line.pesantren for line in sale.lines.all()]


def test_recording_five_lines_takes_few_statements() -> None:
    stand, offers = make_shop(prices=(1_000, 2_000, 3_000, 4_000, 5_000))
    keeper = make_keeper(stand=stand)
    make_sale(stand, {offers[0]: 1})
    for offer in offers:
        offer.stock = 50
        offer.save()
    request = sale_request(dict.fromkeys(offers, 2))
    stand = Stand.objects.get(pk=stand.pk)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        outcome = record_sale(stand=stand, cashier=keeper, request=request, intake=Sale.Intake.FORM)
    assert outcome.sale is not None
    assert outcome.sale.lines.count() == 5
    assert len(queries) <= 12, [query["sql"] for query in queries]


def test_uuid_of_a_held_sale_is_taken() -> None:
    stand, (offer, _) = make_shop()
    tomorrow = timezone.now() + dt.timedelta(days=1)
    held = sale_request({offer: 1}, sold_at=tomorrow)
    record(stand, held)
    assert record(stand, sale_request({offer: 2}, key=held.uuid)).is_conflict
    assert HeldSale.objects.count() == 2
    assert not Sale.objects.exists()


def test_number_of_a_tablet_is_used_once() -> None:
    stand, (offer, _) = make_shop()
    till = Till.objects.create(expo=stand.expo, stand=stand, letter="A", prefix="A1-A")

    def from_tablet(number: str) -> Outcome:
        return record_sale(
            stand=stand,
            cashier=None,
            request=sale_request({offer: 1}, number=number),
            intake=Sale.Intake.OUTBOX,
            till=till,
        )

    assert from_tablet("A1-A-0001").sale is not None
    taken = from_tablet("A1-A-0001").held
    assert taken is not None
    assert taken.reason == HeldSale.Reason.NUMBER_TAKEN
    foreign = from_tablet("A1-W-0001").held
    assert foreign is not None
    assert foreign.reason == HeldSale.Reason.OTHER_TILL
    assert make_sale(stand, {offer: 1}).number == "A1-W-0001"


def test_reversal_of_a_held_sale_is_held_too() -> None:
    stand, (offer, _) = make_shop()
    sale = make_sale(stand, {offer: 1})
    tomorrow = timezone.now() + dt.timedelta(days=1)
    held = sale_request({offer: 1}, sold_at=tomorrow)
    record(stand, held)
    request = replace(reversal_request(sale), original_id=held.uuid)
    outcome = record_reversal(stand=stand, cashier=None, request=request, intake=Sale.Intake.OUTBOX)
    assert outcome.held is not None
    assert outcome.held.reason == HeldSale.Reason.ORIGINAL_HELD


def test_training_reversal_moves_no_stock() -> None:
    stand, (offer, _) = make_shop()
    sale = make_sale(stand, {offer: 4}, training=True)
    offer.stock = 10
    offer.save()
    make_reversal(sale)
    offer.refresh_from_db()
    assert offer.stock == 10


def test_stock_is_checked_over_all_lines_of_an_offer() -> None:
    stand, (offer, _) = make_shop()
    offer.stock = 3
    offer.save()
    line = LineRequest(offer.pk, 2, offer.price_rupiah)
    request = replace(
        sale_request({offer: 4}), lines=(line, line), payments=(PaymentRequest("cash", 100_000),)
    )
    with pytest.raises(SaleRefused):
        record(stand, request, Sale.Intake.FORM)
    record(stand, request)
    offer.refresh_from_db()
    assert offer.stock == -1


@pytest.mark.parametrize("amount", [25_000.0, True])
def test_only_whole_numbers_are_money(amount: object) -> None:
    with pytest.raises(TypeError):
        PaymentRequest("cash", amount)  # type: ignore[arg-type]


def test_hash_is_the_same_after_reading_back() -> None:
    stand, (offer, other) = make_shop()
    sale = make_sale(stand, {offer: 1, other: 2}, note="kembang ☕")
    again = Sale.objects.get(pk=sale.pk)
    assert entry_hash(again, list(again.lines.all()), list(again.payments.all())) == sale.hash
