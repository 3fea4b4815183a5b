"""The shapes on a drawn product picture: a small still life for each kind of product.

A motif stands on the line y = 500 in the middle of a sheet of 960 × 720 and is about 360 high.
"""

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
# Water keeps a colour of its own in every category.
WATER = (150, 196, 200)


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

    def __init__(self, colour: Colour) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), colour)
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
        other = Sheet((0, 0, 0))
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


def _steam(sheet: Sheet, x: float, y: float, colour: Colour) -> None:
    for dx, high in ((-46, 74), (0, 104), (46, 74)):
        wave = [
            (x + dx + 11 * math.sin(i / 20 * math.pi * 2), y - high * i / 20) for i in range(21)
        ]
        sheet.line(wave, 10, colour)


# --- food and drink -------------------------------------------------------------------------------


def bowl(sheet: Sheet, p: Palette) -> None:
    """A bowl of food, steaming."""
    _steam(sheet, MIDDLE, 236, p.light)
    for x, r, colour in ((-98, 54, p.warm), (98, 54, p.warm), (-36, 70, p.light), (46, 62, p.deep)):
        sheet.disc(MIDDLE + x, 318, r, colour)
    sheet.slice(MIDDLE, 318, 184, 168, 0, 180, p.light)
    sheet.slice(MIDDLE, 318, 184, 168, 0, 90, p.warm)
    sheet.block(MIDDLE - 74, 474, MIDDLE + 74, FLOOR, p.deep, 8)
    sheet.block(MIDDLE - 204, 306, MIDDLE + 204, 330, p.deep, 12)


def crisps(sheet: Sheet, p: Palette) -> None:
    """A heap of thin round slices."""
    rows = ((5, 446), (4, 368), (3, 290), (2, 212), (1, 150))
    for count, y in rows:
        for i in range(count):
            x = MIDDLE + (i - (count - 1) / 2) * 92
            sheet.disc(x, y, 58, p.deep)
            sheet.disc(x, y - 6, 54, p.light if (i + count) % 2 else p.warm)
            sheet.ring(x, y - 6, 34, 5, p.warm if (i + count) % 2 else p.light)
            sheet.disc(x, y - 6, 8, p.field)


def loaf(sheet: Sheet, p: Palette) -> None:
    """A loaf cut open, on a board."""
    for x, r in ((-110, 104), (110, 104), (0, 128)):
        sheet.disc(MIDDLE + x, 326, r, p.warm)
    sheet.block(MIDDLE - 214, 326, MIDDLE + 214, 470, p.warm, 40)
    for x in (-120, 0, 120):
        sheet.leaf(MIDDLE + x - 30, 366, 150, 44, 66, p.light)
    sheet.block(MIDDLE - 250, 464, MIDDLE + 250, FLOOR, p.deep, 14)


def layers(sheet: Sheet, p: Palette) -> None:
    """A cake of many layers, one slice cut."""
    for left, right, top, depth in ((-216, 84, 226, 54), (116, 216, 286, 34)):
        height = (470 - top) / 6
        for i in range(6):
            y = top + height * i
            colour = (p.light, p.warm)[i % 2]
            sheet.block(MIDDLE + left, y, MIDDLE + right, y + height + 1, colour)
        lid = [(left, top), (right, top), (right - depth, top - depth), (left + depth, top - depth)]
        sheet.polygon([(MIDDLE + x, y) for x, y in lid], p.deep)
    for i in range(3):
        sheet.disc(MIDDLE - 144 + 78 * i, 200, 15, p.warm, 11)
    sheet.block(MIDDLE - 256, 466, MIDDLE + 256, FLOOR, p.deep, 14)


def fish(sheet: Sheet, p: Palette) -> None:
    """Two fish, one above the other, swimming apart."""
    for y, way, body, other in ((236, 1, p.light, p.warm), (408, -1, p.warm, p.light)):
        x = MIDDLE - way * 170
        sheet.polygon(
            [(x + way * 20, y), (x - way * 78, y - 70), (x - way * 44, y), (x - way * 78, y + 70)],
            other,
        )
        sheet.leaf(x, y, 400, 176, 0 if way > 0 else 180, body)
        for i in range(3):
            sheet.arc(
                x + way * (108 + 62 * i), y, 38, 8, *((-70, 70) if way < 0 else (110, 250)), p.deep
            )
        sheet.disc(x + way * 322, y - 14, 12, p.deep)


def honeycomb(sheet: Sheet, p: Palette) -> None:
    """Cells of a comb, some full."""
    r = 74
    cells = [(0, 0), (1, 0), (-1, 0), (0.5, 1), (-0.5, 1), (0.5, -1), (-0.5, -1)]
    full = {(0, 0), (0.5, 1), (-1, 0), (0.5, -1)}
    for column, row in cells:
        x, y = MIDDLE + column * r * 1.82, 306 + row * r * 1.58
        corners = [math.radians(30 + 60 * i) for i in range(6)]
        for size, colour in ((r, p.deep), (r - 9, p.warm if (column, row) in full else p.light)):
            sheet.polygon(
                [(x + size * math.cos(a), y + size * math.sin(a)) for a in corners], colour
            )
        if (column, row) in full:
            sheet.leaf(x - 22, y + 26, 84, 40, 62, p.light)


def bar(sheet: Sheet, p: Palette) -> None:
    """A bar of pieces, half out of its wrapper."""
    sheet.block(MIDDLE - 138, 120, MIDDLE + 138, 430, p.deep, 14)
    for row in range(4):
        for column in range(3):
            left, top = MIDDLE - 126 + column * 86, 132 + row * 86
            sheet.block(left, top, left + 80, top + 80, p.warm, 8)
            sheet.polygon(
                [(left + 12, top + 12), (left + 68, top + 12), (left + 12, top + 68)], p.light
            )
    teeth = [(MIDDLE - 160 + 32 * i, 322 + (0 if i % 2 else 26)) for i in range(11)]
    sheet.polygon([*teeth, (MIDDLE + 160, FLOOR), (MIDDLE - 160, FLOOR)], p.light)
    sheet.block(MIDDLE - 160, 400, MIDDLE + 160, 440, p.deep)


def cup(sheet: Sheet, p: Palette) -> None:
    """A cup on its saucer, steaming."""
    _steam(sheet, MIDDLE - 8, 222, p.light)
    sheet.ring(MIDDLE + 142, 338, 68, 26, p.light)
    sheet.block(MIDDLE - 158, 256, MIDDLE + 142, 330, p.light, 14)
    sheet.slice(MIDDLE - 8, 320, 150, 150, 0, 180, p.light)
    sheet.slice(MIDDLE - 8, 320, 150, 150, 90, 180, p.warm)
    sheet.block(MIDDLE - 158, 256, MIDDLE - 8, 322, p.warm, 14)
    sheet.block(MIDDLE - 30, 256, MIDDLE - 8, 322, p.warm)
    sheet.disc(MIDDLE - 8, 258, 150, p.deep, 22)
    sheet.block(MIDDLE - 220, 474, MIDDLE + 220, FLOOR, p.deep, 13)


def bottle(sheet: Sheet, p: Palette) -> None:
    """A bottle between two glasses."""
    for x in (-176, 176):
        glass = [(x - 62, 312), (x + 62, 312), (x + 48, FLOOR), (x - 48, FLOOR)]
        sheet.polygon([(MIDDLE + a, b) for a, b in glass], p.light)
        water = [(x - 55, 372), (x + 55, 372), (x + 44, FLOOR - 6), (x - 44, FLOOR - 6)]
        sheet.polygon([(MIDDLE + a, b) for a, b in water], WATER)
    sheet.block(MIDDLE - 34, 96, MIDDLE + 34, 150, p.deep, 10)
    sheet.block(MIDDLE - 28, 140, MIDDLE + 28, 220, p.light)
    sheet.block(MIDDLE - 82, 190, MIDDLE + 82, FLOOR, p.light, 48)
    sheet.block(MIDDLE - 82, 290, MIDDLE + 82, 420, p.deep)
    sheet.disc(MIDDLE, 368, 34, WATER)
    sheet.polygon([(MIDDLE - 31, 354), (MIDDLE, 302), (MIDDLE + 31, 354)], WATER)


# --- plants and animals ---------------------------------------------------------------------------


def sprig(sheet: Sheet, p: Palette) -> None:
    """A twig with leaves in pairs."""
    sheet.line([(MIDDLE, FLOOR), (MIDDLE, 176)], 14, p.deep)
    for i, y in enumerate((462, 372, 282)):
        long = 208 - 30 * i
        sheet.leaf_with_rib(MIDDLE, y, long, 96 - 8 * i, 32, (p.light, p.warm))
        sheet.leaf_with_rib(MIDDLE, y, long, 96 - 8 * i, 148, (p.warm, p.light))
    sheet.leaf_with_rib(MIDDLE, 216, 130, 70, 90, (p.light, p.warm))


def ears(sheet: Sheet, p: Palette) -> None:
    """Three ears of rice, the outer ones bent."""
    for lean, light, other in ((-26, p.warm, p.light), (26, p.warm, p.light), (0, p.light, p.warm)):
        turn = math.radians(90 - lean)
        base, tip = (MIDDLE + lean * 1.2, FLOOR), 352 if lean == 0 else 330
        end = (base[0] + tip * math.cos(turn), base[1] - tip * math.sin(turn))
        sheet.line([base, end], 10, p.deep)
        for i in range(6):
            share = 0.36 + 0.11 * i
            x = base[0] + tip * share * math.cos(turn)
            y = base[1] - tip * share * math.sin(turn)
            sheet.leaf(x, y, 74, 34, 90 - lean + 42, light)
            sheet.leaf(x, y, 74, 34, 90 - lean - 42, other)
        sheet.leaf(end[0], end[1], 66, 32, 90 - lean, light)


def blossom(sheet: Sheet, p: Palette) -> None:
    """One large flower with two leaves."""
    sheet.line([(MIDDLE, FLOOR), (MIDDLE, 300)], 14, p.deep)
    sheet.leaf_with_rib(MIDDLE, 488, 190, 84, 30, (p.light, p.warm))
    sheet.leaf_with_rib(MIDDLE, 488, 190, 84, 150, (p.warm, p.light))
    for i in range(8):
        sheet.leaf(MIDDLE, 258, 160, 84, 22.5 + 45 * i, p.warm)
    for i in range(8):
        sheet.leaf(MIDDLE, 258, 134, 52, 45 * i, p.light)
    sheet.disc(MIDDLE, 258, 40, p.deep)
    sheet.disc(MIDDLE, 258, 22, p.warm)


def fruit(sheet: Sheet, p: Palette) -> None:
    """A round fruit and its half."""
    sheet.disc(MIDDLE - 86, 352, 148, p.warm)
    sheet.slice(MIDDLE - 86, 352, 148, 148, 90, 270, p.light)
    sheet.line([(MIDDLE - 86, 208), (MIDDLE - 70, 160)], 14, p.deep)
    sheet.leaf_with_rib(MIDDLE - 74, 178, 140, 62, 24, (p.light, p.warm))
    sheet.disc(MIDDLE + 122, 386, 114, p.deep)
    sheet.disc(MIDDLE + 122, 386, 98, p.light)
    sheet.disc(MIDDLE + 122, 386, 46, p.warm)
    for i in range(8):
        turn = math.radians(45 * i)
        x, y = MIDDLE + 122 + 30 * math.cos(turn), 386 + 30 * math.sin(turn)
        sheet.leaf(x, y, 24, 12, -45 * i, p.deep)


# --- cloth and clothes ----------------------------------------------------------------------------


def _kawung(sheet: Sheet, p: Palette) -> None:
    """The batik of four seeds about a point, over the whole sheet."""
    sheet.block(0, 0, WIDTH, HEIGHT, p.light)
    step = 84
    for row in range(-1, 10):
        for column in range(-1, 13):
            x, y = column * step + 18, row * step + 38
            for angle in (45, 135, 225, 315):
                turn = math.radians(angle)
                start = (x + 6 * math.cos(turn), y - 6 * math.sin(turn))
                sheet.leaf(*start, 50, 31, angle, p.deep)
                inner = (x + 17 * math.cos(turn), y - 17 * math.sin(turn))
                sheet.leaf(*inner, 28, 11, angle, p.warm)
            sheet.disc(x + step / 2, y, 6, p.warm)
            sheet.disc(x, y + step / 2, 6, p.warm)


def _plaid(sheet: Sheet, p: Palette) -> None:
    """The squares of a sarung."""
    sheet.block(0, 0, WIDTH, HEIGHT, p.light)
    for x in range(0, WIDTH, 96):
        sheet.block(x, 0, x + 40, HEIGHT, p.warm)
    for y in range(8, HEIGHT, 96):
        sheet.block(0, y, WIDTH, y + 26, p.deep)
        for x in range(0, WIDTH, 96):
            sheet.block(x, y, x + 40, y + 26, p.field)
    for x in range(64, WIDTH, 96):
        sheet.block(x, 0, x + 6, HEIGHT, p.deep)
    for y in range(66, HEIGHT, 96):
        sheet.block(0, y, WIDTH, y + 6, p.warm)


def batik(sheet: Sheet, p: Palette) -> None:
    """A length of kawung cloth over a rail."""
    _hang(sheet, p, _kawung)


def sarung(sheet: Sheet, p: Palette) -> None:
    """A chequered sarung over a rail."""
    _hang(sheet, p, _plaid)


def _hang(sheet: Sheet, p: Palette, pattern: Callable[[Sheet, Palette], None]) -> None:
    left, right = MIDDLE - 186, MIDDLE + 186
    front = [(left, 126), (right, 126), (right, 452), (left, 452)]
    sheet.paste_within(front, lambda other: pattern(other, p))
    sheet.block(left, 436, right, 456, p.deep)
    for i in range(24):
        x = left + 8 + (right - left - 16) / 23 * i
        sheet.line([(x, 452), (x, 480)], 5, p.deep)
    sheet.polygon([(left, 126), (left + 58, 126), (left + 58, 408), (left, 430)], p.deep)
    sheet.block(MIDDLE - 240, 112, MIDDLE + 240, 134, p.warm, 11)


def songkok(sheet: Sheet, p: Palette) -> None:
    """The cap of a santri, on its block."""
    sheet.polygon(
        [(MIDDLE - 176, 212), (MIDDLE + 176, 188), (MIDDLE + 204, 392), (MIDDLE - 204, 392)], p.deep
    )
    sheet.disc(MIDDLE, 392, 204, p.deep, 42)
    sheet.disc(MIDDLE, 200, 177, p.field, 52)
    sheet.disc(MIDDLE, 204, 150, p.deep, 36)
    for i in range(9):
        x = MIDDLE - 176 + 44 * i
        y = 396 + 34 * math.sqrt(max(0.0, 1 - ((x - MIDDLE) / 204) ** 2))
        for angle in (45, 135, 225, 315):
            sheet.leaf(x, y - 40, 27, 15, angle, p.warm)
    sheet.block(MIDDLE - 120, 452, MIDDLE + 120, FLOOR, p.light, 10)


def shirt(sheet: Sheet, p: Palette) -> None:
    """A shirt with a standing collar, as worn to prayer."""
    for way in (-1, 1):
        sleeve = [(70, 152), (150, 176), (236, 352), (164, 388), (112, 290)]
        sheet.polygon([(MIDDLE + way * x, y) for x, y in sleeve], p.warm)
        cuff = [(236, 352), (164, 388), (156, 370), (228, 334)]
        sheet.polygon([(MIDDLE + way * x, y) for x, y in cuff], p.deep)
    body = [(-92, 150), (92, 150), (124, 250), (118, FLOOR), (-118, FLOOR), (-124, 250)]
    sheet.polygon([(MIDDLE + x, y) for x, y in body], p.light)
    sheet.block(MIDDLE - 48, 122, MIDDLE + 48, 168, p.deep, 14)
    sheet.block(MIDDLE - 17, 150, MIDDLE + 17, 372, p.warm, 6)
    for y in (196, 248, 300, 352):
        sheet.disc(MIDDLE, y, 7, p.deep)


def veil(sheet: Sheet, p: Palette) -> None:
    """A kerudung, from the front."""
    drape = [(-96, 250), (-150, 390), (-210, FLOOR), (210, FLOOR), (150, 390), (96, 250)]
    sheet.polygon([(MIDDLE + x, y) for x, y in drape], p.light)
    sheet.disc(MIDDLE, 246, 142, p.light, 152)
    sheet.disc(MIDDLE, 252, 86, p.deep, 100)
    sheet.polygon([(MIDDLE - 118, 330), (MIDDLE + 134, 318), (MIDDLE + 40, FLOOR)], p.warm)
    sheet.leaf(MIDDLE - 126, 306, 270, 66, -14, p.warm)
    for x in (-150, -90, -30):
        sheet.disc(MIDDLE + x, 466, 8, p.field)


def sandals(sheet: Sheet, p: Palette) -> None:
    """A pair of sandals from above."""
    for way in (-1, 1):
        x = MIDDLE + way * 92
        sheet.disc(x + way * 6, 214, 72, p.light, 100)
        sheet.disc(x, 404, 60, p.light, 92)
        sheet.polygon(
            [(x + way * 6 - 70, 220), (x + way * 6 + 70, 220), (x + 59, 400), (x - 59, 400)],
            p.light,
        )
        sheet.line([(x - 62, 326), (x + way * 4, 192), (x + 64, 326)], 24, p.deep)
        sheet.disc(x + way * 4, 192, 16, p.warm)


# --- things and places ----------------------------------------------------------------------------


def bag(sheet: Sheet, p: Palette) -> None:
    """A woven bag with a bowed handle."""
    sheet.ring(MIDDLE, 254, 108, 22, p.deep, 140)
    body = [(MIDDLE - 186, 246), (MIDDLE + 186, 246), (MIDDLE + 150, FLOOR), (MIDDLE - 150, FLOOR)]

    def weave(other: Sheet) -> None:
        for row in range(9):
            for column in range(15):
                colour = (p.light, p.warm)[(row + column) % 2]
                left, top = MIDDLE - 210 + 28 * column, 246 + 30 * row
                other.block(left, top, left + 28, top + 30, colour)

    sheet.paste_within(body, weave)
    sheet.block(MIDDLE - 200, 232, MIDDLE + 200, 268, p.deep, 12)


def soap(sheet: Sheet, p: Palette) -> None:
    """A bar of soap with its bubbles."""
    for x, y, r in (
        (-120, 214, 54),
        (-16, 168, 72),
        (96, 226, 48),
        (164, 148, 28),
        (-186, 140, 24),
    ):
        sheet.disc(MIDDLE + x, y, r, p.light)
        sheet.arc(MIDDLE + x, y, r - 12, 8, 190, 270, p.warm)
    sheet.block(MIDDLE - 190, 300, MIDDLE + 190, 452, p.warm, 56)
    sheet.block(MIDDLE - 150, 328, MIDDLE + 150, 424, p.light, 40)
    for angle in (45, 135, 225, 315):
        sheet.leaf(MIDDLE, 376, 50, 28, angle, p.deep)
    sheet.block(MIDDLE - 230, 440, MIDDLE + 230, FLOOR, p.deep, 26)


def chair(sheet: Sheet, p: Palette) -> None:
    """A chair beside a table."""
    for x in (-176, -44):
        sheet.line([(MIDDLE + x, 352), (MIDDLE + x, FLOOR - 7)], 14, p.deep)
    sheet.line([(MIDDLE - 186, 150), (MIDDLE - 176, 352)], 14, p.deep)
    sheet.block(MIDDLE - 200, 140, MIDDLE - 150, 270, p.warm, 14)
    sheet.block(MIDDLE - 200, 338, MIDDLE - 30, 368, p.warm, 10)
    for x in (44, 196):
        sheet.line([(MIDDLE + x, 290), (MIDDLE + x, FLOOR - 7)], 14, p.deep)
    sheet.block(MIDDLE + 4, 268, MIDDLE + 236, 300, p.light, 10)
    sheet.block(MIDDLE + 92, 192, MIDDLE + 148, 268, p.warm, 10)
    for angle in (62, 90, 118):
        sheet.leaf(MIDDLE + 120, 200, 96, 34, angle, p.light)


def shop(sheet: Sheet, p: Palette) -> None:
    """A shop front with its awning."""
    sheet.block(MIDDLE - 190, 240, MIDDLE + 190, FLOOR, p.light)
    sheet.block(MIDDLE - 156, 310, MIDDLE + 20, 430, p.deep, 6)
    sheet.block(MIDDLE + 56, 310, MIDDLE + 156, FLOOR, p.warm, 6)
    sheet.disc(MIDDLE + 136, 410, 8, p.deep)
    for x, high in ((-128, 46), (-82, 70), (-36, 34)):
        sheet.block(MIDDLE + x - 16, 430 - high, MIDDLE + x + 16, 430, p.warm, 4)
    for i in range(7):
        colour = p.light if i % 2 else p.warm
        left = MIDDLE - 224 + 64 * i
        sheet.polygon(
            [(left + 16 - 4 * i, 148), (left + 68 - 4 * i, 148), (left + 64, 250), (left, 250)],
            colour,
        )
        sheet.slice(left + 32, 249, 32, 32, 0, 180, colour)
    sheet.block(MIDDLE - 214, 132, MIDDLE + 214, 154, p.deep, 8)


def book(sheet: Sheet, p: Palette) -> None:
    """An open kitab on its stand."""
    sheet.polygon(
        [(MIDDLE - 150, 352), (MIDDLE - 104, 352), (MIDDLE + 122, FLOOR), (MIDDLE + 66, FLOOR)],
        p.deep,
    )
    sheet.polygon(
        [(MIDDLE + 150, 352), (MIDDLE + 104, 352), (MIDDLE - 122, FLOOR), (MIDDLE - 66, FLOOR)],
        p.deep,
    )
    for way, colour in ((-1, p.light), (1, p.warm)):
        page = [
            (0, 214),
            (60, 180),
            (150, 170),
            (236, 188),
            (236, 356),
            (150, 340),
            (60, 350),
            (0, 384),
        ]
        sheet.polygon([(MIDDLE + way * x, y) for x, y in page], colour)
        for i in range(4):
            y = 222 + 32 * i
            sheet.line(
                [
                    (MIDDLE + way * 58, y + 6),
                    (MIDDLE + way * 130, y - 4),
                    (MIDDLE + way * 200, y + 6),
                ],
                8,
                p.field,
            )
    sheet.line([(MIDDLE, 214), (MIDDLE, 384)], 8, p.deep)


def star(sheet: Sheet, p: Palette) -> None:
    """The eight-pointed star of two squares, as in tile work."""
    for r, colour in ((196, p.light), (160, p.deep), (138, p.warm)):
        for turn in (0, 45):
            corners = [math.radians(turn + 90 * i) for i in range(4)]
            sheet.polygon(
                [(MIDDLE + r * math.cos(a), 304 + r * math.sin(a)) for a in corners], colour
            )
    for i in range(8):
        sheet.leaf(MIDDLE, 304, 88, 44, 22.5 + 45 * i, p.light)
    sheet.disc(MIDDLE, 304, 22, p.deep)
