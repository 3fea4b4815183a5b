"""What the till shows of its own stand's ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum

from sales.models import Sale

if TYPE_CHECKING:
    import datetime as dt

    from stands.models import Stand


@dataclass(frozen=True)
class StandToday:
    """Sales less reversals of one stand and day, in rupiah, and how many of each."""

    net_rupiah: int
    sale_count: int
    reversal_count: int


def stand_today(stand: Stand, day: dt.date) -> StandToday:
    """Sum the stand's ledger of one business date, training left out."""
    sums = (
        Sale.objects.at_stand(stand)
        .on_day(day)
        .counted()
        .aggregate(
            net=Sum("total_rupiah"),
            sales=Count("pk", filter=Q(reverses__isnull=True)),
            reversals=Count("pk", filter=Q(reverses__isnull=False)),
        )
    )
    return StandToday(sums["net"] or 0, sums["sales"], sums["reversals"])
