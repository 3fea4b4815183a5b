"""The example edition's visitors: made once for each day that is over, and nothing for today."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from opop_expo.example_visitors import GATES, add_visitors
from programme.gate_counts import counted_by_day, counted_by_hour
from programme.models import GateCount
from stands.clock import WIB
from tests.gates import make_usher
from tests.make import make_expo

if TYPE_CHECKING:
    from stands.models import Expo

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 26, 10, tzinfo=WIB)
DAYS = tuple(dt.date(2026, 11, day) for day in (25, 26, 27))


@pytest.fixture
def expo() -> Expo:
    return make_expo(slug="2026-contoh", name="Contoh", days=DAYS, is_example=True)


def test_a_day_that_is_over_was_counted_at_both_gates(expo: Expo) -> None:
    with time_machine.travel(NOW, tick=False):
        add_visitors(expo, now=NOW, actor=make_usher("citra"))
    assert list(counted_by_day(expo)) == [DAYS[0]]
    assert counted_by_day(expo)[DAYS[0]].gates == len(GATES)
    assert all(one.people >= 0 and 8 <= one.hour <= 21 for one in counted_by_hour(expo))
    assert GateCount.objects.exclude(takes_back=None).exists()


def test_made_again_it_adds_the_day_that_ended_since(expo: Expo) -> None:
    citra = make_usher("citra")
    with time_machine.travel(NOW, tick=False):
        add_visitors(expo, now=NOW, actor=citra)
        first = GateCount.objects.count()
        add_visitors(expo, now=NOW, actor=citra)
    assert GateCount.objects.count() == first
    later = NOW + dt.timedelta(days=1)
    with time_machine.travel(later, tick=False):
        add_visitors(expo, now=later, actor=citra)
    assert list(counted_by_day(expo)) == list(DAYS[:2])
