"""Database triggers that keep a closed edition as it is, whoever would change it and however.

This is the one place where a closed edition is read only: forms are shown without buttons besides,
but a path that somebody forgot fails here, and opop_expo.middleware tells its reader why.

What comes late and has happened is let through: the stock that a sale from an outbox lowers, what
is reported of a session afterwards, and all tables that are not named here.
"""

# ruff: noqa: S608, all that the statements are made of stands in this file

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from events import append_only
from stands import noting

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.backends.base.base import BaseDatabaseWrapper

OF_EXPO = "{row}.expo_id"
OF_STAND = "(SELECT expo_id FROM stands_stand WHERE id = {row}.stand_id)"
OF_SESSION = "(SELECT expo_id FROM programme_session WHERE id = {row}.session_id)"


class Guarded(NamedTuple):
    """A table whose rows belong to an edition, and its columns that may change all the same.

    Of the columns that are `erasable` words may be erased for a person, and nothing else: where
    events_erasure permits it in the same transaction, and what is left says so.
    """

    edition: str = OF_EXPO
    free: tuple[str, ...] = ()
    erasable: tuple[str, ...] = ()


REPORTED = (
    "reported_count",
    "reported_unit",
    "reported_unit_en",
    "reported_by",
    "reported_by_en",
    "reported_sources",
    "reported_on",
)
SESSION_WORDS = (
    "title",
    "title_en",
    "description",
    "description_en",
    "target_group",
    "target_group_en",
    "sources",
)
# One line adds a table, and a migration that calls `install`. An edition itself stays where it is
# shown or not; that it was closed, and what it says of itself, stays.
GUARDED = {
    "stands_expo": Guarded("{row}.id", ("is_current", "is_public"), ("theme", "notes", "sources")),
    "stands_expoday": Guarded(),
    "stands_zone": Guarded(),
    "stands_planfeature": Guarded(),
    "stands_stand": Guarded(erasable=("name", "description", "description_en")),
    "stands_stand_pesantren": Guarded(OF_STAND),
    "stands_offer": Guarded(OF_STAND, ("stock",)),
    "stands_keptproduct": Guarded(erasable=("content",)),
    "programme_room": Guarded(),
    "programme_session": Guarded(free=REPORTED, erasable=SESSION_WORDS),
    "programme_session_speakers": Guarded(OF_SESSION),
}
# Addresses of closed editions: a row that one of them shows keeps its slug.
ADDRESSES = {
    "pesantren_product": "SELECT 1 FROM stands_keptproduct WHERE product_id = OLD.id",
    "pesantren_producer": "SELECT 1 FROM stands_keptproduct WHERE producer_id = OLD.id",
    "pesantren_pesantren": (
        "SELECT 1 FROM stands_keptproduct WHERE pesantren_id = OLD.id UNION ALL"
        " SELECT 1 FROM stands_stand_pesantren AS there"
        " JOIN stands_stand ON stands_stand.id = there.stand_id"
        " JOIN stands_expo ON stands_expo.id = stands_stand.expo_id"
        " WHERE there.pesantren_id = OLD.id AND stands_expo.closed_at IS NOT NULL"
    ),
}
TABLES = (*GUARDED, *ADDRESSES)
PREFIX = "closed_"
# What the refusals begin with; `is_refusal` knows them by it.
CLOSED = "closed edition: read only since it was closed"
ADDRESS = "closed edition: its addresses never change"


def is_refusal(error: BaseException) -> bool:
    """Whether the error of a database is the refusal of one of these triggers."""
    return CLOSED in str(error) or ADDRESS in str(error)


def install(connection: BaseDatabaseWrapper, tables: Collection[str] = TABLES) -> None:
    """Put the triggers on those of the tables that exist, replacing older ones."""
    lift(connection, tables)
    statements = _postgres if connection.vendor == "postgresql" else _sqlite
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in tables:
            if table in existing:
                for statement in statements(connection, table):
                    cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper, tables: Collection[str] = TABLES) -> None:
    """Take them off: only for remaking a table and for emptying a test database."""
    there = noting.present(connection, PREFIX)
    with connection.cursor() as cursor:
        for table in tables:
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP FUNCTION IF EXISTS {PREFIX}{table}() CASCADE")
                continue
            for name in _names("sqlite", table) & there:
                cursor.execute(f'DROP TRIGGER "{name}"')


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """The triggers that should be there and are not: SQLite drops them when a table is remade."""
    wanted = {name for table in TABLES for name in _names(connection.vendor, table)}
    return wanted - noting.present(connection, PREFIX)


def _names(vendor: str, table: str) -> set[str]:
    events = ["update"] if table in ADDRESSES or table == "stands_expo" else EVENTS
    if vendor == "postgresql" and len(events) > 1:
        events = ["rows", "values"]
    return {f"{PREFIX}{table}_{event}" for event in events}


EVENTS = ["insert", "update", "delete"]


def _sqlite(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    name = f"{PREFIX}{table}"
    if table in ADDRESSES:
        return [
            f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {table}"
            f" WHEN OLD.slug IS NOT NEW.slug AND EXISTS ({ADDRESSES[table]})"
            f" BEGIN SELECT RAISE(ABORT, '{ADDRESS}'); END"
        ]
    old, new = (_is_closed(table, row) for row in ("OLD", "NEW"))
    update = f"({_differs(connection, table)}) AND ({old} OR {new})"
    conditions = {"insert": new, "update": update, "delete": old}
    if table == "stands_expo":
        # One that is being closed is not closed yet, and no row refers to one that is not there.
        conditions = {"update": f"({_differs(connection, table)}) AND OLD.closed_at IS NOT NULL"}
    return [
        f"CREATE TRIGGER {name}_{event} BEFORE {event} ON {table} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{CLOSED}'); END"
        for event, condition in conditions.items()
    ]


def _is_closed(table: str, row: str) -> str:
    edition = GUARDED[table].edition.format(row=row)
    return f"EXISTS (SELECT 1 FROM stands_expo WHERE id = {edition} AND closed_at IS NOT NULL)"


def _differs(connection: BaseDatabaseWrapper, table: str) -> str:
    """Whether an update changes a column that stays as it is."""
    columns = noting.columns_of(connection, table)
    free, erasable = GUARDED[table].free, GUARDED[table].erasable
    kept = [f'"{column}"' for column in columns if column not in (*free, *erasable)]
    vendor = connection.vendor
    if vendor == "postgresql":
        # The condition of its triggers may ask no other table: the function asks (`_erased`).
        return noting.differs(vendor, [*kept, *(f'"{column}"' for column in erasable)])
    changed = [
        f"({noting.differs(vendor, [column])}) AND NOT ({_erases(vendor, table, column)})"
        for column in erasable
    ]
    return " OR ".join([noting.differs(vendor, kept), *changed])


def _erases(vendor: str, table: str, column: str) -> str:
    return (
        f"{append_only.permitted(vendor, table, column)}"
        f" AND {append_only.says_erased(vendor, column)}"
    )


def _erased(connection: BaseDatabaseWrapper, table: str) -> str:
    """Let an update of PostgreSQL go that erases what may be erased, and does nothing else."""
    erasable = GUARDED[table].erasable
    if not erasable:
        return ""
    vendor = connection.vendor
    free = "".join(f" - '{column}'" for column in (*GUARDED[table].free, *erasable))
    each = " AND ".join(
        f"(NOT ({noting.differs(vendor, [column])}) OR ({_erases(vendor, table, column)}))"
        for column in erasable
    )
    return (
        f"IF TG_OP = 'UPDATE' THEN IF (to_jsonb(OLD){free}) = (to_jsonb(NEW){free}) AND {each}"
        " THEN RETURN NEW; END IF; END IF;"
    )


def _postgres(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    name = f"{PREFIX}{table}"
    if table in ADDRESSES:
        refused = f"IF EXISTS ({ADDRESSES[table]}) THEN {_raise(ADDRESS)} END IF;"
        return [
            _function(name, refused),
            f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {table} FOR EACH ROW"
            f" WHEN (OLD.slug IS DISTINCT FROM NEW.slug) EXECUTE FUNCTION {name}()",
        ]
    when = f"WHEN ({_differs(connection, table)})"
    if table == "stands_expo":
        refused = f"IF OLD.closed_at IS NOT NULL THEN {_raise(CLOSED)} END IF;"
        refused = f"{_erased(connection, table)} {refused}"
        return [
            _function(name, refused),
            f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {table} FOR EACH ROW {when}"
            f" EXECUTE FUNCTION {name}()",
        ]
    # The lock makes whoever changes a row wait for a closing that is under way, and a closing for
    # them. A sale changes no more than what is free, and never comes here.
    asked = [
        f"IF TG_OP <> '{other}' THEN"
        f" SELECT closed_at INTO closing FROM stands_expo"
        f" WHERE id = {GUARDED[table].edition.format(row=row)} FOR KEY SHARE;"
        f" IF closing IS NOT NULL THEN {_raise(CLOSED)} END IF; END IF;"
        for row, other in (("OLD", "INSERT"), ("NEW", "DELETE"))
    ]
    return [
        _function(name, " ".join([_erased(connection, table), *asked])),
        f"CREATE TRIGGER {name}_rows BEFORE INSERT OR DELETE ON {table} FOR EACH ROW"
        f" EXECUTE FUNCTION {name}()",
        f"CREATE TRIGGER {name}_values BEFORE UPDATE ON {table} FOR EACH ROW {when}"
        f" EXECUTE FUNCTION {name}()",
    ]


def _function(name: str, body: str) -> str:
    return f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE closing timestamptz;
        BEGIN
            {body}
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END $$
    """


def _raise(words: str) -> str:
    return f"RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation';"
