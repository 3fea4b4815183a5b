"""Database triggers through which the search learns of every change, whoever makes it.

They note the key of a changed row in SearchStale, and nothing else; stands.search_index reads the
notes before the next search. The same triggers keep SQLite's full text tables beside their rows.
"""

# ruff: noqa: S608, all that the statements are made of stands in this file

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stands import noting

if TYPE_CHECKING:
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
    noting.create(connection, PREFIX, _noted(connection))
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            for statement in _create_texts():
                cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take all triggers off, and SQLite's full text tables away."""
    noting.drop(connection, PREFIX, [*SOURCES, *TEXTS])
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            for table in TEXTS:
                cursor.execute(f"DROP TABLE IF EXISTS {table}_text")


def forget_words(connection: BaseDatabaseWrapper) -> None:
    """Let no word stay that no entry has any more: SQLite keeps it until it merges its tables."""
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            for table in TEXTS:
                cursor.execute(f"INSERT INTO {table}_text ({table}_text) VALUES ('optimize')")


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """The triggers that should be there and are not: SQLite drops them when a table is remade."""
    return trigger_names(connection.vendor) - noting.present(connection, PREFIX)


def trigger_names(vendor: str) -> set[str]:
    """All triggers that there are on this kind of database."""
    names = noting.names(vendor, PREFIX, SOURCES)
    if vendor != "postgresql":
        names |= {f"{PREFIX}{table}_{event}" for table in TEXTS for event in ("insert", "delete")}
    return names


def _noted(connection: BaseDatabaseWrapper) -> list[noting.Noted]:
    found = []
    for table, source in SOURCES.items():
        there = noting.columns_of(connection, table)
        columns = tuple(column for column in source.columns if column in there)
        found.append(
            noting.Noted(
                table,
                inserted=_note(source, "NEW"),
                updated=_note(source, "OLD", "NEW"),
                deleted=_note(source, "OLD"),
                columns=columns,
                when=noting.differs(connection.vendor, columns),
            )
        )
    return found


def _note(source: Source, *rows: str) -> str:
    # A pesantren without a regency notes the key 0, which is nobody's.
    values = ", ".join(
        f"('{kind}', COALESCE({row}.{column}, 0))" for row in rows for kind, column in source.stale
    )
    return f"INSERT INTO {NOTES} (kind, subject) VALUES {values}"


def _create_texts() -> list[str]:
    statements = []
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
