"""Sums over the ledger: what was sold, by day and stand and in every other grouping.

Every figure equals a plain sum over Sale, SaleLine or Payment at this moment, training left out.
Whole sales are summed where nothing finer is asked; a pesantren is credited with its own lines, so
that a shared stand divides by maker; a payment method with its own part of a split payment.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pesantren.models import Pesantren, Producer, Product
from sales.models import (
    CloseAmendment,
    DayClose,
    DrawerHead,
    LedgerHead,
    Payment,
    RunningTotal,
)
from sales.totals.running import FIGURES, Axis
from sales.totals.source import (
    EVERYTHING,
    LINE_AXES,
    NOT_COUNTED,
    NOTHING,
    OF_WHOLE_SALES,
    Grouping,
    Key,
    NotAttributableError,
    Source,
    Sums,
    TotalsFilter,
    source_of,
)
from stands.models import Expo, Offer, Stand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from django.db.models import TextChoices
    from django.db.models.expressions import Combinable

__all__ = [
    "NOTHING",
    "Grouping",
    "NotAttributableError",
    "Sums",
    "TotalsFilter",
    "daily_totals",
    "sums_by",
]


def sums_by(expo: Expo, grouping: Grouping, chosen: TotalsFilter = EVERYTHING) -> dict[Key, Sums]:
    """Sum by day, by payment method, or by the primary key of what it is grouped by.

    None stands for sales without a cashier and makers without a pesantren. Amounts of all groups
    add up to the ledger's; counts do so only where a sale belongs to one group, since a sale of two
    makers counts with both. Product, maker and pesantren are those at the sale; kind, pillar and
    category are what the catalogue says now, and count a sale once for each of its makers or
    products. Raises NotAttributableError.
    """
    source = source_of(expo, chosen, grouping).on_days(expo, chosen)
    rows = source.summed(key=source.key(grouping))
    return {key: Sums(*sums) for key, *sums in rows}


# --- day by anything ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A stand of the edition, and whether it has anything on sale."""

    stand: Stand
    sells: bool


class Cell(NamedTuple):
    """The sums of one edition day, and of them what was frozen by closes and what came after.

    `frozen` is None where nothing was closed, and where rows are no stands.
    """

    day: dt.date
    sums: Sums
    frozen: Sums | None = None
    late: Sums = NOTHING

    @property
    def live(self) -> Sums:
        """What no close holds: it still moves."""
        return self.sums - (self.frozen or NOTHING) - self.late

    @property
    def state(self) -> str:
        """`X` while all is live, `Z` when all is frozen, `Z+` with something late, else `ZX`."""
        if self.frozen is None:
            return "X"
        if not self.live.is_empty:
            return "ZX"
        return "Z+" if not self.late.is_empty else "Z"


@dataclass(frozen=True)
class Row:
    """One group: its days, what was sold outside of them, and its total.

    `key` is what the list of sales calls it; empty for what has none (no cashier, no pesantren).
    """

    key: str
    code: str
    name: str
    note: str
    cells: tuple[Cell, ...]
    outside: Sums
    total: Sums
    # Width of its bar: net as a share of the best one's, in whole percent.
    bar_percent: int

    @property
    def difference_rupiah(self) -> int:
        """What the last day brought more than the first; less is negative."""
        return difference_rupiah(self.cells)


@dataclass(frozen=True)
class MethodTotal:
    """What was paid in one way."""

    method: Payment.Method
    sums: Sums


@dataclass(frozen=True)
class DailyTotals:
    """Day by group, as far as the filter shows it.

    The grand total includes what was sold `outside` the edition's days. `today` and `edition` keep
    to the filter in all but the days. `methods` and `hours` are None where the filter rules them
    out; the hours are net rupiah by day and hour.
    """

    # Of the ledger and the tills' own books: they grow with every entry, equal means unchanged.
    versions: dict[str, int]
    by: Grouping
    rows: tuple[Row, ...]
    day_totals: tuple[Cell, ...]
    outside_days: tuple[Cell, ...]
    outside: Sums
    total: Sums
    methods: tuple[MethodTotal, ...] | None
    hours: dict[dt.date, dict[int, int]] | None
    today: Sums
    edition: Sums
    idle_today: tuple[Stand, ...]

    @property
    def closed_days(self) -> list[Cell]:
        """The days of which something was closed."""
        return [cell for cell in self.day_totals if cell.frozen is not None]

    @property
    def compares(self) -> bool:
        """Whether two days stand side by side."""
        return len(self.day_totals) == 2 and not self.outside_days

    @property
    def counts_twice(self) -> bool:
        """Whether a sale may count in several rows."""
        return self.by is Grouping.METHOD or (self.has_pieces and self.counts_sales)

    @property
    def has_pieces(self) -> bool:
        """Whether pieces are counted: along lines."""
        return self.by in LINE_AXES

    def rest(self, most: int) -> Row | None:
        """All rows after the first `most` in one; None where there are no more."""
        rows = self.rows[most:]
        if not rows:
            return None
        days = [cell.day for cell in self.day_totals]
        columns = zip(*(row.cells for row in rows), strict=True)
        return Row(
            key="",
            code="",
            name=str(len(rows)),
            note="",
            cells=tuple(
                Cell(day, _sum(cell.sums for cell in column))
                for day, column in zip(days, columns, strict=True)
            ),
            outside=_sum(row.outside for row in rows),
            total=_sum(row.total for row in rows),
            bar_percent=0,
        )

    @property
    def difference_rupiah(self) -> int:
        """What the last day brought more than the first, in all."""
        return difference_rupiah(self.day_totals)

    @property
    def counts_sales(self) -> bool:
        """Whether the counts are those of sales: not where a sale counts for each product."""
        return self.by not in NOT_COUNTED


def difference_rupiah(cells: Sequence[Cell]) -> int:
    """The net of the last cell less that of the first."""
    return cells[-1].sums.net_rupiah - cells[0].sums.net_rupiah if cells else 0


def places_at(expo: Expo) -> list[Place]:
    """The stands of an edition, zone by zone."""
    on_sale = Offer.objects.on_sale().filter(stand=OuterRef("pk"))
    stands = Stand.objects.at(expo).annotate(sells=Exists(on_sale))
    return [Place(stand, stand.sells) for stand in stands]  # type: ignore[attr-defined]


def pesantren_at(expo: Expo) -> QuerySet[Pesantren]:
    """The pesantren on the edition's stands, and those of which a line was sold there."""
    standing = Stand.pesantren.through.objects.filter(stand__expo=expo).values("pesantren")
    sold = RunningTotal.objects.filter(expo=expo, axis=Axis.PESANTREN, pesantren__isnull=False)
    return Pesantren.objects.filter(Q(pk__in=standing) | Q(pk__in=sold.values("pesantren")))


def daily_totals(
    *,
    expo: Expo,
    places: Iterable[Place],
    chosen: TotalsFilter,
    today: dt.date,
    by: Grouping = Grouping.STAND,
) -> DailyTotals:
    """Sum by day and group, in one statement, so that all figures are of one moment.

    Raises NotAttributableError.
    """
    wanted_groups = [Grouping.STAND, by]
    if not chosen.pesantren:
        # Of lines, the hours are in the ledger alone.
        wanted_groups += [Grouping.METHOD, Grouping.HOUR]
    found = _read(expo, chosen, wanted_groups)
    read = found.groups
    edition_days = [day.date for day in expo.all_days]
    days = [day for day in edition_days if day in chosen.days or not chosen.has_days]
    by_stand = {key: one.sums for key, one in read[Grouping.STAND].items()}
    shown = {key: sums for key, sums in by_stand.items() if chosen.shows(key[0], expo)}
    by_day = _added(shown, lambda key: key[0])
    today_by_stand = {stand: sums for (day, stand), sums in by_stand.items() if day == today}
    outside = {key: sums for key, sums in shown.items() if key[0] not in edition_days}
    here = {str(chosen.stand.pk)} if chosen.stand else None
    frozen_by_day, late_by_day = (
        _added(
            {key: one for key, one in some.items() if here is None or key[1] in here}, itemgetter(0)
        )
        for some in (found.frozen, found.late)
    )
    wanted = [place for place in places if chosen.stand in {None, place.stand}]
    groups = {key: one for key, one in read[by].items() if chosen.shows(key[0], expo)}
    return DailyTotals(
        versions=found.versions,
        by=by,
        rows=tuple(
            _rows(
                groups,
                _names(by, wanted, groups, chosen),
                days,
                found if by is Grouping.STAND else None,
            )
        ),
        day_totals=tuple(
            Cell(
                day, by_day.get(day, NOTHING), frozen_by_day.get(day), late_by_day.get(day, NOTHING)
            )
            for day in days
        ),
        outside_days=tuple(
            Cell(day, by_day[day], frozen_by_day.get(day), late_by_day.get(day, NOTHING))
            for day in sorted(by_day)
            if day not in edition_days
        ),
        outside=_sum(outside.values()),
        total=_sum(shown.values()),
        methods=_methods(expo, chosen, read.get(Grouping.METHOD, {})),
        hours=_hours(expo, chosen, read.get(Grouping.HOUR, {})),
        today=_sum(today_by_stand.values()),
        edition=_sum(by_stand.values()),
        idle_today=tuple(
            place.stand
            for place in wanted
            if place.sells
            and today in edition_days
            and not (chosen.pesantren or chosen.method)
            and not today_by_stand.get(str(place.stand.pk), NOTHING).sale_count
        ),
    )


def rows_by(
    *, expo: Expo, places: Iterable[Place], chosen: TotalsFilter, groupings: Iterable[Grouping]
) -> dict[Grouping, tuple[Row, ...]]:
    """The rows of several groupings of one moment, for what is printed."""
    read = _read(expo, chosen, groupings).groups
    wanted = [place for place in places if chosen.stand in {None, place.stand}]
    days = [day.date for day in expo.all_days if day.date in chosen.days or not chosen.has_days]
    rows = {}
    for by, cells in read.items():
        shown = {key: one for key, one in cells.items() if chosen.shows(key[0], expo)}
        rows[by] = tuple(_rows(shown, _names(by, wanted, shown, chosen), days))
    return rows


class _Named(NamedTuple):
    """Sums, and what they are of."""

    sums: Sums
    name: str
    note: str


_NOTHING_NAMED = _Named(NOTHING, "", "")
CellKey = tuple[dt.date, str]
Cells = dict[CellKey, _Named]


@dataclass(frozen=True)
class _Read:
    """What one statement found."""

    groups: dict[Grouping, Cells]
    versions: dict[str, int]
    # By day and stand.
    frozen: dict[CellKey, Sums]
    late: dict[CellKey, Sums]


def _read(expo: Expo, chosen: TotalsFilter, groupings: Iterable[Grouping]) -> _Read:
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
    read = _Read({one: {} for one in wanted}, versions, {}, {})
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
            group[day, key] = _Named(before + Sums(*sums), name, note)
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


def _rows(
    groups: Mapping[CellKey, _Named],
    names: Mapping[str, tuple[str, str, str]],
    days: list[dt.date],
    closed: _Read | None = None,
) -> Iterator[Row]:
    """A row for each name, in the order of the names; those of stands with what was closed."""
    frozen = closed.frozen if closed else {}
    late = closed.late if closed else {}
    sums = {key: one.sums for key, one in groups.items()}
    totals = _added(sums, lambda key: key[1])
    known = set(days)
    outside = _added({key: one for key, one in sums.items() if key[0] not in known}, itemgetter(1))
    largest = max((one.net_rupiah for one in totals.values()), default=0)
    for key, (code, name, note) in names.items():
        total = totals.get(key, NOTHING)
        yield Row(
            key=key,
            code=code,
            name=name,
            note=note,
            cells=tuple(
                Cell(
                    day,
                    sums.get((day, key), NOTHING),
                    frozen.get((day, key)),
                    late.get((day, key), NOTHING),
                )
                for day in days
            ),
            outside=outside.get(key, NOTHING),
            total=total,
            bar_percent=_percent(total.net_rupiah, largest),
        )


def _names(
    by: Grouping, places: list[Place], groups: Mapping[CellKey, _Named], chosen: TotalsFilter
) -> dict[str, tuple[str, str, str]]:
    """Code, name and note of each row, in a fixed order or best first."""
    found = {key: one for (_day, key), one in groups.items()}
    if by is Grouping.STAND:
        stands = {str(place.stand.pk): (place.stand.code, place.stand.name, "") for place in places}
        if chosen.pesantren:
            return {key: words for key, words in stands.items() if key in found}
        return stands
    if by is Grouping.HOUR:
        hours = sorted(int(key) for key in found)
        span = range(hours[0], hours[-1] + 1) if hours else ()
        return {str(hour): (f"{hour:02d}.00", f"–{hour + 1:02d}.00", "") for hour in span}
    if by in CHOICES:
        choices = CHOICES[by].choices
        named = {str(key): ("", str(label), "") for key, label in choices}
        return named | ({"": ("", str(WITHOUT[by]), "")} if "" in found else {})
    nets = _added({key: one.sums for key, one in groups.items()}, itemgetter(1))
    best = sorted(found, key=lambda key: (-nets[key].net_rupiah, found[key].name, key))
    if by in CODED:
        return {
            key: (found[key].note, found[key].name or str(WITHOUT.get(by, "")), "") for key in best
        }
    return {key: ("", found[key].name or str(WITHOUT.get(by, "")), found[key].note) for key in best}


def _methods(
    expo: Expo, chosen: TotalsFilter, cells: Mapping[CellKey, _Named]
) -> tuple[MethodTotal, ...] | None:
    if chosen.pesantren:
        return None
    shown = {key: one.sums for key, one in cells.items() if chosen.shows(key[0], expo)}
    totals = _added(shown, itemgetter(1))
    return tuple(
        MethodTotal(method, totals.get(method, NOTHING))
        for method in Payment.Method
        if chosen.method in {"", method}
    )


def _hours(
    expo: Expo, chosen: TotalsFilter, cells: Mapping[CellKey, _Named]
) -> dict[dt.date, dict[int, int]] | None:
    if chosen.pesantren:
        return None
    hours: dict[dt.date, dict[int, int]] = {}
    for (day, hour), one in sorted(cells.items()):
        if chosen.shows(day, expo):
            hours.setdefault(day, {})[int(hour)] = one.sums.net_rupiah
    return hours


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


# --- what the groups are called ----------------------------------------------------------------

NO_NAME = Value("", output_field=CharField())
# Name, and what stands beside it.
NAMES: dict[Grouping, tuple[str, str]] = {
    Grouping.TILL: ("till__name", "till__prefix"),
    Grouping.CASHIER: ("cashier__name", "cashier__stand__code"),
    Grouping.PESANTREN: ("pesantren__name", ""),
    Grouping.PRODUCER: ("producer__name", "pesantren__name"),
    Grouping.CATEGORY: ("product__category__name", ""),
    Grouping.PRODUCT: ("product__name", "producer__name"),
}
# What stands beside the name is its code.
CODED = {Grouping.TILL, Grouping.CASHIER}
CHOICES: dict[Grouping, type[TextChoices]] = {
    Grouping.METHOD: Payment.Method,
    Grouping.KIND: Producer.Kind,
    Grouping.PILLAR: Product.Pillar,
}
WITHOUT = {
    Grouping.CASHIER: _("Tanpa nama petugas"),
    Grouping.PESANTREN: _("Tanpa pesantren"),
    Grouping.PILLAR: _("Tanpa pilar"),
}
