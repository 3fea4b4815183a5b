"""Rectangles on the floor plan: their corners, whether two overlap, what lies within.

All lengths are the plan's own units from its upper left corner; angles are degrees clockwise.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Less than this is a rounded corner and no overlap.
SLACK = 0.01


class Box(Protocol):
    """Whatever takes a piece of the plan: a stand, a feature, a row of a form."""

    @property
    def x(self) -> int: ...
    @property
    def y(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def rotation(self) -> int: ...


class Point(NamedTuple):
    """A point of the plan."""

    x: float
    y: float


class Frame(NamedTuple):
    """An upright rectangle of the plan."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        """The point in the middle."""
        return Point(self.x + self.width / 2, self.y + self.height / 2)

    @property
    def box(self) -> str:
        """As the viewBox of an SVG says it."""
        return " ".join(f"{side:.1f}".removesuffix(".0") for side in self)

    def widened(self, by: float) -> Frame:
        """The same with a margin on all sides."""
        return Frame(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def within(self, width: float, height: float) -> Frame:
        """The same, cut down to and moved onto a plan of that size."""
        inner_width, inner_height = min(self.width, width), min(self.height, height)
        return Frame(
            max(0, min(self.x, width - inner_width)),
            max(0, min(self.y, height - inner_height)),
            inner_width,
            inner_height,
        )


def middle_of(box: Box) -> Point:
    """The point about which it is turned."""
    return Point(box.x + box.width / 2, box.y + box.height / 2)


def corners_of(box: Box) -> list[Point]:
    """Its four corners, turned."""
    x, y = middle_of(box)
    cosine, sine = math.cos(math.radians(box.rotation)), math.sin(math.radians(box.rotation))
    half_width, half_height = box.width / 2, box.height / 2
    return [
        Point(x + across * cosine - down * sine, y + across * sine + down * cosine)
        for across, down in (
            (-half_width, -half_height),
            (half_width, -half_height),
            (half_width, half_height),
            (-half_width, half_height),
        )
    ]


def frame_of(boxes: Iterable[Box]) -> Frame:
    """The upright rectangle around them all; there must be one at least."""
    points = [corner for box in boxes for corner in corners_of(box)]
    left, top = min(point.x for point in points), min(point.y for point in points)
    return Frame(
        left,
        top,
        max(point.x for point in points) - left,
        max(point.y for point in points) - top,
    )


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share a piece of the floor; walls that touch share none."""
    if not one.rotation % 180 and not other.rotation % 180:
        return (
            one.x < other.x + other.width
            and other.x < one.x + one.width
            and one.y < other.y + other.height
            and other.y < one.y + one.height
        )
    first, second = corners_of(one), corners_of(other)
    # Two rectangles are apart if and only if a line along one of their sides parts them.
    return not any(_parts(side, first, second) for box in (one, other) for side in _sides(box))


def _sides(box: Box) -> list[Point]:
    angle = math.radians(box.rotation)
    return [
        Point(math.cos(angle), math.sin(angle)),
        Point(-math.sin(angle), math.cos(angle)),
    ]


def _parts(along: Point, first: Sequence[Point], second: Sequence[Point]) -> bool:
    one = [point.x * along.x + point.y * along.y for point in first]
    other = [point.x * along.x + point.y * along.y for point in second]
    return max(one) <= min(other) + SLACK or max(other) <= min(one) + SLACK


def is_inside(point: Point, outline: Sequence[Point]) -> bool:
    """Whether a point lies within an outline or on its edge."""
    inside = False
    for one, other in zip(outline, [*outline[1:], outline[0]], strict=True):
        if _is_on(point, one, other):
            return True
        if (one.y > point.y) != (other.y > point.y):
            crossing = one.x + (point.y - one.y) * (other.x - one.x) / (other.y - one.y)
            inside ^= point.x < crossing
    return inside


def _is_on(point: Point, one: Point, other: Point) -> bool:
    across = (other.x - one.x) * (point.y - one.y) - (other.y - one.y) * (point.x - one.x)
    length = math.dist(one, other) or 1
    if abs(across) / length > SLACK:
        return False
    return (
        min(one.x, other.x) - SLACK <= point.x <= max(one.x, other.x) + SLACK
        and min(one.y, other.y) - SLACK <= point.y <= max(one.y, other.y) + SLACK
    )
