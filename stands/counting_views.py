"""Counts which pages are looked at: a browser says so afterwards, some pages at a time.

Pages come out of caches, so that a view cannot be counted where it is answered. What a browser
reports is added to one row per page and hour; who reported is neither asked nor kept. The count is
a measure of interest and never worth a wait: a sale that holds the database goes first, and what
cannot be written within a moment is dropped.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from stands import catalogue
from stands.catalogue_version import all_editions, edition_at, kept
from stands.clock import WIB, business_date
from stands.models import Stand, ViewCount

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet
    from django.http import HttpRequest

Kind = ViewCount.Kind
# What a browser sends at once: a dozen pages, each some thirty letters.
MOST_VIEWS, MOST_BYTES = 12, 1024
# A page that was looked at longer ago than this is counted as of then.
OLDEST = dt.timedelta(hours=1)
# How long a count waits for a sale.
PATIENCE_MS = 150
THING = re.compile(r"(\d{1,18})\.(home|stand|product|pesantren)\.(\d{1,18})")
# Programs that run a page's scripts and are no visitors. Those that say so, at least.
ROBOTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|headless|lighthouse|prerender|monitor|facebookexternal"
    r"|python|curl|wget",
    re.IGNORECASE,
)

UPSERT = """
INSERT INTO stands_viewcount (expo_id, kind, subject, day, hour, count)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (expo_id, kind, subject, day, hour)
DO UPDATE SET count = stands_viewcount.count + excluded.count
"""


class Seen(NamedTuple):
    """A page that was looked at, and how many seconds ago."""

    expo: int
    kind: Kind
    subject: int
    age: int


class Row(NamedTuple):
    """What is counted together, in the order in which rows are locked."""

    expo: int
    kind: str
    subject: int
    day: dt.date
    hour: int


class Tap:
    """Lets so many through a second in one process, whoever they are; the rest is dropped."""

    def __init__(self, per_second: float, at_once: int) -> None:
        self.per_second, self.at_once = per_second, at_once
        self._left, self._at = float(at_once), time.monotonic()
        self._lock = threading.Lock()

    def lets_through(self) -> bool:
        """Whether one more may pass now."""
        with self._lock:
            now = time.monotonic()
            self._left = min(self.at_once, self._left + (now - self._at) * self.per_second)
            self._at = now
            if self._left < 1:
                return False
            self._left -= 1
            return True


TAP = Tap(per_second=20, at_once=60)


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def pages_seen(request: HttpRequest) -> HttpResponse:
    """Take what a browser reports. Nobody reads the answer, so it is the same for all: 204."""
    length = request.headers.get("Content-Length") or "0"
    if (
        length.isdecimal()
        and int(length) <= MOST_BYTES
        and is_from_here(request)
        and not ROBOTS.search(request.headers.get("User-Agent", "python"))
        and TAP.lets_through()
    ):
        count_views(seen_in(request.body), timezone.now())
    return HttpResponse(status=204)


def is_from_here(request: HttpRequest) -> bool:
    """Whether a page of the portal sent it, in the browser's own word, which no page can forge."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("Origin", "")
    known = {settings.PUBLIC_ORIGIN, *settings.CSRF_TRUSTED_ORIGINS} - {""}
    return urlsplit(origin).netloc == request.get_host() or origin in known


def seen_in(body: bytes) -> list[Seen]:
    """The views in a body such as `[["3.product.45",20]]`; what is not one is left aside."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return []
    found = []
    for one in told[:MOST_VIEWS] if isinstance(told, list) else []:
        match one:
            case [str(thing), int(age)] if (parts := THING.fullmatch(thing)) and age >= 0:
                found.append(Seen(int(parts[1]), Kind(parts[2]), int(parts[3]), age))
    return found


def count_views(views: Iterable[Seen], now: dt.datetime) -> int:
    """Add the views of pages that there are; how many were added. Never waits long."""
    there = _that_exist(views)
    rows: Counter[Row] = Counter()
    for one in there:
        at = now - min(dt.timedelta(seconds=one.age), OLDEST)
        day, hour = business_date(at), at.astimezone(WIB).hour
        rows[Row(one.expo, one.kind.value, one.subject, day, hour)] += 1
    if not rows:
        return 0
    try:
        with in_a_hurry(), transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
                # As on SQLite below: a count that a power cut takes back is no loss.
                cursor.execute("SET LOCAL synchronous_commit = off")
            # In one order, so that two that count the same pages cannot wait for each other.
            cursor.executemany(UPSERT, [(*row, count) for row, count in sorted(rows.items())])
    except OperationalError:
        return 0
    return sum(rows.values())


def _that_exist(views: Iterable[Seen]) -> list[Seen]:
    """Those of pages that a visitor can have seen: made-up keys must not fill the table."""
    listed = list(views)
    slugs = {expo.pk: expo.slug for expo in all_editions().expos}
    pages = {key: _pages_at(slugs[key]) for key in {one.expo for one in listed} & slugs.keys()}
    return [one for one in listed if one.subject in pages.get(one.expo, {}).get(one.kind, ())]


def _pages_at(slug: str) -> dict[Kind, frozenset[int]]:
    """What has a page at a public edition, kept as long as nothing changes there."""
    editions = edition_at(slug)
    if editions is None:
        return {}
    expo = editions.expo
    return kept(
        expo,
        "pages",
        lambda: {
            Kind.HOME: frozenset({expo.pk}),
            Kind.STAND: _keys(Stand.objects.filter(expo=expo)),
            Kind.PRODUCT: _keys(catalogue.products_known_at(expo)),
            Kind.PESANTREN: _keys(catalogue.pesantren_at(expo)),
        },
    )


def _keys(rows: QuerySet[Any]) -> frozenset[int]:
    return frozenset(rows.order_by().values_list("pk", flat=True))


@contextmanager
def in_a_hurry() -> Iterator[None]:
    """On SQLite: wait a moment for the write lock, hold it without waiting for the disk.

    NORMAL in place of FULL writes to the log and leaves it to the next sale to force it onto the
    disk, in order, so a sale is as safe as before. The connection is the sales' own, so what was
    set goes back whatever happens, or the connection goes.
    """
    if connection.vendor != "sqlite":
        yield
        return
    # Within a transaction, as in most tests, SQLite leaves `synchronous` alone.
    is_free = not connection.in_atomic_block
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
            if is_free:
                cursor.execute("PRAGMA synchronous = NORMAL")
        yield
    finally:
        try:
            with connection.cursor() as cursor:
                usual = settings.DATABASES["default"]["OPTIONS"]["timeout"]
                cursor.execute(f"PRAGMA busy_timeout = {int(usual * 1000)}")
                if is_free:
                    cursor.execute("PRAGMA synchronous = FULL")
        except Exception:
            connection.close()
            raise
