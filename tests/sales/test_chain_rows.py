"""The hash from bare columns is the hash that the chain is defined by, for any content."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sales.chain import LINE, PAYMENT, SALE, entry_hash
from sales.chain_rows import LINE_COLUMNS, PAYMENT_COLUMNS, SALE_COLUMNS, row_hash
from sales.models import Payment, Sale, SaleLine

numbers = st.integers(-(2**63), 2**63 - 1)
# Quotes, control letters, lone halves of pairs excepted: no database holds those.
texts = st.text(st.characters(codec="utf-8"), max_size=20)
instants = st.datetimes(
    min_value=dt.datetime(1970, 1, 1),  # noqa: DTZ001, hypothesis adds the zone
    timezones=st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=7))]),
)
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "id": st.uuids(),
    "cashier_id": st.none() | numbers,
    "reverses_id": st.none() | st.uuids(),
    "training": st.booleans(),
    "sold_at": instants,
    "device_at": st.none() | instants,
    "received_at": instants,
    "business_date": st.dates(),
    "pesantren_id": st.none() | numbers,
    "reverses_line_id": st.none() | numbers,
    "tendered_rupiah": st.none() | numbers,
} | dict.fromkeys(
    [
        "number",
        "reason",
        "note",
        "intake",
        "fingerprint",
        "previous_hash",
        "product_name",
        "unit",
        "method",
    ],
    texts,
)


def rows(columns: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Columns of one row with anything that their types allow."""
    return st.fixed_dictionaries({name: KINDS.get(name, numbers) for name in columns})


@given(
    sale=rows(SALE),
    lines=st.lists(rows(LINE), max_size=3),
    payments=st.lists(rows(PAYMENT), max_size=2),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_hash_from_columns_is_the_hash_of_the_entry(
    sale: dict[str, Any], lines: list[dict[str, Any]], payments: list[dict[str, Any]]
) -> None:
    defined = entry_hash(
        Sale(**sale), [SaleLine(**one) for one in lines], [Payment(**one) for one in payments]
    )
    assert defined == row_hash(
        tuple(sale[name] for name in SALE_COLUMNS),
        [tuple(one[name] for name in LINE_COLUMNS) for one in lines],
        [tuple(one[name] for name in PAYMENT_COLUMNS) for one in payments],
    )
