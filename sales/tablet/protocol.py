"""What a tablet sends, read strictly into requests: docs/till-protocol.md, field by field."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from django.utils.translation import gettext as _

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

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

MAX_BATCH = 100
# What JavaScript counts exactly, and every database keeps.
MOST = 2**53 - 1
# Prefix of the till; L for training, Z for a close, K for a movement of cash; counter.
NUMBER = re.compile(r"([A-Z]{1,2}\d{1,3}-[A-Z]{1,2})-([LZK]?)(\d{4,9})", re.ASCII)
NO_OFFSET_MS = 2_000
MILLISECOND = dt.timedelta(milliseconds=1)
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
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)


class UnreadableError(Exception):
    """The envelope is none, so nobody knows what came."""


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
    tills: dict[str, TillReport]
    content: dict[str, Any]

    def offset_ms(self, now: dt.datetime) -> int:
        """Server's clock less the tablet's, in milliseconds.

        Nought below two seconds: that is the way through the hall's network, and no clock.
        """
        offset = round((now - self.sent_at) / MILLISECOND)
        return 0 if abs(offset) < NO_OFFSET_MS else offset


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


def read_json(body: bytes) -> dict[str, Any]:
    """The body as a JSON object. Raises UnreadableError."""
    try:
        content = json.loads(body, parse_constant=_no_constant, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("no JSON") from error
    if not isinstance(content, dict):
        raise UnreadableError("no object")
    return content


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return content


def read_envelope(content: dict[str, Any]) -> Envelope:
    """The envelope of a request. Raises UnreadableError."""
    try:
        persists = content.get("storage_persists")
        return Envelope(
            sent_at=_instant(content["sent_at"]),
            storage_id=_uuid(content["storage_id"]),
            app_version=_text(content.get("app_version", ""))[:20],
            storage_persists=persists if isinstance(persists, bool) else None,
            tills=_reports(content.get("tills", {})),
            content=content,
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise UnreadableError(str(error)) from error


def _reports(content: Any) -> dict[str, TillReport]:
    if not isinstance(content, dict) or len(content) > MAX_BATCH:
        raise TypeError("tills is no object")
    return {
        _text(prefix): TillReport(_count(one["last"], 10**9), _count(one["unsent"], 10**6))
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
        offset = reading.take("clock_offset_ms", _whole)
    device_at = reading.take("device_at", _instant)
    prefix, letter, counter = reading.take("number", _number)
    if letter not in LETTERS[str(kind)]:
        raise SaleRefused([Problem("number", _("Isian ini tidak bisa dibaca."))])
    cashier_id = content.get("cashier_id")
    if cashier_id is not None:
        cashier_id = reading.take("cashier_id", _count)
    used_ms = measured_offset_ms if offset is None else offset
    at = reading.take("device_at", lambda _text: device_at + used_ms * MILLISECOND)
    common: dict[str, Any] = {
        "uuid": reading.take("uuid", _uuid),
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
        note=reading.take("note", _text),
        receipt_token=reading.take("receipt_token", _text),
    )


def _reversal(reading: _Reading, common: dict[str, Any]) -> ReversalRequest:
    return ReversalRequest(
        **common,
        original_id=reading.take("original_id", _uuid),
        lines=reading.take("lines", _reversed_lines),
        reason=reading.take("reason", _text),
    )


def _movement(reading: _Reading, common: dict[str, Any], at: dt.datetime) -> MovementRequest:
    return MovementRequest(
        **common,
        moved_at=at,
        kind=reading.take("movement", _text),
        amount_rupiah=reading.take("amount_rupiah", _whole),
        reason=reading.take("reason", _text),
    )


def _close(reading: _Reading, common: dict[str, Any], at: dt.datetime) -> CloseRequest:
    return CloseRequest(
        **common,
        closed_at=at,
        business_date=reading.take("business_date", _day),
        counted=reading.take("counted", _counted),
        counted_rupiah=reading.take("counted_rupiah", _whole),
        expected_rupiah=reading.take("expected_rupiah", _whole),
        last_counter=reading.take("last_counter", _last_counter),
        note=reading.take("note", _text),
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
    found = NUMBER.fullmatch(_text(value))
    if found is None:
        raise ValueError("no number of a till")
    return found[1], found[2], int(found[3])


def _day(value: Any) -> dt.date:
    if not DAY.fullmatch(_text(value)):
        raise ValueError("no date")
    return dt.date.fromisoformat(value)


def _counted(value: Any) -> tuple[tuple[int, int], ...]:
    """Pieces by denomination, which has one spelling: without signs and leading noughts."""
    if not isinstance(value, dict) or len(value) > MAX_BATCH:
        raise TypeError("no object of pieces")
    if not all(DENOMINATION.fullmatch(name) for name in value):
        raise ValueError("no denomination")
    return tuple((int(name), _count(pieces)) for name, pieces in value.items())


def _last_counter(value: Any) -> int:
    return _count(value, 10**9 - 1)


def _lines(value: Any) -> tuple[LineRequest, ...]:
    return tuple(
        LineRequest(
            _count(one["offer_id"]), _whole(one["quantity"]), _whole(one["unit_price_rupiah"])
        )
        for one in _list(value, LINE)
    )


def _reversed_lines(value: Any) -> tuple[ReversedLine, ...]:
    return tuple(
        ReversedLine(_whole(one["position"]), _whole(one["quantity"]))
        for one in _list(value, REVERSED_LINE)
    )


def _payments(value: Any, known: set[str] = PAYMENT) -> tuple[PaymentRequest, ...]:
    return tuple(
        PaymentRequest(
            _text(one["method"]),
            _whole(one["amount_rupiah"]),
            None if one.get("tendered_rupiah") is None else _whole(one["tendered_rupiah"]),
            # From here on only its HMAC is known.
            None if one.get("voucher") is None else hmac_of(_text(one["voucher"])),
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


def _whole(value: Any) -> int:
    if type(value) is not int or abs(value) > MOST:
        raise TypeError("no whole number")
    return value


def _count(value: Any, most: int = MOST) -> int:
    if not 0 <= _whole(value) <= most:
        raise ValueError("out of range")
    return int(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError("no database keeps a NUL or half of a character")
    return value


def read_uuid(value: Any) -> UUID:
    """A UUID beside the envelope. Raises UnreadableError."""
    try:
        return _uuid(value)
    except (TypeError, ValueError) as error:
        raise UnreadableError("no UUID") from error


def _uuid(value: Any) -> UUID:
    text = _text(value)
    found = uuid.UUID(text)
    if str(found) != text.lower():
        raise ValueError("a UUID is written with dashes")
    return found


def _instant(value: Any) -> dt.datetime:
    if not INSTANT.fullmatch(_text(value)):
        raise ValueError("no instant with a time zone")
    return dt.datetime.fromisoformat(value).astimezone(dt.UTC)
