"""What is claimed and what is seen at the bank: sums by stand, day and method, and the rows.

Nothing here is counted twice or left out: every QRIS, transfer and card payment that is not
training is open, seen, or looked for in vain.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, FilteredRelation, Max, Min, Prefetch, Q, Sum

from sales.models import (
    CLAIMED_METHODS,
    BankLine,
    BankMatch,
    BankStatement,
    BankWithdrawal,
    Payment,
    PaymentCheck,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stands.models import Expo, Stand

Outcome = PaymentCheck.Outcome
OPEN = "open"
STATES = (OPEN, Outcome.SEEN.value, Outcome.ABSENT.value)


@dataclass(frozen=True)
class Sums:
    """How many payments and how much, by what was found of them. Paid back counts as negative."""

    open_count: int = 0
    open_rupiah: int = 0
    seen_count: int = 0
    seen_rupiah: int = 0
    absent_count: int = 0
    absent_rupiah: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.open_count + self.seen_count + self.absent_count

    @property
    def claimed_rupiah(self) -> int:
        """What the tills say was paid so, less what they paid back so."""
        return self.open_rupiah + self.seen_rupiah + self.absent_rupiah

    def __add__(self, other: Sums) -> Sums:
        names = self.__dataclass_fields__
        return Sums(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True)
class Chosen:
    """What the address narrows the payments to."""

    expo: Expo
    stand: Stand | None = None
    day: dt.date | None = None
    method: str = ""
    state: str = ""

    def narrowed(self, rows: Any) -> Any:
        """Only those payments."""
        if self.stand is not None:
            rows = rows.filter(sale__stand=self.stand)
        if self.day is not None:
            rows = rows.filter(sale__business_date=self.day)
        if self.method:
            rows = rows.filter(method=self.method)
        if self.state == OPEN:
            return rows.filter(outcome=None)
        return rows.filter(outcome=self.state) if self.state else rows


def claims(expo: Expo) -> Any:
    """Every payment of an edition that only the bank can confirm, with `outcome`, None for open."""
    rows = Payment.objects.filter(sale__expo=expo, sale__training=False, method__in=CLAIMED_METHODS)
    return rows.annotate(
        finding=FilteredRelation("checks", condition=Q(checks__revoked_at=None)),
        outcome=F("finding__outcome"),
    )


def unseen(expo: Expo) -> Any:
    """Those without a finding, and those looked for in vain so far."""
    return claims(expo).filter(Q(outcome=None) | Q(outcome=Outcome.ABSENT))


def found_by_hand(chosen: Chosen) -> Any:
    """The chosen payments whose finding was ticked and not matched with a line of the bank."""
    return chosen.narrowed(claims(chosen.expo)).filter(
        outcome__isnull=False, finding__match__isnull=True
    )


def claims_with_sales(chosen: Chosen) -> Any:
    """The chosen payments with sale and stand and what was found, in the order they were made."""
    rows = chosen.narrowed(claims(chosen.expo))
    return (
        rows.annotate(
            found_note=F("finding__note"),
            found_at=F("finding__checked_at"),
            found_by=F("finding__checked_by__username"),
            found_line=F("finding__match__line"),
        )
        .select_related("sale__stand", "sale__till")
        .order_by("sale__sold_at", "pk")
    )


@dataclass(frozen=True)
class Cell:
    """One stand on one day in one way of paying."""

    stand: Stand
    day: dt.date
    method: Payment.Method
    sums: Sums


@dataclass(frozen=True)
class Row:
    """One stand on one day, in every way of paying that the page shows."""

    stand: Stand
    cells: tuple[Cell, ...]
    sums: Sums


@dataclass(frozen=True)
class Day:
    """The stands of one day."""

    date: dt.date
    rows: tuple[Row, ...]
    sums: Sums


@dataclass(frozen=True)
class Overview:
    """An edition's claimed payments, day by day."""

    days: tuple[Day, ...]
    methods: tuple[Payment.Method, ...]
    by_method: tuple[tuple[Payment.Method, Sums], ...]
    total: Sums


def overview(chosen: Chosen, stands: Iterable[Stand]) -> Overview:
    """Sum the payments of the edition, stand, day and method that are chosen, in one query.

    With the state `open` only rows with something to check are shown; the sums are of all.
    """
    rows = replace(chosen, state="").narrowed(claims(chosen.expo))
    cells: dict[tuple[dt.date, int, str], Sums] = {}
    for day, stand, method, outcome, count, amount in (
        rows.order_by()
        .values_list("sale__business_date", "sale__stand", "method", "outcome")
        .annotate(count=Count("pk"), amount=Sum("amount_rupiah"))
    ):
        state = outcome or OPEN
        sums = Sums(**{f"{state}_count": count, f"{state}_rupiah": amount})
        key = (day, stand, method)
        cells[key] = cells.get(key, Sums()) + sums
    methods = tuple(one for one in CLAIMED_METHODS if any(key[2] == one for key in cells))
    days = []
    for date in sorted({key[0] for key in cells}):
        lines = []
        for stand_row in stands:
            own = tuple(
                Cell(stand_row, date, method, cells.get((date, stand_row.pk, method), Sums()))
                for method in methods
            )
            total = sum((cell.sums for cell in own), Sums())
            if total.count and (chosen.state != OPEN or total.open_count):
                lines.append(Row(stand_row, own, total))
        if lines:
            of_day = sum((sums for key, sums in cells.items() if key[0] == date), Sums())
            days.append(Day(date, tuple(lines), of_day))
    return Overview(
        days=tuple(days),
        methods=methods,
        by_method=tuple(
            (one, sum((sums for key, sums in cells.items() if key[2] == one), Sums()))
            for one in methods
        ),
        total=sum(cells.values(), Sums()),
    )


# --- the bank's side ----------------------------------------------------------------------------


@dataclass(frozen=True)
class BankSums:
    """What the statements hold: lines in all, matched with payments, explained, and neither."""

    count: int = 0
    rupiah: int = 0
    matched_count: int = 0
    matched_rupiah: int = 0
    other_count: int = 0
    other_rupiah: int = 0
    difference_rupiah: int = 0

    @property
    def open_count(self) -> int:
        """How many lines nobody has matched or explained."""
        return self.count - self.matched_count - self.other_count

    @property
    def open_rupiah(self) -> int:
        """What these come to."""
        return self.rupiah - self.matched_rupiah - self.other_rupiah


def lines_of(expo: Expo) -> Any:
    """The bank's lines of an edition with the match in force: `kind`, None for open."""
    return _with_kind(BankLine.objects.in_force().filter(expo=expo))


def lines_of_file(statement: BankStatement) -> Any:
    """The same of one file, also where it was withdrawn: then no line has a match in force."""
    return _with_kind(BankLine.objects.filter(statement=statement))


def _with_kind(rows: Any) -> Any:
    return rows.annotate(
        found=FilteredRelation("matches", condition=Q(matches__revoked_at=None)),
        kind=F("found__kind"),
    )


def with_what_was_found(rows: Any, withdrawal: BankWithdrawal, *, only: bool) -> Any:
    """The lines of a withdrawn file with `undone`: the matches that were taken back with it."""
    undone = BankMatch.objects.filter(revoked_at=withdrawal.made_at).prefetch_related(
        Prefetch("checks", PaymentCheck.objects.select_related("payment__sale").order_by("pk"))
    )
    if only:
        rows = rows.filter(pk__in=undone.values("line"))
    return rows.prefetch_related(Prefetch("matches", undone, to_attr="undone"))


def open_lines(expo: Expo) -> Any:
    """Lines that nobody has matched or explained."""
    return lines_of(expo).filter(kind=None).select_related("statement", "stand")


def bank_sums(expo: Expo, statement: BankStatement | None = None) -> BankSums:
    """Sum the lines of an edition, or of one statement."""
    rows = lines_of(expo) if statement is None else lines_of_file(statement)
    kinds = {
        kind: (count, amount, difference or 0)
        for kind, count, amount, difference in rows.order_by()
        .values_list("kind")
        .annotate(
            count=Count("pk"),
            amount=Sum("amount_rupiah"),
            difference=Sum("found__difference_rupiah"),
        )
    }
    none = (0, 0, 0)
    matched = kinds.get(BankMatch.Kind.PAYMENTS.value, none)
    other = kinds.get(BankMatch.Kind.OTHER.value, none)
    return BankSums(
        count=sum(one[0] for one in kinds.values()),
        rupiah=sum(one[1] for one in kinds.values()),
        matched_count=matched[0],
        matched_rupiah=matched[1],
        other_count=other[0],
        other_rupiah=other[1],
        difference_rupiah=matched[2],
    )


@dataclass(frozen=True)
class Missing:
    """What the tills claim on a day that the statements cover, and no line shows."""

    stand: Stand
    day: dt.date
    method: Payment.Method
    count: int
    rupiah: int


@dataclass(frozen=True)
class Covered:
    """From which day to which the statements reach, and what is missing there."""

    first: dt.date | None = None
    last: dt.date | None = None
    missing: list[Missing] = field(default_factory=list)


def missing_at_bank(expo: Expo, stands: Iterable[Stand]) -> Covered:
    """Open payments on the days between the first and the last line of all statements."""
    span = (
        BankLine.objects.in_force().filter(expo=expo).aggregate(first=Min("date"), last=Max("date"))
    )
    if span["first"] is None:
        return Covered()
    rows = (
        claims(expo)
        .filter(outcome=None, sale__business_date__range=(span["first"], span["last"]))
        .order_by("sale__business_date")
        .values_list("sale__business_date", "sale__stand", "method")
        .annotate(count=Count("pk"), amount=Sum("amount_rupiah"))
    )
    by_stand = {stand.pk: (place, stand) for place, stand in enumerate(stands)}
    found = sorted(rows, key=lambda row: (row[0], by_stand[row[1]][0], row[2]))
    missing = [
        Missing(by_stand[stand][1], day, Payment.Method(method), count, amount)
        for day, stand, method, count, amount in found
    ]
    return Covered(span["first"], span["last"], missing)
