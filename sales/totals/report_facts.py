"""What one printed report of daily totals tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sales.totals.figures import Row
from sales.totals.source import NOTHING, Grouping, Sums, TotalsFilter
from stands.models import Expo

if TYPE_CHECKING:
    import datetime as dt

    from stands.models import Stand


@dataclass(frozen=True)
class Report:
    """What one report tells."""

    expo: Expo
    stand: Stand | None
    chosen: TotalsFilter
    rows: dict[Grouping, tuple[Row, ...]]
    now: dt.datetime
    total: Sums = field(init=False)

    def __post_init__(self) -> None:
        total = sum((row.total for row in self.rows[Grouping.STAND]), NOTHING)
        object.__setattr__(self, "total", total)

    @property
    def days(self) -> list[dt.date]:
        """The days of the edition that are in it."""
        every = [day.date for day in self.expo.all_days]
        return [day for day in every if not self.chosen.has_days or day in self.chosen.days]

    @property
    def days_text(self) -> str:
        """The day in full, or from when to when."""
        if len(self.days) == 1:
            return date_format(self.days[0], "l, j F Y")
        if not self.days:
            return _("Di luar hari pameran")
        if self.leaves_out_days:
            *some, last = (date_format(day, "j F Y") for day in self.days)
            return _("%(first)s dan %(last)s") % {"first": ", ".join(some), "last": last}
        return " – ".join(date_format(day, "j F Y") for day in (self.days[0], self.days[-1]))

    @property
    def leaves_out_days(self) -> bool:
        """Whether a day of the edition between the first and the last is not in it."""
        every = [day.date for day in self.expo.all_days]
        first, last = every.index(self.days[0]), every.index(self.days[-1])
        return self.days != every[first : last + 1]

    @property
    def short_days(self) -> str:
        """The same for the name of the file."""
        days = self.days
        if len(days) > 1 and not self.leaves_out_days:
            days = [days[0], days[-1]]
        return "-".join(f"{day:%Y%m%d}" for day in days)

    @property
    def selling(self) -> int:
        """How many stands sold something."""
        return sum(row.total.sale_count > 0 for row in self.rows[Grouping.STAND])

    @property
    def outside(self) -> Sums:
        """What of the total was sold on no day of the edition: the days do not add up to it."""
        return sum((row.outside for row in self.rows[Grouping.STAND]), NOTHING)

    @property
    def pieces(self) -> int:
        """How many pieces were sold, less what came back."""
        return sum(row.total.pieces for row in self.rows[Grouping.PRODUCT])
