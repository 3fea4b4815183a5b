"""Proposals: which payments a line at the bank may be. Nothing is written here.

A pair is certain only where amount and time leave one payment for the line and one line for the
payment. Equal amounts close together are shown side by side for a person to decide. What fits no
single payment may be the sum of a stand's day, which is how acquirers mostly pay out, often less
their fee.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sales.bank.reads import open_lines, unseen
from sales.models import Payment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sales.models import BankLine
    from stands.models import Expo, Stand

# The till's clock is corrected at each contact, and a customer may wait for the bank's message.
MINUTES = (5, 15, 60)
USUAL_MINUTES = 15
# Acquirers pay out on the same day or up to three days later (a weekend).
LATEST_DAYS = 3
# A fee is at most one percent: QRIS takes 0,3 to 0,7 percent of a merchant, a debit card up to 1
# (Bank Indonesia, merchant discount rates since 2021).
MOST_FEE = 100
# So many of each kind are shown.
SHOWN = 100


@dataclass(frozen=True)
class Claim:
    """A payment that is not seen at the bank yet."""

    pk: int
    stand_id: int
    stand_code: str
    number: str
    day: dt.date
    sold_at: dt.datetime
    method: Payment.Method
    amount_rupiah: int


@dataclass(frozen=True)
class Lump:
    """All open payments of a day in one way of paying: of one stand, or of all where None."""

    stand_code: str | None
    day: dt.date
    method: Payment.Method
    count: int
    rupiah: int
    difference_rupiah: int


@dataclass(frozen=True)
class Unclear:
    """Lines and payments of one amount that could be each other's in more than one way."""

    amount_rupiah: int
    lines: list[BankLine]
    claims: list[Claim]


@dataclass(frozen=True)
class Proposals:
    """What could be matched, and what is only at the bank."""

    certain: list[tuple[BankLine, Claim]]
    unclear: list[Unclear]
    lumps: list[tuple[BankLine, list[Lump]]]
    unknown: list[BankLine]


def open_claims(
    expo: Expo, *, stand: Stand | None = None, days: tuple[dt.date, dt.date] | None = None
) -> list[Claim]:
    """Payments that nobody has seen at the bank yet, in the order they were made."""
    rows = unseen(expo)
    if stand is not None:
        rows = rows.filter(sale__stand=stand)
    if days is not None:
        rows = rows.filter(sale__business_date__range=days)
    return [
        Claim(pk, stand_id, code, number, day, sold_at, Payment.Method(method), amount)
        for pk, stand_id, code, number, day, sold_at, method, amount in rows.order_by(
            "sale__sold_at", "pk"
        ).values_list(
            "pk",
            "sale__stand",
            "sale__stand__code",
            "sale__number",
            "sale__business_date",
            "sale__sold_at",
            "method",
            "amount_rupiah",
        )
    ]


def propose(expo: Expo, *, minutes: int = USUAL_MINUTES) -> Proposals:
    """Compare every open line of an edition with every open payment, in two queries."""
    lines = list(open_lines(expo))
    if not lines:
        return Proposals([], [], [], [])
    first = min(line.date for line in lines) - dt.timedelta(days=LATEST_DAYS)
    last = max(line.date for line in lines) + dt.timedelta(days=1)
    waiting = open_claims(expo, days=(first, last))
    waiting_by = _Shelf(waiting, dt.timedelta(minutes=minutes))
    # Lines that cannot be told apart are looked at once: a bank that writes no hour may have
    # thousands of one amount on one day.
    alike: dict[_Alike, list[BankLine]] = defaultdict(list)
    for line in lines:
        alike[_alike(line)].append(line)
    fits = {key: waiting_by.fitting(some[0]) for key, some in alike.items()}
    certain, unclear = _parted(alike, fits)
    left = [line for line in lines if not fits[_alike(line)]]
    sums = _sums(waiting)
    lumps = [(line, _lumps(line, sums)) for line in left]
    return Proposals(
        certain=certain,
        unclear=unclear,
        lumps=[(line, some) for line, some in lumps if some],
        unknown=[line for line, some in lumps if not some],
    )


def candidates(line: BankLine, waiting: Iterable[Claim], *, minutes: int) -> list[Claim]:
    """The payments of a line's amount, those within the window first, then the nearest in time."""
    window = dt.timedelta(minutes=minutes)
    same = [
        one
        for one in waiting
        if one.amount_rupiah == line.amount_rupiah and _is_of_account(line, one)
    ]
    at = line.at or dt.datetime.combine(line.date, dt.time(12), dt.UTC)
    return sorted(same, key=lambda one: (not _fits(line, one, window), abs(one.sold_at - at)))


def lumps_of(line: BankLine, waiting: Iterable[Claim]) -> list[Lump]:
    """The sums of a day that a line may be."""
    return _lumps(line, _sums(waiting))


def _is_of_account(line: BankLine, claim: Claim) -> bool:
    """Whether the payment can be in this file: its stand, its way of paying."""
    method = line.statement.method
    return line.stand_id in (None, claim.stand_id) and method in ("", claim.method)


def _fits(line: BankLine, claim: Claim, window: dt.timedelta) -> bool:
    if line.amount_rupiah != claim.amount_rupiah or not _is_of_account(line, claim):
        return False
    if line.at is None:
        return line.date == claim.day
    return abs(line.at - claim.sold_at) <= window


_Alike = tuple[int, dt.date, dt.datetime | None, int | None, str]


def _alike(line: BankLine) -> _Alike:
    """What decides which payments a line may be."""
    return (line.amount_rupiah, line.date, line.at, line.stand_id, line.statement.method)


class _Shelf:
    """The open payments by amount, in the order they were made."""

    def __init__(self, waiting: Iterable[Claim], window: dt.timedelta) -> None:
        self.window = window
        self.by_amount: dict[int, list[Claim]] = defaultdict(list)
        self.by_day: dict[tuple[int, dt.date], list[Claim]] = defaultdict(list)
        for claim in waiting:
            self.by_amount[claim.amount_rupiah].append(claim)
            self.by_day[claim.amount_rupiah, claim.day].append(claim)

    def fitting(self, line: BankLine) -> list[Claim]:
        """The payments of a line's amount and account close to it in time, or of its day."""
        if line.at is None:
            near = self.by_day.get((line.amount_rupiah, line.date), [])
        else:
            same = self.by_amount.get(line.amount_rupiah, [])
            first = bisect_left(same, line.at - self.window, key=_sold_at)
            last = bisect_right(same, line.at + self.window, key=_sold_at)
            near = same[first:last]
        return [one for one in near if _is_of_account(line, one)]


def _sold_at(claim: Claim) -> dt.datetime:
    return claim.sold_at


def _parted(
    alike: dict[_Alike, list[BankLine]], fits: dict[_Alike, list[Claim]]
) -> tuple[list[tuple[BankLine, Claim]], list[Unclear]]:
    """Pairs that can only be each other's, and groups that hang together."""
    wanted: dict[int, list[_Alike]] = defaultdict(list)
    for key, some in fits.items():
        for claim in some:
            wanted[claim.pk].append(key)
    certain, unclear = [], []
    done: set[_Alike] = set()
    for start, fitting in fits.items():
        if start in done or not fitting:
            continue
        lines: list[BankLine] = []
        claimed: dict[int, Claim] = {}
        todo = [start]
        done.add(start)
        while todo:
            key = todo.pop()
            lines += alike[key]
            for claim in fits[key]:
                if claim.pk not in claimed:
                    claimed[claim.pk] = claim
                    fresh = [one for one in wanted[claim.pk] if one not in done]
                    done.update(fresh)
                    todo += fresh
        if len(lines) == len(claimed) == 1:
            certain.append((lines[0], next(iter(claimed.values()))))
        else:
            unclear.append(
                Unclear(
                    start[0],
                    sorted(lines, key=lambda row: (row.date, str(row.at), row.pk)),
                    sorted(claimed.values(), key=lambda row: (row.sold_at, row.pk)),
                )
            )
    return certain, unclear


_Key = tuple[int | None, dt.date, Payment.Method]


def _sums(waiting: Iterable[Claim]) -> dict[_Key, tuple[str | None, int, int]]:
    """Number and sum of the open payments by stand, day and method, and of all stands."""
    sums: dict[_Key, tuple[str | None, int, int]] = {}
    stands: dict[tuple[dt.date, Payment.Method], set[int]] = defaultdict(set)
    for claim in waiting:
        stands[claim.day, claim.method].add(claim.stand_id)
        for stand_id, code in ((claim.stand_id, claim.stand_code), (None, None)):
            key = (stand_id, claim.day, claim.method)
            _code, count, amount = sums.get(key, (code, 0, 0))
            sums[key] = (code, count + 1, amount + claim.amount_rupiah)
    # All stands are not told apart from the only one.
    return {
        key: one
        for key, one in sums.items()
        if key[0] is not None or len(stands[key[1], key[2]]) > 1
    }


def _lumps(line: BankLine, sums: dict[_Key, tuple[str | None, int, int]]) -> list[Lump]:
    """The sums that a line may be, exact ones first, then with a fee, the nearest day first."""
    earliest = line.date - dt.timedelta(days=LATEST_DAYS)
    found = []
    for (stand_id, day, method), (code, count, amount) in sums.items():
        if not earliest <= day <= line.date or count < 2 or amount <= 0:
            continue
        if line.stand_id is not None and stand_id != line.stand_id:
            continue
        if line.statement.method not in ("", method):
            continue
        difference = line.amount_rupiah - amount
        if difference == 0 or 0 < -difference * MOST_FEE <= amount:
            found.append(Lump(code, day, method, count, amount, difference))
    return sorted(found, key=lambda lump: (lump.difference_rupiah != 0, line.date - lump.day))
