"""Many who look at one page in the same moment: every view counts once."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from stands import counting_views
from stands.counting_views import Seen, count_views
from stands.models import ViewCount
from tests.make import make_expo, make_stand

if TYPE_CHECKING:
    from stands.models import Stand

pytestmark = pytest.mark.django_db(transaction=True)

NOW = dt.datetime(2020, 12, 18, 3, tzinfo=dt.UTC)
THREADS, EACH = 6, 10


def look_at_once(stands: list[Stand]) -> int:
    """Threads that look at the same stands, each in another order; how many views were counted."""

    def look(number: int) -> int:
        try:
            order = stands if number % 2 else stands[::-1]
            views = [Seen(one.expo_id, ViewCount.Kind.STAND, one.pk, 0) for one in order]
            return sum(count_views(views, NOW) for _ in range(EACH))
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(look, range(THREADS)))


def two_stands() -> list[Stand]:
    expo = make_expo()
    return [make_stand(expo=expo, code=code) for code in ("A1", "A2")]


def test_every_view_that_was_taken_is_in_the_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting_views, "PATIENCE_MS", 20_000)
    assert look_at_once(two_stands()) == THREADS * EACH * 2
    assert list(ViewCount.objects.values_list("count", flat=True)) == [THREADS * EACH] * 2


def test_without_the_addition_in_the_database_views_are_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counting_views, "PATIENCE_MS", 20_000)
    # What a count would be that reads first and writes what it read, plus one.
    upsert = counting_views.UPSERT.replace(
        "stands_viewcount.count + excluded.count", "excluded.count"
    )
    monkeypatch.setattr(counting_views, "UPSERT", upsert)
    stands = two_stands()
    look_at_once(stands)
    assert sum(ViewCount.objects.values_list("count", flat=True)) < THREADS * EACH * 2
