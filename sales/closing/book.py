"""The book of a till: movements, closes and amendments in one sequence, chained by their hashes."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, TypeAlias

from events.erasing import seal_of
from sales.models import CashMovement, CloseAmendment, DayClose, DrawerHead, Till
from sales.renumbering import begin_after
from sales.requests import canonical

Row: TypeAlias = CashMovement | DayClose | CloseAmendment

# What goes into a hash, written out as for the ledger: a column that comes later changes no hash
# of what is there already.
VERSION = 1
FIGURES = [
    "sales_count",
    "reversals_count",
    "gross_rupiah",
    "reversed_rupiah",
    "by_method",
    "drawer_cash_rupiah",
    "float_rupiah",
    "cash_in_rupiah",
    "cash_out_rupiah",
]
COUNT = [
    "number",
    "cashier_id",
    "counted",
    "counted_rupiah",
    "tablet_expected_rupiah",
    "last_counter",
    "note",
    "expected_rupiah",
    "difference_rupiah",
    "closed_at",
    "device_at",
    "fingerprint",
]
# Texts, of which the hash covers the seal (events.erasing).
SEALED = {"reason", "note"}
COMMON = ["till_id", "sequence", "previous_hash"]
MOVEMENT = [
    *COMMON,
    "id",
    "cashier_id",
    "number",
    "kind",
    "amount_rupiah",
    "reason",
    "moved_at",
    "device_at",
    "received_at",
    "business_date",
    "fingerprint",
]
CLOSE = [
    *COMMON,
    "id",
    "stand_id",
    "business_date",
    *FIGURES,
    *COUNT,
    "ledger_sequence",
    "ledger_hash",
    "received_at",
]
AMENDMENT = [
    *COMMON,
    "close_id",
    "place",
    "kind",
    *FIGURES,
    "counted_before_rupiah",
    "ledger_sequence",
    "ledger_hash",
    "made_at",
    "request_id",
    *COUNT,
]


def head_of(till: Till) -> DrawerHead:
    """The end of the till's book. The caller holds the ledger head of its stand."""
    head = DrawerHead.objects.filter(till=till).first()
    if head is not None:
        return head
    # What a tablet numbers itself begins at one.
    begin = begin_after() if till.letter.startswith(Till.WEB) else 0
    return DrawerHead.objects.create(till=till, close_counter=begin, movement_counter=begin)


def append(row: Row, head: DrawerHead) -> None:
    """Write a row at the end of its till's book."""
    row.sequence = head.sequence + 1
    row.previous_hash = head.hash
    row.hash = row_hash(row)
    row.save(force_insert=True)
    head.sequence, head.hash = row.sequence, row.hash
    head.save()


def row_hash(row: Row) -> str:
    """The hash of a row, in hexadecimal, from its own columns and `previous_hash`."""
    names = {CashMovement: MOVEMENT, DayClose: CLOSE, CloseAmendment: AMENDMENT}[type(row)]
    content = {
        "version": VERSION,
        "table": row._meta.model_name,
        "row": {name: _hashed(row, name) for name in names},
    }
    return hashlib.sha256(canonical(content)).hexdigest()


def _hashed(row: Row, name: str) -> Any:
    value = getattr(row, name)
    return seal_of(row.previous_hash, name, value) if name in SEALED else _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if value is None or isinstance(value, (str, int, dict)):
        return value
    return str(value)
