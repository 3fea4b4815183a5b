"""What a product picture is drawn on: a sheet of 960 × 720 and the colours of one picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Colour = tuple[int, int, int]
    Point = tuple[float, float]

WIDTH, HEIGHT = 960, 720
MIDDLE, FLOOR = WIDTH / 2, 500.0
# Drawn larger and reduced afterwards: that is what makes edges smooth.
SCALE = 2
# These keep a colour of their own in every category.
WATER = (150, 196, 200)
LEAF = (104, 150, 78)
CHILLI = (206, 58, 36)
MAIZE = (240, 186, 62)
GINGER = (216, 168, 96)
# White in the shade.
SHADE = (222, 208, 184)


@dataclass(frozen=True)
class Palette:
    """The colours of one picture: the category's in three depths, a sun, two for the motif."""

    field: Colour
    deep: Colour
    tint: Colour
    sun: Colour
    light: Colour
    warm: Colour


class Sheet:
    """A drawing surface in the coordinates of the finished picture."""

    def __init__(self, colour: Colour, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.size = width, height
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), colour)
        self._draw = ImageDraw.Draw(self.image)

    def finished(self) -> Image.Image:
        """The picture in its own size."""
        return self.image.reduce(SCALE)

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        self._draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=colour)

    def disc(self, x: float, y: float, rx: float, colour: Colour, ry: float | None = None) -> None:
        self._draw.ellipse(_box(x, y, rx, rx if ry is None else ry), fill=colour)

    def slice(
        self, x: float, y: float, rx: float, ry: float, start: float, end: float, colour: Colour
    ) -> None:
        """Part of an ellipse, in degrees clockwise from three o'clock."""
        self._draw.pieslice(_box(x, y, rx, ry), start, end, fill=colour)

    def ring(
        self, x: float, y: float, r: float, width: float, colour: Colour, ry: float | None = None
    ) -> None:
        box = _box(x, y, r, r if ry is None else ry)
        self._draw.ellipse(box, outline=colour, width=round(width * SCALE))

    def arc(
        self, x: float, y: float, r: float, width: float, start: float, end: float, colour: Colour
    ) -> None:
        self._draw.arc(_box(x, y, r, r), start, end, fill=colour, width=round(width * SCALE))

    def block(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        colour: Colour,
        radius: float = 0,
    ) -> None:
        box = [left * SCALE, top * SCALE, right * SCALE, bottom * SCALE]
        self._draw.rounded_rectangle(box, radius * SCALE, fill=colour)

    def line(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """A line with round ends and corners."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self._draw.line(scaled, fill=colour, width=round(width * SCALE), joint="curve")
        for x, y in (points[0], points[-1]):
            self.disc(x, y, width / 2, colour)

    def leaf(
        self, x: float, y: float, length: float, width: float, angle: float, colour: Colour
    ) -> None:
        """A pointed oval that grows from (x, y) towards `angle`, in degrees, 90 being up."""
        self.polygon(_leaf(x, y, length, width, angle), colour)

    def leaf_with_rib(
        self,
        x: float,
        y: float,
        length: float,
        width: float,
        angle: float,
        colours: Sequence[Colour],
    ) -> None:
        """A leaf of two halves, the second a shade apart."""
        outline = _leaf(x, y, length, width, angle)
        self.polygon(outline, colours[0])
        self.polygon(outline[: len(outline) // 2 + 1], colours[1])

    def paste_within(self, points: Sequence[Point], paint: Callable[[Sheet], None]) -> None:
        """Paint a pattern, and keep of it what lies within the polygon."""
        mask = Image.new("1", self.image.size)
        ImageDraw.Draw(mask).polygon([(x * SCALE, y * SCALE) for x, y in points], fill=1)
        other = Sheet((0, 0, 0), *self.size)
        paint(other)
        self.image.paste(other.image, mask=mask)


def _box(x: float, y: float, rx: float, ry: float) -> list[float]:
    return [(x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE]


def _leaf(x: float, y: float, length: float, width: float, angle: float) -> list[Point]:
    turn = math.radians(angle)
    along, across = (math.cos(turn), -math.sin(turn)), (math.sin(turn), math.cos(turn))
    steps = 24
    one_side = [
        (length * i / steps, width / 2 * math.sin(math.pi * i / steps) ** 1.15)
        for i in range(steps + 1)
    ]
    outline = [*one_side, *((a, -b) for a, b in reversed(one_side))]
    return [
        (x + a * along[0] + b * across[0], y + a * along[1] + b * across[1]) for a, b in outline
    ]
