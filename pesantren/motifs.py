"""The shapes on a drawn product picture: clothes, things and places.

A motif stands on the line y = 500 in the middle of the sheet and is about 360 high.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pesantren.picture_sheet import CHILLI, FLOOR, HEIGHT, LEAF, MIDDLE, SHADE, WATER, WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable

    from pesantren.picture_sheet import Palette, Sheet


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
    _cap(sheet, p)
    for i in range(9):
        x = MIDDLE - 176 + 44 * i
        y = 396 + 34 * math.sqrt(max(0.0, 1 - ((x - MIDDLE) / 204) ** 2))
        for angle in (45, 135, 225, 315):
            sheet.leaf(x, y - 40, 27, 15, angle, p.warm)


def painted_songkok(sheet: Sheet, p: Palette) -> None:
    """A cap painted all round with flowers and tendrils."""
    _cap(sheet, p)
    for i in range(12):
        x = MIDDLE - 176 + 32 * i
        y = 428 - 0.00055 * (x - MIDDLE) ** 2
        sheet.disc(x, y - 26, 6, p.warm)
        sheet.disc(x, y - 156, 6, WATER)
    for x, y, r, colour in ((0, 340, 62, CHILLI), (-112, 330, 50, p.warm), (112, 326, 50, WATER)):
        for i in range(8):
            sheet.leaf(MIDDLE + x, y, r, r * 0.5, 45 * i, p.light if i % 2 else colour)
        sheet.disc(MIDDLE + x, y, r * 0.2, p.deep)
    for x, y, angle in ((-56, 384, 60), (56, 384, 120), (-168, 380, 70), (168, 372, 110)):
        sheet.leaf(MIDDLE + x, y, 56, 24, angle, LEAF)


def _cap(sheet: Sheet, p: Palette) -> None:
    sheet.polygon(
        [(MIDDLE - 176, 212), (MIDDLE + 176, 188), (MIDDLE + 204, 392), (MIDDLE - 204, 392)], p.deep
    )
    sheet.disc(MIDDLE, 392, 204, p.deep, 42)
    sheet.disc(MIDDLE, 200, 177, p.field, 52)
    sheet.disc(MIDDLE, 204, 150, p.deep, 36)
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


def tshirt(sheet: Sheet, p: Palette) -> None:
    """A T-shirt with a print on its chest."""
    for way in (-1, 1):
        sleeve = [(66, 138), (138, 158), (232, 282), (160, 324), (112, 270)]
        sheet.polygon([(MIDDLE + way * x, y) for x, y in sleeve], p.warm)
    body = [(-80, 136), (80, 136), (122, 250), (122, FLOOR), (-122, FLOOR), (-122, 250)]
    sheet.polygon([(MIDDLE + x, y) for x, y in body], p.light)
    sheet.slice(MIDDLE, 132, 62, 56, 0, 180, p.deep)
    sheet.slice(MIDDLE, 132, 46, 40, 0, 180, p.tint)
    for turn in (0, 45):
        corners = [math.radians(turn + 90 * i) for i in range(4)]
        star_points = [(MIDDLE + 70 * math.cos(a), 330 + 70 * math.sin(a)) for a in corners]
        sheet.polygon(star_points, p.deep)
    for i in range(8):
        sheet.leaf(MIDDLE, 330, 46, 22, 22.5 + 45 * i, p.warm)


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


def shell_bag(sheet: Sheet, p: Palette) -> None:
    """A round bag sewn of pieces of coconut shell."""
    sheet.ring(MIDDLE, 226, 112, 22, p.deep, 124)
    sheet.disc(MIDDLE, 344, 176, p.deep, 156)
    for row in range(-3, 4):
        for column in range(-4, 5):
            x, y = 50 * column + (25 if row % 2 else 0), 44 * row
            if (x / 152) ** 2 + (y / 128) ** 2 <= 1:
                colour = p.warm if (column - row // 2) % 3 else p.light
                sheet.disc(MIDDLE + x, 344 + y, 23, colour)
                sheet.slice(MIDDLE + x, 344 + y, 23, 23, 20, 200, SHADE)
                sheet.disc(MIDDLE + x, 344 + y, 5, p.deep)
    sheet.block(MIDDLE - 120, 206, MIDDLE + 120, 236, p.deep, 12)
    sheet.disc(MIDDLE, 222, 24, p.warm)


def keyring(sheet: Sheet, p: Palette) -> None:
    """A ring with a key and a star."""
    sheet.ring(MIDDLE, 178, 72, 16, p.deep)
    sheet.line([(MIDDLE - 46, 234), (MIDDLE - 90, 290)], 12, p.deep)
    sheet.line([(MIDDLE + 46, 234), (MIDDLE + 96, 284)], 12, p.deep)
    sheet.ring(MIDDLE - 104, 304, 52, 22, p.light)
    sheet.block(MIDDLE - 116, 346, MIDDLE - 92, FLOOR - 10, p.light, 6)
    for y in (424, 462):
        sheet.block(MIDDLE - 104, y, MIDDLE - 54, y + 20, p.light, 4)
    for r, colour in ((96, p.light), (80, p.deep), (66, p.warm)):
        for turn in (0, 45):
            corners = [math.radians(turn + 90 * i) for i in range(4)]
            sheet.polygon(
                [(MIDDLE + 116 + r * math.cos(a), 376 + r * math.sin(a)) for a in corners], colour
            )
    for i in range(8):
        sheet.leaf(MIDDLE + 116, 376, 46, 22, 22.5 + 45 * i, p.light)


def washer(sheet: Sheet, p: Palette) -> None:
    """A washing machine at work."""
    sheet.block(MIDDLE - 168, 132, MIDDLE + 168, FLOOR, p.light, 22)
    sheet.block(MIDDLE - 168, 132, MIDDLE + 168, 212, p.warm, 22)
    sheet.block(MIDDLE - 168, 186, MIDDLE + 168, 212, p.warm)
    sheet.block(MIDDLE - 140, 156, MIDDLE - 40, 188, p.light, 8)
    for x in (70, 126):
        sheet.disc(MIDDLE + x, 172, 18, p.deep)
    sheet.disc(MIDDLE, 350, 122, p.deep)
    sheet.disc(MIDDLE, 350, 100, p.light)
    sheet.slice(MIDDLE, 350, 100, 100, -12, 192, WATER)
    for i in range(5):
        sheet.disc(MIDDLE - 76 + 38 * i, 330, 24, WATER if i % 2 else p.light)
    for x, y, r in ((-34, 384, 20), (24, 402, 13), (44, 366, 16), (-4, 284, 12), (30, 296, 8)):
        sheet.ring(MIDDLE + x, y, r, 6, p.deep)


def boat(sheet: Sheet, p: Palette) -> None:
    """A wooden boat on the waves."""
    sheet.line([(MIDDLE - 30, 130), (MIDDLE - 30, 380)], 14, p.deep)
    sheet.polygon([(MIDDLE - 14, 142), (MIDDLE - 14, 330), (MIDDLE + 134, 330)], p.light)
    sheet.polygon([(MIDDLE - 46, 172), (MIDDLE - 46, 330), (MIDDLE - 150, 330)], p.warm)
    hull = [(-236, 336), (-160, 366), (160, 366), (246, 322), (176, 476), (-164, 476)]
    sheet.polygon([(MIDDLE + x, y) for x, y in hull], p.deep)
    stripe = [(-221, 362), (-156, 388), (164, 388), (233, 348), (221, 374), (170, 410), (-160, 410)]
    sheet.polygon([(MIDDLE + x, y) for x, y in [*stripe, (-206, 386)]], p.light)
    for i in range(4):
        sheet.disc(MIDDLE - 96 + 64 * i, 436, 11, p.warm)
    sheet.block(MIDDLE - 256, 470, MIDDLE + 256, FLOOR, WATER, 8)
    for i in range(8):
        sheet.disc(MIDDLE - 224 + 64 * i, 472, 32, WATER, 18)


def notebook(sheet: Sheet, p: Palette) -> None:
    """An exercise book and a pen."""
    sheet.block(MIDDLE - 190, 132, MIDDLE + 76, FLOOR, p.deep, 16)
    sheet.block(MIDDLE - 172, 132, MIDDLE + 76, FLOOR - 16, p.light, 14)
    sheet.block(MIDDLE - 172, 132, MIDDLE - 130, FLOOR - 16, p.warm)
    sheet.block(MIDDLE - 96, 186, MIDDLE + 42, 282, p.warm, 8)
    for y in (214, 250):
        sheet.line([(MIDDLE - 72, y), (MIDDLE + 18, y)], 8, p.deep)
    for i in range(7):
        sheet.block(MIDDLE - 212, 158 + 46 * i, MIDDLE - 152, 172 + 46 * i, p.deep, 7)
    shaft = [(124, 138), (172, 138), (172, 430), (124, 430)]
    sheet.polygon([(MIDDLE + x, y) for x, y in shaft], p.light)
    sheet.block(MIDDLE + 124, 126, MIDDLE + 172, 204, p.warm, 10)
    sheet.block(MIDDLE + 168, 140, MIDDLE + 184, 262, p.deep, 8)
    sheet.block(MIDDLE + 124, 392, MIDDLE + 172, 430, p.deep)
    sheet.polygon([(MIDDLE + 124, 430), (MIDDLE + 172, 430), (MIDDLE + 148, FLOOR)], p.warm)
    sheet.polygon([(MIDDLE + 137, 468), (MIDDLE + 159, 468), (MIDDLE + 148, FLOOR)], p.deep)


def press(sheet: Sheet, p: Palette) -> None:
    """A printing machine, a sheet coming out of it."""
    sheet.block(MIDDLE - 128, 130, MIDDLE + 128, 290, p.light, 8)
    for y in (166, 198):
        sheet.line([(MIDDLE - 92, y), (MIDDLE + 92, y)], 8, p.field)
    sheet.block(MIDDLE - 214, 246, MIDDLE + 214, 430, p.warm, 26)
    sheet.block(MIDDLE - 214, 246, MIDDLE + 214, 300, p.deep, 26)
    for x in (136, 176):
        sheet.disc(MIDDLE + x, 273, 11, p.light)
    sheet.block(MIDDLE - 160, 342, MIDDLE + 160, 368, p.deep, 12)
    sheet.block(MIDDLE - 128, 354, MIDDLE + 128, FLOOR, p.light)
    for angle in (45, 135, 225, 315):
        sheet.leaf(MIDDLE - 70, 424, 52, 30, angle, p.deep)
    for y, end in ((398, 96), (428, 96), (458, 50)):
        sheet.line([(MIDDLE + 4, y), (MIDDLE + end, y)], 9, p.field)


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
