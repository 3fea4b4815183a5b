"""Columns by day as numbers: where each stands and how high, for the template to draw in SVG."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format

from outcomes.results_words import DATE
from pesantren.money import thousands
from sales.totals.charts import hour_chart, nice_step, short_rupiah
from stands.clock import WIB

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.results_content import Figure
    from sales.totals.charts import HourChart

WIDTH, HEIGHT = 420, 190
LEFT, RIGHT, TOP, BOTTOM = 46, 6, 22, 26
WIDEST = 72


@dataclass(frozen=True)
class Column:
    """One day."""

    x: float
    y: float
    width: float
    height: float
    # What stands above it, and what stands below.
    value: str
    name: str

    @property
    def middle(self) -> float:
        """Where its words stand."""
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True)
class Line:
    """A line across, with what it stands for."""

    y: float
    words: str


@dataclass(frozen=True)
class DayColumns:
    """A column for each day. A day below zero has none: its figure is in the table."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT

    @property
    def right(self) -> int:
        """Where the lines end."""
        return self.width - RIGHT

    @property
    def foot(self) -> int:
        """Where the columns stand."""
        return self.height - BOTTOM


def day_columns(days: Sequence[Figure], *, rupiah: bool) -> DayColumns | None:
    """Draw the parts that are days; None where there are not two with something to show."""
    known = [one for one in days if DATE.fullmatch(one.key) and one.value is not None]
    most = max((one.value or 0 for one in known), default=0)
    if len(known) < 2 or most <= 0:
        return None
    short = short_rupiah if rupiah else thousands
    step = nice_step(most)
    high = -(-most // step) * step
    room = (WIDTH - LEFT - RIGHT) / len(known)
    width = min(WIDEST, room * 0.62)

    def y(value: int) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - max(value, 0)) / high, 1)

    return DayColumns(
        columns=tuple(
            Column(
                x=round(LEFT + room * place + (room - width) / 2, 1),
                y=y(one.value or 0),
                width=round(width, 1),
                height=round(HEIGHT - BOTTOM - y(one.value or 0), 1),
                value=short(one.value or 0),
                name=date_format(dt.date.fromisoformat(one.key), "D j M"),
            )
            for place, one in enumerate(known)
        ),
        lines=tuple(Line(y(value), short(value)) for value in range(0, high + 1, step)),
    )


def sales_by_hour(days: Sequence[Figure], now: dt.datetime) -> HourChart | None:
    """A line for each of the latest days, as in the daily totals."""
    hours = {
        dt.date.fromisoformat(day.key): {
            int(part.key.removeprefix("hour-")): part.value or 0
            for part in day.parts
            if part.key.startswith("hour-")
        }
        for day in days
        if DATE.fullmatch(day.key)
    }
    return hour_chart(hours, list(hours), now.astimezone(WIB))
