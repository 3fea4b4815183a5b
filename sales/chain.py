"""The hash chain: each ledger entry carries the SHA-256 of the one before with its own content."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

from sales.requests import canonical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sales.models import Payment, Sale, SaleLine


def entry_hash(sale: Sale, lines: Sequence[SaleLine], payments: Sequence[Payment]) -> str:
    """The hash of an entry, in hexadecimal, from its own columns and `sale.previous_hash`.

    Only columns of the three ledger tables go in. They never change, so the hash can be computed
    again years later; whatever may change about a sale lies in other tables.
    """
    content = {
        "sale": _columns(sale, without={"hash"}),
        "lines": [_columns(line, without={"id", "sale_id"}) for line in lines],
        "payments": [_columns(payment, without={"id", "sale_id"}) for payment in payments],
    }
    return hashlib.sha256(canonical(content)).hexdigest()


def _columns(row: Sale | SaleLine | Payment, *, without: set[str]) -> dict[str, Any]:
    return {
        field.attname: _plain(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if field.attname not in without
    }


def _plain(value: Any) -> str | int | bool | None:
    if value is None or isinstance(value, (str, int, bool)):
        return value
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return str(value)
