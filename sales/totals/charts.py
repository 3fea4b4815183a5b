"""Charts as numbers: where lines, points and words stand, for the templates to draw in SVG."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pesantren.money import rupiah, thousands
from stands.clock import clock_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH, HEIGHT = 560, 250
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 14, 30
# More lines than these cannot be told apart: the latest days are drawn.
MOST = 4
# Marks of the lines, drawn around 0 0, so that they differ by more than their colour.
MARKS = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
    "M-4 -4h8v8h-8z",
    "M0 -5l5 9h-10z",
    "M0 -5.5l5.5 5.5l-5.5 5.5l-5.5 -5.5z",
)
STEPS = (1, 2, 5)
LINES = 4


@dataclass(frozen=True)
class Point:
    """One hour of one day."""

    x: float
    y: float
    words: str


@dataclass(frozen=True)
class Series:
    """The line of one day; `look` chooses colour, dashes and mark."""

    name: str
    look: int
    mark: str
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        """The line through the points."""
        return " ".join(
            f"{'L' if place else 'M'}{one.x:g} {one.y:g}" for place, one in enumerate(self.points)
        )


@dataclass(frozen=True)
class Tick:
    """A mark on an axis."""

    at: float
    words: str


@dataclass(frozen=True)
class HourRow:
    """One hour in the table beside the chart: net rupiah of each day, None where none is known."""

    hour: int
    amounts: tuple[int | None, ...]

    @property
    def name(self) -> str:
        """`08.00`, in English `08:00`."""
        return clock_text(dt.time(self.hour))


@dataclass(frozen=True)
class HourChart:
    """Net sales by hour of the day, a line for each of some days, the latest first."""

    series: tuple[Series, ...]
    rows: tuple[HourRow, ...]
    up: tuple[Tick, ...]
    along: tuple[Tick, ...]
    width: int
    height: int = HEIGHT
    left: int = LEFT

    @property
    def right(self) -> int:
        """Where the lines end."""
        return self.width - RIGHT


def hour_chart(
    hours: Mapping[dt.date, Mapping[int, int]],
    days: Sequence[dt.date],
    now: dt.datetime,
    *,
    width: int = WIDTH,
    is_money: bool = True,
) -> HourChart | None:
    """Draw the latest of `days` of which something is known; None without any.

    Of anything but money it says the number alone. `now` is in WIB: an hour that is still to come
    has no point.
    """
    drawn = sorted((day for day in days if hours.get(day)), reverse=True)[:MOST]
    if not drawn:
        return None
    known = [hour for day in drawn for hour in hours[day]]
    span = range(min(known), max(known) + 1)
    amounts = {day: _amounts(hours[day], span, day, now) for day in drawn}
    known_amounts = [amount for some in amounts.values() for amount in some if amount is not None]
    least, most = min(*known_amounts, 0), max(*known_amounts, 0)
    step = nice_step(most - least)
    low = least // step * step
    high = max(-(-most // step) * step, low + step)

    def x(place: int) -> float:
        wide = width - LEFT - RIGHT
        return round(LEFT + (wide * place / (len(span) - 1) if len(span) > 1 else wide / 2), 1)

    def y(amount: int) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - amount) / (high - low), 1)

    say = rupiah if is_money else thousands
    # As many hours are named as there is room for.
    every = max(1, -(-len(span) * 34 // (width - LEFT - RIGHT)))
    return HourChart(
        width=width,
        series=tuple(
            Series(
                name=date_format(day, "D j M"),
                look=look,
                mark=MARKS[look],
                points=tuple(
                    Point(x(place), y(amount), f"{clock_text(dt.time(hour))} · {say(amount)}")
                    for place, (hour, amount) in enumerate(zip(span, amounts[day], strict=True))
                    if amount is not None
                ),
            )
            for look, day in enumerate(drawn)
        ),
        rows=tuple(
            HourRow(hour, tuple(amounts[day][place] for day in drawn))
            for place, hour in enumerate(span)
        ),
        up=tuple(Tick(y(amount), short_rupiah(amount)) for amount in range(low, high + 1, step)),
        along=tuple(
            Tick(x(place), f"{hour:02d}") for place, hour in enumerate(span) if place % every == 0
        ),
    )


def _amounts(
    hours: Mapping[int, int], span: range, day: dt.date, now: dt.datetime
) -> tuple[int | None, ...]:
    """An hour in which nothing was sold is nought, one that is still to come is nothing."""
    last = max(max(hours), now.hour) if day == now.date() else span[-1]
    return tuple(hours.get(hour, 0) if hour <= last else None for hour in span)


def nice_step(span: int) -> int:
    """A round number of which at most LINES fill the span: 1, 2 or 5 and noughts."""
    step = power = 1
    while True:
        for one in STEPS:
            step = one * power
            if step * LINES >= span:
                return step
        power *= 10


def short_rupiah(amount: int) -> str:
    """An amount as short as an axis needs it: `250 rb`, `1,5 jt`; `250 k`, `1.5 m` in English."""
    for size, words in (
        (1_000_000_000, _("%(n)s M")),
        (1_000_000, _("%(n)s jt")),
        (1_000, _("%(n)s rb")),
    ):
        if abs(amount) >= size:
            whole, rest = divmod(abs(amount) * 10 // size, 10)
            number = f"{whole}{_(',')}{rest}" if rest else str(whole)
            return words % {"n": f"−{number}" if amount < 0 else number}
    return str(amount)
