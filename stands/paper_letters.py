"""The letters of what is printed: the expo's own type, what it can draw, where lines break."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

if TYPE_CHECKING:
    from collections.abc import Iterable

REGULAR, BOLD = "PlusJakartaSans", "PlusJakartaSans-Bold"
FONT_FILES = {REGULAR: "plus-jakarta-sans-regular.ttf", BOLD: "plus-jakarta-sans-bold.ttf"}


@cache
def register_fonts() -> None:
    """Make the expo's type known to what draws."""
    for name, file in FONT_FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(settings.BASE_DIR / "static" / "fonts" / file)))


def can_draw(text: str) -> bool:
    """Whether no letter of it is lost on paper: the font has no Arabic, Javanese or Chinese."""
    return all(_drawn(letter) for letter in text if letter.isalpha())


@lru_cache(maxsize=4096)
def drawable(text: str) -> str:
    """The text without what the font cannot draw: it would be printed as a box.

    Of a letter whose mark it lacks the letter stays: `Nguyễn` becomes `Nguyen` and not `Nguyn`.
    """
    return "".join(map(_drawn, text.replace("\n", " ")))


def broken(text: str, font: str, points: float, wide: float) -> list[str]:
    """The lines of a text that are no wider than so many points. A wider word is cut."""
    return [
        piece
        for line in simpleSplit(drawable(text), font, points, wide)
        for piece in _cut(line, font, points, wide)
    ]


def _drawn(letter: str) -> str:
    known = _glyphs()
    if ord(letter) in known:
        return letter
    parts = unicodedata.normalize("NFKD", letter)
    # A mark by itself would be drawn beside its letter.
    return "".join(one for one in parts if ord(one) in known and not unicodedata.combining(one))


@cache
def _glyphs() -> frozenset[int]:
    font = pdfmetrics.getFont(REGULAR)
    return frozenset(font.face.charToGlyph)  # type: ignore[attr-defined]  # of TTFont


def _cut(line: str, font: str, points: float, wide: float) -> Iterable[str]:
    while pdfmetrics.stringWidth(line, font, points) > wide and len(line) > 1:
        fits = len(line) - 1
        while fits > 1 and pdfmetrics.stringWidth(line[:fits], font, points) > wide:
            fits -= 1
        yield line[:fits]
        line = line[fits:]
    yield line
