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
from sales.requests import (
    LineRequest,
    PaymentRequest,
    ReversalRequest,
    ReversedLine,
    SaleRequest,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

MAX_BATCH = 100
# What JavaScript counts exactly, and every database keeps.
MOST = 2**53 - 1
# Prefix of the till, L for training, counter.
NUMBER = re.compile(r"([A-Z]{1,2}\d{1,3}-[A-Z]{1,2})-(L?)(\d{4,9})", re.ASCII)
NO_OFFSET_MS = 2_000
MILLISECOND = dt.timedelta(milliseconds=1)
# A field that is not known here would be lost without a word: what has one stays on the tablet.
COMMON = {"kind", "uuid", "number", "device_at", "clock_offset_ms", "cashier_id"}
SALE = COMMON | {"lines", "payments", "note", "training", "receipt_token"}
REVERSAL = COMMON | {"original_id", "lines", "payments", "reason"}
LINE = {"offer_id", "quantity", "unit_price_rupiah"}
REVERSED_LINE = {"position", "quantity"}
PAYMENT = {"method", "amount_rupiah", "tendered_rupiah"}
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
    """A sale or reversal as it was read, the cashier it names, and its number taken apart."""

    request: SaleRequest | ReversalRequest
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
    """A sale or reversal. Raises SaleRefused where it cannot be read as one.

    `measured_offset_ms` counts where the tablet did not know at the payment how far off it was.
    """
    if not isinstance(content, dict):
        raise SaleRefused([Problem("sale", _("Ini bukan penjualan."))])
    reading = _Reading(content)
    kind = content.get("kind")
    known = {"sale": SALE, "reversal": REVERSAL}.get(kind) if isinstance(kind, str) else None
    if known is None:
        raise SaleRefused([Problem("kind", _("Ini bukan penjualan."))])
    if not content.keys() <= known:
        unknown = sorted(content.keys() - known)[0][:40]
        raise SaleRefused([Problem(unknown, _("Isian ini tidak dikenal."))])
    offset = content.get("clock_offset_ms")
    if offset is not None:
        offset = reading.take("clock_offset_ms", _whole)
    device_at = reading.take("device_at", _instant)
    number = reading.take("number", _number)
    cashier_id = content.get("cashier_id")
    if cashier_id is not None:
        cashier_id = reading.take("cashier_id", _count)
    used_ms = measured_offset_ms if offset is None else offset
    sold_at = reading.take("device_at", lambda _text: device_at + used_ms * MILLISECOND)
    common: dict[str, Any] = {
        "uuid": reading.take("uuid", _uuid),
        "payments": reading.take("payments", _payments),
        "sold_at": sold_at,
        "device_at": device_at,
        "clock_offset_ms": offset,
        "number": content.get("number"),
    }
    request: SaleRequest | ReversalRequest
    if kind == "sale":
        request = SaleRequest(
            **common,
            lines=reading.take("lines", _lines),
            training=reading.take("training", _flag),
            note=reading.take("note", _text),
            receipt_token=reading.take("receipt_token", _text),
        )
        if number[1] != request.training:
            raise SaleRefused([Problem("number", _("Nomor nota dan latihan tidak cocok."))])
    else:
        request = ReversalRequest(
            **common,
            original_id=reading.take("original_id", _uuid),
            lines=reading.take("lines", _reversed_lines),
            reason=reading.take("reason", _text),
        )
    prefix, training, counter = number
    return Arrived(request, cashier_id, prefix, counter, training)


class _Reading:
    """Reads fields one by one, and refuses at the field that cannot be read."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content

    def take(self, field: str, read: Callable[[Any], Any]) -> Any:
        try:
            return read(self.content[field])
        except (KeyError, TypeError, ValueError, OverflowError):
            raise SaleRefused([Problem(field, _("Isian ini tidak bisa dibaca."))]) from None


def _number(value: Any) -> tuple[str, bool, int]:
    found = NUMBER.fullmatch(_text(value))
    if found is None:
        raise ValueError("no receipt number")
    return found[1], bool(found[2]), int(found[3])


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


def _payments(value: Any) -> tuple[PaymentRequest, ...]:
    return tuple(
        PaymentRequest(
            _text(one["method"]),
            _whole(one["amount_rupiah"]),
            None if one.get("tendered_rupiah") is None else _whole(one["tendered_rupiah"]),
        )
        for one in _list(value, PAYMENT)
    )


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
