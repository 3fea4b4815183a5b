"""Reads and writes the ledger for recording on PostgreSQL: one statement for each, prepared.

The twin of `ledger_orm`; `tests/sales/test_ledger_twins.py` holds them equal. Each statement sees
what was committed when it began: what is read is read after the head was locked, by another one.
"""

# ruff: noqa: S608, all that the statements are made of stands in this file and in the models

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import AutoField

from pesantren.models import Product
from sales.ledger_head import lock_head
from sales.ledger_rows import Found, OnShelf
from sales.models import (
    EReceipt,
    LedgerHead,
    Payment,
    RunningTotal,
    Sale,
    SaleFlag,
    SaleLine,
)
from sales.prepared import prepared_cursor
from sales.totals.running import COLUMNS, FIGURES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import Model

    from sales.ledger_rows import Gathered, Said, Wanted

# Each row by its own key, one after the other: the plan is made once, for tables of any size. A
# number is looked for by itself: over an empty table all indexes cost the same, and the one that
# begins with the edition would have each sale read every sale of the expo (hence the + 0). The
# offers are locked in the order in which they come, which is one for all, so that nobody waits in a
# circle; until all is written what was checked of them still stands.
LOOKING_UP = """
WITH shelf AS MATERIALIZED (
  SELECT found.* FROM unnest(%(offers)s::bigint[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT o.id, o.price_rupiah, o.stock, o.withdrawn, p.state, o.product_id, p.producer_id,
      m.pesantren_id, p.name, p.unit
    FROM stands_offer AS o
    JOIN pesantren_product AS p ON p.id = o.product_id
    JOIN pesantren_producer AS m ON m.id = p.producer_id
    WHERE o.id = asked.id AND o.stand_id = %(stand)s
    FOR NO KEY UPDATE OF o
  ) AS found
)
SELECT
  (SELECT json_agg(json_build_array(id, price_rupiah, stock, withdrawn, state, product_id,
    producer_id, pesantren_id, name, unit))::text FROM shelf),
  (SELECT json_agg(json_build_array(found.id, fingerprint, true))::text
    FROM unnest(%(uuids)s::uuid[]) AS asked (id) CROSS JOIN LATERAL (
      SELECT id, fingerprint FROM sales_sale WHERE id = asked.id LIMIT 1) AS found),
  (SELECT json_agg(json_build_array(asked.id, found.fingerprint, false))::text
    FROM unnest(%(uuids)s::uuid[]) AS asked (id) CROSS JOIN LATERAL (
      SELECT fingerprint FROM sales_heldsale
      WHERE sale_uuid = asked.id AND %(with_held)s OFFSET 0) AS found),
  (SELECT array_agg(found.number::text)
    FROM unnest(%(numbers)s::text[]) AS asked (number) CROSS JOIN LATERAL (
      SELECT number FROM sales_sale
      WHERE number = asked.number AND expo_id + 0 = %(expo)s LIMIT 1) AS found),
  (SELECT array_agg(date)
    FROM stands_expoday WHERE expo_id = %(expo)s AND date = ANY (%(days)s::date[])),
  (SELECT array_agg(id)
    FROM sales_cashier WHERE stand_id = %(stand)s AND id = ANY (%(cashiers)s::bigint[]))
"""


# A statement sees what was there when it began, which is before it waited for the lock on the
# head. Within a function each statement begins anew: so one call locks and then looks. Its name has
# a number, since nodes of two releases serve side by side: another body is another function.
FUNCTION = "sales_lock_and_look_up_1"
ASKED = {
    "stand": "bigint",
    "expo": "bigint",
    "offers": "bigint[]",
    "uuids": "uuid[]",
    "with_held": "boolean",
    "numbers": "text[]",
    "days": "date[]",
    "cashiers": "bigint[]",
}
HEAD = {
    "id": "bigint",
    "stand_id": "bigint",
    "sequence": "bigint",
    "hash": "text",
    "web_till_id": "bigint",
    "web_counter": "bigint",
    "last_closed_day": "date",
}
FOUND = {
    "shelf": "text",
    "recorded": "text",
    "held": "text",
    "numbers": "text[]",
    "days": "date[]",
    "cashiers": "bigint[]",
}
_GIVEN = ", ".join(f"asked_{name} {kind}" for name, kind in ASKED.items())
_TAKEN = ", ".join(f"found_{name} {kind}" for name, kind in (HEAD | FOUND).items())
INSTALLING = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}({_GIVEN}) RETURNS TABLE ({_TAKEN}) LANGUAGE plpgsql AS $$
DECLARE
  head sales_ledgerhead;
BEGIN
  SELECT * INTO head FROM sales_ledgerhead WHERE stand_id = asked_stand FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT {", ".join(f"head.{name}::{kind}" for name, kind in HEAD.items())}, there.*
  FROM ({LOOKING_UP % {name: f"asked_{name}" for name in ASKED}}) AS there;
END $$
"""
DROPPING = f"DROP FUNCTION IF EXISTS {FUNCTION}"
CALLING = (
    f"SELECT * FROM {FUNCTION}({', '.join(f'%({name})s::{kind}' for name, kind in ASKED.items())})"
)


def lock_and_look_up(wanted: Wanted) -> tuple[LedgerHead, Found]:
    """The end of the stand's ledger, locked, and what there is then of what requests name."""
    row = _call(wanted)
    if row is None:
        lock_head(wanted.stand)  # opens the ledger
        row = _call(wanted)
    assert row is not None  # noqa: S101, it is locked
    head = LedgerHead.from_db(connection.alias, HEAD, row[: len(HEAD)])
    head.stand = wanted.stand
    return head, _found(*row[len(HEAD) :])


def _call(wanted: Wanted) -> tuple[Any, ...] | None:
    with prepared_cursor() as cursor:
        cursor.execute(
            CALLING,
            {
                "stand": wanted.stand.pk,
                "expo": wanted.stand.expo_id,
                "offers": _array(wanted.offers),
                "uuids": _array(wanted.uuids),
                "with_held": wanted.with_held,
                "numbers": wanted.numbers,
                "days": _array(wanted.days),
                "cashiers": _array(wanted.cashiers),
            },
        )
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _found(
    shelf: str | None,
    recorded: str | None,
    held: str | None,
    numbers: list[str] | None,
    days: list[dt.date] | None,
    cashiers: list[int] | None,
) -> Found:
    return Found(
        known=[
            (UUID(key), print_, is_recorded)
            for rows in (recorded, held)
            for key, print_, is_recorded in orjson.loads(rows or "[]")
        ],
        numbers=set(numbers or ()),
        offers={row[0]: _on_shelf(*row) for row in orjson.loads(shelf or "[]")},
        days=set(days or ()),
        cashiers=set(cashiers or ()),
    )


def _on_shelf(
    pk: int, price: int, stock: int | None, withdrawn: bool, state: str, *product: Any
) -> OnShelf:
    # As Offer.is_withdrawn says it.
    is_withdrawn = withdrawn or state == Product.State.WITHDRAWN
    return OnShelf(pk, price, stock, is_withdrawn, *product)


def _array(values: Iterable[object]) -> str:
    """Numbers, UUIDs or days as an array, which needs no quotes."""
    return f"{{{','.join(map(str, values))}}}"


# --- writing ------------------------------------------------------------------------------------


def write(gathered: Gathered, head: LedgerHead) -> None:
    """Write all of it and the end of the ledger, which the caller has locked, in one statement.

    Foreign keys are looked at when the transaction ends, as everywhere here.
    """
    rows: dict[str, Any] = {
        "sale": [_row(one, Sale) for one in gathered.sales],
        "line": [
            _filled([("sale_id", sale.pk), *row._asdict().items()]) for sale, row in gathered.lines
        ],
        "payment": [_row(one, Payment) for one in gathered.payments],
        "total": [_filled(zip(TOTAL, row, strict=True)) for row in gathered.totals.rows()],
        "stock": gathered.moved and _moved(gathered.moved, head.stand_id),
        "receipt": [_row(one, EReceipt) for one in gathered.receipts],
        "flag": [_row(one, SaleFlag) for one in gathered.flags],
        "said": _said(gathered.said) if gathered.said else None,
    }
    parts = tuple(name for name in rows if rows[name])
    with prepared_cursor() as cursor:
        cursor.execute(
            _writing(parts),
            # Texts, of which the database knows the type: numbers would be of several sizes.
            [
                *(str(head.sequence), head.hash, str(head.web_counter), str(head.pk)),
                *(orjson.dumps(rows[part]).decode() for part in parts),
            ],
        )
        keys = {(sale, position): key for key, sale, position in cursor.fetchall()}
    if gathered.said:
        gathered.said.is_written = True
    for payment in gathered.payments:
        payment.pk = keys[payment.sale_id, payment.position]
    for row in (*gathered.sales, *gathered.payments):
        row._state.adding, row._state.db = False, connection.alias


@cache
def _names(model: type[Model]) -> list[str]:
    """The columns that recording fills: all but those that the database does."""
    return [one.column for one in model._meta.concrete_fields if not isinstance(one, AutoField)]


def _row(row: Model, model: type[Model]) -> dict[str, Any]:
    return _filled((name, getattr(row, name)) for name in _names(model))


def _filled(columns: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """A row without what is empty: the database takes what has no name for it, and reads less."""
    return {name: value for name, value in columns if value is not None}


def _moved(pieces: dict[int, int], stand_id: int) -> dict[str, Any]:
    return {"stand": stand_id, "pieces": {str(offer): number for offer, number in pieces.items()}}


def _said(said: Said) -> dict[str, Any]:
    return {"id": said.till_id, "last": said.last, "unsent": said.unsent, "at": said.at}


TOTAL = [*COLUMNS, *FIGURES]


@cache
def _writing(parts: tuple[str, ...]) -> str:
    """The statement that writes the head and these parts."""
    added = ", ".join(f"{name} = sales_runningtotal.{name} + excluded.{name}" for name in FIGURES)
    statements = {
        "sale": _insert(Sale),
        "line": _insert(SaleLine),
        "payment": f"{_insert(Payment)} RETURNING id, sale_id, position",
        "total": f"{_insert(RunningTotal, TOTAL)} ON CONFLICT (key) DO UPDATE SET {added}",
        # By differences: what somebody else adds or takes meanwhile stays.
        # By the stand, which an offer keeps for good: however many others there are.
        # Compared with one value: of a join's ways some read a small table whole.
        "stock": "WITH moved AS (SELECT * FROM json_to_record(%s::json)"
        " AS moved (stand bigint, pieces jsonb))"
        " UPDATE stands_offer"
        " SET stock = stock - ((SELECT pieces FROM moved) ->> id::text)::integer"
        " WHERE stand_id = (SELECT stand FROM moved)"
        " AND stock IS NOT NULL AND (SELECT pieces FROM moved) ? id::text",
        # A token is no money: one that is there already must not keep a sale out.
        "receipt": f"{_insert(EReceipt)} ON CONFLICT DO NOTHING",
        "flag": _insert(SaleFlag),
        "said": "UPDATE sales_till SET last_counter = greatest(last_counter, said.last),"
        " unsent = said.unsent, last_contact_at = said.at"
        " FROM json_to_record(%s::json)"
        " AS said (id bigint, last bigint, unsent integer, at timestamptz)"
        " WHERE sales_till.id = said.id",
    }
    head = (
        "UPDATE sales_ledgerhead"
        " SET sequence = %s::bigint, hash = %s::text, web_counter = %s::bigint"
        " WHERE id = %s::bigint"
    )
    named = [f"head AS ({head})", *(f"{part} AS ({statements[part]})" for part in parts)]
    return f"WITH {', '.join(named)} SELECT id, sale_id, position FROM payment"


def _insert(model: type[Model], names: list[str] | None = None) -> str:
    """Insert rows that come as a list in JSON."""
    names = names or _names(model)
    types = {one.column: one.db_type(connection) or "" for one in model._meta.concrete_fields}
    # Short: psycopg reads a statement anew each time where it has more than 4.096 letters.
    kinds = {
        name: kind.replace("timestamp with time zone", "timestamptz")
        for name, kind in types.items()
    }
    typed = ",".join(f"{name} {kinds[name]}" for name in names)
    return (
        f"INSERT INTO {model._meta.db_table} ({','.join(names)})"
        f" SELECT * FROM json_to_recordset(%s::json) AS row({typed})"
    )
