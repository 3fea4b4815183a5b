"""XLSX files that people send in, read as text within bounds.

openpyxl builds an object for each style, and pads a row out to the column that a cell claims to be
in: a file of a few kilobytes can fill the memory with either. What a table needs is little, so it
is read here as a stream; which number is a date, openpyxl knows.
"""

from __future__ import annotations

import re
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from opop_expo.cells_in import DATED, ERROR, FORMULA, MAX_CELL, joined, of_number
from opop_expo.xlsx_parts import (
    BOUNDS,
    Parser,
    Shared,
    SharedStrings,
    Styles,
    Targets,
    Workbook,
    broken,
    too_much,
    whole_number,
)
from opop_expo.zip_in import BoundedZip, FileRefused

if TYPE_CHECKING:
    from typing import IO

MAX_COLUMNS = 100
# With those that are empty: people format whole columns.
MAX_XML_ROWS = 200_000
MAX_CELLS = 600_000
MAX_MERGES = 20_000
# Of the sheets that are not read so many rows are looked at: filled ones, and all.
PEEK_ROWS, PEEK_XML_ROWS = 30, 2_000

REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
# What may follow the merged cells of a sheet, and ends the reading.
AFTER_MERGES = {"conditionalFormatting", "dataValidations", "hyperlinks", "pageMargins", "drawing"}

Numbered = tuple[int, list[str]]


@dataclass
class Table:
    """A sheet: its rows that are not empty, each with its number. A CSV file has no name for it."""

    name: str
    rows: list[Numbered]
    # Which of the sheets that are not hidden it is, from 0.
    place: int = 0
    # Commas that nobody quoted push the cells of a row one column on.
    is_csv: bool = False
    # The numbers of rows that a filter or a person hides.
    hidden: set[int] = field(default_factory=set)
    # Cells that are one downwards: their first column from 1, their first and last row.
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    # The other sheets that are not hidden, with their first rows.
    others: list[Table] = field(default_factory=list)


class _Sheet(Parser):
    """A sheet as a table of texts."""

    def __init__(self, table: Table, shared: Shared, most: int) -> None:
        super().__init__()
        self.table = table
        self.shared, self.most = shared, most
        self.cells: dict[int, str] = {}
        self.number = self.column = self.count = self.seen = 0
        self.kind = self.style = ""
        self.pieces: list[str] = []
        self.length = 0
        self.takes_text = self.has_formula = self.is_hidden = self.is_past_rows = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "v" or (name == "t" and self.kind == "inlineStr"):
            self.takes_text = True
        elif name == "f":
            self.has_formula = True
        elif name == "row":
            self.seen += 1
            if self.seen > MAX_XML_ROWS:
                raise too_much()
            self.number = whole_number(attributes.get("r")) or self.number + 1
            self.is_hidden = attributes.get("hidden") in ("1", "true")
            self.cells, self.column = {}, 0
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif name in AFTER_MERGES and self.is_past_rows:
            self.is_done = True

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = REFERENCE.fullmatch(attributes.get("r", ""))
        self.column = _column(reference[1]) if reference else self.column + 1
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
        self.pieces, self.length = [], 0
        self.has_formula = False

    def _merge(self, area: str) -> None:
        first, _colon, last = (REFERENCE.fullmatch(end) for end in area.partition(":"))
        if first and last and int(last[2]) > int(first[2]):
            if len(self.table.merged) >= MAX_MERGES:
                raise too_much()
            self.table.merged.append((_column(first[1]), int(first[2]), int(last[2])))

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self.takes_text = False
        elif name == "c":
            self._end_cell()
        elif name == "row" and self.cells:
            width = max(self.cells)
            cells = [self.cells.get(one, "") for one in range(1, width + 1)]
            self.table.rows.append((self.number, cells))
            if self.is_hidden:
                self.table.hidden.add(self.number)
            if len(self.table.rows) > self.most + 1:
                raise FileRefused(_("Lebih dari %(most)s baris.") % {"most": self.most})
        elif name == "sheetData":
            self.is_past_rows = True

    def _end_cell(self) -> None:
        content = self._content()
        if not content.strip():
            return
        if self.column > MAX_COLUMNS:
            raise FileRefused(_("Lebih dari %(most)s kolom.") % {"most": MAX_COLUMNS})
        self.count += 1
        if self.count > MAX_CELLS:
            raise too_much()
        self.cells[self.column] = content

    def text(self, data: str) -> None:
        if self.takes_text:
            self.length += len(data)
            if self.length <= MAX_CELL:
                self.pieces.append(data)

    def _content(self) -> str:
        """The cell as the text that a person would type for it."""
        raw = joined(self.pieces, self.length)
        if not raw:
            # A formula that no spreadsheet has reckoned yet has no value; one of texts may come to
            # an empty one.
            return FORMULA if self.has_formula and self.kind != "str" else ""
        if self.kind == "s":
            number, strings = whole_number(raw), self.shared.strings
            return strings[number] if number < len(strings) else f"{ERROR}?"
        if self.kind == "b":
            return "ya" if raw == "1" else "tidak"
        if self.kind == "e":
            return f"{ERROR}{raw[:20]}"
        if self.kind == "n":
            style, looks = whole_number(self.style), self.shared.looks
            look = looks[style] if style < len(looks) else ""
            return of_number(raw, look=look, epoch=self.shared.epoch)
        if self.kind == "d":
            return f"{DATED}{raw.removesuffix('T00:00:00')}"
        return raw


class _SeenEnoughError(Exception):
    """No more of this sheet is looked at."""


class _Peek(_Sheet):
    """The first rows of a sheet that is not read."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        is_far = self.seen >= PEEK_XML_ROWS or len(self.table.rows) >= PEEK_ROWS
        if name == "row" and is_far:
            raise _SeenEnoughError
        super().start(name, attributes)

    def end(self, name: str) -> None:
        if name == "sheetData":
            raise _SeenEnoughError
        super().end(name)


def read_xlsx(file: IO[bytes], *, most: int, wanted: int = 0) -> Table:
    """A sheet with at most so many rows beside the heading, and the first rows of all others.

    `wanted` counts those that are not hidden from 0. Raises FileRefused for what is no XLSX, is
    locked, holds macros or links, or is beyond bounds.
    """
    book = BoundedZip(file, BOUNDS)
    parts = {entry.filename: entry for entry in book.entries}
    if "xl/workbook.xml" not in parts:
        raise FileRefused(
            _("Ini bukan berkas Excel .xlsx. Buka berkasnya, lalu simpan sebagai .xlsx.")
        )
    if any(name.lower().endswith("vbaproject.bin") for name in parts):
        raise FileRefused(_("Berkas ini memuat makro. Simpan sebagai .xlsx biasa."))
    if any(name.startswith("xl/externalLinks/") for name in parts):
        raise FileRefused(
            _("Berkas ini memuat tautan ke berkas lain. Salin isinya sebagai nilai ke berkas baru.")
        )

    def parse(name: str, parser: Parser) -> None:
        if name in parts:
            parser.run(book.chunks(parts[name]))

    workbook, targets, styles, strings = Workbook(), Targets(), Styles(), SharedStrings()
    parse("xl/workbook.xml", workbook)
    parse("xl/_rels/workbook.xml.rels", targets)
    places = [(name, targets.targets.get(relation, "")) for name, relation in workbook.sheets]
    if wanted >= len(places) or places[wanted][1] not in parts:
        raise broken()
    parse("xl/styles.xml", styles)
    parse("xl/sharedStrings.xml", strings)
    shared = Shared(strings.strings, styles.looks, workbook.epoch)
    tables = [Table(name, [], place=at) for at, (name, _part) in enumerate(places)]
    table = tables.pop(wanted)
    parse(places[wanted][1], _Sheet(table, shared, most))
    for other in tables:
        # A sheet that is not read spoils none that is.
        with suppress(FileRefused, _SeenEnoughError):
            parse(places[other.place][1], _Peek(other, shared, most))
    table.others = tables
    return table


def looks_like_zip(file: IO[bytes]) -> bool:
    """Whether the file begins as an archive does."""
    start = file.read(4)
    file.seek(0)
    return start in (b"PK\x03\x04", b"PK\x05\x06") and zipfile.is_zipfile(file)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
