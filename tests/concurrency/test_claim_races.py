"""Organisers who publish claims of one figure at once: one is published, and all are answered."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import Error as DatabaseError

from events.models import Event
from outcomes import claiming
from outcomes.claiming import Said, publish_claim, record_claim
from outcomes.models import Claim
from tests.concurrency.test_recording_races import at_once, deferred_transactions
from tests.make import make_expo
from tests.outcomes.make import SOURCE, make_claim

if TYPE_CHECKING:
    from stands.models import Expo

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 8


def publish_all(expo: Expo, citra: User) -> Counter[str]:
    """Publish every claim of the edition at once, and say how the attempts ended."""
    claims = list(Claim.objects.filter(expo=expo).order_by("pk"))

    def one(index: int) -> str:
        try:
            publish_claim(claims[index], actor=citra)
        except DatabaseError as refused:
            return type(refused).__name__
        return "done"

    return Counter(at_once(len(claims), one))


def test_of_many_published_at_once_one_is() -> None:
    expo, citra = make_expo(), User.objects.create_user("citra")
    for value in range(MANY):
        make_claim(expo=expo, value=value)
    for _round in range(3):
        assert publish_all(expo, citra) == {"done": MANY}
        assert Claim.objects.published().count() == 1
        last = Event.objects.filter(kind=Event.Kind.CLAIM_PUBLISHED).first()
        assert last is not None
        assert last.data["claim"] == Claim.objects.published().get().pk


def test_without_its_lock_some_are_refused_by_the_constraint() -> None:
    """The negative control: the database still holds one, but somebody's choice fails."""
    expo, citra = make_expo(), User.objects.create_user("citra")
    for value in range(MANY):
        make_claim(expo=expo, value=value)
    failed = 0
    for _round in range(20):
        with mock.patch.object(claiming, "lock", lambda expo: expo), deferred_transactions():
            ended = publish_all(expo, citra)
        assert Claim.objects.published().count() <= 1
        failed += sum(ended.values()) - ended["done"]
        if failed:
            break
    assert failed


def test_claim_sent_many_times_at_once_is_one() -> None:
    expo, citra = make_expo(), User.objects.create_user("citra")
    said = Said(figure="pesantren", said_by="Unusa", value=30, sources=SOURCE)
    found = at_once(MANY, lambda _index: record_claim(expo, said, actor=citra).pk)
    assert len(set(found)) == 1
    assert Claim.objects.count() == 1
