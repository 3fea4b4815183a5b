"""Sums by day and groups, read in one statement, so that all figures are of one moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import BigIntegerField, CharField, DateField, F, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import get_language

from sales.models import CloseAmendment, DayClose, DrawerHead, LedgerHead
from sales.totals.running import FIGURES
from sales.totals.source import (
    NOTHING,
    OF_WHOLE_SALES,
    Grouping,
    Source,
    Sums,
    TotalsFilter,
    source_of,
)
from stands.models import Expo

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models.expressions import Combinable

NO_NAME = Value("", output_field=CharField())
# What a group is called, and what stands beside that.
NAMES: dict[Grouping, tuple[str, str]] = {
    Grouping.TILL: ("till__name", "till__prefix"),
    Grouping.CASHIER: ("cashier__name", "cashier__stand__code"),
    Grouping.PESANTREN: ("pesantren__name", ""),
    Grouping.PRODUCER: ("producer__name", "pesantren__name"),
    Grouping.CATEGORY: ("product__category__name", ""),
    Grouping.PRODUCT: ("product__name", "producer__name"),
}


class Named(NamedTuple):
    """Sums, and what they are of."""

    sums: Sums
    name: str
    note: str


_NOTHING_NAMED = Named(NOTHING, "", "")
CellKey = tuple[dt.date, str]
Cells = dict[CellKey, Named]


@dataclass(frozen=True)
class Found:
    """What one statement found."""

    groups: dict[Grouping, Cells]
    versions: dict[str, int]
    # By day and stand.
    frozen: dict[CellKey, Sums]
    late: dict[CellKey, Sums]


def read_sums(expo: Expo, chosen: TotalsFilter, groupings: Iterable[Grouping]) -> Found:
    """Read sums by day and each grouping, with closes and versions, in one statement."""
    wanted = list(dict.fromkeys(groupings))
    parts = [_part(source_of(expo, chosen, one), one) for one in wanted]
    parts.append(_version("drawers", DrawerHead.objects.filter(till__expo=expo)))
    if not (chosen.pesantren or chosen.method):
        parts += [
            _closed("frozen", DayClose.objects.filter(stand__expo=expo), ""),
            _closed("late", CloseAmendment.objects.filter(close__stand__expo=expo), "close__"),
        ]
    # Nought before there is a row: that it appears is a change too.
    versions = {"ledger": 0, "drawers": 0}
    read = Found({one: {} for one in wanted}, versions, {}, {})
    ledger = _version("ledger", LedgerHead.objects.filter(stand__expo=expo))
    for part, day, key, name, note, *sums in ledger.union(*parts, all=True):
        if part == "version":
            read.versions[key] = sums[0]
        elif part == "frozen":
            read.frozen[day, key] = Sums(*sums)
        elif part == "late":
            read.late[day, key] = Sums(*sums)
        else:
            group = read.groups[Grouping(part)]
            # A product that changed hands that day, or its maker the pesantren, has two rows.
            before = group.get((day, key), _NOTHING_NAMED).sums
            group[day, key] = Named(before + Sums(*sums), name, note)
    return read


def _closed(part: str, rows: QuerySet[Any], to_close: str) -> QuerySet[Any, Any]:
    """Closes or amendments by day and stand, in the columns of `_part`."""
    summed: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(
            by_part=Cast(Value(part), CharField()),
            by_day=F(f"{to_close}business_date"),
            by_key=Cast(f"{to_close}stand_id", CharField()),
            by_name=NO_NAME,
            by_note=NO_NAME,
        )
        .values_list("by_part", "by_day", "by_key", "by_name", "by_note")
        .annotate(
            sum_gross=Sum("gross_rupiah"),
            # They keep what was taken back without its sign.
            sum_reversed=-Sum("reversed_rupiah"),
            sum_sales=Sum("sales_count"),
            sum_reversals=Sum("reversals_count"),
            sum_pieces=Value(0, output_field=BigIntegerField()),
        )
    )
    return summed


def _version(name: str, heads: QuerySet[Any]) -> QuerySet[Any, Any]:
    """The sum of all sequences, in the columns of `_part`."""
    nothing = dict.fromkeys(FIGURES[1:], Value(0, output_field=BigIntegerField()))
    rows: QuerySet[Any, Any] = (
        heads.order_by()
        .annotate(
            by_part=Cast(Value("version"), CharField()),
            by_day=Cast(Value(None), DateField()),
            by_key=Cast(Value(name), CharField()),
            by_name=NO_NAME,
            by_note=NO_NAME,
        )
        .values_list("by_part", "by_day", "by_key", "by_name", "by_note")
        .annotate(number=Coalesce(Sum("sequence"), 0), **nothing)
    )
    return rows


def _part(source: Source, grouping: Grouping) -> QuerySet[Any, Any]:
    key = F("pesantren__slug") if grouping is Grouping.PESANTREN else source.key(grouping)
    way = source.to_sale if grouping in OF_WHOLE_SALES else ""
    name: Combinable
    note: Combinable
    name, note = (
        F(f"{way}{column}") if column else NO_NAME for column in NAMES.get(grouping, ("", ""))
    )
    if grouping is Grouping.CATEGORY and get_language() == "en":
        name = Coalesce(NullIf("product__category__name_en", NO_NAME), name)
    return source.summed(
        part=Cast(Value(grouping.value), CharField()),
        day=source.key(Grouping.DAY),
        key=Coalesce(Cast(key, CharField()), NO_NAME),
        name=Coalesce(name, NO_NAME, output_field=CharField()),
        note=Coalesce(note, NO_NAME, output_field=CharField()),
    )
