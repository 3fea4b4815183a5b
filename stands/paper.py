"""What is printed: PDF pages in the expo's own type and colours, with QR codes as real vectors.

Sizes are in millimetres here, and measured from the upper left corner as people do on paper.
"""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import segno
from django.conf import settings
from django.http import HttpResponse
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Iterable


class Size(NamedTuple):
    """Width and height of a sheet, in millimetres."""

    width: float
    height: float


A4 = Size(210, 297)
A4_LANDSCAPE = Size(297, 210)
A6 = Size(105, 148)

REGULAR, BOLD = "PlusJakartaSans", "PlusJakartaSans-Bold"
FONT_FILES = {REGULAR: "plus-jakarta-sans-regular.ttf", BOLD: "plus-jakarta-sans-bold.ttf"}

# As in static/css/tokens.css.
PINE = HexColor("#0b2e24")
PINE_MIDDLE = HexColor("#1b6b50")
PINE_PALE = HexColor("#dcebe2")
TURMERIC = HexColor("#e89a1c")
BRICK = HexColor("#b5432a")
CREAM = HexColor("#fbf5e9")
SAND = HexColor("#e5d7bb")
INK = HexColor("#1c261f")
INK_SOFT = HexColor("#45524a")
WHITE = HexColor("#ffffff")

CONTENT_TYPE = "application/pdf"


class Paper:
    """Sheets of one size, drawn from the upper left corner in millimetres.

    The same content gives the same bytes: no date and no chance is written into the file.
    """

    def __init__(self, size: Size, *, title: str) -> None:
        _register_fonts()
        self.size = size
        self._file = io.BytesIO()
        self.canvas = Canvas(
            self._file,
            pagesize=(size.width * mm, size.height * mm),
            invariant=True,
            pageCompression=1,
        )
        self.canvas.setTitle(title)
        self.canvas.setCreator("OPOP Expo")

    def finish(self) -> bytes:
        """The whole file. Nothing can be drawn after it."""
        self.canvas.save()
        return self._file.getvalue()

    def next_page(self) -> None:
        """End this sheet and begin the next."""
        self.canvas.showPage()

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        points: float = 10,
        bold: bool = False,
        colour: Color = INK,
        align: str = "left",
    ) -> None:
        """One line, its baseline at `y`; `align` says what `x` is: left, right or centre."""
        self.canvas.setFont(BOLD if bold else REGULAR, points)
        self.canvas.setFillColor(colour)
        draw = {
            "left": self.canvas.drawString,
            "right": self.canvas.drawRightString,
            "centre": self.canvas.drawCentredString,
        }[align]
        draw(x * mm, self._up(y), _drawable(text))

    def paragraph(
        self,
        x: float,
        y: float,
        text: str,
        *,
        width: float,
        points: float = 10,
        bold: bool = False,
        colour: Color = INK,
        align: str = "left",
        most_lines: int = 100,
        leading: float = 1.3,
    ) -> float:
        """Lines as wide as `width`, the first baseline at `y`; answers the baseline after the last.

        What does not fit in `most_lines` ends with an ellipsis.
        """
        lines = self.lines(text, width=width, points=points, bold=bold, most_lines=most_lines)
        step = points * leading / mm
        for line in lines:
            self.text(x, y, line, points=points, bold=bold, colour=colour, align=align)
            y += step
        return y

    def lines(
        self, text: str, *, width: float, points: float, bold: bool = False, most_lines: int = 100
    ) -> list[str]:
        """How a paragraph breaks. A word that is wider than the line is cut."""
        font = BOLD if bold else REGULAR
        wide = width * mm
        lines = [
            piece
            for line in simpleSplit(_drawable(text), font, points, wide)
            for piece in _cut(line, font, points, wide)
        ]
        if len(lines) > most_lines:
            lines = lines[:most_lines]
            while lines[-1] and pdfmetrics.stringWidth(f"{lines[-1]}…", font, points) > wide:
                lines[-1] = lines[-1][:-1].rstrip()
            lines[-1] += "…"
        return lines

    def width_of(self, text: str, *, points: float, bold: bool = False) -> float:
        """How wide one line is, in millimetres."""
        font = BOLD if bold else REGULAR
        return float(pdfmetrics.stringWidth(_drawable(text), font, points)) / mm

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: Color | None = None,
        line: Color | None = None,
        radius: float = 0,
        thickness: float = 0.3,
    ) -> None:
        """A rectangle from its upper left corner."""
        if fill is not None:
            self.canvas.setFillColor(fill)
        if line is not None:
            self.canvas.setStrokeColor(line)
            self.canvas.setLineWidth(thickness * mm)
        self.canvas.roundRect(
            x * mm,
            self._up(y + height),
            width * mm,
            height * mm,
            radius * mm,
            stroke=int(line is not None),
            fill=int(fill is not None),
        )

    def rule(
        self,
        x: float,
        y: float,
        to_x: float,
        *,
        colour: Color = SAND,
        thickness: float = 0.3,
        dashed: bool = False,
    ) -> None:
        """A level line."""
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(thickness * mm)
        self.canvas.setDash([1.5 * mm, 1.5 * mm] if dashed else [])
        self.canvas.line(x * mm, self._up(y), to_x * mm, self._up(y))
        self.canvas.setDash([])

    def awning(self, x: float, y: float, width: float, *, height: float = 6) -> None:
        """The striped awning that hangs over every page of the expo."""
        count = max(4, round(width / 8))
        step = width / count
        for number in range(count):
            colour = (PINE_MIDDLE, CREAM, TURMERIC, CREAM)[number % 4]
            left = x + number * step
            self.box(left, y, step, height * 0.6, fill=colour)
            path = self.canvas.beginPath()
            path.moveTo(left * mm, self._up(y + height * 0.6))
            path.curveTo(
                left * mm,
                self._up(y + height * 1.13),
                (left + step) * mm,
                self._up(y + height * 1.13),
                (left + step) * mm,
                self._up(y + height * 0.6),
            )
            path.close()
            self.canvas.setFillColor(colour)
            self.canvas.drawPath(path, stroke=0, fill=1)

    def qr(self, x: float, y: float, size: float, text: str, *, colour: Color = INK) -> None:
        """A QR code with its quiet zone inside `size`, as rectangles that print sharp."""
        rows = tuple(tuple(row) for row in segno.make(text, error="m", micro=False).matrix)
        module = size / (len(rows) + 8)
        self.box(x, y, size, size, fill=WHITE)
        self.canvas.setFillColor(colour)
        path = self.canvas.beginPath()
        for down, row in enumerate(rows):
            for left, length in _runs(row):
                path.rect(
                    (x + (4 + left) * module) * mm,
                    self._up(y + (5 + down) * module),
                    length * module * mm,
                    module * mm,
                )
        self.canvas.drawPath(path, stroke=0, fill=1)

    def _up(self, y: float) -> float:
        """PDF measures from below."""
        return float((self.size.height - y) * mm)


def pdf_response(name: str, content: bytes, *, as_file: bool = False) -> HttpResponse:
    """A PDF that opens in the browser, or is saved; never kept by a cache in between."""
    kind = "attachment" if as_file else "inline"
    return HttpResponse(
        content,
        content_type=CONTENT_TYPE,
        headers={
            "Content-Disposition": f'{kind}; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


@cache
def _register_fonts() -> None:
    for name, file in FONT_FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(settings.BASE_DIR / "static" / "fonts" / file)))


@cache
def _glyphs() -> frozenset[int]:
    font = pdfmetrics.getFont(REGULAR)
    return frozenset(font.face.charToGlyph)  # type: ignore[attr-defined]  # of TTFont


def _drawable(text: str) -> str:
    """The text without what the font cannot draw: it would be printed as a box."""
    known = _glyphs()
    return "".join(letter if ord(letter) in known else "" for letter in text.replace("\n", " "))


def _cut(line: str, font: str, points: float, wide: float) -> Iterable[str]:
    while pdfmetrics.stringWidth(line, font, points) > wide and len(line) > 1:
        fits = len(line) - 1
        while fits > 1 and pdfmetrics.stringWidth(line[:fits], font, points) > wide:
            fits -= 1
        yield line[:fits]
        line = line[fits:]
    yield line


def _runs(row: tuple[int, ...]) -> Iterable[tuple[int, int]]:
    """The dark stretches of a row: where each begins and how long it is."""
    start = None
    for place, dark in enumerate((*row, 0)):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None
