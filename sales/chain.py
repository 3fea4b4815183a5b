"""The hash chain: each ledger entry carries the SHA-256 of the one before with its own content."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

from events.erasing import seal_of
from sales.requests import canonical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sales.models import Payment, Sale, SaleLine

# What goes into a hash, written out: a column that a later version adds must not change the hash
# of what is there already. Another list gets another version, and entries keep theirs.
VERSION = 1
SALE = [
    "id",
    "expo_id",
    "stand_id",
    "till_id",
    "cashier_id",
    "sequence",
    "number",
    "reverses_id",
    "reason",
    "note",
    "training",
    "intake",
    "total_rupiah",
    "sold_at",
    "device_at",
    "received_at",
    "business_date",
    "fingerprint",
    "previous_hash",
]
LINE = [
    "position",
    "offer_id",
    "product_id",
    "producer_id",
    "pesantren_id",
    "reverses_line_id",
    "product_name",
    "unit",
    "unit_price_rupiah",
    "quantity",
    "amount_rupiah",
]
# Texts, that a person may want erased: the hash covers the seal of each (events.erasing).
SEALED = ["reason", "note"]
PAYMENT = [
    "position",
    "method",
    "amount_rupiah",
    "tendered_rupiah",
]


def entry_hash(sale: Sale, lines: Sequence[SaleLine], payments: Sequence[Payment]) -> str:
    """The hash of an entry, in hexadecimal, from its own columns and `sale.previous_hash`.

    Only columns of the three ledger tables go in. They never change, so the hash can be computed
    again years later; whatever may change about a sale lies in other tables.
    """
    content = {
        "version": VERSION,
        "sale": _columns(sale, SALE)
        | {name: seal_of(sale.previous_hash, name, getattr(sale, name)) for name in SEALED},
        "lines": [_columns(line, LINE) for line in lines],
        "payments": [_columns(payment, PAYMENT) for payment in payments],
    }
    return hashlib.sha256(canonical(content)).hexdigest()


def _columns(row: Sale | SaleLine | Payment, names: list[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> str | int | bool | None:
    if value is None or isinstance(value, (str, int, bool)):
        return value
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return str(value)
