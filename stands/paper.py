"""What is printed: PDF pages in the expo's own type and colours, with QR codes as real vectors.

Sizes are in millimetres here, and measured from the upper left corner as people do on paper.
"""

from __future__ import annotations

import io
import math
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import segno
from django.http import HttpResponse
from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from stands.file_names import named
from stands.paper_letters import BOLD, REGULAR, broken, drawable, register_fonts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")


class Size(NamedTuple):
    """Width and height of a sheet, in millimetres."""

    width: float
    height: float


A4 = Size(210, 297)
A4_LANDSCAPE = Size(297, 210)
A6 = Size(105, 148)

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

# How far the inner corners of the star are from its middle, of its points: as in img/star.svg.
STAR_NOTCH = 0.765

CONTENT_TYPE = "application/pdf"


class Fitted(NamedTuple):
    """A text as it fits: in what size of type, broken into which lines."""

    points: float
    lines: list[str]
    leading: float

    @property
    def height(self) -> float:
        """From the top of the first line to below the last, in millimetres."""
        return len(self.lines) * self.step

    @property
    def step(self) -> float:
        """From one baseline to the next, in millimetres."""
        return self.points * self.leading / mm


class Paper:
    """Sheets of one size, drawn from the upper left corner in millimetres.

    The same content gives the same bytes: no date and no chance is written into the file.
    """

    def __init__(self, size: Size, *, title: str) -> None:
        register_fonts()
        # Pictures and pages as bytes and not as text: a fifth smaller.
        rl_config.useA85 = 0
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
        draw(x * mm, self._up(y), drawable(text))

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
        lines = broken(text, font, points, wide)
        if len(lines) > most_lines:
            lines = lines[:most_lines]
            while lines[-1] and pdfmetrics.stringWidth(f"{lines[-1]}…", font, points) > wide:
                lines[-1] = lines[-1][:-1].rstrip()
            lines[-1] += "…"
        return lines

    def fitted(
        self,
        text: str,
        *,
        width: float,
        points: float,
        least: float,
        most_lines: int = 1,
        bold: bool = False,
        leading: float = 1.22,
    ) -> Fitted:
        """The text in the largest type from `points` down to `least` that needs no more lines.

        Only what does not fit in the least size either ends with an ellipsis.
        """
        if most_lines == 1:
            # One line grows evenly with its type.
            wide = self.width_of(text, points=1, bold=bold)
            size = max(least, min(points, width / wide if wide else points))
            lines = self.lines(text, width=width + 0.01, points=size, bold=bold, most_lines=1)
            return Fitted(size, lines, leading)
        size = points
        while size > least:
            lines = self.lines(text, width=width, points=size, bold=bold)
            words_whole = all(
                self.width_of(word, points=size, bold=bold) <= width for word in text.split()
            )
            if len(lines) <= most_lines and words_whole:
                return Fitted(size, lines, leading)
            size = max(least, size - 0.5)
        lines = self.lines(text, width=width, points=least, bold=bold, most_lines=most_lines)
        return Fitted(least, lines, leading)

    def write(
        self,
        x: float,
        top: float,
        fitted: Fitted,
        *,
        bold: bool = False,
        colour: Color = INK,
        align: str = "left",
    ) -> float:
        """The fitted lines from their upper edge down; answers where the next may begin."""
        baseline = top + fitted.points * 0.95 / mm
        for line in fitted.lines:
            self.text(
                x, baseline, line, points=fitted.points, bold=bold, colour=colour, align=align
            )
            baseline += fitted.step
        return top + fitted.height

    def pill(
        self,
        x: float,
        y: float,
        text: str,
        *,
        points: float = 6.5,
        fill: Color = PINE_PALE,
        colour: Color = PINE,
    ) -> float:
        """A word on a rounded ground, its upper left corner at `x`, `y`; answers its width."""
        padding = points * 0.55 / mm
        width = self.width_of(text, points=points, bold=True) + 2 * padding
        height = self.pill_height(points)
        self.box(x, y, width, height, fill=fill, radius=height * 0.3)
        self.text(x + padding, y + height * 0.71, text, points=points, bold=True, colour=colour)
        return width

    @staticmethod
    def pill_height(points: float) -> float:
        """How high a pill with type of that size is, in millimetres."""
        return points * 1.6 / mm

    def picture(self, x: float, y: float, width: float, height: float, jpeg: bytes) -> None:
        """A JPEG, stretched to that size and put into the file as it is."""
        self.canvas.drawImage(
            ImageReader(io.BytesIO(jpeg)),
            x * mm,
            self._up(y + height),
            width * mm,
            height * mm,
        )

    @contextmanager
    def placed(self, x: float, y: float) -> Iterator[None]:
        """Draw inside from another corner: several cards on one sheet."""
        self.canvas.saveState()
        self.canvas.translate(x * mm, -y * mm)
        try:
            yield
        finally:
            self.canvas.restoreState()

    def mark(self, name: str, *, title: str = "", level: int = 0) -> None:
        """Let links lead to this sheet by a name; a title puts it into the reader's outline."""
        self.canvas.bookmarkPage(name)
        if title:
            self.canvas.addOutlineEntry(title, name, level=level)

    def link(self, x: float, y: float, width: float, height: float, name: str) -> None:
        """A place to tap on the screen that leads to the sheet of that name."""
        corners = (x * mm, self._up(y + height), (x + width) * mm, self._up(y))
        self.canvas.linkAbsolute("", name, corners)

    def width_of(self, text: str, *, points: float, bold: bool = False) -> float:
        """How wide one line is, in millimetres."""
        font = BOLD if bold else REGULAR
        return float(pdfmetrics.stringWidth(drawable(text), font, points)) / mm

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

    def cut_lines(self, across: int, down: int) -> None:
        """Dashed lines that part the sheet into equal cards."""
        for row in range(1, down):
            self.rule(0, row * self.size.height / down, self.size.width, dashed=True)
        self.canvas.setDash([1.5 * mm, 1.5 * mm])
        for column in range(1, across):
            x = column * self.size.width / across * mm
            self.canvas.line(x, 0, x, self.size.height * mm)
        self.canvas.setDash([])

    def upright(
        self,
        x: float,
        y: float,
        to_y: float,
        *,
        colour: Color = SAND,
        thickness: float = 0.3,
    ) -> None:
        """A line from above to below."""
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(thickness * mm)
        self.canvas.line(x * mm, self._up(y), x * mm, self._up(to_y))

    def star(
        self, x: float, y: float, size: float, *, colour: Color, inner: Color | None = None
    ) -> None:
        """The eight-pointed star of the expo around its middle, one more inside where wanted."""
        self._star(x, y, size / 2, STAR_NOTCH, colour)
        if inner is not None:
            self._star(x, y, size / 4, STAR_NOTCH, inner)

    def _star(self, x: float, y: float, radius: float, notch: float, colour: Color) -> None:
        path = self.canvas.beginPath()
        for corner in range(16):
            far = radius * (notch if corner % 2 else 1)
            angle = math.pi * corner / 8
            point = ((x + far * math.sin(angle)) * mm, self._up(y - far * math.cos(angle)))
            if corner:
                path.lineTo(*point)
            else:
                path.moveTo(*point)
        path.close()
        self.canvas.setFillColor(colour)
        self.canvas.drawPath(path, stroke=0, fill=1)

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

    @contextmanager
    def as_form(self, name: str) -> Iterator[None]:
        """Draw once what `stamp` then repeats at no cost, as if the sheet's corner were its own."""
        self.canvas.beginForm(name)
        yield
        self.canvas.endForm()

    def stamp(self, name: str, x: float, y: float) -> None:
        """Repeat a form with its corner there."""
        self.canvas.saveState()
        self.canvas.translate(x * mm, -y * mm)
        self.canvas.doForm(name)
        self.canvas.restoreState()

    def qr(
        self,
        x: float,
        y: float,
        size: float,
        text: str,
        *,
        colour: Color = INK,
        mask: int | None = None,
    ) -> None:
        """A QR code with its quiet zone inside `size`, as rectangles that print sharp.

        The best of eight masks is tried out, which is most of the work: with thousands of codes
        name one. Any can be read.
        """
        # A code with a mask of its own is one of thousands, and may be a secret: it is not kept.
        rows = _modules(text) if mask is None else _modules.__wrapped__(text, mask)
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


def on_sheets(
    paper: Paper, cards: Iterable[T], draw: Callable[[Paper, T], None], *, across: int, down: int
) -> None:
    """Draw cards side by side, so many across and down, with lines where the sheet is cut."""
    width, height = paper.size.width / across, paper.size.height / down
    for place, card in enumerate(cards):
        row, column = divmod(place % (across * down), across)
        if row == column == 0:
            if place:
                paper.next_page()
            paper.cut_lines(across, down)
        with paper.placed(column * width, row * height):
            draw(paper, card)


def pdf_response(name: str, content: bytes, *, as_file: bool = False) -> HttpResponse:
    """A PDF that opens in the browser, or is saved; never kept by a cache in between."""
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = named(name, as_file=as_file)
    response["Cache-Control"] = "private, no-store"
    return response


@lru_cache(maxsize=512)
def _modules(text: str, mask: int | None = None) -> tuple[tuple[int, ...], ...]:
    """The rows of a QR code; kept, since many sheets carry the same one."""
    made = segno.make(text, error="m", micro=False, mask=mask)
    return tuple(tuple(row) for row in made.matrix)


def _runs(row: tuple[int, ...]) -> Iterable[tuple[int, int]]:
    """The dark stretches of a row: where each begins and how long it is."""
    start = None
    for place, dark in enumerate((*row, 0)):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None
