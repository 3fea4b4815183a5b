"""How a day stands at the tills: which have closed, which not, what differed, what came late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum

from sales.closing.completeness import missing_numbers, tills_of_tablets
from sales.closing.figures import AT_THE_DESK, Figures, figures_in, summed
from sales.models import CashMovement, CloseAmendment, DayClose, Payment, Sale, Till

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from sales.closing.completeness import TillNumbers
    from stands.models import Expo


@dataclass(frozen=True)
class TillDay:
    """A till's day: closed with what came afterwards, or still open with what is there now."""

    till: Till
    close: DayClose | None
    amendments: tuple[CloseAmendment, ...]
    # The whole day as it is now: the close and its amendments, or the ledger while it is open.
    figures: Figures
    # Of a tablet's till; the plain form holds nothing back.
    numbers: TillNumbers | None
    # Whether something was sold or moved here, other than at the organisers' desk.
    is_used: bool

    @property
    def is_closed(self) -> bool:
        """Whether its day was closed."""
        return self.close is not None

    @property
    def count(self) -> DayClose | CloseAmendment | None:
        """The close or the amendment at which the drawer was last counted."""
        recounts = [one for one in self.amendments if one.kind == CloseAmendment.Kind.RECOUNT]
        return recounts[-1] if recounts else self.close

    @property
    def counted_rupiah(self) -> int:
        """What was counted last; nought before any count."""
        return (self.count.counted_rupiah or 0) if self.count else 0

    @property
    def expected_rupiah(self) -> int:
        """What should have lain in the drawer at the last count, as far as is known now."""
        if self.count is None:
            return self.figures.expected_rupiah
        return (self.count.expected_rupiah or 0) + self._known_later

    @property
    def difference_rupiah(self) -> int:
        """Counted less expected, with what arrived later and was counted already."""
        return self.counted_rupiah - self.expected_rupiah if self.count else 0

    @property
    def _known_later(self) -> int:
        last = self.count.sequence if self.count else 0
        return sum(one.counted_before_rupiah for one in self.amendments if one.sequence > last)

    @property
    def differs(self) -> bool:
        """Whether its drawer was counted and did not come out even."""
        return self.is_closed and self.difference_rupiah != 0

    @property
    def short_rupiah(self) -> int:
        """How much is missing from the drawer; nought where it is even or over."""
        return max(0, -self.difference_rupiah)

    @property
    def over_rupiah(self) -> int:
        """How much is in the drawer beyond what should be there."""
        return max(0, self.difference_rupiah)

    @property
    def late(self) -> Figures:
        """What came after the close."""
        return summed(figures_in(one) for one in self.amendments)

    @property
    def unsent(self) -> int:
        """How much its tablet still holds, as it said at its last contact."""
        return self.till.unsent


@dataclass(frozen=True)
class DayClosings:
    """The tills of an edition on one day, stand by stand."""

    day: dt.date
    tills: tuple[TillDay, ...]
    # Of every tablet's till, on whatever day.
    numbers: tuple[TillNumbers, ...]

    @property
    def closed(self) -> list[TillDay]:
        """Those that were closed."""
        return [one for one in self.tills if one.is_closed]

    @property
    def open(self) -> list[TillDay]:
        """Those that sold and were not."""
        return [one for one in self.tills if not one.is_closed and one.is_used]

    @property
    def idle(self) -> list[TillDay]:
        """Those of paired tablets that sold nothing."""
        return [one for one in self.tills if not one.is_closed and not one.is_used]

    @property
    def with_differences(self) -> list[TillDay]:
        """Closed ones whose drawer did not come out even."""
        return [one for one in self.closed if one.differs]

    @property
    def difference_rupiah(self) -> int:
        """All drawers together."""
        return sum(one.difference_rupiah for one in self.closed)

    @property
    def in_order(self) -> list[TillDay]:
        """Those that were used: open ones first, since somebody has to go there."""
        return [*self.open, *self.closed]

    @property
    def used_count(self) -> int:
        """How many tills there were to close."""
        return len(self.open) + len(self.closed)

    @property
    def late_rupiah(self) -> int:
        """What came after the closes, all tills together."""
        return sum(one.late.net_rupiah for one in self.closed)

    @property
    def amendment_count(self) -> int:
        """How many amendments there are."""
        return sum(len(one.amendments) for one in self.closed)

    @property
    def complete_count(self) -> int:
        """Tills of tablets of which everything is here."""
        return sum(one.is_complete for one in self.numbers)

    @property
    def incomplete(self) -> list[TillNumbers]:
        """Tills of tablets of which something is not."""
        return [one for one in self.numbers if not one.is_complete]


def closings_of(expo: Expo, day: dt.date) -> DayClosings:
    """The tills of an edition on a day, in at most twelve queries for any number of them."""
    closes = {
        close.till_id: close for close in DayClose.objects.of_expo(expo).on_day(day).with_content()
    }
    open_figures, used = _live(expo, day)
    numbers = {one.till.pk: one for one in missing_numbers(tills_of_tablets(expo))}
    tills = Till.objects.filter(expo=expo).filter(
        Q(pk__in={*closes, *used}) | Q(tablet__revoked_at=None, tablet__isnull=False)
    )
    rows = [
        _row(till, closes.get(till.pk), open_figures, numbers, used)
        for till in tills.select_related("stand", "tablet").order_by("stand__code", "letter")
    ]
    present = _present(rows)
    kept = [one for one in rows if one.is_closed or one.is_used or one.till.pk in present]
    return DayClosings(day=day, tills=tuple(kept), numbers=tuple(numbers.values()))


def _present(rows: Iterable[TillDay]) -> set[int]:
    """The till that each tablet claimed last: it may have sold under others before."""
    latest: dict[int, Till] = {}
    for one in rows:
        till = one.till
        if till.tablet_id is None:
            continue
        before = latest.get(till.tablet_id)
        if before is None or _claim(till) > _claim(before):
            latest[till.tablet_id] = till
    return {till.pk for till in latest.values()}


def _claim(till: Till) -> tuple[bool, float, int]:
    at = till.claimed_at
    return (at is not None, at.timestamp() if at else 0.0, till.pk)


def _row(
    till: Till,
    close: DayClose | None,
    live: dict[int, Figures],
    numbers: dict[int, TillNumbers],
    used: set[int],
) -> TillDay:
    amendments = tuple(close.amendments.all()) if close else ()
    figures = (
        summed([figures_in(close), *map(figures_in, amendments)])
        if close
        else live.get(till.pk, Figures())
    )
    return TillDay(till, close, amendments, figures, numbers.get(till.pk), till.pk in used)


def _live(expo: Expo, day: dt.date) -> tuple[dict[int, Figures], set[int]]:
    """Every till's day as it is in the ledger now, and the tills that were used."""
    figures: dict[int, Figures] = {}
    used = set()
    sales = (
        Sale.objects.counted()
        .filter(expo=expo, business_date=day)
        .values("till_id")
        .annotate(
            sold=Count("pk", filter=Q(reverses=None)),
            taken_back=Count("pk", filter=Q(reverses__isnull=False)),
            here=Count("pk", filter=~Q(intake=AT_THE_DESK)),
            gross=Sum("total_rupiah", filter=Q(reverses=None), default=0),
            reversed=Sum("total_rupiah", filter=Q(reverses__isnull=False), default=0),
        )
        .order_by()
    )
    for row in sales:
        figures[row["till_id"]] = Figures(
            sales_count=row["sold"],
            reversals_count=row["taken_back"],
            gross_rupiah=row["gross"],
            reversed_rupiah=-row["reversed"],
        )
        if row["here"]:
            used.add(row["till_id"])
    payments = (
        Payment.objects.filter(sale__expo=expo, sale__business_date=day, sale__training=False)
        .values_list("sale__till_id", "method", "sale__intake")
        .annotate(amount=Sum("amount_rupiah"))
        .order_by()
    )
    for till, method, intake, amount in payments:
        in_drawer = method == Payment.Method.CASH and intake != AT_THE_DESK
        part = Figures(by_method={method: amount}, drawer_cash_rupiah=amount if in_drawer else 0)
        figures[till] = figures.get(till, Figures()) + part
    moved = (
        CashMovement.objects.filter(till__expo=expo, business_date=day)
        .values_list("till_id", "kind")
        .annotate(amount=Sum("amount_rupiah"))
        .order_by()
    )
    names = {"float": "float_rupiah", "in": "cash_in_rupiah", "out": "cash_out_rupiah"}
    for till, kind, amount in moved:
        figures[till] = figures.get(till, Figures()) + Figures(**{names[kind]: amount})
        used.add(till)
    return figures, used
