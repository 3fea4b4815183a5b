"""Sums over the ledger: what was sold, by day and stand and in every other grouping.

Every figure is a plain sum over Sale, SaleLine or Payment at this moment, training left out. Whole
sales are summed where nothing finer is asked; a pesantren is credited with its own lines, so that a
shared stand divides by maker; a payment method with its own part of a split payment.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, ExtractHour

from pesantren.models import Pesantren
from sales.models import LedgerHead, Payment, Sale, SaleLine
from stands.clock import WIB
from stands.models import Expo, Offer, Stand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from django.db.models.expressions import Combinable


class NotAttributableError(Exception):
    """A pesantren and a payment method were asked for together.

    Who of several makers was paid by which part of a split payment is recorded nowhere.
    """


@dataclass(frozen=True)
class Sums:
    """Sales and reversals in rupiah, and how many of each. What was taken back is negative."""

    gross_rupiah: int = 0
    reversed_rupiah: int = 0
    sale_count: int = 0
    reversal_count: int = 0

    @property
    def net_rupiah(self) -> int:
        """What remains of the sales after the reversals."""
        return self.gross_rupiah + self.reversed_rupiah

    @property
    def average_rupiah(self) -> int | None:
        """What a sale comes to, rounded to whole rupiah; None without any."""
        count = self.sale_count
        return (2 * self.gross_rupiah + count) // (2 * count) if count else None

    @property
    def is_empty(self) -> bool:
        """Whether there is neither a sale nor a reversal."""
        return self.sale_count == self.reversal_count == 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.gross_rupiah + other.gross_rupiah,
            self.reversed_rupiah + other.reversed_rupiah,
            self.sale_count + other.sale_count,
            self.reversal_count + other.reversal_count,
        )


NOTHING = Sums()


@dataclass(frozen=True)
class TotalsFilter:
    """What to sum. Nothing given means everything.

    `days` are business dates; `outside_days` asks for the dates that are no day of the edition,
    alone or beside those.
    """

    days: frozenset[dt.date] = frozenset()
    outside_days: bool = False
    stand: Stand | None = None
    pesantren: Pesantren | None = None
    method: str = ""

    @property
    def has_days(self) -> bool:
        """Whether only some dates are asked for."""
        return bool(self.days) or self.outside_days

    def shows(self, day: dt.date, expo: Expo) -> bool:
        """Whether that business date is among what is asked for."""
        if not self.has_days or day in self.days:
            return True
        return self.outside_days and all(day != one.date for one in expo.all_days)


EVERYTHING = TotalsFilter()


class Grouping(enum.Enum):
    """By what the ledger can be summed."""

    DAY = "day"
    STAND = "stand"
    HOUR = "hour"  # of the day, 0 to 23, in WIB
    TILL = "till"
    CASHIER = "cashier"
    PESANTREN = "pesantren"
    PRODUCER = "producer"
    CATEGORY = "category"
    PRODUCT = "product"
    METHOD = "method"


Key = dt.date | int | str | None


def sums_by(expo: Expo, grouping: Grouping, chosen: TotalsFilter = EVERYTHING) -> dict[Key, Sums]:
    """Sum by day, by payment method, or by the primary key of what it is grouped by.

    None stands for sales without a cashier and makers without a pesantren. Amounts of all groups
    add up to the ledger's; counts do so only where a sale belongs to one group, since a sale of two
    makers counts with both. Raises NotAttributableError.
    """
    entries = _entries(expo, chosen, _table(chosen, grouping)).on_days(expo, chosen)
    rows = entries.summed(key=KEYS[grouping](entries.to_sale))
    return {key: Sums(*sums) for key, *sums in rows}


# --- day by stand -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A stand of the edition, and whether it has anything on sale."""

    stand: Stand
    sells: bool


@dataclass(frozen=True)
class Cell:
    """The sums of one edition day."""

    day: dt.date
    sums: Sums


@dataclass(frozen=True)
class StandRow:
    """One stand: its days, what was sold outside of them, and its total."""

    stand: Stand
    cells: tuple[Cell, ...]
    outside: Sums
    total: Sums
    # Width of its bar: net as a share of the best stand's, in whole percent.
    bar_percent: int


@dataclass(frozen=True)
class MethodTotal:
    """What was paid in one way."""

    method: Payment.Method
    sums: Sums


@dataclass(frozen=True)
class DailyTotals:
    """Day by stand, as far as the filter shows it.

    The grand total includes what was sold `outside` the edition's days. `today` and `edition` keep
    to the filter in all but the days. `methods` is None where payments cannot be attributed.
    """

    rows: tuple[StandRow, ...]
    day_totals: tuple[Cell, ...]
    outside_days: tuple[Cell, ...]
    outside: Sums
    total: Sums
    methods: tuple[MethodTotal, ...] | None
    today: Sums
    edition: Sums
    idle_today: tuple[Stand, ...]


def places_at(expo: Expo) -> list[Place]:
    """The stands of an edition, zone by zone."""
    on_sale = Offer.objects.on_sale().filter(stand=OuterRef("pk"))
    stands = Stand.objects.at(expo).annotate(sells=Exists(on_sale))
    return [Place(stand, stand.sells) for stand in stands]  # type: ignore[attr-defined]


def pesantren_at(expo: Expo) -> QuerySet[Pesantren]:
    """The pesantren on the edition's stands, and those of which a line was sold there."""
    standing = Stand.pesantren.through.objects.filter(stand__expo=expo, pesantren=OuterRef("pk"))
    sold = SaleLine.objects.filter(sale__expo=expo, pesantren=OuterRef("pk"))
    return Pesantren.objects.filter(Exists(standing) | Exists(sold))


def ledger_version(expo: Expo) -> int:
    """A number that grows with every entry at any stand of the edition: equal means unchanged."""
    heads = LedgerHead.objects.filter(stand__expo=expo)
    return heads.aggregate(entries=Sum("sequence"))["entries"] or 0


def daily_totals(
    *, expo: Expo, places: Iterable[Place], chosen: TotalsFilter, today: dt.date
) -> DailyTotals:
    """Sum the ledger by day and stand, in one statement, so that all figures are of one moment.

    Raises NotAttributableError.
    """
    by_cell, by_method = _read_cells(expo, chosen)
    shown = {key: sums for key, sums in by_cell.items() if chosen.shows(key[0], expo)}
    edition_days = [day.date for day in expo.all_days]
    days = [day for day in edition_days if day in chosen.days or not chosen.has_days]
    by_stand = _added(shown, lambda key: key[1])
    by_day = _added(shown, lambda key: key[0])
    today_by_stand = {stand: sums for (day, stand), sums in by_cell.items() if day == today}
    outside = {key: sums for key, sums in shown.items() if key[0] not in edition_days}
    outside_by_stand = _added(outside, lambda key: key[1])
    wanted = [place for place in places if chosen.stand in {None, place.stand}]
    largest = max((sums.net_rupiah for sums in by_stand.values()), default=0)
    return DailyTotals(
        rows=tuple(
            StandRow(
                stand=place.stand,
                cells=tuple(Cell(day, shown.get((day, place.stand.pk), NOTHING)) for day in days),
                outside=outside_by_stand.get(place.stand.pk, NOTHING),
                total=(total := by_stand.get(place.stand.pk, NOTHING)),
                bar_percent=_percent(total.net_rupiah, largest),
            )
            for place in wanted
            if chosen.pesantren is None or place.stand.pk in by_stand
        ),
        day_totals=tuple(Cell(day, by_day.get(day, NOTHING)) for day in days),
        outside_days=tuple(
            Cell(day, by_day[day]) for day in sorted(by_day) if day not in edition_days
        ),
        outside=_sum(outside.values()),
        total=_sum(shown.values()),
        methods=_methods(expo, chosen, by_method),
        today=_sum(today_by_stand.values()),
        edition=_sum(by_cell.values()),
        idle_today=tuple(
            place.stand
            for place in wanted
            if place.sells
            and today in edition_days
            and not (chosen.pesantren or chosen.method)
            and not today_by_stand.get(place.stand.pk, NOTHING).sale_count
        ),
    )


CellKey = tuple[dt.date, int]


def _read_cells(
    expo: Expo, chosen: TotalsFilter
) -> tuple[dict[CellKey, Sums], dict[tuple[dt.date, str], Sums]]:
    """Read sums by day and stand, and by day and method, for every day of the ledger."""
    tables = {_table(chosen)} | (set() if chosen.pesantren else {Payment})
    first, *others = [
        entries.summed(
            day=F(f"{entries.to_sale}business_date"),
            stand=F(f"{entries.to_sale}stand_id"),
            way=F("method")
            if entries.rows.model is Payment
            else Value("", output_field=CharField()),
        )
        for entries in (_entries(expo, chosen, table) for table in tables)
    ]
    by_cell: dict[CellKey, Sums] = {}
    by_method: dict[tuple[dt.date, str], Sums] = {}
    for day, stand, method, *sums in first.union(*others, all=True) if others else first:
        # Without a method chosen, the cells are those of whole sales or lines, which have none.
        if method == chosen.method:
            by_cell[day, stand] = Sums(*sums)
        if method:
            by_method[day, method] = by_method.get((day, method), NOTHING) + Sums(*sums)
    return by_cell, by_method


def _methods(
    expo: Expo, chosen: TotalsFilter, by_method: Mapping[tuple[dt.date, str], Sums]
) -> tuple[MethodTotal, ...] | None:
    if chosen.pesantren:
        return None
    shown = {key: sums for key, sums in by_method.items() if chosen.shows(key[0], expo)}
    totals = _added(shown, lambda key: key[1])
    return tuple(
        MethodTotal(method, totals.get(method, NOTHING))
        for method in Payment.Method
        if chosen.method in {"", method}
    )


K = TypeVar("K")
G = TypeVar("G")


def _added(sums: Mapping[K, Sums], group: Callable[[K], G]) -> dict[G, Sums]:
    added: dict[G, Sums] = {}
    for key, value in sums.items():
        added[group(key)] = added.get(group(key), NOTHING) + value
    return added


def _sum(sums: Iterable[Sums]) -> Sums:
    return sum(sums, NOTHING)


def _percent(part: int, whole: int) -> int:
    return max(0, part) * 100 // whole if whole > 0 else 0


# --- the tables of the ledger ---------------------------------------------------------------------

Table = type[Sale] | type[SaleLine] | type[Payment]


@dataclass(frozen=True)
class _Entries:
    """Rows of one ledger table, where their amount stands, and the way from them to the sale."""

    rows: QuerySet[Any]
    amount: str
    to_sale: str

    def on_days(self, expo: Expo, chosen: TotalsFilter) -> _Entries:
        """Only those of the dates asked for."""
        if not chosen.has_days:
            return self
        field = f"{self.to_sale}business_date"
        days = Q(**{f"{field}__in": chosen.days})
        if chosen.outside_days:
            days |= ~Q(**{f"{field}__in": [day.date for day in expo.all_days]})
        return _Entries(self.rows.filter(days), self.amount, self.to_sale)

    def summed(self, **keys: Combinable) -> QuerySet[Any, Any]:
        """Rows of the keys, then the four figures of Sums in their order."""
        is_sale, is_reversal = (
            Q((f"{self.to_sale}reverses__isnull", yes)) for yes in (True, False)
        )
        entry, several = (self.to_sale.rstrip("_") or "pk"), bool(self.to_sale)
        rows: QuerySet[Any, Any] = (
            self.rows.order_by()
            .annotate(**{f"by_{name}": key for name, key in keys.items()})
            .values_list(*[f"by_{name}" for name in keys])
            .annotate(
                gross=Coalesce(Sum(self.amount, filter=is_sale), 0),
                reversed=Coalesce(Sum(self.amount, filter=is_reversal), 0),
                sales=Count(entry, filter=is_sale, distinct=several),
                reversals=Count(entry, filter=is_reversal, distinct=several),
            )
        )
        return rows


def _entries(expo: Expo, chosen: TotalsFilter, table: Table) -> _Entries:
    """The counted rows of one table of the ledger, of every day."""
    to_sale = "" if table is Sale else "sale__"
    amount = "total_rupiah" if table is Sale else "amount_rupiah"
    rows = table._default_manager.filter(**{f"{to_sale}expo": expo, f"{to_sale}training": False})
    if chosen.stand:
        rows = rows.filter(**{f"{to_sale}stand": chosen.stand})
    if chosen.pesantren and table is SaleLine:
        rows = rows.filter(Q(pesantren=chosen.pesantren))
    if chosen.method and table is Payment:
        rows = rows.filter(Q(method=chosen.method))
    return _Entries(rows, amount, to_sale)


def _table(chosen: TotalsFilter, grouping: Grouping | None = None) -> Table:
    """The table that knows what is asked for: whole sales unless lines or payments are needed."""
    needs_lines = chosen.pesantren is not None or grouping in PER_LINE
    needs_payments = bool(chosen.method) or grouping is Grouping.METHOD
    if needs_lines and needs_payments:
        raise NotAttributableError
    return SaleLine if needs_lines else Payment if needs_payments else Sale


PER_LINE = {Grouping.PESANTREN, Grouping.PRODUCER, Grouping.CATEGORY, Grouping.PRODUCT}

KEYS: dict[Grouping, Callable[[str], Combinable]] = {
    Grouping.DAY: lambda to_sale: F(f"{to_sale}business_date"),
    Grouping.STAND: lambda to_sale: F(f"{to_sale}stand_id"),
    Grouping.HOUR: lambda to_sale: ExtractHour(f"{to_sale}sold_at", tzinfo=WIB),
    Grouping.TILL: lambda to_sale: F(f"{to_sale}till_id"),
    Grouping.CASHIER: lambda to_sale: F(f"{to_sale}cashier_id"),
    Grouping.PESANTREN: lambda _: F("pesantren_id"),
    Grouping.PRODUCER: lambda _: F("producer_id"),
    # The line keeps no category: this is the one that the product has now.
    Grouping.CATEGORY: lambda _: F("product__category_id"),
    Grouping.PRODUCT: lambda _: F("product_id"),
    Grouping.METHOD: lambda _: F("method"),
}
