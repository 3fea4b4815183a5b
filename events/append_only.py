"""Database triggers that make a table append-only: rows can be added, never changed or removed.

Migrations call `install`. SQLite drops the triggers when Django remakes a table, so each migration
that alters one of these tables ends with `install` again. The names stand here, in the lowest app,
so that one list serves migrations, `verify_ledger` and the tests.

One change passes: a text that a person wants erased. It must stand in ERASABLE or SEALED, a row of
events_erasure must have named the row and the column in the same transaction, all else must stay,
and what takes its place must say that something was erased. The other change that passes ends that
permit: it is open while it refers to a row that is never there, which no transaction outlives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.erasing import ERASED, SEALED_LENGTH, SEALED_START

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = [
    "events_event",
    "events_erasure",
    "sales_sale",
    "sales_saleline",
    "sales_payment",
    "sales_voucherentry",
    "sales_vouchershare",
    "sales_bankstatement",
    "sales_bankline",
    "sales_bankwithdrawal",
    "sales_cashmovement",
    "sales_dayclose",
    "sales_closeamendment",
    "sales_settlement",
    "sales_settlementline",
    "programme_gatecount",
    "outcomes_resultsversion",
]

# Columns of which words may be erased: what is left has to say so.
ERASABLE = {
    "events_event": ("subject", "data"),
    "sales_bankline": ("text",),
    "sales_bankwithdrawal": ("reason",),
}
# Columns that a hash covers by their seal: only the seal itself may take the place of the text.
SEALED = {
    "sales_sale": ("reason", "note"),
    "sales_cashmovement": ("reason",),
    "sales_dayclose": ("note",),
    "sales_closeamendment": ("note",),
    "sales_settlement": ("received_by", "note"),
}

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
                for statement in _create(connection, table):
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


def _create(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    if connection.vendor == "postgresql":
        return [
            *_refuse_update(connection, table),
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            # TRUNCATE passes row triggers by.
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        ]
    passes = _passes(connection, table)
    when = f"WHEN NOT ({passes})" if passes else ""
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        f"{when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    ]


# --- the changes that pass ------------------------------------------------------------------------

# What names the erasures; its permits can be ended, and nothing else of it changes.
PERMITS = "events_erasure"


def _passes(connection: BaseDatabaseWrapper, table: str) -> str:
    """What an update of that table may do, as a condition of its trigger; empty: nothing."""
    if table == PERMITS:
        return (
            "COALESCE(OLD.permit_id, 0) = -1 AND NEW.permit_id IS NULL"
            f" AND ({_rest_stays(connection, table, ('permit_id',))})"
        )
    return _is_erasure(connection, table) if _texts(table) else ""


def _refuse_update(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """The trigger of PostgreSQL; its condition may ask no other table, so a function does."""
    passes = _passes(connection, table)
    if not passes:
        return [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        ]
    return [
        f"""
        CREATE OR REPLACE FUNCTION refuse_change_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {passes} THEN RETURN NEW; END IF;
            RAISE EXCEPTION '{REFUSAL} (%)', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """,
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_change_{table}()",
    ]


def _texts(table: str) -> tuple[str, ...]:
    return ERASABLE.get(table, ()) + SEALED.get(table, ())


def _is_erasure(connection: BaseDatabaseWrapper, table: str) -> str:
    """Whether an update erases texts that may be erased, and does nothing else."""
    vendor, texts = connection.vendor, _texts(table)
    differs = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    erases = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in texts)
    each = " AND ".join(
        f"(NOT (OLD.{column} {differs} NEW.{column}) OR "
        f"({permitted(vendor, table, column)}) AND ({_replaced(vendor, table, column)}))"
        for column in texts
    )
    return f"({erases}) AND ({_rest_stays(connection, table, texts)}) AND {each}"


def permitted(vendor: str, table: str, column: str) -> str:
    """Whether events_erasure has an open permit for this row and column, for a trigger."""
    key = "OLD.id::text" if vendor == "postgresql" else "CAST(OLD.id AS TEXT)"
    return (
        f"EXISTS (SELECT 1 FROM {PERMITS} WHERE place = '{table}'"  # noqa: S608, as above
        f" AND part = '{column}' AND row_key = REPLACE({key}, '-', '') AND permit_id = -1)"
    )


def says_erased(vendor: str, column: str) -> str:
    """Whether what stands there now says that something was erased."""
    text = f"NEW.{column}::text" if vendor == "postgresql" else f"NEW.{column}"
    found = "strpos" if vendor == "postgresql" else "instr"
    return f"{found}({text}, '{ERASED}') > 0"


def _replaced(vendor: str, table: str, column: str) -> str:
    """Whether what takes the place of the text is what may take it."""
    if column not in SEALED.get(table, ()):
        return says_erased(vendor, column)
    sealed = f"OLD.previous_hash || ':{column}:' || OLD.{column}"
    # SHA256 on SQLite is a function that Django brings: without it no update at all is let through.
    digest = (
        f"encode(sha256(convert_to({sealed}, 'UTF8')), 'hex')"
        if vendor == "postgresql"
        else f"SHA256({sealed})"
    )
    is_seal = (
        f"substr(OLD.{column}, 1, {len(SEALED_START)}) = '{SEALED_START}'"
        f" AND length(OLD.{column}) = {SEALED_LENGTH}"
    )
    return (
        f"OLD.{column} <> '' AND NOT ({is_seal})"
        f" AND NEW.{column} = '{SEALED_START}' || {digest} || ']'"
    )


def _rest_stays(connection: BaseDatabaseWrapper, table: str, texts: Sequence[str]) -> str:
    """Whether no other column changes; on SQLite of those that the table has now."""
    if connection.vendor == "postgresql":
        without = "".join(f" - '{column}'" for column in texts)
        return f"(to_jsonb(OLD){without}) = (to_jsonb(NEW){without})"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608, of a table in our lists
        others = [column[0] for column in cursor.description if column[0] not in texts]
    return " AND ".join(f'OLD."{one}" IS NEW."{one}"' for one in others)
