"""The running totals: added to in the transaction that records a sale, or built anew from it.

No two stands share a row, and whoever writes rows of a stand has locked the head of its ledger: so
nobody waits for another stand, and a sum is never read while half of it is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection, transaction
from django.db.models import CharField, Count, F, IntegerField, Q, Sum, Value
from django.db.models.functions import Cast, Coalesce, ExtractHour

from sales.models import LedgerHead, Payment, RunningTotal, Sale, SaleLine
from stands.clock import WIB

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from sales.ledger_rows import LineRow

Axis = RunningTotal.Axis
# Rows a statement: SQLite takes 32.766 values in one.
MOST = 1_000
LINE_AXES = (Axis.PESANTREN, Axis.PRODUCER, Axis.PRODUCT)


class Place(NamedTuple):
    """What tells one running total from all others. 0 and the empty text stand for none."""

    axis: str
    expo: int
    stand: int
    day: dt.date
    hour: int = -1
    till: int = 0
    cashier: int = 0
    method: str = ""
    product: int = 0
    producer: int = 0
    pesantren: int = 0

    @property
    def key(self) -> str:
        """The same as one text."""
        return "|".join(map(str, self))


COLUMNS = [
    *("key", "axis", "expo_id", "stand_id", "business_date", "hour", "till_id", "cashier_id"),
    *("method", "product_id", "producer_id", "pesantren_id"),
]
FIGURES = ["gross_rupiah", "reversed_rupiah", "sale_count", "reversal_count", "pieces"]


class Adding:
    """What one transaction adds at a stand, gathered sale by sale and written in one statement."""

    def __init__(self) -> None:
        self._sums: dict[Place, list[int]] = {}

    def sale(self, sale: Sale, lines: Sequence[LineRow], payments: Sequence[Payment]) -> None:
        """Add an entry with all its rows, unless it is training."""
        if sale.training:
            return
        at = (sale.expo_id, sale.stand_id, sale.business_date)
        seller = (sale.sold_at.astimezone(WIB).hour, sale.till_id, sale.cashier_id or 0)
        whole = Place(Axis.SALE, *at, *seller)
        self._add(sale, {whole}, whole, sale.total_rupiah)
        counted: set[Place] = {whole}
        for payment in payments:
            place = Place(Axis.METHOD, *at, *seller, method=str(payment.method))
            self._add(sale, counted, place, payment.amount_rupiah)
        for line in lines:
            of_pesantren = Place(Axis.PESANTREN, *at, pesantren=line.pesantren_id or 0)
            of_maker = of_pesantren._replace(axis=Axis.PRODUCER, producer=line.producer_id)
            of_product = of_maker._replace(axis=Axis.PRODUCT, product=line.product_id)
            for place in (of_pesantren, of_maker, of_product):
                self._add(sale, counted, place, line.amount_rupiah, line.quantity)

    def _add(
        self, sale: Sale, counted: set[Place], place: Place, amount: int, pieces: int = 0
    ) -> None:
        sums = self._sums.setdefault(place, [0, 0, 0, 0, 0])
        sums[1 if sale.is_reversal else 0] += amount
        sums[4] += pieces
        if place.axis == Axis.SALE or place not in counted:
            # However many of its rows it has there, a sale is one sale.
            sums[3 if sale.is_reversal else 2] += 1
        counted.add(place)

    def rows(self) -> list[list[Any]]:
        """What is to be added, in COLUMNS and FIGURES; in one order, as everything locked."""
        return sorted([*_columns(place), *sums] for place, sums in self._sums.items())

    def write(self) -> None:
        """Add it to what is there; the caller has locked the head of the ledger."""
        _write(self.rows())


def _write(rows: list[list[Any]]) -> None:
    names = ", ".join([*COLUMNS, *FIGURES])
    table = RunningTotal._meta.db_table
    added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in FIGURES)
    row = f"({', '.join(['%s'] * (len(COLUMNS) + len(FIGURES)))})"
    with connection.cursor() as cursor:
        for first in range(0, len(rows), MOST):
            some = rows[first : first + MOST]
            cursor.execute(
                f"INSERT INTO {table} ({names}) VALUES {', '.join([row] * len(some))}"  # noqa: S608
                f" ON CONFLICT (key) DO UPDATE SET {added}",
                [value for one in some for value in one],
            )


def _columns(place: Place) -> list[Any]:
    return [
        place.key,
        str(place.axis),
        place.expo,
        place.stand,
        place.day,
        None if place.hour < 0 else place.hour,
        place.till or None,
        place.cashier or None,
        place.method,
        place.product or None,
        place.producer or None,
        place.pesantren or None,
    ]


# --- anew from the ledger -----------------------------------------------------------------------


def rebuild(stand_id: int) -> int:
    """Write a stand's running totals anew; answers how many rows. Its sales wait meanwhile."""
    with transaction.atomic():
        hold_ledger(stand_id)
        RunningTotal.objects.filter(stand_id=stand_id).delete()
        width = len(Place._fields)
        rows = [row for axis in fresh_sums(stand_id) for row in axis]
        _write(sorted([*_columns(Place(*row[:width])), *row[width:]] for row in rows))
    return len(rows)


def hold_ledger(stand_id: int) -> None:
    """Let no sale into the ledger of a stand until the transaction ends."""
    # Columns by name, since a migration calls this as well.
    LedgerHead.objects.select_for_update().values_list("pk").get(stand_id=stand_id)


def rebuild_all() -> int:
    """The same for every stand that has a ledger, one after the other."""
    heads = LedgerHead.objects.order_by("stand_id").values_list("stand_id", flat=True)
    return sum(rebuild(stand_id) for stand_id in list(heads))


def fresh_sums(stand_id: int) -> list[QuerySet[Any, Any]]:
    """What the running totals of a stand ought to be: sums over its ledger, a query for each axis.

    The columns are those of Place, then the figures.
    """
    return [
        _summed(Sale, Axis.SALE, stand_id),
        _summed(Payment, Axis.METHOD, stand_id),
        *(_summed(SaleLine, axis, stand_id) for axis in LINE_AXES),
    ]


def kept_sums(stand_id: int) -> QuerySet[Any, Any]:
    """What they are, in the same columns."""
    columns = {
        "hour": Coalesce("hour", -1),
        **{name: _or_none(f"{name}_id") for name in ("till", "cashier")},
        "method": F("method"),
        **{name: _or_none(f"{name}_id") for name in ("product", "producer", "pesantren")},
    }
    return (
        RunningTotal.objects.filter(stand_id=stand_id)
        .annotate(**{f"at_{name}": column for name, column in columns.items()})
        .values_list(
            "axis",
            "expo_id",
            "stand_id",
            "business_date",
            *(f"at_{name}" for name in columns),
            *FIGURES,
        )
        .order_by()
    )


def _summed(
    model: type[Sale | SaleLine | Payment], axis: Axis, stand_id: int
) -> QuerySet[Any, Any]:
    """A ledger table summed along one axis, its columns those of Place and then the figures."""
    to_sale = "" if model is Sale else "sale__"
    amount = "total_rupiah" if model is Sale else "amount_rupiah"
    of_lines = axis in LINE_AXES
    none, nothing = Value(0, IntegerField()), Value("", CharField())
    columns: dict[str, Any] = {
        "hour": Value(-1, IntegerField())
        if of_lines
        else ExtractHour(f"{to_sale}sold_at", tzinfo=WIB),
        "till": none if of_lines else F(f"{to_sale}till_id"),
        "cashier": none if of_lines else _or_none(f"{to_sale}cashier_id"),
        "method": F("method") if axis == Axis.METHOD else nothing,
        "product": F("product_id") if axis == Axis.PRODUCT else none,
        "producer": F("producer_id") if axis in {Axis.PRODUCER, Axis.PRODUCT} else none,
        "pesantren": _or_none("pesantren_id") if of_lines else none,
    }
    is_sale, is_reversal = (Q((f"{to_sale}reverses__isnull", yes)) for yes in (True, False))
    # At one stand the sequence tells a sale, and sorts faster than its UUID.
    entry, several = f"{to_sale}sequence", bool(to_sale)
    counted = {f"{to_sale}stand_id": stand_id, f"{to_sale}training": False}
    rows: QuerySet[Any, Any] = (
        model._default_manager.filter(**counted)
        .order_by()
        .annotate(
            at_axis=Cast(Value(str(axis)), CharField()),
            **{f"at_{name}": column for name, column in columns.items()},
        )
        .values_list(
            "at_axis",
            f"{to_sale}expo_id",
            f"{to_sale}stand_id",
            f"{to_sale}business_date",
            *(f"at_{name}" for name in columns),
        )
        .annotate(
            gross=Coalesce(Sum(amount, filter=is_sale), 0),
            reversed=Coalesce(Sum(amount, filter=is_reversal), 0),
            sales=Count(entry, filter=is_sale, distinct=several),
            taken_back=Count(entry, filter=is_reversal, distinct=several),
            sum_pieces=Sum("quantity") if of_lines else Value(0, IntegerField()),
        )
    )
    return rows


def _or_none(name: str) -> Coalesce:
    """A key that may be empty, as Place writes it."""
    return Coalesce(F(name), Value(0))
