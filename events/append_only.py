"""Database triggers that make a table append-only: rows can be added, never changed or removed.

Migrations call `install`. SQLite drops the triggers when Django remakes a table, so each migration
that alters one of these tables ends with `install` again. The names stand here, in the lowest app,
so that one list serves migrations, `verify_ledger` and the tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = [
    "events_event",
    "sales_sale",
    "sales_saleline",
    "sales_payment",
    "sales_voucherentry",
    "sales_vouchershare",
    "sales_bankstatement",
    "sales_bankline",
    "sales_cashmovement",
    "sales_dayclose",
    "sales_closeamendment",
    "sales_settlement",
    "sales_settlementline",
    "programme_gatecount",
    "outcomes_resultsversion",
]

REFUSAL = "append only: a row of this table is never changed or removed"

POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{REFUSAL} (%)', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def install(connection: BaseDatabaseWrapper, tables: Sequence[str] = TABLES) -> None:
    """Put the triggers on those append-only tables that exist, replacing older ones."""
    lift(connection, tables)
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FUNCTION)
        for table in tables:
            if table in existing:
                for statement in _create(connection.vendor, table):
                    cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper, tables: Sequence[str] = TABLES) -> None:
    """Take the triggers off again: only for remaking a table and for emptying a test database."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in tables:
            if table in existing:
                for name in trigger_names(connection.vendor, table):
                    on = f" ON {table}" if connection.vendor == "postgresql" else ""
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def trigger_names(vendor: str, table: str) -> list[str]:
    """The triggers that an append-only table carries on this kind of database."""
    kinds = ["no_update", "no_delete"] + (["no_truncate"] if vendor == "postgresql" else [])
    return [f"{table}_{kind}" for kind in kinds]


def _create(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        return [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            # TRUNCATE passes row triggers by.
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        ]
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    ]
