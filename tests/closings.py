"""Cash movements and closes for tests: through the writer, and as a tablet sends them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from sales.closing.requests import CloseRequest, MovementRequest
from sales.closing.writing import write_in_book
from sales.models import CashMovement, CloseAmendment, DayClose
from stands.clock import business_date

if TYPE_CHECKING:
    import datetime as dt

    from sales.models import Till
    from tests.tablets import TestTablet


def make_movement(
    till: Till,
    kind: str,
    amount_rupiah: int,
    *,
    number: str = "",
    reason: str = "uang kecil",
) -> CashMovement:
    """Cash put into the drawer or taken out, now."""
    number = number or f"{till.prefix}-K{CashMovement.objects.filter(till=till).count() + 1:04d}"
    request = MovementRequest(
        uuid=uuid.uuid4(),
        number=number,
        kind=kind,
        amount_rupiah=amount_rupiah,
        reason=reason,
        moved_at=timezone.now(),
    )
    row = write_in_book(request, stand=till.stand, till=till, cashier=None).row
    assert isinstance(row, CashMovement)
    return row


def close_request(
    till: Till,
    *,
    counted: dict[int, int] | None = None,
    day: dt.date | None = None,
    last_counter: int = 0,
    **other: Any,
) -> CloseRequest:
    """A count of the drawer, now."""
    counted = counted or {}
    total = sum(value * pieces for value, pieces in counted.items())
    made = DayClose.objects.filter(till=till).count()
    made += CloseAmendment.objects.filter(till=till, kind="recount").count()
    asked: dict[str, Any] = {
        "uuid": uuid.uuid4(),
        "number": f"{till.prefix}-Z{made + 1:04d}",
        "business_date": day or business_date(timezone.now()),
        "counted": tuple(counted.items()),
        "counted_rupiah": total,
        "expected_rupiah": total,
        "last_counter": last_counter,
        "note": "",
        "closed_at": timezone.now(),
    }
    return CloseRequest(**(asked | other))


def make_close(till: Till, **request: Any) -> DayClose:
    """The first close of the till's day."""
    row = write_in_book(
        close_request(till, **request), stand=till.stand, till=till, cashier=None
    ).row
    assert isinstance(row, DayClose)
    return row


def make_recount(till: Till, **request: Any) -> CloseAmendment:
    """A further one."""
    row = write_in_book(
        close_request(till, **request), stand=till.stand, till=till, cashier=None
    ).row
    assert isinstance(row, CloseAmendment)
    return row


def sent_movement(tablet: TestTablet, kind: str, amount: int, **other: Any) -> dict[str, Any]:
    """A movement as the tablet sends it."""
    return {
        "kind": "cash",
        "uuid": str(uuid.uuid4()),
        "number": f"{tablet.till.prefix}-K0001",
        "device_at": timezone.now().isoformat(),
        "clock_offset_ms": None,
        "cashier_id": None,
        "movement": kind,
        "amount_rupiah": amount,
        "reason": "" if kind == "float" else "uang kecil",
    } | other


def sent_close(tablet: TestTablet, counted: dict[int, int], **other: Any) -> dict[str, Any]:
    """A close as the tablet sends it."""
    total = sum(value * pieces for value, pieces in counted.items())
    return {
        "kind": "close",
        "uuid": str(uuid.uuid4()),
        "number": f"{tablet.till.prefix}-Z0001",
        "device_at": timezone.now().isoformat(),
        "clock_offset_ms": None,
        "cashier_id": None,
        "business_date": business_date(timezone.now()).isoformat(),
        "counted": {str(value): pieces for value, pieces in counted.items()},
        "counted_rupiah": total,
        "expected_rupiah": total,
        "last_counter": tablet.given,
        "note": "",
    } | other
