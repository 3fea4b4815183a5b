"""What the organisers' front page says of today: sales, and what waits for somebody."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from programme.gate_counts import counted_on
from sales.totals.charts import HourChart, hour_chart
from sales.totals.figures import DailyTotals, Row
from sales.totals.pulse import numbers, pulse_url
from sales.totals.source import NOTHING, Sums, TotalsFilter
from sales.totals.sums import daily_totals, places_at
from stands.clock import WIB
from stands.models import Expo

if TYPE_CHECKING:
    import datetime as dt

    from django.contrib.auth.models import AnonymousUser, User

    from stands.models import ExpoDay

# So many stands are named, the best first.
TOP = 10
CHART_WIDTH = 400

# What of the numbers a person may see, by the permission that it needs.
NUMBERS = {
    "sales.view_sale": ["ledger"],
    "sales.view_heldsale": ["held"],
    "sales.view_saleflag": ["flags"],
    "sales.view_tablet": ["tablets", "unsent", "unsent_tills"],
    "sales.view_dayclose": ["closed", "unclosed"],
    "sales.view_voucher": ["vouchers", "redeemed"],
}
GATES = "programme.view_gatecount"


class Phase(enum.Enum):
    """Where in its time an edition stands."""

    BEFORE = "before"
    OPEN = "open"  # one of its days
    BETWEEN = "between"
    AFTER = "after"


@dataclass(frozen=True)
class Dashboard:
    """The front page of one edition, as far as its reader may see it.

    `day` is the day that the figures are of: today, or the last one that there was.
    """

    expo: Expo
    phase: Phase
    now: dt.datetime
    day: dt.date | None
    numbers: dict[str, int]
    totals: DailyTotals | None
    chart: HourChart | None
    pulse: str
    # Counted at the gates on that day; None where nobody has.
    visitors: int | None

    @property
    def is_today(self) -> bool:
        """Whether the figures still move."""
        return self.phase is Phase.OPEN

    @property
    def place(self) -> int:
        """Which day of the edition it is, from 1."""
        days = [one.date for one in self.expo.all_days]
        return days.index(self.day) + 1 if self.day in days else 0

    @property
    def next_day(self) -> ExpoDay | None:
        """The next day of the edition after today."""
        today = self.now.date()
        return next((one for one in self.expo.all_days if one.date > today), None)

    @property
    def days_until(self) -> int:
        """How many nights until then."""
        return (self.next_day.date - self.now.date()).days if self.next_day else 0

    @property
    def opening(self) -> ExpoDay | None:
        """The hours of the day that the figures are of."""
        return next((one for one in self.expo.all_days if one.date == self.day), None)

    @property
    def of_day(self) -> Sums:
        """What was sold on that day."""
        return self._sums_of(self.day)

    @property
    def previous_day(self) -> dt.date | None:
        """The day of the edition before that one."""
        if self.day is None:
            return None
        return max((one.date for one in self.expo.all_days if one.date < self.day), default=None)

    @property
    def of_previous_day(self) -> Sums:
        """What was sold on the day before."""
        return self._sums_of(self.previous_day)

    @property
    def waiting(self) -> int | None:
        """How many held sales and flags wait; None for who may not see both."""
        if not {"held", "flags"} <= self.numbers.keys():
            return None
        return self.numbers["held"] + self.numbers["flags"]

    @property
    def selling(self) -> int:
        """How many stands have sold something on that day."""
        rows = self.totals.rows if self.totals else ()
        return sum(_on(row, self.day).sale_count > 0 for row in rows)

    def _sums_of(self, day: dt.date | None) -> Sums:
        cells = self.totals.day_totals if self.totals else ()
        return next((cell.sums for cell in cells if cell.day == day), NOTHING)


@dataclass(frozen=True)
class StandToday:
    """A stand in the list of the best: what it sold on that day, and its bar."""

    row: Row
    sums: Sums
    bar_percent: int


def dashboard(user: User | AnonymousUser) -> Dashboard | None:
    """Read what the person may see of the current edition; None before there is one.

    What may not be seen is not asked for.
    """
    expo = next(iter(Expo.objects.each_with_days()), None)
    if expo is None:
        return None
    now = timezone.now().astimezone(WIB)
    parts = [part for code, names in NUMBERS.items() if user.has_perm(code) for part in names]
    phase, day = _time_of(expo, now.date())
    # Read before the sums, so that a sale that comes between them is not overlooked.
    seen = numbers(expo.pk, parts, day or now.date())
    totals = chart = None
    if "ledger" in seen:
        # Before the first day too, for what was sold too early.
        totals = daily_totals(
            expo=expo, places=places_at(expo), chosen=TotalsFilter(), today=day or now.date()
        )
        chart = hour_chart(totals.hours or {}, _drawn(expo, phase, day), now, width=CHART_WIDTH)
    return Dashboard(
        expo=expo,
        phase=phase,
        now=now,
        day=day,
        numbers=seen,
        totals=totals,
        chart=chart,
        pulse=pulse_url(expo.pk, seen, day),
        visitors=counted_on(expo, day) if day and user.has_perm(GATES) else None,
    )


def best_stands(desk: Dashboard) -> list[StandToday]:
    """The stands that sold most on the day, or after the end in all."""
    rows = desk.totals.rows if desk.totals else ()
    whole = desk.phase is Phase.AFTER
    sums = [(row, row.total if whole else _on(row, desk.day)) for row in rows]
    some = sorted(
        (pair for pair in sums if not pair[1].is_empty),
        key=lambda pair: -pair[1].net_rupiah,
    )[:TOP]
    most = max((one.net_rupiah for _row, one in some), default=0)
    return [
        StandToday(row, one, max(0, one.net_rupiah) * 100 // most if most > 0 else 0)
        for row, one in some
    ]


def _on(row: Row, day: dt.date | None) -> Sums:
    return next((cell.sums for cell in row.cells if cell.day == day), NOTHING)


def _time_of(expo: Expo, today: dt.date) -> tuple[Phase, dt.date | None]:
    """Where today stands, and the day whose figures are shown."""
    days = [day.date for day in expo.all_days]
    past = [day for day in days if day <= today]
    if today in days:
        return Phase.OPEN, today
    if not past:
        return Phase.BEFORE, None
    return (Phase.BETWEEN if len(past) < len(days) else Phase.AFTER), past[-1]


def _drawn(expo: Expo, phase: Phase, day: dt.date | None) -> list[dt.date]:
    """The days whose hours are drawn: that day and the one before, after the end all."""
    days = [one.date for one in expo.all_days if day and one.date <= day]
    return days if phase is Phase.AFTER else days[-2:]


def context(user: Any) -> dict[str, Any]:
    """What the template needs."""
    desk = dashboard(user)
    if desk is None:
        return {"desk": None}
    return {"desk": desk, "best": best_stands(desk), "current_expo": desk.expo}
