"""Database triggers that write a note of each change of a row, whoever makes it and however.

Alike on both databases, but for how these are told: SQLite wants a trigger for each event,
PostgreSQL a function and a trigger for rows that come and go, one for values that change. What is
noted, and where, is the matter of stands.search_triggers and stands.catalogue_triggers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.backends.base.base import BaseDatabaseWrapper


class Noted(NamedTuple):
    """A table of which changes are noted, by statements that know the row as OLD and NEW."""

    table: str
    inserted: str
    updated: str
    deleted: str
    # Which updates count, by the columns that a statement names and by a condition on the values.
    # Empty: all of them.
    columns: tuple[str, ...] = ()
    when: str = ""


def create(connection: BaseDatabaseWrapper, prefix: str, tables: Iterable[Noted]) -> None:
    """Put the triggers on; their names begin with the prefix."""
    statements = _postgres if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for noted in tables:
            for statement in statements(prefix, noted):
                cursor.execute(statement)


def drop(connection: BaseDatabaseWrapper, prefix: str, tables: Iterable[str]) -> None:
    """Take the triggers of these tables off that begin with the prefix."""
    there = present(connection, prefix) & names(connection.vendor, prefix, tables)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in tables:
                cursor.execute(f"DROP FUNCTION IF EXISTS {prefix}{table}() CASCADE")
            return
        for name in there:
            cursor.execute(f'DROP TRIGGER "{name}"')


def names(vendor: str, prefix: str, tables: Iterable[str]) -> set[str]:
    """The triggers that these tables carry on this kind of database."""
    events = ("rows", "values") if vendor == "postgresql" else ("insert", "update", "delete")
    return {f"{prefix}{table}_{event}" for table in tables for event in events}


def present(connection: BaseDatabaseWrapper, prefix: str) -> set[str]:
    """The triggers that are there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND starts_with(tgname, %s)"
            if connection.vendor == "postgresql"
            else "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB %s || '*'",
            [prefix],
        )
        return {name for (name,) in cursor.fetchall()}


def columns_of(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """The columns that the table has now."""
    with connection.cursor() as cursor:
        # Django's own description of a table cannot read every check on SQLite.
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608, of a table in our lists
        return [column[0] for column in cursor.description]


def differs(vendor: str, columns: Iterable[str]) -> str:
    """Whether an update changed any of these columns, as a condition."""
    operator = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    return " OR ".join(f"OLD.{column} {operator} NEW.{column}" for column in columns)


def _sqlite(prefix: str, noted: Noted) -> list[str]:
    name = f"{prefix}{noted.table}"
    update = f"UPDATE OF {', '.join(noted.columns)}" if noted.columns else "UPDATE"
    when = f"WHEN {noted.when}" if noted.when else ""
    return [
        f"CREATE TRIGGER {name}_{event.split()[0].lower()} AFTER {event} ON {noted.table} "
        f"{condition} BEGIN {statement}; END"
        for event, condition, statement in [
            ("INSERT", "", noted.inserted),
            ("DELETE", "", noted.deleted),
            (update, when, noted.updated),
        ]
    ]


def _postgres(prefix: str, noted: Noted) -> list[str]:
    name = f"{prefix}{noted.table}"
    update = f"UPDATE OF {', '.join(noted.columns)}" if noted.columns else "UPDATE"
    when = f"WHEN ({noted.when})" if noted.when else ""
    return [
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            CASE TG_OP
                WHEN 'INSERT' THEN {noted.inserted};
                WHEN 'DELETE' THEN {noted.deleted};
                ELSE {noted.updated};
            END CASE;
            RETURN NULL;
        END $$
        """,
        f"CREATE TRIGGER {name}_rows AFTER INSERT OR DELETE ON {noted.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}()",
        f"CREATE TRIGGER {name}_values AFTER {update} ON {noted.table} "
        f"FOR EACH ROW {when} EXECUTE FUNCTION {name}()",
    ]
