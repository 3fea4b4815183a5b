"""What a tablet sends, read strictly into requests: docs/till-protocol.md, field by field."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from events.erasing import as_text
from sales.checking import Problem, SaleRefused
from sales.closing.requests import CloseRequest, MovementRequest
from sales.models import Till
from sales.requests import (
    LineRequest,
    PaymentRequest,
    ReversalRequest,
    ReversedLine,
    SaleRequest,
)
from sales.vouchers.codes import hmac_of
from stands.strict_json import (
    MILLISECOND,
    UnreadableError,
    clock_offset_ms,
    read_count,
    read_instant,
    read_text,
    read_whole,
    strict_uuid,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

MAX_BATCH = 100
# Prefix of the till; L for training, Z for a close, K for a movement of cash; counter.
NUMBER = re.compile(r"([A-Z]{1,2}\d{1,3}-[A-Z]{1,2})-([LZK]?)(\d{4,9})", re.ASCII)
# A field that is not known here would be lost without a word: what has one stays on the tablet.
COMMON = {"kind", "uuid", "number", "device_at", "clock_offset_ms", "cashier_id"}
SALE = COMMON | {"lines", "payments", "note", "training", "receipt_token"}
REVERSAL = COMMON | {"original_id", "lines", "payments", "reason"}
LINE = {"offer_id", "quantity", "unit_price_rupiah"}
REVERSED_LINE = {"position", "quantity"}
PAYBACK = {"method", "amount_rupiah", "tendered_rupiah"}
PAYMENT = PAYBACK | {"voucher"}
CASH = COMMON | {"movement", "amount_rupiah", "reason"}
CLOSE = COMMON | {
    "business_date",
    "counted",
    "counted_rupiah",
    "expected_rupiah",
    "last_counter",
    "note",
}
FIELDS = {"sale": SALE, "reversal": REVERSAL, "cash": CASH, "close": CLOSE}
# What the letter before the counter of a number must be.
LETTERS = {"sale": ("", "L"), "reversal": ("", "L"), "cash": ("K",), "close": ("Z",)}
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
DENOMINATION = re.compile(r"[1-9]\d{0,6}", re.ASCII)


@dataclass(frozen=True)
class TillReport:
    """What a tablet says of one of its tills: the last counter it gave, and how many it holds."""

    last: int
    unsent: int


@dataclass(frozen=True)
class Envelope:
    """What each POST of a tablet begins with; `content` is what its address adds."""

    sent_at: dt.datetime
    storage_id: UUID
    app_version: str
    storage_persists: bool | None
    # What the tablet knows, or empty.
    epoch: str
    # How many the tablet could not keep for a restore.
    unkept: int
    # How many the portal refused; whether it could not send again what a restored portal asks for.
    refused: int
    owes: bool
    # How long the oldest that waits has waited, by the tablet's own clock; None where none waits.
    waits: dt.timedelta | None
    tills: dict[str, TillReport]
    content: dict[str, Any]

    def offset_ms(self, now: dt.datetime) -> int:
        """Server's clock less the tablet's, in milliseconds.

        Nought below two seconds: that is the way through the hall's network, and no clock.
        """
        return clock_offset_ms(self.sent_at, now)


@dataclass(frozen=True)
class Arrived:
    """What came as it was read, the cashier it names, and its number taken apart.

    `counter` is the last receipt number that it proves to have been given: its own, or the one that
    a close names; nought for a movement.
    """

    request: SaleRequest | ReversalRequest | MovementRequest | CloseRequest
    cashier_id: int | None
    prefix: str
    counter: int
    training: bool


def read_envelope(content: dict[str, Any]) -> Envelope:
    """The envelope of a request. Raises UnreadableError."""
    try:
        persists = content.get("storage_persists")
        return Envelope(
            sent_at=read_instant(content["sent_at"]),
            storage_id=strict_uuid(content["storage_id"]),
            app_version=read_text(content.get("app_version", ""))[:20],
            storage_persists=persists if isinstance(persists, bool) else None,
            epoch=read_text(content.get("epoch", ""))[:20],
            unkept=read_count(content.get("unkept", 0), 10**6),
            refused=read_count(content.get("refused", 0), 10**6),
            owes=content.get("owes", False) is True,
            waits=read_count(content.get("waits_ms", 0), 10**11) * MILLISECOND or None,
            tills=_reports(content.get("tills", {})),
            content=content,
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise UnreadableError(str(error)) from error


def _reports(content: Any) -> dict[str, TillReport]:
    if not isinstance(content, dict) or len(content) > MAX_BATCH:
        raise TypeError("tills is no object")
    return {
        read_text(prefix): TillReport(
            read_count(one["last"], 10**9), read_count(one["unsent"], 10**6)
        )
        for prefix, one in content.items()
    }


def read_sale(content: Any, *, measured_offset_ms: int) -> Arrived:
    """One thing of an outbox: a sale, a reversal, a movement of cash or a close.

    Raises SaleRefused where it cannot be read as one. `measured_offset_ms` counts where the tablet
    did not know at the time how far off it was.
    """
    if not isinstance(content, dict):
        raise SaleRefused([Problem("sale", _("Ini bukan penjualan."))])
    reading = _Reading(content)
    kind = content.get("kind")
    known = FIELDS.get(kind) if isinstance(kind, str) else None
    if known is None:
        raise SaleRefused([Problem("kind", _("Ini bukan penjualan."))])
    if not content.keys() <= known:
        unknown = sorted(content.keys() - known)[0][:40]
        raise SaleRefused([Problem(unknown, _("Isian ini tidak dikenal."))])
    offset = content.get("clock_offset_ms")
    if offset is not None:
        offset = reading.take("clock_offset_ms", read_whole)
    device_at = reading.take("device_at", read_instant)
    prefix, letter, counter = reading.take("number", _number)
    if letter not in LETTERS[str(kind)]:
        raise SaleRefused([Problem("number", _("Isian ini tidak bisa dibaca."))])
    cashier_id = content.get("cashier_id")
    if cashier_id is not None:
        cashier_id = reading.take("cashier_id", read_count)
    used_ms = measured_offset_ms if offset is None else offset
    at = reading.take("device_at", lambda read_text: device_at + used_ms * MILLISECOND)
    common: dict[str, Any] = {
        "uuid": reading.take("uuid", strict_uuid),
        "device_at": device_at,
        "clock_offset_ms": offset,
        "number": content.get("number"),
    }
    request: SaleRequest | ReversalRequest | MovementRequest | CloseRequest
    if kind == "cash":
        request, counter = _movement(reading, common, at), 0
    elif kind == "close":
        request = _close(reading, common, at)
        counter = request.last_counter
    else:
        read_payments = _payments if kind == "sale" else _paybacks
        common |= {"payments": reading.take("payments", read_payments), "sold_at": at}
        request = _sale(reading, common) if kind == "sale" else _reversal(reading, common)
    if isinstance(request, SaleRequest) and (letter == Till.TRAINING) != request.training:
        raise SaleRefused([Problem("number", _("Nomor nota dan latihan tidak cocok."))])
    return Arrived(request, cashier_id, prefix, counter, letter == Till.TRAINING)


def _sale(reading: _Reading, common: dict[str, Any]) -> SaleRequest:
    return SaleRequest(
        **common,
        lines=reading.take("lines", _lines),
        training=reading.take("training", _flag),
        note=reading.take("note", _typed),
        receipt_token=reading.take("receipt_token", read_text),
    )


def _reversal(reading: _Reading, common: dict[str, Any]) -> ReversalRequest:
    return ReversalRequest(
        **common,
        original_id=reading.take("original_id", strict_uuid),
        lines=reading.take("lines", _reversed_lines),
        reason=reading.take("reason", _typed),
    )


def _movement(reading: _Reading, common: dict[str, Any], at: dt.datetime) -> MovementRequest:
    return MovementRequest(
        **common,
        moved_at=at,
        kind=reading.take("movement", read_text),
        amount_rupiah=reading.take("amount_rupiah", read_whole),
        reason=reading.take("reason", _typed),
    )


def _close(reading: _Reading, common: dict[str, Any], at: dt.datetime) -> CloseRequest:
    return CloseRequest(
        **common,
        closed_at=at,
        business_date=reading.take("business_date", _day),
        counted=reading.take("counted", _counted),
        counted_rupiah=reading.take("counted_rupiah", read_whole),
        expected_rupiah=reading.take("expected_rupiah", read_whole),
        last_counter=reading.take("last_counter", _last_counter),
        note=reading.take("note", _typed),
    )


class _Reading:
    """Reads fields one by one, and refuses at the field that cannot be read."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content

    def take(self, field: str, read: Callable[[Any], Any]) -> Any:
        try:
            return read(self.content[field])
        except (KeyError, TypeError, ValueError, OverflowError):
            raise SaleRefused([Problem(field, _("Isian ini tidak bisa dibaca."))]) from None


def _number(value: Any) -> tuple[str, str, int]:
    found = NUMBER.fullmatch(read_text(value))
    if found is None:
        raise ValueError("no number of a till")
    return found[1], found[2], int(found[3])


def _typed(value: Any) -> str:
    """A person's words. What was paid is never refused for them, and they pass for no seal."""
    return as_text(read_text(value))


def _day(value: Any) -> dt.date:
    if not DAY.fullmatch(read_text(value)):
        raise ValueError("no date")
    return dt.date.fromisoformat(value)


def _counted(value: Any) -> tuple[tuple[int, int], ...]:
    """Pieces by denomination, which has one spelling: without signs and leading noughts."""
    if not isinstance(value, dict) or len(value) > MAX_BATCH:
        raise TypeError("no object of pieces")
    if not all(DENOMINATION.fullmatch(name) for name in value):
        raise ValueError("no denomination")
    return tuple((int(name), read_count(pieces)) for name, pieces in value.items())


def _last_counter(value: Any) -> int:
    return read_count(value, 10**9 - 1)


def _lines(value: Any) -> tuple[LineRequest, ...]:
    return tuple(
        LineRequest(
            read_count(one["offer_id"]),
            read_whole(one["quantity"]),
            read_whole(one["unit_price_rupiah"]),
        )
        for one in _list(value, LINE)
    )


def _reversed_lines(value: Any) -> tuple[ReversedLine, ...]:
    return tuple(
        ReversedLine(read_whole(one["position"]), read_whole(one["quantity"]))
        for one in _list(value, REVERSED_LINE)
    )


def _payments(value: Any, known: set[str] = PAYMENT) -> tuple[PaymentRequest, ...]:
    return tuple(
        PaymentRequest(
            read_text(one["method"]),
            read_whole(one["amount_rupiah"]),
            None if one.get("tendered_rupiah") is None else read_whole(one["tendered_rupiah"]),
            # From here on only its HMAC is known.
            None if one.get("voucher") is None else hmac_of(read_text(one["voucher"])),
        )
        for one in _list(value, known)
    )


def _paybacks(value: Any) -> tuple[PaymentRequest, ...]:
    return _payments(value, PAYBACK)


def _list(value: Any, known: set[str]) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise TypeError("no list of objects")
    if any(not one.keys() <= known for one in value):
        raise ValueError("an unknown field")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def read_uuid(value: Any) -> UUID:
    """A UUID beside the envelope. Raises UnreadableError."""
    try:
        return strict_uuid(value)
    except (TypeError, ValueError) as error:
        raise UnreadableError("no UUID") from error
