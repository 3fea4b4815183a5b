"""The figures of daily totals: a row for each group, a cell for each day, and the whole."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sales.models import Payment
from sales.totals.source import LINE_AXES, NOT_COUNTED, NOTHING, Grouping, Sums
from stands.models import Stand

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


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
                Cell(day, sum_of(cell.sums for cell in column))
                for day, column in zip(days, columns, strict=True)
            ),
            outside=sum_of(row.outside for row in rows),
            total=sum_of(row.total for row in rows),
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


def sum_of(sums: Iterable[Sums]) -> Sums:
    """All of them together."""
    return sum(sums, NOTHING)
