"""The example edition's money beside its sales: closes of the days that are over, and vouchers."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from opop_expo.example_edition import CLOSES, LONGEST_BACK, OPENS, Hall, paid_in_cash
from sales.closing.figures import figures_of
from sales.closing.requests import DENOMINATIONS, CloseRequest, MovementRequest
from sales.closing.writing import write_in_book
from sales.models import CashMovement, DayClose, Payment, Sale, Till, VoucherBatch
from sales.recording import record_sale
from sales.requests import PaymentRequest, SaleRequest
from sales.vouchers.codes import hmac_of
from sales.vouchers.issuing import issue_vouchers, make_batch, make_codes
from stands.clock import WIB, business_date

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from stands.models import Expo, ExpoDay

FLOAT_RUPIAH = 200_000
SHARE_FORGOTTEN = 0.08
SHARE_DIFFERENT = 0.15
DIFFERENCES_RUPIAH = [-20_000, -5_000, -2_000, -500, 500, 1_000, 5_000]
# As at the closing of 2020.
VOUCHER_RUPIAH = 100_000
VOUCHERS = 40
HANDED_OUT = 25
SPENT = 12
VOUCHER_BATCH = "Voucher pengunjung (contoh)"


def add_money(expo: Expo, *, now: dt.datetime, actor: User) -> None:
    """Vouchers, some of them spent, and the closes of every day that is over; once each."""
    with transaction.atomic():
        # Before the closes, so that what was spent yesterday is in them.
        if not VoucherBatch.objects.filter(expo=expo, name=VOUCHER_BATCH).exists():
            _add_vouchers(expo, now, actor)
        for day in expo.days.filter(
            date__lt=business_date(now), date__gte=business_date(now) - LONGEST_BACK
        ):
            _close(expo, day)


# --- vouchers -------------------------------------------------------------------------------------


def _add_vouchers(expo: Expo, now: dt.datetime, actor: User) -> None:
    days = [day.date for day in expo.all_days]
    batch = make_batch(
        expo=expo,
        name=VOUCHER_BATCH,
        value_rupiah=VOUCHER_RUPIAH,
        quantity=VOUCHERS,
        audience=VoucherBatch.Audience.VISITOR,
        valid_from=min(days),
        valid_until=max(days),
        actor=actor,
    )
    made = make_codes(batch, actor=actor)
    issue_vouchers([voucher for voucher, _code in made[:HANDED_OUT]], to="", actor=actor)
    hall = Hall(expo)
    for place, (at, (_voucher, code)) in enumerate(
        zip(_moments(expo, now), made[:SPENT], strict=False)
    ):
        chance = random.Random(f"{expo.slug}/voucher/{place}")  # noqa: S311, nothing is secret
        stand, lines = hall.choose(chance)
        total = sum(line.amount_rupiah for line in lines)
        if stand is None or not total:
            continue
        paid = min(total, VOUCHER_RUPIAH)
        payments = [PaymentRequest(Payment.Method.VOUCHER, paid, voucher=hmac_of(code))]
        if total > paid:
            payments.append(paid_in_cash(total - paid, chance))
        key = uuid5(NAMESPACE_URL, f"{expo.slug}/voucher/{place}")
        request = SaleRequest(key, lines, tuple(payments), sold_at=at)
        record_sale(stand=stand, cashier=None, request=request, intake=Sale.Intake.EXAMPLE)


def _moments(expo: Expo, now: dt.datetime) -> list[dt.datetime]:
    """Times at which the hall was open, spread over the days so far."""
    moments = []
    for place in range(SPENT):
        chance = random.Random(f"{expo.slug}/voucher/{place}/when")  # noqa: S311, as above
        back = dt.timedelta(minutes=chance.randint(5, 36 * 60))
        at = now - back
        day = expo.day_at(at)
        if day is not None and day.is_open_at(at):
            moments.append(at)
    return sorted(moments)


# --- closes ---------------------------------------------------------------------------------------


def _close(expo: Expo, day: ExpoDay) -> None:
    """Count the drawer of each till that sold on the day; one or two keepers forgot to."""
    sold = Sale.objects.filter(
        expo=expo, business_date=day.date, intake=Sale.Intake.EXAMPLE, training=False
    )
    closed = DayClose.objects.filter(business_date=day.date).values("till")
    tills = (
        Till.objects.filter(pk__in=sold.values("till"), letter__startswith=Till.WEB)
        .exclude(pk__in=closed)
        .select_related("stand__expo")
        .order_by("pk")
    )
    for till in tills:
        name = f"{expo.slug}/{day.date}/{till.prefix}"
        chance = random.Random(name)  # noqa: S311, nothing is secret
        if chance.random() >= SHARE_FORGOTTEN:
            _close_till(till, day, name, chance)


def _close_till(till: Till, day: ExpoDay, name: str, chance: random.Random) -> None:
    opened = dt.datetime.combine(day.date, day.opens or OPENS, WIB)
    closed = dt.datetime.combine(day.date, day.closes or CLOSES, WIB)
    write_in_book(
        MovementRequest(
            uuid5(NAMESPACE_URL, f"{name}/float"),
            CashMovement.Kind.FLOAT,
            FLOAT_RUPIAH,
            "",
            opened,
        ),
        stand=till.stand,
        cashier=None,
    )
    expected = figures_of(till, day.date).expected_rupiah
    difference = chance.choice(DIFFERENCES_RUPIAH) if chance.random() < SHARE_DIFFERENT else 0
    counted = _pieces(max(expected + difference, 0))
    write_in_book(
        CloseRequest(
            uuid=uuid5(NAMESPACE_URL, f"{name}/close"),
            business_date=day.date,
            counted=counted,
            counted_rupiah=sum(value * pieces for value, pieces in counted),
            expected_rupiah=None,
            last_counter=0,
            note="Sudah dihitung dua kali." if difference else "",
            closed_at=closed - dt.timedelta(minutes=chance.randint(0, 20)),
        ),
        stand=till.stand,
        cashier=None,
    )


def _pieces(amount: int) -> tuple[tuple[int, int], ...]:
    """An amount in notes and coins; what is below the smallest coin is left out."""
    pieces = []
    for value in DENOMINATIONS:
        count, amount = divmod(amount, value)
        pieces.append((value, count))
    return tuple(pieces)
