"""Sums over the ledger: what was sold, by day and stand and in every other grouping.

Every figure equals a plain sum over Sale, SaleLine or Payment at this moment, training left out.
Whole sales are summed where nothing finer is asked; a pesantren is credited with its own lines, so
that a shared stand divides by maker; a payment method with its own part of a split payment.
"""

from __future__ import annotations

import datetime as dt
from operator import itemgetter
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pesantren.models import Pesantren, Producer, Product
from sales.models import Payment, RunningTotal
from sales.totals.figures import Cell, DailyTotals, MethodTotal, Place, Row, sum_of
from sales.totals.reading import CellKey, Found, Named, read_sums
from sales.totals.running import Axis
from sales.totals.source import EVERYTHING, NOTHING, Grouping, Key, Sums, TotalsFilter, source_of
from stands.models import Expo, Offer, Stand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from django.db.models import TextChoices


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
    found = read_sums(expo, chosen, wanted_groups)
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
        outside=sum_of(outside.values()),
        total=sum_of(shown.values()),
        methods=_methods(expo, chosen, read.get(Grouping.METHOD, {})),
        hours=_hours(expo, chosen, read.get(Grouping.HOUR, {})),
        today=sum_of(today_by_stand.values()),
        edition=sum_of(by_stand.values()),
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
    read = read_sums(expo, chosen, groupings).groups
    wanted = [place for place in places if chosen.stand in {None, place.stand}]
    days = [day.date for day in expo.all_days if day.date in chosen.days or not chosen.has_days]
    rows = {}
    for by, cells in read.items():
        shown = {key: one for key, one in cells.items() if chosen.shows(key[0], expo)}
        rows[by] = tuple(_rows(shown, _names(by, wanted, shown, chosen), days))
    return rows


def _rows(
    groups: Mapping[CellKey, Named],
    names: Mapping[str, tuple[str, str, str]],
    days: list[dt.date],
    closed: Found | None = None,
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
    by: Grouping, places: list[Place], groups: Mapping[CellKey, Named], chosen: TotalsFilter
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
    expo: Expo, chosen: TotalsFilter, cells: Mapping[CellKey, Named]
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
    expo: Expo, chosen: TotalsFilter, cells: Mapping[CellKey, Named]
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


def _percent(part: int, whole: int) -> int:
    return max(0, part) * 100 // whole if whole > 0 else 0


# --- what the groups are called ----------------------------------------------------------------

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
