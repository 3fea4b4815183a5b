"""A figure of all editions as columns that the server draws; what is unknown is no column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sales.totals.charts import nice_step, short_rupiah

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from outcomes.comparing import Compared, Known
    from outcomes.models import Claim

# In the drawing's own units, as large as on a phone.
STEP, BAR = 46, 24
LEFT, RIGHT, TOP, BOTTOM = 34, 22, 18, 26
PLOT = 150
# From here on a value is written short above its column.
LONG = 1_000


@dataclass(frozen=True)
class Mark:
    """A height in the chart, and what is written there."""

    y: int
    words: str


@dataclass(frozen=True)
class Column:
    """One edition: its bar as published, a line for whoever says otherwise."""

    name: str
    x: int
    # None where nobody says it: a question mark stands there, no bar.
    bar: Mark | None
    others: tuple[Mark, ...] = ()

    @property
    def middle(self) -> int:
        """Where its words stand."""
        return self.x + BAR // 2

    @property
    def end(self) -> int:
        """Where the bar ends to the right."""
        return self.x + BAR

    @property
    def height(self) -> int:
        """Of the bar."""
        return TOP + PLOT - self.bar.y if self.bar else 0


@dataclass(frozen=True)
class Chart:
    """All that its template draws."""

    figure: Claim.Figure
    columns: tuple[Column, ...]
    lines: tuple[Mark, ...]

    bar, left, ground, height = BAR, LEFT, TOP + PLOT, TOP + PLOT + BOTTOM

    @property
    def width(self) -> int:
        """As wide as the editions want it."""
        return LEFT + len(self.columns) * STEP + RIGHT

    @property
    def has_gaps(self) -> bool:
        """Whether of some edition nobody says it."""
        return any(column.bar is None for column in self.columns)

    @property
    def is_disputed(self) -> bool:
        """Whether of some edition several say several things."""
        return any(column.others for column in self.columns)


def edition_chart(compared: Sequence[Compared], place: int) -> Chart | None:
    """The figure at that place of COMPARED, the oldest edition first; None if too few know it."""
    pairs = [(one, one.figures[place]) for one in reversed(compared)]
    values = [claim.value for _one, known in pairs for claim in known.claims if claim.value]
    if sum(known.value is not None for _one, known in pairs) < 2 or not values:
        return None
    step = nice_step(max(values))
    top = -(-max(values) // step) * step

    def mark(value: int) -> Mark:
        return Mark(round(TOP + PLOT * (1 - value / top)), short(value))

    columns = tuple(
        _column(one.year, LEFT + number * STEP + (STEP - BAR) // 2, known, mark)
        for number, (one, known) in enumerate(pairs)
    )
    lines = tuple(mark(value) for value in range(0, top + 1, step))
    return Chart(pairs[0][1].figure, columns, lines)


def _column(name: str, x: int, known: Known, mark: Callable[[int], Mark]) -> Column:
    others = {claim.value for claim in known.disagreeing if claim.value is not None}
    return Column(
        name,
        x,
        None if known.value is None else mark(known.value),
        tuple(mark(value) for value in sorted(others)),
    )


def short(value: int) -> str:
    """The value as a column has room for it."""
    return str(value) if value < LONG else short_rupiah(value)
