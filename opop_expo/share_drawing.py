"""Draws the pictures of 1200 × 630 that a messenger shows beside a link to the portal.

A stall seen from the front: the awning above, gringsing batik on dark cloth, what is sold to the
right, its ticket below. Everything that counts stays clear of the edges, which some apps cut.
"""

from __future__ import annotations

import io
import math
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont, ImageOps

from pesantren.picture_sheet import Sheet
from pesantren.pictures import draw_scene

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PIL.ImageFont import FreeTypeFont

    from opop_expo.share_pictures import Scene, SharePicture
    from pesantren.picture_sheet import Colour

WIDTH, HEIGHT = 1200, 630
MAX_BYTES = 100_000
AWNING = 54
LEFT, TEXT = 64, 548
# Where the goods are.
SHELF = (664, AWNING, WIDTH, HEIGHT)

# As in static/css/tokens.css.
PINE_900: Colour = (11, 46, 36)
PINE_800: Colour = (15, 63, 49)
PINE_700: Colour = (20, 84, 63)
TURMERIC: Colour = (232, 154, 28)
TURMERIC_PALE: Colour = (247, 199, 102)
BRICK: Colour = (181, 67, 42)
CREAM: Colour = (251, 245, 233)
CREAM_DIM: Colour = (208, 214, 200)

FONT = Path(settings.BASE_DIR, "static", "fonts", "plus-jakarta-sans-latin-wght-normal.woff2")


def draw_share_picture(picture: SharePicture, read: Callable[[str], bytes]) -> bytes:
    """A JPEG of at most 100 KB, the same for the same words; `read` gives a photo by its name."""
    image = _cloth().copy()
    if picture.scenes:
        _lay_out(image, picture.scenes, read)
    else:
        image.paste(_emblem(), SHELF[:2])
    image.paste(_awning(), (0, 0), _awning_mask())
    _write(image, picture)
    return _encoded(image)


# --- words ----------------------------------------------------------------------------------------


def _write(image: Image.Image, picture: SharePicture) -> None:
    draw = ImageDraw.Draw(image)
    top = AWNING + 44.0
    eyebrow = _fitted(picture.edition, (29, 26, 23, 20), TEXT, 1, weight=650)
    top = _lines(draw, eyebrow, top, TURMERIC_PALE) + 20
    bottom = HEIGHT - 56.0
    if picture.code or picture.price or picture.note:
        bottom = _foot(image, draw, picture)
    # First what is smaller, so that the name knows its room.
    below = _fitted(picture.below, (34, 31, 28, 25), TEXT, 2, weight=480) if picture.below else None
    room = bottom - 30 - top - (_height(below) + 18 if below else 0)
    for size in range(104, 31, -4):
        name = _fitted(picture.title, (size,), TEXT, 4)
        if _height(name) <= room and not name.is_cut:
            break
    top = _lines(draw, name, top, CREAM) + 18
    if below:
        _lines(draw, below, top, CREAM_DIM)


def _foot(image: Image.Image, draw: ImageDraw.ImageDraw, picture: SharePicture) -> float:
    """Ticket and price on the lower edge; answers where they begin."""
    x, top = float(LEFT), HEIGHT - 56 - 92.0
    if picture.code:
        ticket = _ticket(picture.code)
        image.paste(ticket, (LEFT, int(top)), _ticket_mask(ticket.size))
        x += ticket.width + 26
    room = LEFT + TEXT - x
    if picture.price:
        unit = f" {picture.unit}" if picture.unit else ""
        for size in range(52, 25, -2):
            bold, small = _font(size, 800), _font(round(size * 0.48), 500)
            if bold.getlength(picture.price) + small.getlength(unit) <= room:
                break
        base = top + 56
        draw.text((x, base), picture.price, font=bold, fill=TURMERIC_PALE, anchor="ls")
        if bold.getlength(picture.price) + small.getlength(unit) <= room:
            after = x + bold.getlength(picture.price)
            draw.text((after, base), unit, font=small, fill=CREAM_DIM, anchor="ls")
        if picture.note:
            note = _fitted(picture.note, (21, 19, 17), room, 1, weight=480)
            _lines(draw, note, top + 72, CREAM_DIM, left=x)
    elif picture.note:
        note = _fitted(picture.note, (26, 23, 21), room, 3, weight=480)
        _lines(draw, note, top + (92 - _height(note)) / 2, CREAM_DIM, left=x)
    return top


class _Fitted:
    """Words broken into lines of one size."""

    def __init__(self, lines: list[str], size: int, weight: int, *, is_cut: bool) -> None:
        self.lines, self.size, self.weight, self.is_cut = lines, size, weight, is_cut


def _fitted(
    text: str, sizes: Sequence[int], width: float, most: int, *, weight: int = 780
) -> _Fitted:
    """The text in the first of the sizes in which it fits `most` lines, else cut in the last."""
    lines: list[str] = []
    for size in sizes:
        font = _font(size, weight)
        lines = _broken(text, font, width)
        if len(lines) <= most and all(font.getlength(line) <= width for line in lines):
            return _Fitted(lines, size, weight, is_cut=False)
    last = " ".join(lines[most - 1 :])
    while last and font.getlength(f"{last}…") > width:
        last = last[:-1].rstrip()
    return _Fitted([*lines[: most - 1], f"{last}…"], sizes[-1], weight, is_cut=True)


def _broken(text: str, font: FreeTypeFont, width: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines


def _height(fitted: _Fitted) -> float:
    return len(fitted.lines) * fitted.size * 1.18


def _lines(
    draw: ImageDraw.ImageDraw, fitted: _Fitted, top: float, colour: Colour, *, left: float = LEFT
) -> float:
    font = _font(fitted.size, fitted.weight)
    for line in fitted.lines:
        draw.text((left, top + fitted.size * 0.9), line, font=font, fill=colour, anchor="ls")
        top += fitted.size * 1.18
    return top


@lru_cache(maxsize=64)
def _font(size: int, weight: int = 780) -> FreeTypeFont:
    font = ImageFont.truetype(FONT, size)
    font.set_variation_by_axes([weight])
    return font


# --- goods ----------------------------------------------------------------------------------------


def _lay_out(image: Image.Image, scenes: Sequence[Scene], read: Callable[[str], bytes]) -> None:
    """One thing large, two above each other, four in a square; of three the first is larger."""
    left, top, right, bottom = SHELF
    wide, high, gap = right - left, bottom - top, 8
    half_wide, half_high = (wide - gap) // 2, (high - gap) // 2
    low, far = top + half_high + gap, left + half_wide + gap
    boxes = {
        1: [(left, top, wide, high)],
        2: [(left, top, wide, half_high), (left, low, wide, half_high)],
        3: [
            (left, top, wide, half_high),
            (left, low, half_wide, half_high),
            (far, low, half_wide, half_high),
        ],
        4: [
            (left, top, half_wide, half_high),
            (far, top, half_wide, half_high),
            (left, low, half_wide, half_high),
            (far, low, half_wide, half_high),
        ],
    }[min(len(scenes), 4)]
    for scene, (x, y, width, height) in zip(scenes, boxes, strict=False):
        fitted = ImageOps.fit(_seen(scene, read), (width, height), Image.Resampling.LANCZOS)
        image.paste(fitted, (x, y))


def _seen(scene: Scene, read: Callable[[str], bytes]) -> Image.Image:
    """The photo; the drawing where there is none or it cannot be read."""
    if scene.photo:
        try:
            photo: Image.Image = Image.open(io.BytesIO(read(scene.photo)))
            photo.draft("RGB", (WIDTH, HEIGHT))
            if "A" in photo.mode or "transparency" in photo.info:
                ground = Image.new("RGBA", photo.size, "white")
                photo = Image.alpha_composite(ground, photo.convert("RGBA"))
            return photo.convert("RGB")
        except (OSError, Image.DecompressionBombError):
            pass
    return draw_scene(name=scene.name, category_slug=scene.category)


# --- what is the same on all of them --------------------------------------------------------------


@lru_cache(maxsize=1)
def _cloth() -> Image.Image:
    """Gringsing on pine, faint enough to write on."""
    sheet = Sheet(PINE_900, WIDTH, HEIGHT)
    _gringsing(sheet, PINE_800, PINE_900, 0, SHELF[0])
    return sheet.finished()


@lru_cache(maxsize=1)
def _emblem() -> Image.Image:
    """Where nothing is sold yet: the arch of a pesantren's door with the star of eight points."""
    width, height = SHELF[2] - SHELF[0], SHELF[3] - SHELF[1]
    sheet = Sheet(PINE_700, width, height)
    _gringsing(sheet, (27, 107, 80), PINE_700, 0, width)
    middle, spring = width / 2, 250.0
    for half, top, colour in ((210, 36, TURMERIC), (188, 66, CREAM)):
        left = [
            (middle - half * math.cos(t) ** 1.35, spring - (spring - top) * math.sin(t) ** 1.15)
            for t in (math.pi / 2 * i / 30 for i in range(31))
        ]
        right = [(2 * middle - x, y) for x, y in reversed(left)]
        sheet.polygon([(middle - half, height), *left, *right, (middle + half, height)], colour)
    _star(sheet, middle, 352, 132, PINE_700)
    _star(sheet, middle, 352, 66, TURMERIC)
    sheet.disc(middle, 352, 19, CREAM)
    return sheet.finished()


def _star(sheet: Sheet, x: float, y: float, radius: float, colour: Colour) -> None:
    """Two squares, one turned by an eighth."""
    for turn in (0, 45):
        corners = [math.radians(turn + 90 * i) for i in range(4)]
        sheet.polygon(
            [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in corners], colour
        )


def _gringsing(sheet: Sheet, colour: Colour, ground: Colour, left: float, right: float) -> None:
    """Scales, each with its dots, from the lowest row up, so that each row lies over the next."""
    scale = 46
    for row in range(HEIGHT // scale + 1, -2, -1):
        for column in range(int((right - left) / scale / 2) + 2):
            x, y = left + (2 * column + row % 2) * scale, row * scale
            if x > right + scale:
                continue
            sheet.disc(x, y, scale, colour)
            sheet.disc(x, y, scale - 4, ground)
            for step in range(1, 9):
                angle = math.pi / 9 * step
                sheet.disc(x + 31 * math.cos(angle), y + 31 * math.sin(angle), 2.6, colour)
            sheet.leaf(x, y + 7, 18, 9, 270, colour)


_STRIPE = 60


@lru_cache(maxsize=1)
def _awning() -> Image.Image:
    sheet = Sheet(CREAM, WIDTH, AWNING + _STRIPE // 2)
    for place in range(WIDTH // _STRIPE):
        if place % 2 == 0:
            colour = BRICK if place % 4 == 0 else TURMERIC
            sheet.block(place * _STRIPE, 0, (place + 1) * _STRIPE, AWNING + _STRIPE, colour)
    return sheet.finished()


@lru_cache(maxsize=1)
def _awning_mask() -> Image.Image:
    """Straight above, a scallop under each stripe."""
    sheet = Sheet((0, 0, 0), WIDTH, AWNING + _STRIPE // 2)
    sheet.block(0, 0, WIDTH, AWNING - _STRIPE / 2 + 8, (255, 255, 255))
    for place in range(WIDTH // _STRIPE):
        x = place * _STRIPE + _STRIPE / 2
        sheet.disc(x, AWNING - _STRIPE / 2 + 8, _STRIPE / 2, (255, 255, 255), ry=26)
    return sheet.finished().convert("L")


def _ticket(code: str) -> Image.Image:
    font = _font(56, 800)
    width = max(132, round(font.getlength(code)) + 64)
    image = Image.new("RGB", (width, 92), CREAM)
    draw = ImageDraw.Draw(image)
    draw.text((width / 2, 47), code, font=font, fill=PINE_800, anchor="mm")
    return image


def _ticket_mask(size: tuple[int, int]) -> Image.Image:
    """Round corners, and a notch on either side as where a ticket is torn."""
    width, height = size
    sheet = Sheet((0, 0, 0), width, height)
    sheet.block(0, 0, width - 1, height - 1, (255, 255, 255), 14)
    for x in (0, width):
        sheet.disc(x, height / 2, 12, (0, 0, 0))
    return sheet.finished().convert("L")


def _encoded(image: Image.Image) -> bytes:
    for quality in (84, 74, 62, 48, 36, 24):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() <= MAX_BYTES:
            break
    return out.getvalue()
