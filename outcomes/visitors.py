"""Visitors of an edition: as the gates counted them, and as somebody says, side by side."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.models import Claim
from programme.gate_counts import HourCount, counted_by_hour
from programme.models import Gate
from sales.totals.charts import HourChart, hour_chart
from stands.clock import clock_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stands.models import Expo


@dataclass(frozen=True)
class Row:
    """Some people at each gate, None where nobody counted; `total` of those who did."""

    by_gate: tuple[int | None, ...]

    @property
    def total(self) -> int | None:
        """All gates together."""
        known = [one for one in self.by_gate if one is not None]
        return sum(known) if known else None


@dataclass(frozen=True)
class DayRow(Row):
    """One day: what the gates counted, and what is claimed of it."""

    date: dt.date
    claims: tuple[Claim, ...]
    # A day outside the edition is counted apart.
    is_expo_day: bool


@dataclass(frozen=True)
class HourRow(Row):
    """One hour of the day that is looked at."""

    hour: int
    # People whose hour is the latest that it can have been.
    guessed: int = 0

    @property
    def name(self) -> str:
        """`08.00`, in English `08:00`."""
        return clock_text(dt.time(self.hour))


@dataclass(frozen=True)
class Visitors:
    """All that the page shows of one edition."""

    gates: tuple[Gate, ...]
    counts: tuple[HourCount, ...]
    days: tuple[DayRow, ...]
    # Of the edition as a whole.
    claims: tuple[Claim, ...]

    @property
    def counted(self) -> Row:
        """The edition's own days together."""
        return _sum([one for one in self.days if one.is_expo_day], len(self.gates))

    @property
    def outside(self) -> tuple[DayRow, ...]:
        """Counted on days that are none of the edition."""
        return tuple(one for one in self.days if not one.is_expo_day)

    @property
    def uncounted(self) -> int:
        """Days of the edition on which nobody counted."""
        return sum(one.total is None for one in self.days if one.is_expo_day)

    @property
    def counted_days(self) -> tuple[dt.date, ...]:
        """The days of which hours are known."""
        return tuple(one.date for one in self.days if one.total is not None)

    def hours_on(self, date: dt.date) -> tuple[HourRow, ...]:
        """Each hour between the first and the last that was counted on that day."""
        found = [one for one in self.counts if one.date == date]
        if not found:
            return ()
        by_place = {(one.hour, one.gate_id): one.people for one in found}
        guessed: dict[int, int] = {}
        for one in found:
            guessed[one.hour] = guessed.get(one.hour, 0) + one.guessed
        span = range(min(one.hour for one in found), max(one.hour for one in found) + 1)
        return tuple(
            HourRow(
                tuple(by_place.get((hour, gate.pk)) for gate in self.gates),
                hour,
                guessed.get(hour, 0),
            )
            for hour in span
        )

    def chart(self, now: dt.datetime) -> HourChart | None:
        """A line a day over the hours, all gates together; None where nobody has counted."""
        hours: dict[dt.date, dict[int, int]] = {}
        for one in self.counts:
            day = hours.setdefault(one.date, {})
            day[one.hour] = day.get(one.hour, 0) + one.people
        return hour_chart(hours, list(hours), now, is_money=False)


def visitors_of(expo: Expo) -> Visitors:
    """What is known of the visitors of an edition."""
    gates = tuple(Gate.objects.filter(expo=expo))
    counts = counted_by_hour(expo)
    claims = list(
        Claim.objects.at(expo)
        .filter(figure=Claim.Figure.VISITORS)
        .order_by("date", "-is_published", "basis", "order", "pk")
    )
    own = {day.date for day in expo.all_days}
    dates = sorted(own | {one.date for one in counts} | {one.date for one in claims if one.date})
    return Visitors(
        gates=gates,
        counts=counts,
        days=tuple(_day(date, gates, counts, claims, date in own) for date in dates),
        claims=tuple(one for one in claims if one.date is None),
    )


def _day(
    date: dt.date,
    gates: tuple[Gate, ...],
    counts: tuple[HourCount, ...],
    claims: list[Claim],
    is_expo_day: bool,
) -> DayRow:
    people: dict[int, int] = {}
    for one in counts:
        if one.date == date:
            people[one.gate_id] = people.get(one.gate_id, 0) + one.people
    return DayRow(
        tuple(people.get(gate.pk) for gate in gates),
        date,
        tuple(one for one in claims if one.date == date),
        is_expo_day,
    )


def _sum(rows: Iterable[Row], gates: int) -> Row:
    columns: list[int | None] = [None] * gates
    for row in rows:
        for place, people in enumerate(row.by_gate):
            if people is not None:
                columns[place] = (columns[place] or 0) + people
    return Row(tuple(columns))
