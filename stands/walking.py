"""The order in which one walks to some stands: from the entrance, along the aisles, a short way.

The floor is cut into cells. What stands on it is in the way, so two stands back to back are as far
apart as the way round. A handful of stands is walked in the shortest order there is. Of more it is
the nearest next, then improved by turning pieces round as long as that makes the way shorter
(2-opt): not always the shortest, always the same.
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise, permutations
from math import ceil, inf
from typing import TYPE_CHECKING

from stands.plan import DOORS, GROUND, Kind
from stands.plan_geometry import Frame, frame_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stands.models import Expo, PlanFeature, Stand
    from stands.plan_geometry import Box

# Units of the plan, a little over half a metre where a stand of 100 is three metres wide; larger on
# a larger plan, so that there are never many more cells than MOST_ACROSS times as many.
CELL, MOST_ACROSS = 20, 80
# What it costs to go over into another zone, in cells: a list by zones then has few headings.
NEW_ZONE = 8
# So many are tried in every order, 720 of them, within two milliseconds.
HANDFUL = 6


def walk(expo: Expo, stands: Iterable[Stand]) -> list[Stand]:
    """These stands of the edition in the order of the walk; those without a place come last.

    Two queries. At most as many stands as a visitor saves: sixty take a tenth of a second.
    """
    known = list(expo.stands.order_by("code"))
    features = list(expo.plan_features.all())
    chosen = sorted(set(stands), key=lambda stand: (len(stand.code), stand.code))
    placed = [stand for stand in chosen if stand.is_placed]
    others = [stand for stand in chosen if not stand.is_placed]
    if len(placed) < 2:
        return placed + others
    floor = Floor(expo, [stand for stand in known if stand.is_placed], features)
    entrance = next((one for one in features if one.kind == Kind.ENTRANCE), None)
    lengths = _lengths(floor, placed)
    first = floor.ways(placed, entrance)[0] if entrance else [0.0] * len(placed)
    return [placed[place] for place in _order(lengths, first)] + others


class Floor:
    """The plan in cells, free or taken."""

    def __init__(self, expo: Expo, stands: list[Stand], features: list[PlanFeature]) -> None:
        self.cell = max(CELL, ceil(max(expo.plan_width, expo.plan_height) / MOST_ACROSS))
        # A border all around, so that a step never leads off the plan.
        self.columns = ceil(expo.plan_width / self.cell) + 2
        self.rows = ceil(expo.plan_height / self.cell) + 2
        self.free = bytearray(self.columns * self.rows)
        for row in range(1, self.rows - 1):
            start = row * self.columns + 1
            self.free[start : start + self.columns - 2] = b"\1" * (self.columns - 2)
        solid: list[Box] = [one for one in features if one.kind not in GROUND | DOORS]
        for box in [*stands, *solid]:
            for cell in self._cells(frame_of([box])):
                self.free[cell] = 0

    def ways(self, targets: Sequence[Box], *starts: Box) -> list[list[float]]:
        """From each start to each target, in cells."""
        before = [self._around(frame_of([target])) for target in targets]
        found = []
        for start in starts:
            steps = self._steps(self._around(frame_of([start])))
            ways = []
            for target, cells in zip(targets, before, strict=True):
                way = min((steps[cell] for cell in cells), default=inf)
                # Walled in, it is as far as it looks.
                ways.append(way if way < inf else self._as_the_crow_flies(start, target))
            found.append(ways)
        return found

    def _steps(self, begin: Iterable[int]) -> list[float]:
        """How many cells it is from the nearest of these to every cell."""
        steps = [inf] * len(self.free)
        for cell in begin:
            steps[cell] = 0
        waiting = deque(cell for cell in begin)
        neighbours = (-1, 1, -self.columns, self.columns)
        while waiting:
            cell = waiting.popleft()
            further = steps[cell] + 1
            for by in neighbours:
                there = cell + by
                if self.free[there] and steps[there] == inf:
                    steps[there] = further
                    waiting.append(there)
        return steps

    def _cells(self, frame: Frame) -> Iterable[int]:
        """The cells whose middle lies within a frame."""
        half = self.cell / 2
        left, right = (
            ceil((side - half) / self.cell) + 1 for side in (frame.x, frame.x + frame.width)
        )
        top, bottom = (
            ceil((side - half) / self.cell) + 1 for side in (frame.y, frame.y + frame.height)
        )
        for row in range(max(1, top), min(self.rows - 1, bottom)):
            for column in range(max(1, left), min(self.columns - 1, right)):
                yield row * self.columns + column

    def _around(self, frame: Frame) -> list[int]:
        """The free cells from which one stands before a thing, or in it where that is a door."""
        return [cell for cell in self._cells(frame.widened(self.cell)) if self.free[cell]]

    def _as_the_crow_flies(self, one: Box, other: Box) -> float:
        here, there = frame_of([one]).middle, frame_of([other]).middle
        return (abs(here.x - there.x) + abs(here.y - there.y)) / self.cell


def _lengths(floor: Floor, stands: list[Stand]) -> list[list[float]]:
    ways = floor.ways(stands, *stands)
    return [
        [
            way + (NEW_ZONE if one.zone_id != other.zone_id else 0)
            for other, way in zip(stands, row, strict=True)
        ]
        for one, row in zip(stands, ways, strict=True)
    ]


def _order(lengths: list[list[float]], first: list[float]) -> Sequence[int]:
    """The places in the order of the walk; of equal ones always the same."""
    if len(first) > HANDFUL:
        return _shortened(_nearest_next(lengths, first), lengths, first)
    return min(
        permutations(range(len(first))),
        key=lambda order: first[order[0]] + sum(lengths[a][b] for a, b in pairwise(order)),
    )


def _nearest_next(lengths: list[list[float]], first: list[float]) -> list[int]:
    left = set(range(len(first)))
    order: list[int] = []
    ways = first
    while left:
        nearest = min(left, key=lambda place: (ways[place], place))
        left.remove(nearest)
        order.append(nearest)
        ways = lengths[nearest]
    return order


def _shortened(order: list[int], lengths: list[list[float]], first: list[float]) -> list[int]:
    """The order with pieces turned round while that saves anything; where it ends is free."""

    def way(before: int, place: int) -> float:
        return first[place] if before < 0 else lengths[before][place]

    while True:
        best, turned = 0.0, None
        for start in range(len(order) - 1):
            before = order[start - 1] if start else -1
            for end in range(start + 1, len(order)):
                saved = way(before, order[start]) - way(before, order[end])
                if end + 1 < len(order):
                    saved += lengths[order[end]][order[end + 1]]
                    saved -= lengths[order[start]][order[end + 1]]
                if saved > best:
                    best, turned = saved, (start, end)
        if turned is None:
            return order
        start, end = turned
        order[start : end + 1] = reversed(order[start : end + 1])
