"""What is asked to be recorded, a sale or a reversal, as values that know no database."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping


def _whole(*numbers: object) -> None:
    """Raise TypeError unless all are whole numbers, as the ledger keeps them and hashes them.

    25000.0 and True equal whole numbers, are stored as such, and would leave a hash behind that
    what is stored cannot give again.
    """
    for number in numbers:
        if type(number) is not int:
            raise TypeError(f"{number!r} is no whole number")


@dataclass(frozen=True)
class LineRequest:
    """`quantity` pieces of an offer at the price that was charged for one, in whole rupiah."""

    offer_id: int
    quantity: int
    unit_price_rupiah: int

    def __post_init__(self) -> None:
        _whole(self.offer_id, self.quantity, self.unit_price_rupiah)

    @property
    def amount_rupiah(self) -> int:
        """What this line comes to."""
        return self.quantity * self.unit_price_rupiah


@dataclass(frozen=True)
class PaymentRequest:
    """Part of the total paid in one way; `tendered_rupiah` is the cash handed over.

    `voucher` is the HMAC of the voucher's code. The code itself never comes this far: what is
    asked is kept where it is held, and goes into the fingerprint.
    """

    method: str
    amount_rupiah: int
    tendered_rupiah: int | None = None
    voucher: str | None = None

    def __post_init__(self) -> None:
        _whole(self.amount_rupiah)
        if self.tendered_rupiah is not None:
            _whole(self.tendered_rupiah)


@dataclass(frozen=True)
class SaleRequest:
    """A sale as the till saw it. `sold_at` is when the customer paid, with a time zone.

    `device_at` and `clock_offset_ms` are what the tablet's clock said then and how far off it knew
    itself to be; `receipt_token` opens the public receipt.
    """

    uuid: UUID
    lines: tuple[LineRequest, ...]
    payments: tuple[PaymentRequest, ...]
    sold_at: dt.datetime
    device_at: dt.datetime | None = None
    clock_offset_ms: int | None = None
    number: str | None = None
    training: bool = False
    note: str = ""
    receipt_token: str = ""

    @property
    def at(self) -> dt.datetime:
        """When it happened."""
        return self.sold_at

    @property
    def total_rupiah(self) -> int:
        """What all lines come to."""
        return sum(line.amount_rupiah for line in self.lines)

    def quantities(self) -> dict[int, int]:
        """How many pieces of each offer are asked for, over all lines."""
        wanted: dict[int, int] = {}
        for line in self.lines:
            wanted[line.offer_id] = wanted.get(line.offer_id, 0) + line.quantity
        return wanted

    def as_json(self) -> dict[str, Any]:
        """The request in plain JSON values, as it is kept when it has to be held."""
        return {
            "kind": "sale",
            **_common(self),
            "lines": [
                {
                    "offer_id": line.offer_id,
                    "quantity": line.quantity,
                    "unit_price_rupiah": line.unit_price_rupiah,
                }
                for line in self.lines
            ],
            "training": self.training,
            "note": self.note,
            "receipt_token": self.receipt_token,
        }


@dataclass(frozen=True)
class ReversedLine:
    """`quantity` pieces taken back from the line at `position`, both counted from one.

    A tablet knows the lines of its sale by their position before any database does.
    """

    position: int
    quantity: int

    def __post_init__(self) -> None:
        _whole(self.position, self.quantity)


@dataclass(frozen=True)
class ReversalRequest:
    """All or part of a sale taken back. Payments are what is paid back, in positive rupiah."""

    uuid: UUID
    original_id: UUID
    lines: tuple[ReversedLine, ...]
    payments: tuple[PaymentRequest, ...]
    reason: str
    sold_at: dt.datetime
    device_at: dt.datetime | None = None
    clock_offset_ms: int | None = None
    number: str | None = None

    @property
    def at(self) -> dt.datetime:
        """When it happened."""
        return self.sold_at

    def as_json(self) -> dict[str, Any]:
        """The request in plain JSON values, as it is kept when it has to be held."""
        return {
            "kind": "reversal",
            **_common(self),
            "original_id": str(self.original_id),
            "lines": [
                {"position": line.position, "quantity": line.quantity} for line in self.lines
            ],
            "reason": self.reason,
        }


def from_json(content: Mapping[str, Any]) -> SaleRequest | ReversalRequest:
    """The request that `as_json` wrote."""
    device_at = content["device_at"]
    common: dict[str, Any] = {
        "uuid": UUID(content["uuid"]),
        "payments": tuple(PaymentRequest(**one) for one in content["payments"]),
        "sold_at": dt.datetime.fromisoformat(content["sold_at"]),
        "device_at": dt.datetime.fromisoformat(device_at) if device_at else None,
        "clock_offset_ms": content["clock_offset_ms"],
        "number": content["number"],
    }
    if content["kind"] == "sale":
        return SaleRequest(
            **common,
            lines=tuple(LineRequest(**one) for one in content["lines"]),
            training=content["training"],
            note=content["note"],
            receipt_token=content["receipt_token"],
        )
    return ReversalRequest(
        **common,
        original_id=UUID(content["original_id"]),
        lines=tuple(ReversedLine(**one) for one in content["lines"]),
        reason=content["reason"],
    )


def fingerprint(request: SaleRequest | ReversalRequest, *, stand_id: int) -> str:
    """SHA-256 of what is asked, in hexadecimal: equal for a repeat, different for other content.

    The corrected time of sale is left out: a repeat is sent later, and a clock offset measured anew
    moves it, while the sale stays the same.
    """
    content = request.as_json() | {"stand": stand_id}
    del content["sold_at"]
    return hashlib.sha256(canonical(content)).hexdigest()


def canonical(content: dict[str, Any]) -> bytes:
    """JSON with one spelling only: sorted keys, no white space, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _common(request: SaleRequest | ReversalRequest) -> dict[str, Any]:
    """What both kinds have. Written out, since `asdict` costs more than recording a line."""
    return {
        "uuid": str(request.uuid),
        "payments": [
            {
                "method": payment.method,
                "amount_rupiah": payment.amount_rupiah,
                "tendered_rupiah": payment.tendered_rupiah,
            }
            # Only where there is one: the fingerprints of all else stay what they were.
            | ({} if payment.voucher is None else {"voucher": payment.voucher})
            for payment in request.payments
        ],
        "sold_at": str(request.sold_at),
        "device_at": str(request.device_at) if request.device_at else None,
        "clock_offset_ms": request.clock_offset_ms,
        "number": request.number,
    }
