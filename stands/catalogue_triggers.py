"""Database triggers that raise the catalogue version on every change that a visitor can see.

Each adds a row to CatalogueChange, and no two transactions ever wait for each other there: a row
that all of them raised would make a sale that sells out wait for the end of a long import.
"""

# ruff: noqa: S608, all that the statements are made of stands in this file

from __future__ import annotations

from typing import TYPE_CHECKING

from stands import noting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.backends.base.base import BaseDatabaseWrapper

# What belongs to no edition in particular raises the version of all of them.
ALL = 0
OF_ALL = str(ALL)
OF_EXPO = "{row}.expo_id"
OF_STAND = "(SELECT expo_id FROM stands_stand WHERE id = {row}.stand_id)"
OF_SESSION = "(SELECT expo_id FROM programme_session WHERE id = {row}.session_id)"

# The tables that visitors' pages are made of, and the edition that a row of each belongs to. One
# line adds one, and a migration that calls `install`: of the app whose table it is, since it takes
# those that exist. All columns of a table count, also those that come later, except where QUIET
# says otherwise.
RAISES = {
    "stands_expo": "{row}.id",
    "stands_expoday": OF_EXPO,
    "stands_zone": OF_EXPO,
    "stands_planfeature": OF_EXPO,
    "stands_stand": OF_EXPO,
    "stands_stand_pesantren": OF_STAND,
    "stands_offer": OF_STAND,
    "stands_keptproduct": OF_EXPO,
    "outcomes_claim": OF_EXPO,
    "outcomes_resultschoice": OF_EXPO,
    "outcomes_resultsversion": OF_EXPO,
    "pesantren_regency": OF_ALL,
    "pesantren_pesantren": OF_ALL,
    "pesantren_producer": OF_ALL,
    "pesantren_category": OF_ALL,
    "pesantren_product": OF_ALL,
    "pesantren_credential": OF_ALL,
    "pesantren_photo": OF_ALL,
    "programme_room": OF_EXPO,
    "programme_session": OF_EXPO,
    "programme_session_speakers": OF_SESSION,
    "programme_speaker": OF_ALL,
}
# Tables of these apps whose changes no catalogue page shows.
DOES_NOT_MATTER = {
    # What is shown of these is no part of a kept page before it is frozen (outcomes.results_page).
    "outcomes_financingscheme",
    "outcomes_disbursement",
    "outcomes_agreement",
    "outcomes_agreementparty",
    "pesantren_keptphoto",  # which files stay; kept products say what is shown
    "stands_searchentry",  # derived from the tables above
    "stands_searchword",
    "stands_searchstale",
    "stands_cataloguechange",  # the version itself
    "stands_inquiry",  # what buyers write is for makers and organisers
    "stands_inquiryanswer",
    "stands_inquirymail",
    "pesantren_notice",  # participants among themselves, behind the login
    "pesantren_interest",
    "stands_viewcount",  # for organisers and stands; no page says how often it was seen
    "programme_registration",  # who comes is a participant's own matter and the door's
    "programme_attendance",
    "programme_gate",
    "programme_gatecount",
}
# A column that a sale writes, and what of it visitors see: `{row}.` is that of OLD or NEW.
QUIET = {"stands_offer": ("stock", "COALESCE({row}.stock <= 0, FALSE)")}
CHANGES = "stands_cataloguechange"
PREFIX = "catalogue_"
# How far a change raises the version: by chance, so that a database restored from a copy, and
# changed otherwise from there, does not reach a version again that was given out before.
LARGEST_STEP = 2**32


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers on the tables that exist, replacing older ones, and raise every version."""
    lift(connection)
    existing = set(connection.introspection.table_names())
    there = [table for table in RAISES if table in existing]
    noting.create(connection, PREFIX, [_noted(connection, table) for table in there])
    with connection.cursor() as cursor:
        cursor.execute(_note(connection.vendor, OF_ALL))


def lift(connection: BaseDatabaseWrapper, tables: Iterable[str] = RAISES) -> None:
    """Take them off: all of them, or those of an app whose tables go."""
    noting.drop(connection, PREFIX, tables)


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """The triggers that should be there and are not."""
    return trigger_names(connection.vendor) - noting.present(connection, PREFIX)


def trigger_names(vendor: str) -> set[str]:
    """All triggers that there are on this kind of database."""
    return noting.names(vendor, PREFIX, RAISES)


def _noted(connection: BaseDatabaseWrapper, table: str) -> noting.Noted:
    vendor = connection.vendor
    old, new = (RAISES[table].format(row=row) for row in ("OLD", "NEW"))
    return noting.Noted(
        table,
        inserted=_note(vendor, new),
        updated=_note(vendor, old, new),
        deleted=_note(vendor, old),
        when=_when(connection, table),
    )


def _when(connection: BaseDatabaseWrapper, table: str) -> str:
    """Which updates count. SQLite cannot compare whole rows, so there nearly all of them do.

    Where a sale writes, the columns are compared one by one: a sale waits for it at each line.
    """
    if table not in QUIET:
        return "OLD.* IS DISTINCT FROM NEW.*" if connection.vendor == "postgresql" else ""
    quiet, seen = QUIET[table]
    shown = f"{seen.format(row='OLD')} <> {seen.format(row='NEW')}"
    others = [f'"{column}"' for column in noting.columns_of(connection, table) if column != quiet]
    return f"{noting.differs(connection.vendor, others)} OR {shown}"


def _note(vendor: str, *editions: str) -> str:
    """A row for each edition; for all of them where the one is no longer to be found."""
    if vendor == "postgresql":
        step, now = f"1 + floor(random() * {LARGEST_STEP})::bigint", "clock_timestamp()"
    else:
        step = f"1 + abs(random() % {LARGEST_STEP})"
        now = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
    # UNION names an edition once that the row had before and has now.
    found = " UNION ".join(f"SELECT COALESCE({each}, {ALL}) AS edition" for each in editions)
    return (
        f"INSERT INTO {CHANGES} (edition, step, at)"
        f" SELECT edition, {step}, {now} FROM ({found}) AS changed"
    )
