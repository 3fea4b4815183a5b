"""Visitors by gate, day and hour: sums of the taps, and nothing where nobody counted."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from programme.gate_counts import (
    counted_by_day,
    counted_by_hour,
    counted_in_all,
    counted_on,
    gates_today,
)
from programme.models import GateCount
from stands.clock import WIB
from tests.gates import make_count, make_gate, make_usher
from tests.make import make_expo

if TYPE_CHECKING:
    from programme.models import Gate
    from stands.models import Expo

pytestmark = pytest.mark.django_db

DAYS = (dt.date(2026, 11, 25), dt.date(2026, 11, 26))
NOW = dt.datetime(2026, 11, 26, 15, 30, tzinfo=WIB)


@pytest.fixture
def expo() -> Expo:
    return make_expo(slug="2026", name="OPOP Expo 2026", days=DAYS)


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=WIB)


def test_people_by_gate_day_and_hour(expo: Expo) -> None:
    main, west = make_gate(expo=expo), make_gate(expo=expo, name="Pintu Barat")
    make_count(gate=main, step=5, at=at(25, 9, 59))
    make_count(gate=main, step=1, at=at(25, 10))
    make_count(gate=main, step=1, at=at(25, 10, 59))
    make_count(gate=west, step=5, at=at(26, 0, 1))
    assert [(one.gate_id, one.date.day, one.hour, one.people) for one in counted_by_hour(expo)] == [
        (main.pk, 25, 9, 5),
        (main.pk, 25, 10, 2),
        (west.pk, 26, 0, 5),
    ]
    days = counted_by_day(expo)
    assert [(day, one.people, one.gates) for day, one in days.items()] == [
        (DAYS[0], 7, 1),
        (DAYS[1], 5, 1),
    ]
    assert counted_on(expo, DAYS[0]) == 7


def test_what_nobody_counted_is_not_nought(expo: Expo) -> None:
    make_gate(expo=expo)
    assert counted_by_hour(expo) == ()
    assert counted_by_day(expo) == {}
    assert counted_on(expo, DAYS[0]) is None
    assert (counted_in_all(expo).people, counted_in_all(expo).days) == (None, 0)


def test_a_tap_taken_back_leaves_nought_and_not_nothing(expo: Expo) -> None:
    gate = make_gate(expo=expo)
    tap = make_count(gate=gate, at=at(25, 9))
    make_count(gate=gate, step=-1, at=at(25, 10), taken_back=tap.pk)
    [hour] = counted_by_hour(expo)
    assert (hour.hour, hour.people) == (9, 0)
    assert counted_on(expo, DAYS[0]) == 0


def test_a_day_outside_the_edition_is_told_apart_from_its_visitors(expo: Expo) -> None:
    gate = make_gate(expo=expo)
    make_count(gate=gate, step=5, at=at(24, 16))
    make_count(gate=gate, step=1, at=at(25, 9))
    assert list(counted_by_day(expo)) == [dt.date(2026, 11, 24), DAYS[0]]
    assert (counted_in_all(expo).people, counted_in_all(expo).days) == (1, 1)


def test_another_edition_counts_its_own(expo: Expo) -> None:
    other = make_expo(slug="2025", name="OPOP Expo 2025", days=DAYS, is_current=False)
    make_count(gate=make_gate(expo=other), step=5, at=at(25, 9))
    assert counted_on(expo, DAYS[0]) is None
    assert counted_by_hour(expo) == ()
    assert gates_today(expo, DAYS[0], 9) == {}


def test_each_gate_now(expo: Expo) -> None:
    main, west = make_gate(expo=expo), make_gate(expo=expo, name="Pintu Barat")
    make_count(gate=main, step=5, at=at(26, 8))
    make_count(gate=main, step=1, at=at(26, 15))
    make_count(gate=main, step=1, at=at(25, 15))
    today = gates_today(expo, DAYS[1], 15)
    assert {pk: (one.today, one.hour) for pk, one in today.items()} == {
        main.pk: (6, 1),
        west.pk: (0, 0),
    }


def test_each_figure_is_one_query(expo: Expo) -> None:
    for name in ("Utama", "Barat", "Timur"):
        for hour in (9, 10, 11):
            make_count(gate=make_gate(expo=expo, name=name), at=at(25, hour))
    for read in (
        lambda: counted_by_hour(expo),
        lambda: counted_by_day(expo),
        lambda: counted_in_all(expo),
        lambda: counted_on(expo, DAYS[0]),
        lambda: gates_today(expo, DAYS[0], 9),
    ):
        with CaptureQueriesContext(connection) as queries:
            read()
        assert len(queries) == 1


class TestAnyTaps(TestCase):
    """Property: whatever is tapped and taken back, the figures are the sum of the rows."""

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["a", "b"]),
                st.integers(24, 26),
                st.integers(0, 23),
                st.integers(1, 50),
                st.booleans(),
            ),
            max_size=12,
        )
    )
    def test_figures_are_the_sum_of_the_rows(
        self, taps: list[tuple[str, int, int, int, bool]]
    ) -> None:
        with time_machine.travel(NOW, tick=False):
            expo = make_expo(slug="2026", name="OPOP Expo 2026", days=DAYS)
            usher = make_usher()
            gates: dict[str, Gate] = {name: make_gate(expo=expo, name=name) for name in "ab"}
            for name, day, hour, step, is_mistake in taps:
                row = make_count(gate=gates[name], step=step, at=at(day, hour), by=usher)
                if is_mistake:
                    make_count(
                        gate=gates[name],
                        step=-step,
                        at=at(day, hour) + dt.timedelta(hours=2),
                        by=usher,
                        taken_back=row.pk,
                    )
        stand = [(name, day, hour, step) for name, day, hour, step, is_mistake in taps]
        stand = [one for one, tap in zip(stand, taps, strict=True) if not tap[4]]
        wanted = sum(step for *_, step in stand)
        rows = GateCount.objects.values_list("step", flat=True)
        assert sum(rows) == wanted
        assert sum(one.people for one in counted_by_hour(expo)) == wanted
        assert sum(one.people for one in counted_by_day(expo).values()) == wanted
        assert (counted_in_all(expo).people or 0) == sum(
            step for _, day, _, step in stand if day in {25, 26}
        )
        assert all(one.people >= 0 for one in counted_by_hour(expo))
