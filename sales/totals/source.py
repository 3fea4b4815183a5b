"""What can be summed: figures, filter and groupings, and the rows that know them.

Rows are those of the running totals, which are written with the ledger, and of the ledger itself
where these are too coarse. Either gives the same figures.
"""

from __future__ import annotations

import abc
import datetime as dt
import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, F, IntegerField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, ExtractHour

from pesantren.models import Pesantren
from sales.models import Payment, RunningTotal, Sale, SaleLine
from sales.totals.running import FIGURES, Axis
from stands.clock import WIB
from stands.models import Expo, Stand

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from django.db.models.expressions import Combinable


class NotAttributableError(Exception):
    """A pesantren and a payment method were asked for together.

    Who of several makers was paid by which part of a split payment is recorded nowhere.
    """


class Sums(NamedTuple):
    """Sales and reversals in rupiah, and how many of each. What was taken back is negative.

    A page is made of thousands of these: a tuple is made in a quarter of the time.
    """

    gross_rupiah: int = 0
    reversed_rupiah: int = 0
    sale_count: int = 0
    reversal_count: int = 0
    # Sold less taken back; known of lines alone.
    pieces: int = 0

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

    def __sub__(self, other: Sums) -> Sums:
        return Sums(
            self.gross_rupiah - other.gross_rupiah,
            self.reversed_rupiah - other.reversed_rupiah,
            self.sale_count - other.sale_count,
            self.reversal_count - other.reversal_count,
            self.pieces - other.pieces,
        )

    def __add__(self, other: Sums) -> Sums:  # type: ignore[override]
        return Sums(
            self.gross_rupiah + other.gross_rupiah,
            self.reversed_rupiah + other.reversed_rupiah,
            self.sale_count + other.sale_count,
            self.reversal_count + other.reversal_count,
            self.pieces + other.pieces,
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
    KIND = "kind"
    PILLAR = "pillar"
    CATEGORY = "category"
    PRODUCT = "product"
    METHOD = "method"


Key = dt.date | int | str | None


# --- where the sums come from -------------------------------------------------------------------

Table = type[Sale] | type[SaleLine] | type[Payment]


class Source(abc.ABC):
    """Rows that can be summed, of every day: running totals, or the ledger itself."""

    rows: QuerySet[Any]
    to_sale = ""

    @abc.abstractmethod
    def figures(self) -> dict[str, Combinable]:
        """The five figures of Sums in their order."""

    @abc.abstractmethod
    def key(self, grouping: Grouping) -> Combinable:
        """What a row is grouped by."""

    def on_days(self, expo: Expo, chosen: TotalsFilter) -> Self:
        """Only those of the dates asked for."""
        if chosen.has_days:
            field = f"{self.to_sale}business_date"
            days = Q(**{f"{field}__in": chosen.days})
            if chosen.outside_days:
                days |= ~Q(**{f"{field}__in": [day.date for day in expo.all_days]})
            self.rows = self.rows.filter(days)
        return self

    def summed(self, **keys: Combinable) -> QuerySet[Any, Any]:
        """Rows of the keys, then the figures."""
        rows: QuerySet[Any, Any] = (
            self.rows.order_by()
            .annotate(**{f"by_{name}": key for name, key in keys.items()})
            .values_list(*[f"by_{name}" for name in keys])
            .annotate(**self.figures())
        )
        return rows


class RunningSource(Source):
    """One axis of the running totals."""

    def __init__(self, axis: RunningTotal.Axis, expo: Expo, chosen: TotalsFilter) -> None:
        rows = RunningTotal.objects.filter(expo=expo, axis=axis)
        if chosen.stand:
            rows = rows.filter(stand=chosen.stand)
        if chosen.pesantren:
            rows = rows.filter(pesantren=chosen.pesantren)
        if chosen.method:
            rows = rows.filter(method=chosen.method)
        self.rows = rows

    def figures(self) -> dict[str, Combinable]:
        return {f"sum_{name}": Sum(name) for name in FIGURES}

    def key(self, grouping: Grouping) -> Combinable:
        return F("hour") if grouping is Grouping.HOUR else KEYS[grouping]("")


class LedgerSource(Source):
    """One table of the ledger, row by row."""

    def __init__(self, table: Table, expo: Expo, chosen: TotalsFilter) -> None:
        self.to_sale = to_sale = "" if table is Sale else "sale__"
        rows = table._default_manager.filter(
            **{f"{to_sale}expo": expo, f"{to_sale}training": False}
        )
        if chosen.stand:
            rows = rows.filter(**{f"{to_sale}stand": chosen.stand})
        if chosen.pesantren and table is SaleLine:
            rows = rows.filter(Q(pesantren=chosen.pesantren))
        if chosen.method and table is Payment:
            rows = rows.filter(Q(method=chosen.method))
        self.rows = rows
        self.table = table

    def figures(self) -> dict[str, Combinable]:
        is_sale, is_reversal = (
            Q((f"{self.to_sale}reverses__isnull", yes)) for yes in (True, False)
        )
        amount = "total_rupiah" if self.table is Sale else "amount_rupiah"
        entry, several = (self.to_sale.rstrip("_") or "pk"), bool(self.to_sale)
        return {
            "gross": Coalesce(Sum(amount, filter=is_sale), 0),
            "reversed": Coalesce(Sum(amount, filter=is_reversal), 0),
            "sale_count": Count(entry, filter=is_sale, distinct=several),
            "reversal_count": Count(entry, filter=is_reversal, distinct=several),
            "pieces": Sum("quantity")
            if self.table is SaleLine
            else Value(0, output_field=IntegerField()),
        }

    def key(self, grouping: Grouping) -> Combinable:
        return KEYS[grouping](self.to_sale)


def source_of(expo: Expo, chosen: TotalsFilter, grouping: Grouping) -> Source:
    """The coarsest rows that know what is asked for. Raises NotAttributableError."""
    needs_lines = chosen.pesantren is not None or grouping in LINE_AXES
    needs_payments = bool(chosen.method) or grouping is Grouping.METHOD
    if needs_lines and needs_payments:
        raise NotAttributableError
    if needs_lines and grouping in OF_WHOLE_SALES:
        return LedgerSource(SaleLine, expo, chosen)
    if needs_lines:
        return RunningSource(LINE_AXES.get(grouping, Axis.PESANTREN), expo, chosen)
    return RunningSource(Axis.METHOD if needs_payments else Axis.SALE, expo, chosen)


LINE_AXES = {
    Grouping.PESANTREN: Axis.PESANTREN,
    Grouping.PRODUCER: Axis.PRODUCER,
    Grouping.KIND: Axis.PRODUCER,
    Grouping.PILLAR: Axis.PRODUCT,
    Grouping.CATEGORY: Axis.PRODUCT,
    Grouping.PRODUCT: Axis.PRODUCT,
}
# The running totals of lines do not know them.
OF_WHOLE_SALES = {Grouping.HOUR, Grouping.TILL, Grouping.CASHIER}
# What the catalogue says now: a sale of two products of one category counts there twice.
NOT_COUNTED = {Grouping.KIND, Grouping.PILLAR, Grouping.CATEGORY}

KEYS: dict[Grouping, Callable[[str], Combinable]] = {
    Grouping.DAY: lambda to_sale: F(f"{to_sale}business_date"),
    Grouping.STAND: lambda to_sale: F(f"{to_sale}stand_id"),
    Grouping.HOUR: lambda to_sale: ExtractHour(f"{to_sale}sold_at", tzinfo=WIB),
    Grouping.TILL: lambda to_sale: F(f"{to_sale}till_id"),
    Grouping.CASHIER: lambda to_sale: F(f"{to_sale}cashier_id"),
    Grouping.PESANTREN: lambda _: F("pesantren_id"),
    Grouping.PRODUCER: lambda _: F("producer_id"),
    Grouping.KIND: lambda _: F("producer__kind"),
    Grouping.PILLAR: lambda _: F("product__pillar"),
    Grouping.CATEGORY: lambda _: F("product__category_id"),
    Grouping.PRODUCT: lambda _: F("product_id"),
    Grouping.METHOD: lambda _: F("method"),
}
