"""What a reversal takes back of: the sale, its lines, and how many pieces of each are left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Sum

from sales.models import Sale, SaleLine
from sales.prepared import Kept

if TYPE_CHECKING:
    from uuid import UUID

    from stands.models import Stand

_SALE = [one.attname for one in Sale._meta.concrete_fields]
_LINE = [one.attname for one in SaleLine._meta.concrete_fields]
SALES = Kept(
    lambda pk, stand: (
        Sale.objects.filter(pk=pk, stand=stand)
        .with_voucher_use()
        .order_by()
        .values_list(*_SALE, "is_by_voucher")
    )
)
LINES = Kept(lambda sale: SaleLine.objects.filter(sale=sale).order_by().values_list(*_LINE))
TAKEN = Kept(
    lambda sale: (
        SaleLine.objects.filter(reverses_line__sale=sale)
        .order_by()
        .values_list("reverses_line")
        .annotate(taken=Sum("quantity"))
    )
)


@dataclass(frozen=True)
class Original:
    """A sale or reversal with its lines by position; `left` are pieces that were not taken back."""

    sale: Sale
    lines: dict[int, SaleLine]
    left: dict[int, int]


def find_original(pk: UUID, stand: Stand) -> Original | None:
    """The entry of this stand under that UUID; None where there is none.

    As it is now: the caller has locked the end of the stand's ledger, so nobody takes back more.
    """
    found = SALES.rows(pk, stand.pk)
    if not found:
        return None
    [(*columns, is_by_voucher)] = found
    sale = Sale.from_db(connection.alias, _SALE, columns)
    sale.is_by_voucher = is_by_voucher
    lines = [SaleLine.from_db(connection.alias, _LINE, row) for row in LINES.rows(pk)]
    taken = dict(TAKEN.rows(pk))
    return Original(
        sale,
        {line.position: line for line in lines},
        {line.position: line.quantity + taken.get(line.pk, 0) for line in lines},
    )
