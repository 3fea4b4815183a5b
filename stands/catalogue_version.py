"""The version of an edition's catalogue: a number that every change raises that visitors can see.

It is the sum of the steps that database triggers note (stands.catalogue_triggers), read by a
process at most once in CATALOGUE_LOOK_SECONDS. What is kept in memory here is kept under the
version that it was read at: it may be newer than that version, never older.
"""

# ruff: noqa: S608, the statements are made of constants; values are parameters

from __future__ import annotations

import copy
import logging
from collections import Counter
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.cache import cache, caches
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from stands import catalogue_triggers
from stands.clock import business_date
from stands.models import CatalogueChange, Expo
from stands.release import release

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    T = TypeVar("T")

logger = logging.getLogger(__name__)

# Old rows are added up when nothing has changed for so long, or when there are so many.
QUIET_SECONDS = 60
MOST_ROWS = 500
BATCH = 1_000
# How long what is kept may lie unused where the cache has room.
SECONDS = 24 * 60 * 60
# Any number will do, as long as nobody else takes this lock.
LOCK = 5_040_020


class Version(NamedTuple):
    """How often, and when last, an edition changed; of all editions together for none."""

    number: int
    # Seconds since 1970; None where nothing ever changed.
    changed_at: int | None


@dataclass(frozen=True)
class Editions:
    """One edition, or all of them, with their days, as they were at a version."""

    expos: Sequence[Expo]
    version: Version
    # Seconds of this process's clock, before the version was asked for.
    read_at: float

    @property
    def is_fresh(self) -> bool:
        """Whether the version was read only a moment ago."""
        return monotonic() - self.read_at < settings.CATALOGUE_LOOK_SECONDS

    @property
    def expo(self) -> Expo:
        """The one edition: a copy, on which a view may set what it likes."""
        expo = copy.copy(self.expos[0])
        # Nothing of an edition that is being prepared is kept.
        expo.catalogue_version = self.version.number if expo.is_public else None
        return expo

    @property
    def are_public(self) -> bool:
        """Whether visitors may see all of them."""
        return all(expo.is_public for expo in self.expos)

    def phase(self, now: dt.datetime) -> tuple[object, ...]:
        """What of the hour shows in all pages; it changes only at midnight, opening and closing.

        A page that shows more of the hour says so: stands.kept_pages.catalogue_page_by.
        """
        return tuple(_phase(expo, now) for expo in self.expos)


def _phase(expo: Expo, now: dt.datetime) -> tuple[object, ...]:
    next_day = expo.next_day_after(now)
    today = expo.day_at(now)
    return (
        # As of which credentials count.
        expo.reference_date(business_date(now)),
        today and today.date,
        expo.is_open_at(now),
        next_day and next_day.date,
        expo.has_ended_by(now),
    )


# By address, None for all editions. An entry counts only while its version is the current one.
_known: dict[str | None, Editions] = {}


def forget() -> None:
    """Read the editions anew. Only tests need to: each begins with another database."""
    _known.clear()


def edition_at(slug: str) -> Editions | None:
    """The edition of that address and its version, in a query at most; None where there is none.

    One query more in the first request of a process after a change.
    """
    known = _known.get(slug)
    if known is not None and known.is_fresh:
        return known
    try:
        return _edition_now(slug, known)
    except (OperationalError, InterfaceError):
        if known is None:
            raise
        return _still(slug, known)


def _edition_now(slug: str, known: Editions | None) -> Editions | None:
    read_at = monotonic()
    # The version first: what is read after it is at least as new.
    if known is None:
        version = _read("WHERE edition IN (0, (SELECT id FROM stands_expo WHERE slug = %s))", slug)
        expos = Expo.objects.filter(slug=slug).each_with_days()
        return _remember(slug, Editions(expos, version, read_at)) if expos else None
    key = known.expos[0].pk
    version = _read("WHERE edition IN (0, %s)", key)
    if version.number == known.version.number:
        _known[slug] = Editions(known.expos, version, read_at)
        return _known[slug]
    expos = Expo.objects.filter(pk=key, slug=slug).each_with_days()
    if expos:
        return _remember(slug, Editions(expos, version, read_at))
    # Another edition has the address now, or none.
    del _known[slug]
    return edition_at(slug)


def all_editions() -> Editions:
    """All that are public, that of `/` first, and the version of all, in a query at most."""
    known = _known.get(None)
    if known is not None and known.is_fresh:
        return known
    try:
        return _all_now(known)
    except (OperationalError, InterfaceError):
        if known is None:
            raise
        return _still(None, known)


def _all_now(known: Editions | None) -> Editions:
    read_at = monotonic()
    version = _read()
    if known is not None and known.version.number == version.number:
        _known[None] = Editions(known.expos, version, read_at)
        return _known[None]
    return _remember(None, Editions(Expo.objects.public().each_with_days(), version, read_at))


def _still(slug: str | None, known: Editions) -> Editions:
    """The database does not answer: what was known a moment ago, so that kept pages are shown on.

    It is asked again as seldom as ever.
    """
    logger.warning("The catalogue version could not be read: pages are shown as they were")
    _known[slug] = replace(known, read_at=monotonic())
    return _known[slug]


def _remember(slug: str | None, editions: Editions) -> Editions:
    for expo in editions.expos:
        days = expo.all_days
        expo.first_date = days[0].date if days else None
        expo.last_date = days[-1].date if days else None
    _known[slug] = editions
    return editions


def kept(expo: Expo, name: str, make: Callable[[], T]) -> T:
    """What `make` reads of the edition's catalogue, kept under its version and `name`.

    It must be the same for everybody, and depend on nothing but the catalogue and the name: name
    the day or the language where it does. Made anew where the edition came without its version.
    """
    if expo.catalogue_version is None:
        return make()
    key = _key(expo, name)
    found: T | None = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, SECONDS)
    return found


def kept_part(expo: Expo, name: str, part: str, make: Callable[[], dict[str, T]]) -> T | None:
    """One part of what kept() would keep as a whole; None where what `make` reads has no such part.

    Parts are made together and taken up apart.
    """
    if expo.catalogue_version is None:
        return make().get(part)
    # Beside the cards, since whole pages crowd each other out.
    shelf = caches["cards"]
    key = _key(expo, f"{name}-{part}")
    found: T | None = shelf.get(key)
    if found is not None:
        return found
    # None of that name, or gone from the cache before the others: then all are made anew.
    names = shelf.get(_key(expo, name))
    if names is None or part in names:
        parts = make()
        shelf.set_many({_key(expo, f"{name}-{one}"): rows for one, rows in parts.items()}, SECONDS)
        shelf.set(_key(expo, name), frozenset(parts), SECONDS)
        return parts.get(part)
    return None


def _key(expo: Expo, name: str) -> str:
    return f"{name}:{release()}:{expo.pk}:{expo.catalogue_version}"


def _read(where: str = "", *keys: int | str) -> Version:
    """The sum of all changes, or of those at some editions."""
    with connection.cursor() as cursor:
        cursor.execute(f"{SUMS[connection.vendor]} {where}", keys)
        number, changed_at, rows, is_quiet, triggers = cursor.fetchone()
    if triggers is not None and triggers != len(catalogue_triggers.trigger_names("sqlite")):
        # SQLite drops them when a migration remakes a table, and nothing is noted from then on.
        with transaction.atomic():
            catalogue_triggers.install(connection)
        return _read(where, *keys)
    # Two rows are left by adding up: its own and that of all editions.
    if where and rows > 2 and (is_quiet or rows > MOST_ROWS):
        add_up()
    return Version(number or 0, changed_at)


SUMS = {
    "postgresql": f"""
        SELECT sum(step)::bigint, extract(epoch FROM max(at))::bigint, count(*),
            max(at) < clock_timestamp() - interval '{QUIET_SECONDS} seconds', NULL
        FROM stands_cataloguechange
    """,
    # Doubled percent signs, since the statement has parameters.
    "sqlite": f"""
        SELECT sum(step), CAST(strftime('%%s', max(at)) AS INTEGER), count(*),
            max(at) < strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '-{QUIET_SECONDS} seconds'),
            (SELECT count(*) FROM sqlite_master
                WHERE type = 'trigger' AND name GLOB '{catalogue_triggers.PREFIX}*')
        FROM stands_cataloguechange
    """,
}


def add_up() -> None:
    """Make one row an edition of all that there are; no version changes by it.

    The new rows carry the hour at which they are made: a change that was written before another
    and came to be seen after it moves the date of the pages all the same, if a little later.
    """
    if connection.vendor == "postgresql" or connection.in_atomic_block:
        _add_up()
        return
    # A visitor does not wait for whoever writes a long import; a later request adds up.
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")
    try:
        _add_up()
    except OperationalError:
        pass
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {settings.SQLITE_OPTIONS['timeout'] * 1000}")


@transaction.atomic
def _add_up() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return
    # By key, since on PostgreSQL others add rows meanwhile.
    rows = list(CatalogueChange.objects.values_list("pk", "edition", "step"))
    for start in range(0, len(rows), BATCH):
        batch = [key for key, _edition, _step in rows[start : start + BATCH]]
        CatalogueChange.objects.filter(pk__in=batch).delete()
    sums: Counter[int] = Counter()
    for _key, edition, step in rows:
        sums[edition] += step
    now = timezone.now()
    CatalogueChange.objects.bulk_create(
        CatalogueChange(edition=edition, step=step, at=now) for edition, step in sums.items()
    )
