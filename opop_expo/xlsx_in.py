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
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from opop_expo.cells_in import DATED, ERROR, FORMULA, MAX_CELL, joined, look_of, of_number
from opop_expo.zip_in import MEGABYTE, BoundedZip, FileRefused, ZipBounds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

BOUNDS = ZipBounds(entries=500, unpacked=64 * MEGABYTE, ratio=200)
MAX_COLUMNS = 100
# With those that are empty: people format whole columns.
MAX_XML_ROWS = 200_000
MAX_CELLS = 600_000
MAX_SHARED = 400_000
MAX_SHARED_LENGTH = 16_000_000
MAX_STYLES = 10_000
# The parser keeps each name of an element or attribute, and a token until its end has come.
MAX_XML_NAMES = 2_000
MAX_TOKEN = MEGABYTE
MAX_MERGES = 20_000
MAX_SHEET_NAME = 60
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


class _Parser:
    """Streams one part of the file through handlers for elements and their text."""

    def __init__(self) -> None:
        self.expat = expat.ParserCreate()
        self.expat.buffer_text = False
        self.expat.StartElementHandler = self._start
        self.expat.EndElementHandler = self._end
        self.expat.CharacterDataHandler = self.text
        # Entities can only be declared in a document type, and no spreadsheet has one.
        self.expat.StartDoctypeDeclHandler = self._refuse_doctype

    def run(self, chunks: Iterator[bytes]) -> None:
        """Parse the chunks. Raises FileRefused for what is no XML or too much."""
        fed = 0
        try:
            for chunk in chunks:
                self.expat.Parse(chunk, False)
                fed += len(chunk)
                if fed - max(self.expat.CurrentByteIndex, 0) > MAX_TOKEN:
                    raise too_much()
                if len(self.expat.intern) > MAX_XML_NAMES:
                    raise too_much()
                if self.is_done:
                    return
            self.expat.Parse(b"", True)
        except expat.ExpatError as error:
            raise broken() from error

    is_done = False

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.start(name.rpartition(":")[2], attributes)

    def _end(self, name: str) -> None:
        self.end(name.rpartition(":")[2])

    def _refuse_doctype(self, *_arguments: object) -> None:
        raise FileRefused(_("Berkas ini memuat perintah XML yang tidak boleh ada di lembar kerja."))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """A piece of text within it."""


class _Workbook(_Parser):
    """The sheets that are not hidden, and from which day the book counts."""

    def __init__(self) -> None:
        super().__init__()
        # As name and relation.
        self.sheets: list[tuple[str, str]] = []
        self.epoch = CALENDAR_WINDOWS_1900

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if (
            name == "sheet"
            and len(self.sheets) < BOUNDS.entries
            and attributes.get("state", "visible") == "visible"
        ):
            relation = next((one for key, one in attributes.items() if key.endswith(":id")), "")
            self.sheets.append((attributes.get("name", "")[:MAX_SHEET_NAME], relation))
        elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.epoch = CALENDAR_MAC_1904


class _Targets(_Parser):
    """Where the parts that a relation names are."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and len(self.targets) < BOUNDS.entries:
            target = attributes.get("Target", "")
            target = target[1:] if target.startswith("/") else f"xl/{target}"
            self.targets[attributes.get("Id", "")] = target


class _Styles(_Parser):
    """How each style shows a number."""

    def __init__(self) -> None:
        super().__init__()
        self.formats: dict[int, str] = {}
        self.looks: list[str] = []
        self.in_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "cellXfs":
            self.in_cells = True
        elif name == "numFmt" and len(self.formats) < MAX_STYLES:
            self.formats[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")[
                :200
            ]
        elif name == "xf" and self.in_cells and len(self.looks) < MAX_STYLES:
            number = _number(attributes.get("numFmtId"))
            self.looks.append(look_of(number, self.formats.get(number)))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self.in_cells = False


class _SharedStrings(_Parser):
    """The texts that cells refer to by number."""

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []
        self.pieces: list[str] = []
        self.length = self.total = 0
        self.in_text = self.in_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "t" and not self.in_phonetic:
            self.in_text = True
        elif name == "rPh":
            self.in_phonetic = True
        elif name == "si":
            self.pieces, self.length = [], 0

    def end(self, name: str) -> None:
        if name == "t":
            self.in_text = False
        elif name == "rPh":
            self.in_phonetic = False
        elif name == "si":
            self.strings.append(joined(self.pieces, self.length))
            self.total += min(self.length, MAX_CELL)
            if len(self.strings) > MAX_SHARED or self.total > MAX_SHARED_LENGTH:
                raise too_much()

    def text(self, data: str) -> None:
        if self.in_text:
            self.length += len(data)
            if self.length <= MAX_CELL:
                self.pieces.append(data)


@dataclass(frozen=True)
class _Shared:
    """What the sheets of a book have in common: texts, how styles show numbers, the first day."""

    strings: list[str]
    looks: list[str]
    epoch: Any


class _Sheet(_Parser):
    """A sheet as a table of texts."""

    def __init__(self, table: Table, shared: _Shared, most: int) -> None:
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
            self.number = _number(attributes.get("r")) or self.number + 1
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
            number, strings = _number(raw), self.shared.strings
            return strings[number] if number < len(strings) else f"{ERROR}?"
        if self.kind == "b":
            return "ya" if raw == "1" else "tidak"
        if self.kind == "e":
            return f"{ERROR}{raw[:20]}"
        if self.kind == "n":
            style, looks = _number(self.style), self.shared.looks
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

    def parse(name: str, parser: _Parser) -> None:
        if name in parts:
            parser.run(book.chunks(parts[name]))

    workbook, targets, styles, strings = _Workbook(), _Targets(), _Styles(), _SharedStrings()
    parse("xl/workbook.xml", workbook)
    parse("xl/_rels/workbook.xml.rels", targets)
    places = [(name, targets.targets.get(relation, "")) for name, relation in workbook.sheets]
    if wanted >= len(places) or places[wanted][1] not in parts:
        raise broken()
    parse("xl/styles.xml", styles)
    parse("xl/sharedStrings.xml", strings)
    shared = _Shared(strings.strings, styles.looks, workbook.epoch)
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


def broken() -> FileRefused:
    """The refusal of what cannot be read."""
    return FileRefused(_("Berkas Excel ini rusak. Buka di Excel, lalu simpan lagi sebagai .xlsx."))


def too_much() -> FileRefused:
    """The refusal of what is beyond the bounds."""
    return FileRefused(
        _("Isi berkas ini terlalu banyak untuk satu impor. Salin tabelnya saja ke berkas baru.")
    )


def _number(text: str | None) -> int:
    """A whole number without a sign; nought for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
