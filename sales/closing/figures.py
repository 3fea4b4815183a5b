"""What a till's day comes to: sums over a stretch of the ledger and of the till's own book."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, Sum

from sales.models import CashMovement, Payment, Sale

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from sales.models import Till

# Paid back at the organisers' desk, so the stand's drawer knows nothing of it.
AT_THE_DESK = Sale.Intake.ORGANISER


@dataclass(frozen=True)
class Figures:
    """What was sold, paid and moved, in whole rupiah; training is never in it."""

    sales_count: int = 0
    reversals_count: int = 0
    gross_rupiah: int = 0
    reversed_rupiah: int = 0
    by_method: Mapping[str, int] = field(default_factory=dict)
    drawer_cash_rupiah: int = 0
    float_rupiah: int = 0
    cash_in_rupiah: int = 0
    cash_out_rupiah: int = 0

    @property
    def net_rupiah(self) -> int:
        """What was sold less what was taken back."""
        return self.gross_rupiah - self.reversed_rupiah

    @property
    def expected_rupiah(self) -> int:
        """What should lie in the drawer."""
        return (
            self.float_rupiah + self.cash_in_rupiah - self.cash_out_rupiah + self.drawer_cash_rupiah
        )

    def __add__(self, other: Figures) -> Figures:
        """Both together."""
        methods = dict(self.by_method)
        for method, amount in other.by_method.items():
            methods[method] = methods.get(method, 0) + amount
        sums = {
            one.name: getattr(self, one.name) + getattr(other, one.name)
            for one in fields(self)
            if one.name != "by_method"
        }
        return Figures(**sums, by_method=methods)

    def as_columns(self) -> dict[str, Any]:
        """As a close or an amendment keeps them."""
        columns = {one.name: getattr(self, one.name) for one in fields(self)}
        return columns | {"by_method": dict(sorted(self.by_method.items()))}


def figures_in(row: Any) -> Figures:
    """The figures that a close or an amendment keeps."""
    return Figures(**{one.name: getattr(row, one.name) for one in fields(Figures)})


def summed(some: Iterable[Figures]) -> Figures:
    """All of them together."""
    return sum(some, Figures())


def figures_of(till: Till, day: dt.date, *, after: int = 0, moved_after: int = 0) -> Figures:
    """The till's day in the ledger behind entry `after`, and in its book behind `moved_after`."""
    sales = Sale.objects.counted().filter(till=till, business_date=day, sequence__gt=after)
    found = sales.aggregate(
        sales=Count("pk", filter=Q(reverses=None)),
        reversals=Count("pk", filter=Q(reverses__isnull=False)),
        gross=Sum("total_rupiah", filter=Q(reverses=None), default=0),
        reversed=Sum("total_rupiah", filter=Q(reverses__isnull=False), default=0),
    )
    methods: dict[str, int] = {}
    drawer = 0
    payments = (
        Payment.objects.filter(
            sale__till=till,
            sale__business_date=day,
            sale__sequence__gt=after,
            sale__training=False,
        )
        .values_list("method", "sale__intake")
        .annotate(amount=Sum("amount_rupiah"))
        .order_by()
    )
    for method, intake, amount in payments:
        methods[method] = methods.get(method, 0) + amount
        if method == Payment.Method.CASH and intake != AT_THE_DESK:
            drawer += amount
    moved = dict(
        CashMovement.objects.filter(till=till, business_date=day, sequence__gt=moved_after)
        .values_list("kind")
        .annotate(amount=Sum("amount_rupiah"))
        .order_by()
    )
    return Figures(
        sales_count=found["sales"],
        reversals_count=found["reversals"],
        gross_rupiah=found["gross"],
        reversed_rupiah=-found["reversed"],
        by_method=methods,
        drawer_cash_rupiah=drawer,
        float_rupiah=moved.get(CashMovement.Kind.FLOAT, 0),
        cash_in_rupiah=moved.get(CashMovement.Kind.IN, 0),
        cash_out_rupiah=moved.get(CashMovement.Kind.OUT, 0),
    )
