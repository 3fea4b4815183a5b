"""The shapes on a drawn product picture: what grows on a field or in a garden.

A motif stands on the line y = 500 in the middle of the sheet and is about 360 high.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pesantren.picture_sheet import FLOOR, HEIGHT, LEAF, MAIZE, MIDDLE, SHADE, WIDTH

if TYPE_CHECKING:
    from pesantren.picture_sheet import Palette, Point, Sheet


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


def cob(sheet: Sheet, p: Palette) -> None:
    """An ear of maize in its husk."""
    for angle in (48, 132):
        sheet.leaf_with_rib(MIDDLE, FLOOR, 300, 104, angle, (p.light, LEAF))
    grain = [(MIDDLE + x, y) for x, y in _ellipse(0, 308, 92, 190)]
    sheet.disc(MIDDLE, 308, 100, p.deep, 198)

    def kernels(other: Sheet) -> None:
        other.block(0, 0, WIDTH, HEIGHT, p.deep)
        for row in range(13):
            for column in range(-3, 4):
                x, y = MIDDLE + 31 * column, 126 + 32 * row
                colour = SHADE if (row + column) % 3 == 0 else MAIZE
                other.block(x - 14, y - 15, x + 14, y + 15, colour, 11)

    sheet.paste_within(grain, kernels)
    sheet.leaf_with_rib(MIDDLE - 26, FLOOR + 4, 250, 120, 112, (p.warm, p.light))
    sheet.leaf_with_rib(MIDDLE + 26, FLOOR + 4, 250, 120, 68, (p.light, p.warm))


def _ellipse(x: float, y: float, rx: float, ry: float) -> list[Point]:
    turns = [math.tau * i / 60 for i in range(60)]
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in turns]


def orchid(sheet: Sheet, p: Palette) -> None:
    """An orchid in its pot, three flowers on a bent stem."""
    for angle, long in ((22, 210), (158, 210), (44, 170), (136, 170)):
        sheet.leaf_with_rib(MIDDLE, 424, long, 62, angle, (LEAF, p.deep))
    stem = [
        (MIDDLE - 20 + 150 * math.sin(t) - 90 * t, 424 - 300 * math.sin(t * 0.86))
        for t in (2.5 * i / 24 for i in range(25))
    ]
    sheet.line(stem, 10, p.deep)
    for x, y, r in ((-118, 214, 104), (118, 274, 88), (40, 148, 94)):
        for angle in (90, 214, 326):
            sheet.leaf(MIDDLE + x, y, r, r * 0.5, angle, p.warm)
        for angle in (12, 168):
            sheet.leaf(MIDDLE + x, y, r * 1.08, r * 0.92, angle, p.light)
        sheet.leaf(MIDDLE + x, y - 8, r * 0.66, r * 0.5, 270, p.deep)
        sheet.disc(MIDDLE + x, y - 4, r * 0.13, p.warm)
    pot = [(-92, 420), (92, 420), (68, FLOOR), (-68, FLOOR)]
    sheet.polygon([(MIDDLE + x, y) for x, y in pot], p.warm)
    sheet.block(MIDDLE - 106, 402, MIDDLE + 106, 434, p.deep, 10)


def melon(sheet: Sheet, p: Palette) -> None:
    """A netted melon and a slice of it."""
    x, y = MIDDLE - 66, 336
    sheet.line([(x - 34, 158), (x + 34, 158)], 14, p.deep)
    sheet.line([(x, 158), (x, 200)], 16, p.deep)
    sheet.disc(x, y, 168, p.deep, 164)
    sheet.disc(x, y, 160, p.light, 156)
    for r in (44, 88, 128):
        sheet.ring(x, y, r, 6, LEAF, 156)
    for i in range(9):
        top, lean = y - 128 + 32 * i, 14 if i % 2 else -14
        half = 156 * math.sqrt(max(0.0, 1 - ((top - y) / 160) ** 2))
        sheet.line([(x - half, top + lean), (x, top - lean), (x + half, top + lean)], 5, LEAF)
    sheet.slice(MIDDLE + 96, 336, 170, 164, 0, 180, p.deep)
    sheet.slice(MIDDLE + 96, 336, 158, 152, 0, 180, p.light)
    sheet.slice(MIDDLE + 96, 336, 140, 134, 0, 180, MAIZE)
    sheet.slice(MIDDLE + 96, 336, 62, 56, 0, 180, p.light)
    for angle in (200, 235, 270, 305, 340):
        turn = math.radians(angle)
        sheet.leaf(
            MIDDLE + 96 + 30 * math.cos(turn), 338 - 28 * math.sin(turn), 22, 10, angle, p.deep
        )


def sack(sheet: Sheet, p: Palette) -> None:
    """A tied sack, a seedling on it."""
    neck = [(-104, 120), (-40, 142), (40, 142), (104, 120), (62, 206), (-62, 206)]
    sheet.polygon([(MIDDLE + x, y) for x, y in neck], p.warm)
    body = [(-62, 200), (62, 200), (150, 268), (172, 400), (156, 476), (110, FLOOR)]
    outline = [*body, *((-x, y) for x, y in reversed(body))]
    sheet.polygon([(MIDDLE + x, y) for x, y in outline], p.light)
    half = [*body, (0, FLOOR), (0, 200)]
    sheet.polygon([(MIDDLE + x, y) for x, y in half], SHADE)
    sheet.block(MIDDLE - 78, 188, MIDDLE + 78, 214, p.deep, 12)
    sheet.line([(MIDDLE, 444), (MIDDLE, 330)], 12, p.deep)
    for angle in (34, 146):
        sheet.leaf_with_rib(MIDDLE, 372, 124, 62, angle, (LEAF, p.deep))
    sheet.block(MIDDLE - 74, 438, MIDDLE + 74, 454, p.deep, 8)


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
