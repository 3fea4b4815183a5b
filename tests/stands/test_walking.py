"""The walk to some stands: short, along the aisles, always the same."""

from __future__ import annotations

import random
from itertools import pairwise, permutations
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stands.models import PlanFeature
from stands.walking import HANDFUL, Floor, _nearest_next, _order, _shortened, walk
from tests.make import make_expo, make_stand
from tests.plans import make_feature, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stands.models import Expo

pytestmark = pytest.mark.django_db


@pytest.fixture
def expo() -> Expo:
    """Two rows back to back, A1 to A6 above and A7 to A12 below, with the door at the left end."""
    expo = make_expo()
    for number in range(6):
        place(make_stand(expo=expo, code=f"A{number + 1}"), 300 + 100 * number, 300, 100, 100)
        place(make_stand(expo=expo, code=f"A{number + 7}"), 300 + 100 * number, 400, 100, 100)
    make_feature(expo, PlanFeature.Kind.ENTRANCE, 0, 300, width=20, height=100)
    return expo


def codes(expo: Expo, *wanted: str) -> str:
    stands = list(expo.stands.filter(code__in=wanted))
    random.Random(4).shuffle(stands)
    return " ".join(stand.code for stand in walk(expo, stands))


def test_walk_goes_down_one_aisle_and_back_by_the_other(expo: Expo) -> None:
    every = [stand.code for stand in expo.stands.all()]
    assert codes(expo, *every) == "A1 A2 A3 A4 A5 A6 A12 A11 A10 A9 A8 A7"


def test_stand_behind_another_is_as_far_as_the_way_round(expo: Expo) -> None:
    stands = {stand.code: stand for stand in expo.stands.all()}
    floor = Floor(expo, list(stands.values()), [])
    [[behind, beside]] = floor.ways([stands["A9"], stands["A5"]], stands["A3"])
    assert beside <= 5 < 15 <= behind
    # A3 first, though A9 lies against its back: the way there goes on round the end of the row.
    assert codes(expo, "A3", "A9", "A6") == "A3 A6 A9"


def test_stand_without_a_place_comes_last(expo: Expo) -> None:
    make_stand(expo=expo, code="A20")
    assert codes(expo, "A2", "A20", "A5") == "A2 A5 A20"


def test_walk_without_a_door_or_with_one_stand_is_a_walk(expo: Expo) -> None:
    expo.plan_features.all().delete()
    assert codes(expo, "A4") == "A4"
    assert codes(expo) == ""
    assert sorted(codes(expo, "A4", "A1", "A2").split()) == ["A1", "A2", "A4"]


def points(least: int, most: int) -> st.SearchStrategy[list[tuple[int, int]]]:
    return st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 40)), min_size=least, max_size=most
    )


def measured(points: list[tuple[int, int]]) -> tuple[list[list[float]], list[float]]:
    """How far it is from each to each, and from the entrance."""
    lengths = [[float(abs(a - c) + abs(b - d)) for c, d in points] for a, b in points]
    return lengths, [float(a + b) for a, b in points]


def total(order: Sequence[int], lengths: list[list[float]], first: list[float]) -> float:
    return first[order[0]] + sum(lengths[a][b] for a, b in pairwise(order))


@settings(max_examples=25, deadline=None)
@given(points=points(2, HANDFUL))
@example(points=[(10, 0), (23, 0), (3, 7)])
def test_a_handful_is_walked_in_the_shortest_order(points: list[tuple[int, int]]) -> None:
    lengths, first = measured(points)
    found = total(_order(lengths, first), lengths, first)
    assert all(found <= total(one, lengths, first) for one in permutations(range(len(points))))


@settings(max_examples=25, deadline=None)
@given(points=points(HANDFUL + 1, 20))
def test_order_of_more_is_complete_and_no_longer_than_the_nearest_next(
    points: list[tuple[int, int]],
) -> None:
    lengths, first = measured(points)
    begun, found = _nearest_next(lengths, first), _order(lengths, first)
    assert sorted(found) == list(range(len(points)))
    assert total(found, lengths, first) <= total(begun, lengths, first)
    # Nothing is left to turn round.
    assert _shortened(list(found), lengths, first) == found
