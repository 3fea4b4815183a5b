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
from sales.recording import Asked, Outcome, record_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sales.ledger_rows import Said
    from sales.models import Till
    from sales.tablet.protocol import Arrived


def record_outbox(
    arrived: Sequence[Arrived],
    *,
    till: Till,
    offset_ms: int | None,
    said: Said | None = None,
) -> list[Outcome | Written | SaleRefused]:
    """Record what came of one till; an answer for each, in order.

    `again_if_met` has to run the caller's transaction. What is refused or held does not stop what
    stands behind it.
    """
    results: list[Outcome | Written | SaleRefused] = []
    if not all(map(_is_sale, arrived)):
        said = None  # a close is written before what the tablet says after it
    for is_sale, run in groupby(arrived, key=_is_sale):
        if is_sale:
            results += record_within(
                [
                    Asked(one.request, named_cashier=one.cashier_id, measured_offset_ms=offset_ms)
                    for one in run
                    if not isinstance(one.request, MovementRequest | CloseRequest)
                ],
                stand=till.stand,
                till=till,
                intake=Sale.Intake.OUTBOX,
                said=said,
            )
        else:
            results += [_written(one, till) for one in run]
    return results


def _is_sale(one: Arrived) -> bool:
    return not isinstance(one.request, MovementRequest | CloseRequest)


def _written(one: Arrived, till: Till) -> Written | SaleRefused:
    assert isinstance(one.request, MovementRequest | CloseRequest)  # noqa: S101, see _is_sale
    # Who counted is worth knowing, and no condition either.
    named = one.cashier_id
    people = Cashier.objects.filter(stand=till.stand)
    cashier = people.filter(pk=named).first() if named is not None else None
    try:
        return write_in_book(one.request, stand=till.stand, till=till, cashier=cashier)
    except SaleRefused as refused:
        return refused
