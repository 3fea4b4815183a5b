"""Ten organisers publish ten editions at the same moment: all are public, one is at the front."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from django.db import IntegrityError, OperationalError, connection, connections

from events.models import Event
from stands import editions
from stands.models import Expo
from tests.make import make_expo

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db(transaction=True)

CONTESTANTS = 10


@pytest.fixture
def prepared() -> list[Expo]:
    """An edition at the front door, and as many prepared as there are contestants."""
    make_expo(slug="2026", days=())
    return [
        Expo.objects.create(slug=str(2030 + number), name=f"Uji {number}", is_public=False)
        for number in range(CONTESTANTS)
    ]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(CONTESTANTS) as pool:
        yield pool
        barrier = threading.Barrier(CONTESTANTS)

        def close(_number: int) -> None:
            barrier.wait()
            connections.close_all()

        list(pool.map(close, range(CONTESTANTS)))


def publish_at_once(pool: ThreadPoolExecutor, expos: list[Expo]) -> list[object]:
    """What came of each: whether it was published now, or what it failed with."""
    barrier = threading.Barrier(len(expos))

    def one(expo: Expo) -> object:
        barrier.wait()
        try:
            return editions.publish_edition(expo, actor=None)
        except (IntegrityError, OperationalError) as error:
            return type(error)

    return list(pool.map(one, expos))


def test_all_are_published_and_one_is_at_the_front(
    pool: ThreadPoolExecutor, prepared: list[Expo]
) -> None:
    assert publish_at_once(pool, prepared) == [True] * CONTESTANTS

    assert Expo.objects.filter(is_current=True).count() == 1
    assert not Expo.objects.filter(is_public=False).exists()
    assert Event.objects.filter(kind=Event.Kind.EDITION_PUBLISHED).count() == CONTESTANTS


def test_one_published_by_all_is_published_once(
    pool: ThreadPoolExecutor, prepared: list[Expo]
) -> None:
    done = publish_at_once(pool, [prepared[0]] * CONTESTANTS)

    assert sorted(map(str, done)) == ["False"] * (CONTESTANTS - 1) + ["True"]
    assert Event.objects.filter(kind=Event.Kind.EDITION_PUBLISHED).count() == 1


def test_without_the_lock_some_are_refused(pool: ThreadPoolExecutor, prepared: list[Expo]) -> None:
    """The control. On SQLite a transaction has the lock from its beginning, whatever it reads."""
    for _ in range(5):
        Expo.objects.exclude(slug="2026").update(is_public=False, is_current=False)
        with mock.patch.object(editions, "lock_editions"):
            done = publish_at_once(pool, prepared)
        if done != [True] * CONTESTANTS:
            break
    assert (done == [True] * CONTESTANTS) is (connection.vendor == "sqlite")
    assert Expo.objects.filter(is_current=True).count() <= 1
