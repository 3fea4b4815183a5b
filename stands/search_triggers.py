"""Database triggers through which the search learns of every change, whoever makes it.

They note the key of a changed row in SearchStale, and nothing else; stands.search_index reads the
notes before the next search. The same triggers keep SQLite's full text tables beside their rows.
"""

# ruff: noqa: S608, all that the statements are made of stands in this file

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.backends.base.base import BaseDatabaseWrapper


class Source(NamedTuple):
    """A table that the search reads."""

    # Columns whose change counts. None of those that a sale writes.
    columns: tuple[str, ...]
    # What is stale then: the kind of thing and the column that holds its key. A `shelf` is a stand
    # of which no more is stale than what it sells, a `maker` a producer whose products are not.
    stale: tuple[tuple[str, str], ...]


SOURCES = {
    "pesantren_regency": Source(("kind", "name"), (("regency", "id"),)),
    "pesantren_pesantren": Source(
        ("name", "regency_id", "about", "about_en"),
        (("pesantren", "id"), ("regency", "regency_id")),
    ),
    "pesantren_producer": Source(("name", "pesantren_id"), (("producer", "id"),)),
    "pesantren_category": Source(("name", "name_en"), (("category", "id"),)),
    "pesantren_product": Source(
        ("name", "name_en", "description", "description_en", "producer_id", "category_id", "state"),
        (("product", "id"), ("maker", "producer_id")),
    ),
    "stands_zone": Source(("code", "name", "name_en"), (("zone", "id"),)),
    "stands_stand": Source(
        ("expo_id", "zone_id", "code", "name", "description", "description_en"),
        (("stand", "id"),),
    ),
    "stands_stand_pesantren": Source(
        ("stand_id", "pesantren_id"), (("stand", "stand_id"), ("pesantren", "pesantren_id"))
    ),
    "stands_offer": Source(
        ("stand_id", "product_id", "withdrawn"), (("shelf", "stand_id"), ("product", "product_id"))
    ),
}
# SQLite's full text tables: the model's table, the columns, how they are cut.
TEXTS = {
    "stands_searchentry": (
        ("name", "also", "text"),
        "tokenize=\"unicode61 remove_diacritics 0\", prefix='1 2 3'",
    ),
    "stands_searchword": (("word", "sound"), "tokenize='trigram'"),
}
NOTES = "stands_searchstale"
PREFIX = "search_"


def install(connection: BaseDatabaseWrapper) -> None:
    """Put all triggers on, and SQLite's full text tables anew, empty: rebuild the index after.

    A migration may run before the one that adds a column: the triggers then go without it, and
    that column's migration installs them again.
    """
    lift(connection)
    create = _create_postgres if connection.vendor == "postgresql" else _create_sqlite
    sources = {table: _existing(connection, table, source) for table, source in SOURCES.items()}
    with connection.cursor() as cursor:
        for statement in create(sources):
            cursor.execute(statement)


def _existing(connection: BaseDatabaseWrapper, table: str, source: Source) -> Source:
    with connection.cursor() as cursor:
        # Django's own description of a table cannot read the check on a WhatsApp number on SQLite.
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")
        there = {column[0] for column in cursor.description}
    return source._replace(columns=tuple(one for one in source.columns if one in there))


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take all triggers off, and SQLite's full text tables away."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in SOURCES:
                cursor.execute(f"DROP FUNCTION IF EXISTS {PREFIX}{table}() CASCADE")
            return
        for name in _present(connection):
            cursor.execute(f'DROP TRIGGER "{name}"')
        for table in TEXTS:
            cursor.execute(f"DROP TABLE IF EXISTS {table}_text")


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """The triggers that should be there and are not: SQLite drops them when a table is remade."""
    return trigger_names(connection.vendor) - set(_present(connection))


def trigger_names(vendor: str) -> set[str]:
    """All triggers that there are on this kind of database."""
    events = ("rows", "values") if vendor == "postgresql" else ("insert", "update", "delete")
    names = {f"{PREFIX}{table}_{event}" for table in SOURCES for event in events}
    if vendor != "postgresql":
        names |= {f"{PREFIX}{table}_{event}" for table in TEXTS for event in ("insert", "delete")}
    return names


def _present(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND starts_with(tgname, %s)"
            if connection.vendor == "postgresql"
            else "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB %s || '*'",
            [PREFIX],
        )
        return [name for (name,) in cursor.fetchall()]


def _create_sqlite(sources: Mapping[str, Source]) -> list[str]:
    statements = []
    for table, source in sources.items():
        old, new = _rows(source, "OLD"), _rows(source, "NEW")
        changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in source.columns)
        for event, when, rows in [
            ("INSERT", "", new),
            ("DELETE", "", old),
            (f"UPDATE OF {', '.join(source.columns)}", f"WHEN {changed}", f"{old}, {new}"),
        ]:
            name = f"{PREFIX}{table}_{event.split()[0].lower()}"
            statements.append(
                f"CREATE TRIGGER {name} AFTER {event} ON {table} {when} "
                f"BEGIN INSERT INTO {NOTES} (kind, subject) VALUES {rows}; END"
            )
    for table, (columns, options) in TEXTS.items():
        names = ", ".join(columns)
        old = ", ".join(f"OLD.{column}" for column in columns)
        new = ", ".join(f"NEW.{column}" for column in columns)
        statements += [
            f"CREATE VIRTUAL TABLE {table}_text USING fts5({names}, content='{table}', "
            f"content_rowid='id', {options})",
            f"CREATE TRIGGER {PREFIX}{table}_insert AFTER INSERT ON {table} "
            f"BEGIN INSERT INTO {table}_text (rowid, {names}) VALUES (NEW.id, {new}); END",
            f"CREATE TRIGGER {PREFIX}{table}_delete AFTER DELETE ON {table} "
            f"BEGIN INSERT INTO {table}_text ({table}_text, rowid, {names}) "
            f"VALUES ('delete', OLD.id, {old}); END",
        ]
    return statements


def _create_postgres(sources: Mapping[str, Source]) -> list[str]:
    statements = []
    for table, source in sources.items():
        old, new = _rows(source, "OLD"), _rows(source, "NEW")
        changed = " OR ".join(
            f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in source.columns
        )
        name = f"{PREFIX}{table}"
        statements += [
            f"""
            CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP <> 'INSERT' THEN
                    INSERT INTO {NOTES} (kind, subject) VALUES {old};
                END IF;
                IF TG_OP <> 'DELETE' THEN
                    INSERT INTO {NOTES} (kind, subject) VALUES {new};
                END IF;
                RETURN NULL;
            END $$
            """,
            f"CREATE TRIGGER {name}_rows AFTER INSERT OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()",
            f"CREATE TRIGGER {name}_values AFTER UPDATE OF {', '.join(source.columns)} ON {table} "
            f"FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {name}()",
        ]
    return statements


def _rows(source: Source, row: str) -> str:
    # A pesantren without a regency notes the key 0, which is nobody's.
    return ", ".join(f"('{kind}', COALESCE({row}.{column}, 0))" for kind, column in source.stale)
