"""A ledger of any size with true hashes, made in bulk: for measuring, where recording is too slow.

What recording would have written, in every column that the chain and the totals read.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from typing import TYPE_CHECKING

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from sales.chain import entry_hash
from sales.ledger_head import lock_head
from sales.models import LedgerHead, Payment, Sale, SaleLine
from sales.totals.running import rebuild_all
from stands.clock import business_date
from stands.models import Expo, ExpoDay
from tests.ledger import make_shop
from tests.make import make_expo

if TYPE_CHECKING:
    from stands.models import Offer, Stand

BATCH = 1_000
PRICES = (5_000, 10_000, 15_000, 25_000, 40_000, 75_000)
LINES = (1, 2, 3, 3, 3, 4, 5)
SHARE_REVERSED = 0.04
SHARE_SPLIT = 0.1


def make_many_sales(*, sales: int, stands: int = 40, days: int = 3, seed: int = 1) -> Expo:
    """An edition whose days end today, with so many entries, about three lines each."""
    chance = random.Random(seed)
    expo = make_expo(slug="2026-banyak", name="OPOP Expo banyak", days=())
    today = business_date(timezone.now())
    dates = [today - dt.timedelta(days=back) for back in reversed(range(days))]
    for date in dates:
        ExpoDay.objects.create(expo=expo, date=date)
    line_key = (SaleLine.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    for number in range(stands):
        code = f"{'ABCD'[number * 4 // stands]}{number + 1}"
        stand, offers = make_shop(code=code, expo=expo, prices=PRICES)
        share = sales // stands + (number < sales % stands)
        with transaction.atomic():
            line_key = _fill(stand, offers, share, dates, chance, line_key)
    # Keys were given by hand, since a reversal's hash names those of the lines that it takes back.
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [SaleLine]):
            cursor.execute(statement)
    rebuild_all()
    return expo


def _fill(
    stand: Stand,
    offers: list[Offer],
    count: int,
    dates: list[dt.date],
    chance: random.Random,
    line_key: int,
) -> int:
    """A stand's chain; answers the key of the next line."""
    head = lock_head(stand)
    previous = ""
    rows: tuple[list[Sale], list[SaleLine], list[Payment]] = ([], [], [])
    last: tuple[Sale, list[SaleLine], list[Payment]] | None = None
    for sequence in range(1, count + 1):
        date = dates[(sequence - 1) * len(dates) // count]
        at = dt.datetime.combine(date, dt.time(2), dt.UTC)  # nine in the morning
        at += dt.timedelta(seconds=chance.randrange(12 * 3600), microseconds=sequence)
        sale = Sale(
            id=uuid.UUID(int=chance.getrandbits(128), version=4),
            expo_id=stand.expo_id,
            stand=stand,
            till=head.web_till,
            sequence=sequence,
            number=f"{head.web_till.prefix}-{sequence:04d}",
            intake=Sale.Intake.OUTBOX,
            sold_at=at,
            device_at=at,
            received_at=at + dt.timedelta(seconds=2),
            business_date=date,
            fingerprint=f"{chance.getrandbits(256):064x}",
            previous_hash=previous,
        )
        if last and last[0].reverses_id is None and chance.random() < SHARE_REVERSED:
            lines, payments = _taken_back(sale, *last)
        else:
            lines, payments = _sold(chance.sample(offers, chance.choice(LINES)), chance)
        for line in lines:
            line.pk, line_key = line_key, line_key + 1
            line.sale = sale
        for payment in payments:
            payment.sale = sale
        sale.total_rupiah = sum(line.amount_rupiah for line in lines)
        sale.hash = previous = entry_hash(sale, lines, payments)
        last = (sale, lines, payments)
        rows[0].append(sale)
        rows[1].extend(lines)
        rows[2].extend(payments)
        if sequence % BATCH == 0 or sequence == count:
            Sale.objects.bulk_create(rows[0])
            SaleLine.objects.bulk_create(rows[1])
            Payment.objects.bulk_create(rows[2])
            rows = ([], [], [])
    LedgerHead.objects.filter(pk=head.pk).update(sequence=count, hash=previous, web_counter=count)
    return line_key


def _sold(offers: list[Offer], chance: random.Random) -> tuple[list[SaleLine], list[Payment]]:
    lines = []
    for position, offer in enumerate(offers, start=1):
        quantity = chance.randint(1, 3)
        lines.append(
            SaleLine(
                position=position,
                offer=offer,
                product=offer.product,
                producer_id=offer.product.producer_id,
                pesantren_id=offer.product.producer.pesantren_id,
                product_name=offer.product.name,
                unit=offer.product.unit,
                unit_price_rupiah=offer.price_rupiah,
                quantity=quantity,
                amount_rupiah=quantity * offer.price_rupiah,
            )
        )
    total = sum(line.amount_rupiah for line in lines)
    cash = total // 2 if chance.random() < SHARE_SPLIT else total
    payments = [
        Payment(position=1, method=Payment.Method.CASH, amount_rupiah=cash, tendered_rupiah=cash)
    ]
    if cash < total:
        payments.append(Payment(position=2, method=Payment.Method.QRIS, amount_rupiah=total - cash))
    return lines, payments


def _taken_back(
    sale: Sale, original: Sale, sold: list[SaleLine], paid: list[Payment]
) -> tuple[list[SaleLine], list[Payment]]:
    sale.reverses, sale.reason = original, "salah ketik"
    lines = [
        SaleLine(
            position=line.position,
            offer_id=line.offer_id,
            product_id=line.product_id,
            producer_id=line.producer_id,
            pesantren_id=line.pesantren_id,
            reverses_line=line,
            product_name=line.product_name,
            unit=line.unit,
            unit_price_rupiah=line.unit_price_rupiah,
            quantity=-line.quantity,
            amount_rupiah=-line.amount_rupiah,
        )
        for line in sold
    ]
    payments = [
        Payment(position=one.position, method=one.method, amount_rupiah=-one.amount_rupiah)
        for one in paid
    ]
    return lines, payments
