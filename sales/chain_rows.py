"""The hash of an entry from bare columns, for reading a whole ledger again.

`sales.chain.entry_hash` is the definition, and `tests/sales/test_chain_rows.py` holds this equal to
it. Written out by hand it costs a fifth: no rows become objects, and no dictionary is sorted.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from events.erasing import seal_of
from sales.chain import LINE, PAYMENT, SALE, VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

# Columns to ask for, in the order in which the canonical spelling has them.
SALE_COLUMNS = sorted(SALE)
LINE_COLUMNS = sorted(LINE)
PAYMENT_COLUMNS = sorted(PAYMENT)

Row = tuple[Any, ...]


def row_hash(sale: Row, lines: Iterable[Row], payments: Iterable[Row]) -> str:
    """The hash of an entry, from its `SALE_COLUMNS` and those of its lines and payments."""
    content = (
        f'{{"lines":[{",".join(map(_line, lines))}],'
        f'"payments":[{",".join(map(_payment, payments))}],'
        f'"sale":{_sale(sale)},"version":{VERSION}}}'
    )
    return hashlib.sha256(content.encode()).hexdigest()


def _sale(row: Row) -> str:
    (
        business_date,
        cashier_id,
        device_at,
        expo_id,
        fingerprint,
        pk,
        intake,
        note,
        number,
        previous_hash,
        reason,
        received_at,
        reverses_id,
        sequence,
        sold_at,
        stand_id,
        till_id,
        total_rupiah,
        training,
    ) = row
    # Both empty on nearly every entry.
    note_seal = note and seal_of(previous_hash, "note", note)
    reason_seal = reason and seal_of(previous_hash, "reason", reason)
    return (
        f'{{"business_date":"{business_date}","cashier_id":{_or_null(cashier_id)},'
        f'"device_at":{"null" if device_at is None else _instant(device_at)},'
        f'"expo_id":{expo_id},"fingerprint":{_text(fingerprint)},"id":"{pk}",'
        f'"intake":{_text(intake)},"note":"{note_seal}","number":{_text(number)},'
        f'"previous_hash":{_text(previous_hash)},"reason":"{reason_seal}",'
        f'"received_at":{_instant(received_at)},'
        f'"reverses_id":{"null" if reverses_id is None else f"{chr(34)}{reverses_id}{chr(34)}"},'
        f'"sequence":{sequence},"sold_at":{_instant(sold_at)},"stand_id":{stand_id},'
        f'"till_id":{till_id},"total_rupiah":{total_rupiah},'
        f'"training":{"true" if training else "false"}}}'
    )


def _line(row: Row) -> str:
    (
        amount_rupiah,
        offer_id,
        pesantren_id,
        position,
        producer_id,
        product_id,
        product_name,
        quantity,
        reverses_line_id,
        unit,
        unit_price_rupiah,
    ) = row
    return (
        f'{{"amount_rupiah":{amount_rupiah},"offer_id":{offer_id},'
        f'"pesantren_id":{_or_null(pesantren_id)},"position":{position},'
        f'"producer_id":{producer_id},"product_id":{product_id},'
        f'"product_name":{_text(product_name)},"quantity":{quantity},'
        f'"reverses_line_id":{_or_null(reverses_line_id)},"unit":{_text(unit)},'
        f'"unit_price_rupiah":{unit_price_rupiah}}}'
    )


def _payment(row: Row) -> str:
    amount_rupiah, method, position, tendered_rupiah = row
    return (
        f'{{"amount_rupiah":{amount_rupiah},"method":{_text(method)},"position":{position},'
        f'"tendered_rupiah":{_or_null(tendered_rupiah)}}}'
    )


# As `json.dumps(ensure_ascii=False)` writes a text.
_text = encode_basestring


def _or_null(number: int | None) -> int | str:
    return "null" if number is None else number


def _instant(at: dt.datetime) -> str:
    return f'"{at.astimezone(dt.UTC).isoformat(timespec="microseconds")}"'
