"""The shapes on a drawn product picture: food and drink.

A motif stands on the line y = 500 in the middle of the sheet and is about 360 high.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from pesantren.picture_sheet import (
    CHILLI,
    FLOOR,
    GINGER,
    HEIGHT,
    LEAF,
    MAIZE,
    MIDDLE,
    SHADE,
    WATER,
    WIDTH,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pesantren.picture_sheet import Colour, Palette, Point, Sheet


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


# --- kept on the shelf ----------------------------------------------------------------------------


def besek(sheet: Sheet, p: Palette) -> None:
    """A plaited bamboo box, a leaf under its lid: for food that has no picture of its own."""
    body = [(MIDDLE - 168, 320), (MIDDLE + 168, 320), (MIDDLE + 152, FLOOR), (MIDDLE - 152, FLOOR)]
    lid = [(MIDDLE - 180, 176), (MIDDLE + 180, 176), (MIDDLE + 198, 318), (MIDDLE - 198, 318)]
    sheet.paste_within(body, partial(_plait, p=p))
    sheet.paste_within(lid, partial(_plait, p=p))
    for x, angle, long in ((-70, 222, 150), (-20, 252, 130), (60, 292, 150)):
        sheet.leaf_with_rib(MIDDLE + x, 318, long, 70, angle, (LEAF, p.deep))
    sheet.block(MIDDLE - 206, 304, MIDDLE + 206, 332, p.deep, 12)
    sheet.block(MIDDLE - 190, 162, MIDDLE + 190, 188, p.deep, 12)
    sheet.block(MIDDLE - 168, 482, MIDDLE + 168, FLOOR, p.deep, 8)


def _plait(sheet: Sheet, p: Palette) -> None:
    """Slanting strips of bamboo, one lot over the other."""
    sheet.block(0, 0, WIDTH, HEIGHT, p.deep)
    step, half = 60, 27
    for row in range(HEIGHT // step * 2):
        for column in range(WIDTH // step * 2):
            x, y = column * step / 2, row * step / 2
            if (row + column) % 2:
                continue
            colour = p.light if row % 2 else p.warm
            corners = [(x, y - half), (x + half, y), (x, y + half), (x - half, y)]
            sheet.polygon(corners, colour)


def salt(sheet: Sheet, p: Palette) -> None:
    """A white heap on a tray, with a scoop and coarse grains."""
    slope = [
        (MIDDLE + x, 470 - 290 * math.cos(math.pi * x / 400) ** 1.5) for x in range(-200, 201, 5)
    ]
    sheet.line([(MIDDLE + 70, 300), (MIDDLE + 196, 158)], 26, p.deep)
    sheet.polygon(slope, p.light)
    shade = [point for point in slope if point[0] >= MIDDLE]
    sheet.polygon([*shade, (MIDDLE - 44, 470), (MIDDLE + 18, 330)], SHADE)
    for x, y in ((-96, 410), (-52, 330), (-24, 250), (-30, 426), (60, 400), (108, 440), (40, 310)):
        sheet.leaf(MIDDLE + x, y + 11, 22, 16, 90, p.deep if x > 0 else SHADE)
    for x, r in ((-182, 34), (-116, 24), (166, 38)):
        _cube(sheet, MIDDLE + x, 476 - r, r, (p.light, SHADE, p.warm))
    sheet.block(MIDDLE - 244, 464, MIDDLE + 244, FLOOR, p.deep, 14)


def _cube(sheet: Sheet, x: float, y: float, r: float, colours: Sequence[Colour]) -> None:
    """A cube seen over one corner: its top, left and right."""
    a, b = r * 0.87, r * 0.5
    sheet.polygon([(x, y - r), (x + a, y - b), (x, y), (x - a, y - b)], colours[0])
    sheet.polygon([(x - a, y - b), (x, y), (x, y + r), (x - a, y + b)], colours[1])
    sheet.polygon([(x + a, y - b), (x, y), (x, y + r), (x + a, y + b)], colours[2])


def cheese(sheet: Sheet, p: Palette) -> None:
    """A wedge with holes, and a white ball."""
    tip, back, near = (MIDDLE - 214, 316), (MIDDLE + 96, 176), (MIDDLE + 206, 274)
    foot = [(MIDDLE + 206, 474), (MIDDLE - 214, 474)]
    sheet.polygon([tip, back, near], p.light)
    sheet.polygon([tip, near, *foot], p.warm)
    for x, y, rx, ry in (
        (-80, 366, 34, 32),
        (44, 336, 22, 21),
        (140, 344, 34, 36),
        (20, 416, 18, 17),
    ):
        sheet.disc(MIDDLE + x, y, rx, p.deep, ry)
    for x, y, rx in ((44, 240, 34), (116, 244, 20), (-60, 286, 24)):
        sheet.disc(MIDDLE + x, y, rx, p.warm, rx * 0.46)
    sheet.disc(MIDDLE + 128, 420, 74, p.deep, 66)
    sheet.disc(MIDDLE + 128, 420, 66, p.light, 58)
    sheet.arc(MIDDLE + 128, 420, 44, 8, 20, 80, SHADE)
    sheet.block(MIDDLE - 256, 466, MIDDLE + 256, FLOOR, p.deep, 14)


def peanuts(sheet: Sheet, p: Palette) -> None:
    """A heap of pods, one of them open."""
    for x, y, turn, colour in (
        (-4, 214, 16, p.light),
        (-92, 318, -14, p.warm),
        (92, 312, 12, p.light),
        (-168, 430, 10, p.light),
        (168, 430, -12, p.warm),
    ):
        _pod(sheet, (MIDDLE + x, y), 80, turn, (p.deep, colour))
    _pod(sheet, (MIDDLE, 434), 88, 4, (p.deep, p.light))
    _pod(sheet, (MIDDLE, 434), 74, 4, (p.deep, p.deep))
    for x, y in ((-48, 437), (48, 431)):
        sheet.disc(MIDDLE + x, y, 36, p.warm, 30)
        sheet.arc(MIDDLE + x, y, 22, 6, 190, 260, p.light)


def _pod(sheet: Sheet, at: Point, size: float, turn: float, colours: Sequence[Colour]) -> None:
    """A peanut in its shell: an edge, and the shell with its dimples."""
    a = math.radians(turn)

    def spot(along: float, across: float, r: float, colour: Colour) -> None:
        x = at[0] + size * (along * math.cos(a) + across * math.sin(a))
        y = at[1] + size * (across * math.cos(a) - along * math.sin(a))
        sheet.disc(x, y, r, colour)

    for grow, colour in ((7, colours[0]), (0, colours[1])):
        for along, r in ((-0.62, 0.58), (-0.3, 0.5), (0, 0.46), (0.3, 0.48), (0.58, 0.54)):
            spot(along, 0, size * r + grow, colour)
    for along in (-0.9, -0.5, -0.05, 0.4, 0.8):
        for across in (-0.24, 0.1):
            spot(along + across / 3, across, 5, colours[0])


def bananas(sheet: Sheet, p: Palette) -> None:
    """A hand of bananas with crisps cut from them."""
    for deep, colour in ((262, p.warm), (186, p.light), (110, p.warm)):
        for grow, paint in ((8, p.deep), (0, colour)):
            spine = []
            for i in range(121):
                a = math.radians(184 - 150 * i / 120)
                spine.append((MIDDLE + 10 + 170 * math.cos(a), 156 + deep * math.sin(a)))
            for i, (x, y) in enumerate(spine):
                sheet.disc(
                    x, y, 6 + 36 * math.sin(math.pi * min(1, i / 120 + 0.06)) ** 0.6 + grow, paint
                )
        sheet.disc(*spine[-1], 13, p.deep)
    sheet.line([(MIDDLE - 160, 168), (MIDDLE - 176, 112)], 34, p.deep)
    for i in range(6):
        x, y = MIDDLE - 200 + 80 * i, 450 + (i % 2) * 8
        sheet.disc(x, y, 54, p.deep, 46)
        sheet.disc(x, y, 47, p.light if i % 2 else p.warm, 39)
        sheet.ring(x, y, 32, 4, p.warm if i % 2 else p.light, 25)
        for angle in (90, 210, 330):
            sheet.leaf(x, y, 20, 9, angle, p.deep)


def coconut(sheet: Sheet, p: Palette) -> None:
    """A young coconut opened for drinking, and a glass of its jelly."""
    sheet.line([(MIDDLE - 60, 270), (MIDDLE - 4, 132), (MIDDLE + 40, 124)], 16, p.deep)
    sheet.disc(MIDDLE - 86, 362, 158, LEAF, 138)
    sheet.slice(MIDDLE - 86, 362, 158, 138, 90, 214, p.deep)
    sheet.disc(MIDDLE - 70, 362, 142, LEAF, 138)
    sheet.disc(MIDDLE - 80, 262, 106, p.deep, 44)
    sheet.disc(MIDDLE - 80, 258, 100, p.light, 40)
    sheet.disc(MIDDLE - 80, 264, 70, WATER, 24)
    sheet.line([(MIDDLE - 66, 268), (MIDDLE - 34, 190)], 16, p.deep)
    glass = [(58, 300), (222, 300), (200, FLOOR), (80, FLOOR)]
    sheet.polygon([(MIDDLE + x, y) for x, y in glass], p.deep)
    jelly = [(67, 308), (213, 308), (193, FLOOR - 8), (87, FLOOR - 8)]
    sheet.polygon([(MIDDLE + x, y) for x, y in jelly], WATER)
    for x, y in ((110, 456), (168, 448), (138, 400), (186, 388), (98, 384), (142, 340)):
        _cube(sheet, MIDDLE + x, y, 29, (p.light, SHADE, p.light))
    sheet.block(MIDDLE + 50, 292, MIDDLE + 230, 310, p.deep, 9)


def tofu(sheet: Sheet, p: Palette) -> None:
    """Blocks of tofu, and a tempe cut open."""
    for x, y in ((-176, 396), (-62, 396), (-119, 298)):
        _cube(sheet, MIDDLE + x, y, 76, (p.deep, p.deep, p.deep))
        _cube(sheet, MIDDLE + x, y, 68, (p.light, SHADE, p.warm))
    sheet.block(MIDDLE + 20, 246, MIDDLE + 216, 476, p.deep, 26)
    sheet.block(MIDDLE + 28, 254, MIDDLE + 208, 476, SHADE, 22)
    for row in range(6):
        for column in range(4 - row % 2):
            bean = (MIDDLE + 54 + 43 * column + 21 * (row % 2), 280 + 35 * row)
            sheet.disc(*bean, 19, p.warm, 14)
            sheet.arc(*bean, 8, 4, 200, 320, p.light)
    sheet.block(MIDDLE - 256, 466, MIDDLE + 256, FLOOR, p.deep, 14)


def nuggets(sheet: Sheet, p: Palette) -> None:
    """Crumbed pieces heaped on a plate."""
    for count, y in ((4, 430), (3, 356), (2, 282), (1, 208)):
        for i in range(count):
            x = MIDDLE + (i - (count - 1) / 2) * 112
            sheet.block(x - 62, y - 44, x + 62, y + 44, p.deep, 40)
            colour, crumb = (p.warm, p.light) if (i + count) % 2 else (p.light, p.warm)
            sheet.block(x - 55, y - 37, x + 55, y + 37, colour, 34)
            for dx, dy in ((-32, -8), (-12, 16), (4, -18), (24, 8), (36, -14), (-2, 0)):
                sheet.disc(x + dx, y + dy, 5, crumb)
    sheet.block(MIDDLE - 262, 464, MIDDLE + 262, FLOOR, p.deep, 18)


def chillies(sheet: Sheet, p: Palette) -> None:
    """Three red chillies on their twig."""
    sheet.line([(MIDDLE - 150, 128), (MIDDLE + 150, 116)], 14, p.deep)
    for x, angle in ((-140, 196), (140, 8), (-60, 38), (70, 142)):
        sheet.leaf_with_rib(MIDDLE + x, 122, 110, 56, angle, (p.light, LEAF))
    for x, y, long, turn in ((-120, 196, 250, -12), (120, 190, 260, 12), (0, 206, 280, 4)):
        sheet.line([(MIDDLE + x * 0.86, 122), (MIDDLE + x, y)], 12, p.deep)
        _chilli(sheet, (MIDDLE + x, y), long, turn, (CHILLI, p.light, LEAF))


def _chilli(sheet: Sheet, at: Point, length: float, turn: float, colours: Sequence[Colour]) -> None:
    """A pod hanging from `at`, its tip bent: its skin, its shine and its cap."""
    a = math.radians(turn)
    for colour, first, last in ((colours[0], 0, 80), (colours[1], 12, 44)):
        for i in range(first, last + 1):
            t = i / 80
            down, side = length * t, length * 0.24 * t**3 * (-1 if turn < 0 else 1)
            r = max(3.0, length * 0.15 * (1 - t**2.2))
            shine = first > 0
            if shine:
                side -= r * 0.45
            x = at[0] + down * math.sin(a) + side * math.cos(a)
            y = at[1] + down * math.cos(a) - side * math.sin(a)
            sheet.disc(x, y, length * 0.016 if shine else r, colour)
    sheet.disc(at[0], at[1] - 4, length * 0.155, colours[2], length * 0.09)


# --- to drink -------------------------------------------------------------------------------------


def teapot(sheet: Sheet, p: Palette) -> None:
    """A pot of tea, a leaf on its side."""
    spout = [(-100, 330), (-196, 232), (-238, 240), (-214, 276), (-150, 430), (-90, 450)]
    sheet.polygon([(MIDDLE + x, y) for x, y in spout], p.warm)
    sheet.ring(MIDDLE + 138, 346, 88, 26, p.deep)
    sheet.disc(MIDDLE, 356, 162, p.light, 130)
    sheet.slice(MIDDLE, 356, 162, 130, 90, 270, p.warm)
    sheet.disc(MIDDLE, 236, 98, p.deep, 24)
    sheet.slice(MIDDLE, 236, 88, 58, 180, 360, p.light)
    sheet.slice(MIDDLE, 236, 88, 58, 180, 270, p.warm)
    sheet.disc(MIDDLE, 170, 20, p.deep)
    for angle in (40, 90, 140):
        sheet.leaf(MIDDLE, 420, 112, 44, angle, p.deep)
    sheet.block(MIDDLE - 220, 474, MIDDLE + 220, FLOOR, p.deep, 13)


def ginger(sheet: Sheet, p: Palette) -> None:
    """A glass of wedang, steaming, and the root it is made of."""
    _steam(sheet, MIDDLE - 90, 226, p.light)
    sheet.ring(MIDDLE - 194, 362, 62, 22, p.light)
    glass = [(-190, 250), (10, 250), (-10, 480), (-170, 480)]
    sheet.polygon([(MIDDLE + x, y) for x, y in glass], p.light)
    drink = [(-174, 296), (-6, 296), (-22, 468), (-158, 468)]
    sheet.polygon([(MIDDLE + x, y) for x, y in drink], GINGER)
    for x, y in ((-116, 340), (-64, 386), (-112, 430)):
        sheet.disc(MIDDLE + x, y, 26, p.light)
        sheet.ring(MIDDLE + x, y, 18, 4, GINGER)
    root = (
        (84, 440, 54, 38),
        (160, 420, 60, 44),
        (128, 356, 38, 48),
        (222, 388, 42, 36),
        (204, 446, 40, 30),
    )
    for grow, colour in ((8, p.deep), (0, GINGER)):
        for x, y, rx, ry in root:
            sheet.disc(MIDDLE + x, y, rx + grow, colour, ry + grow)
    for x, y, rx, ry in ((128, 324, 24, 12), (236, 368, 20, 12), (58, 440, 14, 20)):
        sheet.disc(MIDDLE + x, y, rx, p.light, ry)
    for x, y in ((120, 382), (150, 444), (196, 410)):
        sheet.arc(MIDDLE + x, y, 28, 6, 30, 120, p.deep)
    sheet.block(MIDDLE - 230, 474, MIDDLE + 262, FLOOR, p.deep, 13)


def _flask(sheet: Sheet, p: Palette, x: float) -> None:
    """A bottle, its label still bare."""
    sheet.block(x - 34, 96, x + 34, 150, p.deep, 10)
    sheet.block(x - 28, 140, x + 28, 220, p.light)
    sheet.block(x - 82, 190, x + 82, FLOOR, p.light, 48)
    sheet.block(x - 82, 290, x + 82, 420, p.deep)


def _tumblers(sheet: Sheet, p: Palette, drink: Colour) -> None:
    """A glass on either side."""
    for x in (-176, 176):
        glass = [(x - 62, 312), (x + 62, 312), (x + 48, FLOOR), (x - 48, FLOOR)]
        sheet.polygon([(MIDDLE + a, b) for a, b in glass], p.light)
        filled = [(x - 55, 372), (x + 55, 372), (x + 44, FLOOR - 6), (x - 44, FLOOR - 6)]
        sheet.polygon([(MIDDLE + a, b) for a, b in filled], drink)


def bottle(sheet: Sheet, p: Palette) -> None:
    """A bottle of water between two glasses."""
    _tumblers(sheet, p, WATER)
    _flask(sheet, p, MIDDLE)
    sheet.disc(MIDDLE, 368, 34, WATER)
    sheet.polygon([(MIDDLE - 31, 354), (MIDDLE, 302), (MIDDLE + 31, 354)], WATER)


def syrup(sheet: Sheet, p: Palette) -> None:
    """A bottle of syrup, a cut fruit on its label, between two glasses."""
    _tumblers(sheet, p, MAIZE)
    _flask(sheet, p, MIDDLE)
    sheet.block(MIDDLE - 20, 158, MIDDLE + 20, 230, MAIZE, 8)
    sheet.disc(MIDDLE, 355, 54, p.light)
    sheet.disc(MIDDLE, 355, 42, p.warm)
    for i in range(7):
        sheet.leaf(MIDDLE, 355, 34, 14, 90 + 360 / 7 * i, p.deep)


def sauce(sheet: Sheet, p: Palette) -> None:
    """A bottle of sambal among chillies."""
    for x, turn in ((-168, -8), (168, 8)):
        _chilli(sheet, (MIDDLE + x, 266), 222, turn, (p.deep, p.warm, LEAF))
    _flask(sheet, p, MIDDLE)
    sheet.block(MIDDLE - 20, 158, MIDDLE + 20, 276, CHILLI, 8)
    _chilli(sheet, (MIDDLE - 6, 314), 92, 14, (CHILLI, p.light, LEAF))


def coconut_water(sheet: Sheet, p: Palette) -> None:
    """A bottle between the halves of a coconut."""
    for x in (-150, 150):
        sheet.disc(MIDDLE + x, 396, 112, p.deep, 104)
        sheet.disc(MIDDLE + x, 396, 94, p.light, 86)
        sheet.disc(MIDDLE + x, 396, 66, SHADE, 58)
        sheet.disc(MIDDLE + x, 406, 58, WATER, 46)
    sheet.block(MIDDLE - 92, 182, MIDDLE + 92, FLOOR, p.deep, 54)
    _flask(sheet, p, MIDDLE)
    sheet.disc(MIDDLE, 368, 34, WATER)
    sheet.polygon([(MIDDLE - 31, 354), (MIDDLE, 302), (MIDDLE + 31, 354)], WATER)


def juice(sheet: Sheet, p: Palette) -> None:
    """A tall glass with a straw and a slice on its rim."""
    sheet.line([(MIDDLE + 10, 440), (MIDDLE + 66, 124), (MIDDLE + 130, 112)], 16, p.deep)
    glass = [(-118, 196), (118, 196), (88, FLOOR), (-88, FLOOR)]
    sheet.polygon([(MIDDLE + x, y) for x, y in glass], p.light)
    drink = [(-102, 256), (102, 256), (78, FLOOR - 14), (-78, FLOOR - 14)]
    sheet.polygon([(MIDDLE + x, y) for x, y in drink], p.warm)
    sheet.disc(MIDDLE - 112, 214, 84, p.deep)
    sheet.disc(MIDDLE - 112, 214, 74, p.light)
    for i in range(8):
        sheet.leaf(MIDDLE - 112, 214, 64, 40, 22.5 + 45 * i, p.warm)


def noni(sheet: Sheet, p: Palette) -> None:
    """A bottle of noni juice beside the knobbed fruit."""
    _flask(sheet, p, MIDDLE - 112)
    for angle in (30, 90, 150):
        sheet.leaf(MIDDLE - 112, 402, 92, 40, angle, p.warm)
    sheet.leaf_with_rib(MIDDLE + 96, 236, 190, 84, 34, (p.light, p.deep))
    sheet.leaf_with_rib(MIDDLE + 96, 236, 150, 74, 116, (p.deep, p.light))
    x, y = MIDDLE + 104, 362
    for grow, colour in ((10, p.deep), (0, p.light)):
        sheet.disc(x, y, 96 + grow, colour, 118 + grow)
        for i in range(14):
            turn = math.tau * i / 14
            sheet.disc(x + 88 * math.cos(turn), y + 108 * math.sin(turn), 22 + grow, colour)
    for row in range(5):
        for column in range(4 - row % 2):
            dx, dy = 48 * column - 72 + 24 * (row % 2), 48 * row - 96
            if (dx / 104) ** 2 + (dy / 124) ** 2 < 1:
                sheet.ring(x + dx, y + dy, 18, 5, p.tint)
                sheet.disc(x + dx, y + dy, 6, p.deep)
