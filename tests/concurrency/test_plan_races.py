"""Organisers who move the same stand at once: one is saved, the others are told."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.http import QueryDict

from stands import plan_editing
from stands.models import Stand
from stands.plan import plan_of
from stands.plan_editing import PlaceForm, place_of, save_plan
from tests.concurrency.test_recording_races import at_once, deferred_transactions
from tests.plans import make_hall

if TYPE_CHECKING:
    from stands.models import Expo

pytestmark = pytest.mark.django_db(transaction=True)


def race(expo: Expo, number: int = 4) -> Counter[str]:
    """All of them move A1, each to another place, from the place where it is now."""
    actor, _made = User.objects.get_or_create(username="citra")
    stand = Stand.objects.get(expo=expo, code="A1")
    plan, key, seen = plan_of(expo), f"s{stand.pk}", place_of(stand)

    def work(index: int) -> str:
        to = stand.x + 1 + index
        sent = f"{key}-x={to}&{key}-y=200&{key}-width=80&{key}-height=60&{key}-rotation=0"
        form = PlaceForm(stand, plan, QueryDict(f"{sent}&{key}-seen={seen}"))
        assert form.is_valid()
        try:
            saved = save_plan(expo, [form], None, actor=actor)
        except DatabaseError:
            return "stopped"
        return "told" if saved.moved_meanwhile else "saved"

    return Counter(at_once(number, work))


def test_one_of_four_moves_the_stand_and_the_others_are_told() -> None:
    expo = make_hall()
    for _round in range(3):
        assert race(expo) == {"saved": 1, "told": 3}


def test_without_the_queue_one_moves_it_over_the_other() -> None:
    """The negative control: two find it as they saw it, and the later writes over the earlier."""
    expo = make_hall()
    for _round in range(12):
        with mock.patch.object(plan_editing, "_queue_for"), deferred_transactions():
            ended = race(expo)
        if ended["saved"] > 1 or ended["stopped"]:  # so SQLite says it
            return
    pytest.fail("nobody ever wrote over anybody")
