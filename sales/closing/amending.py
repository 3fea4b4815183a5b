"""What arrives for a day that its till has closed becomes an amendment, in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum

from events.log import log_event
from events.models import Event
from sales.closing.book import append, head_of
from sales.closing.completeness import NUMBER
from sales.closing.figures import AT_THE_DESK, figures_of
from sales.models import CloseAmendment, DayClose, Payment

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sales.models import CashMovement, Sale


@dataclass(frozen=True)
class LedgerEnd:
    """The end of a stand's ledger, as it is after what the transaction has written."""

    sequence: int
    hash: str


@dataclass(frozen=True)
class LastCount:
    """How far a till had come when its drawer was last counted."""

    last_counter: int
    closed_at: dt.datetime

    def had(self, sale: Sale) -> bool:
        """Whether the sale was made before: by its number, which no clock can move."""
        found = NUMBER.fullmatch(sale.number)
        if found is not None and found["prefix"] == sale.till.prefix:
            return int(found["counter"]) <= self.last_counter
        return sale.sold_at <= self.closed_at


def amend_closes(recorded: Sequence[Sale], *, end: LedgerEnd, now: dt.datetime) -> None:
    """Write an amendment for each till and day that was closed and that these sales belong to.

    The caller holds the ledger head of the stand, and has written the sales.
    """
    by_day: dict[tuple[int, dt.date], list[Sale]] = {}
    for sale in recorded:
        if not sale.training:
            by_day.setdefault((sale.till_id, sale.business_date), []).append(sale)
    closes = DayClose.objects.filter(
        till_id__in={till for till, _day in by_day}, business_date__in={day for _, day in by_day}
    ).select_related("till")
    for close in closes.order_by("pk"):
        sales = by_day.get((close.till_id, close.business_date))
        if sales:
            amend(close, end=end, now=now, sales=sales)


def amend(
    close: DayClose,
    *,
    end: LedgerEnd,
    now: dt.datetime,
    sales: Sequence[Sale] = (),
    movement: CashMovement | None = None,
    count: CloseAmendment | None = None,
) -> CloseAmendment:
    """Write the next amendment of a close: what came since the one before, and perhaps a count.

    `count` is one with the columns of a second count filled in. The caller holds the ledger head.
    """
    before = list(close.amendments.order_by("place"))
    last = before[-1] if before else close
    figures = figures_of(
        close.till, close.business_date, after=last.ledger_sequence, moved_after=last.sequence
    )
    row = count or CloseAmendment(kind=CloseAmendment.Kind.LATE)
    row.close, row.till, row.place = close, close.till, len(before) + 1
    row.ledger_sequence, row.ledger_hash, row.made_at = end.sequence, end.hash, now
    for name, value in figures.as_columns().items():
        setattr(row, name, value)
    if count is None:
        row.counted_before_rupiah = _counted_before(last_count(close, before), sales, movement)
    else:
        row.counted_before_rupiah = 0
        row.expected_rupiah = (
            close.expected_rupiah
            + sum(one.drawer_rupiah for one in before)
            + figures.expected_rupiah
        )
        row.difference_rupiah = (row.counted_rupiah or 0) - row.expected_rupiah
        if row.tablet_expected_rupiah is None:
            row.tablet_expected_rupiah = row.expected_rupiah
    append(row, head_of(close.till))
    log_event(
        Event.Kind.CLOSE_AMENDED,
        str(row),
        data={
            "close": str(close.pk),
            "till": close.till.prefix,
            "day": close.business_date.isoformat(),
            "kind": row.kind,
            "net_rupiah": row.net_rupiah,
            "hash": row.hash,
        },
    )
    return row


def last_count(close: DayClose, amendments: Sequence[CloseAmendment]) -> LastCount:
    """How far the till was when its drawer was last counted."""
    for one in reversed(amendments):
        if one.last_counter is not None and one.closed_at is not None:
            return LastCount(one.last_counter, one.closed_at)
    return LastCount(close.last_counter, close.closed_at)


def _counted_before(count: LastCount, sales: Sequence[Sale], movement: CashMovement | None) -> int:
    """What of the cash lay in the drawer when it was counted, though the server did not know."""
    if movement is not None:
        return movement.signed_rupiah if movement.moved_at <= count.closed_at else 0
    had = [sale.pk for sale in sales if sale.intake != AT_THE_DESK and count.had(sale)]
    cash = Payment.objects.filter(sale__in=had, method=Payment.Method.CASH)
    return int(cash.aggregate(sum=Sum("amount_rupiah", default=0))["sum"])
