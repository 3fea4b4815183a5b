"""What a tablet's outbox holds is recorded in its order: sales together, movements and closes each.

A close freezes what stands before it, so nothing behind it may be written first.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sales.checking import SaleRefused
from sales.closing.requests import CloseRequest, MovementRequest
from sales.closing.writing import Written, write_in_book
from sales.models import Cashier, Sale
from sales.recording import Asked, Outcome, record_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sales.models import Till
    from sales.tablet.protocol import Arrived


def record_outbox(
    arrived: Sequence[Arrived], *, till: Till, offset_ms: int | None
) -> list[Outcome | Written | SaleRefused]:
    """Record what came of one till; an answer for each, in order.

    The caller opens the transaction. What is refused or held does not stop what stands behind it.
    """
    named = {one.cashier_id for one in arrived if one.cashier_id is not None}
    # Who sold is worth knowing, and no condition: an unknown name keeps no sale out.
    cashiers = Cashier.objects.filter(stand=till.stand, pk__in=named).in_bulk() if named else {}
    results: list[Outcome | Written | SaleRefused] = []
    for is_sale, run in groupby(arrived, key=_is_sale):
        if is_sale:
            results += record_all(
                [
                    Asked(one.request, cashiers.get(one.cashier_id or 0), offset_ms)
                    for one in run
                    if not isinstance(one.request, MovementRequest | CloseRequest)
                ],
                stand=till.stand,
                till=till,
                intake=Sale.Intake.OUTBOX,
            )
        else:
            results += [_written(one, till, cashiers.get(one.cashier_id or 0)) for one in run]
    return results


def _is_sale(one: Arrived) -> bool:
    return not isinstance(one.request, MovementRequest | CloseRequest)


def _written(one: Arrived, till: Till, cashier: Cashier | None) -> Written | SaleRefused:
    assert isinstance(one.request, MovementRequest | CloseRequest)  # noqa: S101, see _is_sale
    try:
        return write_in_book(one.request, stand=till.stand, till=till, cashier=cashier)
    except SaleRefused as refused:
        return refused
