"""Sums over the ledger, by every grouping."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pesantren.models import Producer
from sales.models import Payment, Sale, SaleLine
from sales.recording import record_reversal, record_sale
from sales.requests import LineRequest, PaymentRequest, ReversalRequest, ReversedLine, SaleRequest
from sales.totals.running_proof import rollup_breaks
from sales.totals.source import Grouping, NotAttributableError, Sums, TotalsFilter
from sales.totals.sums import daily_totals, places_at, sums_by
from stands.clock import WIB, business_date
from stands.models import ExpoDay
from tests.closings import make_close
from tests.ledger import make_keeper, make_reversal, make_running_expo, make_sale, make_shop
from tests.make import (
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_stand,
)

if TYPE_CHECKING:
    from pesantren.models import Pesantren
    from stands.models import Expo, Offer, Stand

pytestmark = pytest.mark.django_db


def today() -> dt.date:
    return business_date(timezone.now())


def make_shared_stand(expo: Expo) -> tuple[Stand, list[Offer], list[Pesantren]]:
    """One stand with a product of each of two pesantren, and one of a guest."""
    pesantren = [make_pesantren(name="Al-Qodiri"), make_pesantren(name="Sidogiri")]
    stand = make_stand(expo=expo, code="B1", kind="communal", pesantren=pesantren)
    makers = [make_producer(pesantren=one) for one in pesantren]
    makers.append(make_producer(name="Tamu", kind=Producer.Kind.UMKM))
    offers = [
        make_offer(
            stand=stand,
            product=make_product(name=f"Air {number}", producer=maker),
            price_rupiah=1_000 * number,
            stock=None,
        )
        for number, maker in enumerate(makers, start=1)
    ]
    return stand, offers, pesantren


# --- any run of sales and reversals -------------------------------------------------------------

SALE = st.fixed_dictionaries(
    {
        "stand": st.integers(0, 1),
        "quantities": st.lists(st.integers(0, 3), min_size=3, max_size=3).filter(any),
        "methods": st.lists(st.sampled_from(Payment.Method.values), min_size=1, max_size=3),
        "ago": st.timedeltas(dt.timedelta(0), dt.timedelta(days=5)),
        "training": st.sampled_from([False, False, False, True]),
        "has_cashier": st.booleans(),
    }
)
REVERSAL = st.fixed_dictionaries(
    {
        "of": st.integers(0, 20),
        "quantities": st.lists(st.integers(0, 3), min_size=3, max_size=3).filter(any),
        "method": st.sampled_from(Payment.Method.values),
    }
)


@pytest.mark.story
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(st.one_of(SALE, SALE, REVERSAL), max_size=14))
def test_every_grouping_equals_the_sum_over_the_ledger(steps: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        expo = make_running_expo()
        other = make_shop(code="Z1", expo=make_expo(slug="2019", is_current=False))
        ExpoDay.objects.create(expo=expo, date=today() - dt.timedelta(days=1))
        make_sale(other[0], {other[1][0]: 1})  # at another edition: counted nowhere here
        run(expo, steps)

        assert_equal_to_the_ledger(expo)
        assert list(rollup_breaks()) == []
        transaction.set_rollback(True)


def run(expo: Expo, steps: list[dict[str, Any]]) -> None:
    """Record what the steps say, at a shop of three offers and at a shared stand."""
    shops = [make_shop(expo=expo, prices=(7_000, 12_500, 100)), make_shared_stand(expo)[:2]]
    keepers = [make_keeper(stand=stand, name=stand.code) for stand, _ in shops]
    sales: list[Sale] = []
    for step in steps:
        if "of" in step:
            if sales:
                take_back(sales[step["of"] % len(sales)], step)
            continue
        stand, offers = shops[step["stand"]]
        lines = tuple(
            LineRequest(offer.pk, quantity, offer.price_rupiah)
            for offer, quantity in zip(offers, step["quantities"], strict=True)
            if quantity
        )
        outcome = record_sale(
            stand=stand,
            cashier=keepers[step["stand"]] if step["has_cashier"] else None,
            request=SaleRequest(
                uuid=uuid.uuid4(),
                lines=lines,
                payments=split(sum(line.amount_rupiah for line in lines), step["methods"]),
                sold_at=timezone.now() - step["ago"],
                training=step["training"],
            ),
            intake=Sale.Intake.OUTBOX,
        )
        assert outcome.sale is not None
        sales.append(outcome.sale)


def split(total: int, methods: list[str]) -> tuple[PaymentRequest, ...]:
    """The total in parts of 50 rupiah, the rest last."""
    parts = [50] * (len(methods) - 1)
    amounts = [*parts, total - sum(parts)] if total > 50 * len(methods) else [total]
    return tuple(map(PaymentRequest, methods, amounts))


def take_back(sale: Sale, step: dict[str, Any]) -> None:
    """Take back what the step says, as far as it is left."""
    left = list(sale.left_by_line().items())
    lines = tuple(
        ReversedLine(position, min(quantity, most))
        for quantity, (position, most) in zip(step["quantities"], left, strict=False)
        if quantity and most
    )
    prices = {line.position: line.unit_price_rupiah for line in sale.lines.all()}
    total = sum(line.quantity * prices[line.position] for line in lines)
    if lines:
        record_reversal(
            stand=sale.stand,
            cashier=None,
            request=ReversalRequest(
                uuid=uuid.uuid4(),
                original_id=sale.pk,
                lines=lines,
                payments=(PaymentRequest(step["method"], total),),
                reason="salah",
                sold_at=timezone.now(),
            ),
            intake=Sale.Intake.OUTBOX,
        )


def assert_equal_to_the_ledger(expo: Expo) -> None:
    """Compare each grouping with what adding up the rows one by one gives."""
    expected = added_up(expo)
    gross = sum(one.total_rupiah for one in expected["entries"] if not one.is_reversal)
    taken_back = sum(one.total_rupiah for one in expected["entries"] if one.is_reversal)
    for grouping in Grouping:
        groups = sums_by(expo, grouping)
        assert {key: sums.net_rupiah for key, sums in groups.items()} == expected[grouping]
        assert sum(sums.gross_rupiah for sums in groups.values()) == gross
        assert sum(sums.reversed_rupiah for sums in groups.values()) == taken_back

    totals = daily_totals(expo=expo, places=places_at(expo), chosen=TotalsFilter(), today=today())
    count = sum(not one.is_reversal for one in expected["entries"])
    whole = Sums(gross, taken_back, count, len(expected["entries"]) - count)
    assert totals.methods is not None
    assert totals.total == totals.edition == whole
    assert sum((row.total for row in totals.rows), Sums()) == whole
    assert sum((one.sums for one in totals.day_totals), totals.outside) == whole
    assert sum(one.sums.net_rupiah for one in totals.methods) == whole.net_rupiah
    for row in totals.rows:
        assert sum((cell.sums for cell in row.cells), row.outside) == row.total


def added_up(expo: Expo) -> dict[Any, Any]:
    """The net of each group, row by row in Python; under `entries` the entries themselves."""
    sums: dict[Any, Any] = {grouping: defaultdict(int) for grouping in Grouping}
    entries = list(Sale.objects.filter(expo=expo, training=False))
    for sale in entries:
        for grouping, key in [
            (Grouping.DAY, sale.business_date),
            (Grouping.STAND, sale.stand_id),
            (Grouping.HOUR, sale.sold_at.astimezone(WIB).hour),
            (Grouping.TILL, sale.till_id),
            (Grouping.CASHIER, sale.cashier_id),
        ]:
            sums[grouping][key] += sale.total_rupiah
    for line in SaleLine.objects.filter(sale__in=entries).select_related("product", "producer"):
        for grouping, key in [
            (Grouping.PESANTREN, line.pesantren_id),
            (Grouping.PRODUCER, line.producer_id),
            (Grouping.KIND, line.producer.kind),
            (Grouping.PILLAR, line.product.pillar),
            (Grouping.CATEGORY, line.product.category_id),
            (Grouping.PRODUCT, line.product_id),
        ]:
            sums[grouping][key] += line.amount_rupiah
    for payment in Payment.objects.filter(sale__in=entries):
        sums[Grouping.METHOD][payment.method] += payment.amount_rupiah
    return {**sums, "entries": entries}


# --- one thing at a time ------------------------------------------------------------------------


def test_shared_stand_credits_each_maker() -> None:
    expo = make_running_expo()
    stand, (first, second, guest), (qodiri, sidogiri) = make_shared_stand(expo)
    make_sale(stand, {first: 2, second: 1, guest: 1})
    make_sale(stand, {second: 1})

    by_pesantren = sums_by(expo, Grouping.PESANTREN)

    assert by_pesantren == {
        qodiri.pk: Sums(2_000, 0, 1, 0, pieces=2),
        sidogiri.pk: Sums(4_000, 0, 2, 0, pieces=2),
        None: Sums(3_000, 0, 1, 0, pieces=1),
    }


def test_filter_by_pesantren_sums_its_lines_and_no_payment() -> None:
    expo = make_running_expo()
    stand, (first, second, _), (qodiri, _) = make_shared_stand(expo)
    make_sale(stand, {first: 2, second: 1})

    totals = daily_totals(
        expo=expo,
        places=places_at(expo),
        chosen=TotalsFilter(pesantren=qodiri),
        today=today(),
    )

    assert totals.total == Sums(2_000, 0, 1, 0, pieces=2)
    assert totals.methods is None


def test_filter_by_method_sums_its_part_of_a_split_payment() -> None:
    expo = make_running_expo()
    stand, offers = make_shop(expo=expo, prices=(25_000,))
    record_sale(
        stand=stand,
        cashier=None,
        request=SaleRequest(
            uuid=uuid.uuid4(),
            lines=(LineRequest(offers[0].pk, 1, 25_000),),
            payments=(PaymentRequest("cash", 5_000), PaymentRequest("qris", 20_000)),
            sold_at=timezone.now(),
        ),
        intake=Sale.Intake.OUTBOX,
    )

    totals = daily_totals(
        expo=expo, places=places_at(expo), chosen=TotalsFilter(method="qris"), today=today()
    )

    assert totals.total == Sums(20_000, 0, 1, 0)
    assert totals.methods is not None
    assert [(one.method, one.sums.net_rupiah) for one in totals.methods] == [("qris", 20_000)]


def test_pesantren_and_method_together_are_refused() -> None:
    expo = make_running_expo()
    chosen = TotalsFilter(pesantren=make_pesantren(), method="qris")

    with pytest.raises(NotAttributableError):
        sums_by(expo, Grouping.DAY, chosen)
    with pytest.raises(NotAttributableError):
        sums_by(expo, Grouping.METHOD, TotalsFilter(pesantren=chosen.pesantren))


def test_reversal_stands_apart_on_its_own_day() -> None:
    expo = make_running_expo()
    yesterday = today() - dt.timedelta(days=1)
    ExpoDay.objects.create(expo=expo, date=yesterday)
    stand, offers = make_shop(expo=expo, prices=(25_000,))
    sale = make_sale(stand, {offers[0]: 2}, sold_at=timezone.now() - dt.timedelta(days=1))
    make_reversal(sale, {sale.lines.get().position: 1})

    by_day = sums_by(expo, Grouping.DAY)

    assert by_day == {yesterday: Sums(50_000, 0, 1, 0), today(): Sums(0, -25_000, 0, 1)}


def test_sale_outside_the_days_stands_apart_and_in_the_grand_total() -> None:
    expo = make_running_expo()
    stand, offers = make_shop(expo=expo, prices=(25_000,))
    make_sale(stand, {offers[0]: 1})
    make_sale(stand, {offers[0]: 2}, sold_at=timezone.now() - dt.timedelta(days=4))
    places = places_at(expo)

    everything = daily_totals(expo=expo, places=places, chosen=TotalsFilter(), today=today())
    outside = daily_totals(
        expo=expo, places=places, chosen=TotalsFilter(outside_days=True), today=today()
    )

    assert [cell.sums.net_rupiah for cell in everything.day_totals] == [25_000]
    assert everything.outside.net_rupiah == 50_000
    assert everything.total.net_rupiah == 75_000
    assert outside.total.net_rupiah == 50_000
    assert sums_by(expo, Grouping.STAND, TotalsFilter(outside_days=True)) == {
        stand.pk: outside.total
    }


def test_training_is_counted_nowhere() -> None:
    expo = make_running_expo()
    stand, offers = make_shop(expo=expo)
    make_sale(stand, {offers[0]: 1}, training=True)

    totals = daily_totals(expo=expo, places=places_at(expo), chosen=TotalsFilter(), today=today())

    assert totals.total.is_empty
    assert all(not sums_by(expo, grouping) for grouping in Grouping)


def test_stands_that_sell_and_sold_nothing_today_are_named() -> None:
    expo = make_running_expo()
    busy, offers = make_shop(expo=expo, code="A1")
    idle, _ = make_shop(expo=expo, code="A2")
    make_stand(expo=expo, code="A3", kind="health")
    make_sale(busy, {offers[0]: 1})

    totals = daily_totals(expo=expo, places=places_at(expo), chosen=TotalsFilter(), today=today())

    assert totals.idle_today == (idle,)


def test_average_is_rounded_to_whole_rupiah() -> None:
    assert Sums(100, 0, 3, 0).average_rupiah == 33
    assert Sums(101, 0, 2, 0).average_rupiah == 51
    assert Sums().average_rupiah is None


# --- closed days --------------------------------------------------------------------------------


def test_what_is_frozen_late_and_live_adds_up_to_the_day() -> None:
    expo = make_running_expo()
    closed, offers = make_shop(expo=expo, code="A1", prices=(25_000,))
    late = make_sale(closed, {offers[0]: 4})
    make_close(late.till)
    make_reversal(late, {1: 1})  # after the close: an amendment
    still_open, others = make_shop(expo=expo, code="A2", prices=(10_000,))
    make_sale(still_open, {others[0]: 1})

    totals = daily_totals(expo=expo, places=places_at(expo), chosen=TotalsFilter(), today=today())

    first, second = (row.cells[0] for row in totals.rows)
    assert (first.frozen, first.late) == (Sums(100_000, 0, 1, 0), Sums(0, -25_000, 0, 1))
    assert (first.live, first.state) == (Sums(), "Z+")
    assert (second.frozen, second.live, second.state) == (None, Sums(10_000, 0, 1, 0), "X")
    [day] = totals.closed_days
    assert day.frozen is not None
    assert day.frozen + day.late + day.live == totals.total
    assert day.live.net_rupiah == 10_000


def test_product_that_changes_hands_during_a_day_keeps_both_makers_sales() -> None:
    """Also a maker that changes its pesantren: one row, with what was sold before and after."""
    stand, (coffee, _tea) = make_shop()
    make_sale(stand, {coffee: 1})
    before = coffee.product.producer
    coffee.product.producer = make_producer(name="Koperasi Baru")
    coffee.product.save()
    make_sale(stand, {coffee: 2})
    coffee.product.producer = before
    coffee.product.save()
    before.pesantren = make_pesantren(name="Langitan")
    before.save()
    make_sale(stand, {coffee: 1})

    for by in (Grouping.PRODUCT, Grouping.PRODUCER):
        found = daily_totals(
            expo=stand.expo, places=[], chosen=TotalsFilter(), today=today(), by=by
        )
        assert sum(row.total.net_rupiah for row in found.rows) == found.total.net_rupiah
