"""The example edition: a copy of a real one whose days are around now, with sales made up for it.

It lets the portal be tried on any date. Its sales go through `sales.recording` like real ones, so
the chain, the stock and the totals are true; they carry the intake 'contoh'.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from opop_expo.example_programme import add_programme
from outcomes.models import ResultsChoice
from sales.models import HeldSale, Payment, Sale
from sales.recording import record_reversal, record_sale
from sales.requests import LineRequest, PaymentRequest, ReversalRequest, ReversedLine, SaleRequest
from stands.clock import WIB, business_date
from stands.copying import HallParts, copy_hall
from stands.models import Expo, ExpoDay, Offer, Stand

if TYPE_CHECKING:
    from collections.abc import Iterator

OPENS, CLOSES = dt.time(8), dt.time(22)
LAST_MOMENT = dt.time(23, 59, 59)

# Sales an hour from midnight on. Those outside the usual hours are made only on a day on which
# the hall is open then, because somebody tries the portal at night.
RUSH = [12] * 8 + [5, 8, 11, 14, 24, 18, 11, 11, 21, 22, 21, 19, 14, 8] + [12] * 2
# What is left of each barang for the person who tries the till.
LEFT_FOR_THE_TILL = 5
# Recording keeps older sales out of the ledger.
LONGEST_BACK = dt.timedelta(days=29)

METHODS = {
    Payment.Method.CASH: 45,
    Payment.Method.QRIS: 40,
    Payment.Method.TRANSFER: 6,
    Payment.Method.CARD: 9,
}
NOTES_RUPIAH = [5_000, 10_000, 20_000, 50_000, 100_000]
SPLIT_FROM_RUPIAH = 60_000
SHARE_REVERSED = 0.04
REASONS = [
    "Salah hitung jumlah",
    "Pembeli menukar dengan barang lain",
    "Kemasan rusak",
]


def make_example_edition(*, source: Expo, now: dt.datetime) -> Expo:
    """The example edition of this year, made from `source` or brought up to date.

    Made, it becomes the current edition. Made again, it gets the days that are missing up to
    tomorrow with their programme, and the sales that are missing up to now; what was entered stays.
    If the hall would be closed now, the hours of all days are widened alike.
    """
    slug = f"{business_date(now).year}-contoh"
    with transaction.atomic():
        expo = Expo.objects.filter(slug=slug).first() or _copy(source, slug)
        if expo.is_closed:
            return expo
        _add_days(expo, now)
        add_programme(expo)
        _add_sales(expo, now)
    return expo


# --- the copy -------------------------------------------------------------------------------------


def _copy(source: Expo, slug: str) -> Expo:
    Expo.objects.filter(is_current=True).update(is_current=False)
    expo = Expo.objects.create(
        slug=slug,
        name=f"OPOP Expo {slug[:4]} (contoh)",
        theme=source.theme,
        venue=source.venue,
        city=source.city,
        is_current=True,
        is_example=True,
        plan_width=source.plan_width,
        plan_height=source.plan_height,
        notes=(
            f"Edisi contoh untuk mencoba portal, disalin dari {source.name}. {source.notes}".strip()
        ),
        sources=source.sources,
    )
    ResultsChoice.objects.create(expo=expo, is_public=True)
    copy_hall(source, expo, HallParts(stock=True, withdrawn=True, qris=True))
    return expo


def _add_days(expo: Expo, now: dt.datetime) -> None:
    today = business_date(now)
    # As wide as the days that an earlier run has widened.
    opens = min([OPENS, *(day.opens for day in expo.days.all() if day.opens)])
    closes = max([CLOSES, *(day.closes for day in expo.days.all() if day.closes)])
    for date in (today - dt.timedelta(days=1), today, today + dt.timedelta(days=1)):
        expo.days.get_or_create(date=date, defaults={"opens": opens, "closes": closes})
    if not expo.days.get(date=today).is_open_at(now):
        for day in expo.days.all():
            day.opens, day.closes = _hours_around(now, day.opens or OPENS, day.closes or CLOSES)
            day.save(update_fields=["opens", "closes"])


def _hours_around(now: dt.datetime, opens: dt.time, closes: dt.time) -> tuple[dt.time, dt.time]:
    """The hours, widened to full hours so that `now` lies within them."""
    at = now.astimezone(WIB).time()
    hour = dt.time(at.hour)
    next_hour = dt.time(at.hour + 1) if at.hour < LAST_MOMENT.hour else LAST_MOMENT
    return min(opens, hour), max(closes, next_hour)


# --- its sales ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Moment:
    """One sale of the example, or the reversal of one, as chance has it for this day and hour."""

    at: dt.datetime
    uuid: UUID
    seed: str
    reverses: UUID | None = None

    @property
    def chance(self) -> random.Random:
        """The same throws for the same moment, however often it comes up."""
        return random.Random(self.seed)  # noqa: S311, nothing here has to be secret


def _moments(day: ExpoDay, slug: str) -> Iterator[_Moment]:
    """Every sale and reversal that the day holds, whether it has come yet or not."""
    for hour, sales in enumerate(RUSH):
        for number in range(sales):
            seed = f"{slug}/{day.date}/{hour}/{number}"
            chance = random.Random(f"{seed}/when")  # noqa: S311, as above
            time = dt.time(hour, chance.randrange(60), chance.randrange(60))
            at = dt.datetime.combine(day.date, time, WIB)
            sale = _Moment(at, uuid5(NAMESPACE_URL, seed), seed)
            yield sale
            if chance.random() < SHARE_REVERSED:
                later = at + dt.timedelta(minutes=chance.randint(2, 25))
                again = f"{seed}/reversal"
                yield _Moment(later, uuid5(NAMESPACE_URL, again), again, sale.uuid)


def _add_sales(expo: Expo, now: dt.datetime) -> None:
    """Record what the days so far hold and the ledger does not; nothing after `now`."""
    days = expo.days.filter(
        date__gte=business_date(now) - LONGEST_BACK, date__lte=business_date(now)
    )
    known = {*Sale.objects.filter(expo=expo).values_list("pk", flat=True)}
    known |= {*HeldSale.objects.filter(stand__expo=expo).values_list("sale_uuid", flat=True)}
    moments = [
        moment
        for day in days
        for moment in _moments(day, expo.slug)
        if moment.at <= now and day.is_open_at(moment.at) and moment.uuid not in known
    ]
    if moments:
        hall = Hall(expo)
        for moment in sorted(moments, key=lambda one: one.at):
            if moment.reverses is None:
                hall.sell(moment)
            else:
                hall.take_back(moment, moment.reverses)


class Hall:
    """The stands that sell, and what is left there."""

    def __init__(self, expo: Expo) -> None:
        offers = Offer.objects.on_sale().filter(stand__expo=expo).select_related("stand__expo")
        self.offers: dict[Stand, list[Offer]] = {}
        for offer in offers.order_by("stand__code", "order", "pk"):
            self.offers.setdefault(offer.stand, []).append(offer)
        # Some stands draw a crowd, and always the same ones.
        self.crowds = [
            random.Random(stand.code).randint(1, 7)  # noqa: S311, as above
            for stand in self.offers
        ]

    def sell(self, moment: _Moment) -> None:
        """Record a sale somewhere, unless all that is wanted is nearly sold out."""
        chance = moment.chance
        stand, lines = self.choose(chance)
        if stand is not None and lines:
            payments = _payments(sum(line.amount_rupiah for line in lines), chance)
            request = SaleRequest(moment.uuid, lines, payments, sold_at=moment.at)
            record_sale(stand=stand, cashier=None, request=request, intake=Sale.Intake.EXAMPLE)

    def choose(self, chance: random.Random) -> tuple[Stand | None, tuple[LineRequest, ...]]:
        """A stand and what somebody wants there; nothing where all of it is nearly sold out."""
        if not self.offers:
            return None, ()
        [stand] = chance.choices(list(self.offers), self.crowds)
        return stand, self._basket(self.offers[stand], chance)

    def take_back(self, moment: _Moment, sold: UUID) -> None:
        """Record the reversal of a sale, or of one piece of it, unless somebody did already."""
        chance = moment.chance
        original = Sale.objects.with_content().filter(pk=sold, reversals__isnull=True).first()
        if original is None:
            return
        lines = list(original.lines.all())
        taken = [ReversedLine(line.position, line.quantity) for line in lines]
        total = original.total_rupiah
        if len(lines) > 1 or chance.random() < 0.5:
            taken = [ReversedLine(lines[0].position, 1)]
            total = lines[0].unit_price_rupiah
        method = original.payments.all()[0].method
        request = ReversalRequest(
            moment.uuid,
            original.pk,
            tuple(taken),
            (PaymentRequest(method, total),),
            reason=chance.choice(REASONS),
            sold_at=moment.at,
        )
        record_reversal(
            stand=original.stand, cashier=None, request=request, intake=Sale.Intake.EXAMPLE
        )

    def _basket(self, offers: list[Offer], chance: random.Random) -> tuple[LineRequest, ...]:
        [kinds] = chance.choices([1, 2, 3], [60, 28, 12])
        lines = []
        for offer in chance.sample(offers, min(kinds, len(offers))):
            price = offer.price_rupiah
            quantity = chance.randint(1, 5 if price < 10_000 else 3 if price < 50_000 else 1)
            if offer.stock is not None:
                quantity = min(quantity, offer.stock - LEFT_FOR_THE_TILL)
                offer.stock -= max(quantity, 0)
            if quantity > 0:
                lines.append(LineRequest(offer.pk, quantity, price))
        return tuple(lines)


def _payments(total: int, chance: random.Random) -> tuple[PaymentRequest, ...]:
    [method] = chance.choices(list(METHODS), list(METHODS.values()))
    if method != Payment.Method.CASH:
        return (PaymentRequest(method, total),)
    if total > SPLIT_FROM_RUPIAH and chance.random() < 0.15:
        cash = total // 2 // 10_000 * 10_000
        rest = PaymentRequest(Payment.Method.QRIS, total - cash)
        return (PaymentRequest(Payment.Method.CASH, cash, cash), rest)
    return (paid_in_cash(total, chance),)


def paid_in_cash(amount: int, chance: random.Random) -> PaymentRequest:
    """An amount paid in cash, exactly or with a note that gives change."""
    notes = [1, *(note for note in NOTES_RUPIAH if note <= max(amount * 3, 5_000))]
    note = chance.choice(notes)
    return PaymentRequest(Payment.Method.CASH, amount, -(-amount // note) * note)
