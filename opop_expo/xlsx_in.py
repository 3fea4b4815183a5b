"""XLSX files that people send in, read as text within bounds.

openpyxl builds an object for each style, and pads a row out to the column that a cell claims to be
in: a file of a few kilobytes can fill the memory with either. What a table needs is little, so it
is read here as a stream; which number is a date, openpyxl knows.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import zipfile
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from opop_expo.zip_in import MEGABYTE, BoundedZip, FileRefused, ZipBounds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

BOUNDS = ZipBounds(entries=500, unpacked=64 * MEGABYTE, ratio=200)
MAX_COLUMNS = 100
MAX_CELL = 8_000
# With those that are empty: people format whole columns.
MAX_XML_ROWS = 200_000
MAX_CELLS = 600_000
MAX_SHARED = 400_000
MAX_SHARED_LENGTH = 16_000_000
MAX_STYLES = 10_000
# The parser keeps each name of an element or attribute, and a token until its end has come.
MAX_XML_NAMES = 2_000
MAX_TOKEN = MEGABYTE
# A whole number that is longer was rounded by the spreadsheet.
EXACT = 10**15

# Before what a cell cannot be read for. It is a sign that nobody types.
MARK = "\ue000"
TOO_LONG, FORMULA, ERROR, ROUNDED = (f"{MARK}{kind}:" for kind in "lfer")

REFERENCE = re.compile(r"([A-Z]{1,3})\d{1,7}")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


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
    """The first sheet that is not hidden, and from which day the book counts."""

    def __init__(self) -> None:
        super().__init__()
        self.sheet_id = ""
        self.epoch = CALENDAR_WINDOWS_1900

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if (
            name == "sheet"
            and not self.sheet_id
            and attributes.get("state", "visible") == "visible"
        ):
            self.sheet_id = next(
                (one for key, one in attributes.items() if key.endswith(":id")), ""
            )
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
    """Which styles show a number as a date."""

    def __init__(self) -> None:
        super().__init__()
        self.formats: dict[int, str] = {}
        self.are_dates: list[bool] = []
        self.in_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "cellXfs":
            self.in_cells = True
        elif name == "numFmt" and len(self.formats) < MAX_STYLES:
            self.formats[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")[
                :200
            ]
        elif name == "xf" and self.in_cells and len(self.are_dates) < MAX_STYLES:
            number = _number(attributes.get("numFmtId"))
            code = self.formats.get(number, BUILTIN_FORMATS.get(number, "General"))
            # Of the built-in ones those of East Asia have no code here.
            self.are_dates.append(27 <= number <= 36 or 50 <= number <= 58 or is_date_format(code))

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
            self.strings.append(_joined(self.pieces, self.length))
            self.total += min(self.length, MAX_CELL)
            if len(self.strings) > MAX_SHARED or self.total > MAX_SHARED_LENGTH:
                raise too_much()

    def text(self, data: str) -> None:
        if self.in_text:
            self.length += len(data)
            if self.length <= MAX_CELL:
                self.pieces.append(data)


class _Sheet(_Parser):
    """The rows of a sheet as texts, with their numbers; those that are empty left out."""

    def __init__(self, strings: list[str], are_dates: list[bool], epoch: Any, most: int) -> None:
        super().__init__()
        self.strings, self.are_dates, self.epoch, self.most = strings, are_dates, epoch, most
        self.rows: list[tuple[int, list[str]]] = []
        self.cells: dict[int, str] = {}
        self.number = self.column = self.count = self.seen = 0
        self.kind = self.style = ""
        self.pieces: list[str] = []
        self.length = 0
        self.takes_text = self.has_formula = False

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
            self.cells, self.column = {}, 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = REFERENCE.fullmatch(attributes.get("r", ""))
        self.column = _column(reference[1]) if reference else self.column + 1
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
        self.pieces, self.length = [], 0
        self.has_formula = False

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self.takes_text = False
        elif name == "c":
            self._end_cell()
        elif name == "row" and self.cells:
            width = max(self.cells)
            self.rows.append(
                (self.number, [self.cells.get(one, "") for one in range(1, width + 1)])
            )
            if len(self.rows) > self.most + 1:
                raise FileRefused(_("Lebih dari %(most)s baris.") % {"most": self.most})
        elif name == "sheetData":
            self.is_done = True

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
        raw = _joined(self.pieces, self.length)
        if not raw:
            # A formula that no spreadsheet has reckoned yet has no value.
            return FORMULA if self.has_formula else ""
        if self.kind == "s":
            number = _number(raw)
            return self.strings[number] if number < len(self.strings) else f"{ERROR}?"
        if self.kind == "b":
            return "ya" if raw == "1" else "tidak"
        if self.kind == "e":
            return f"{ERROR}{raw[:20]}"
        if self.kind == "n":
            style = _number(self.style)
            is_date = style < len(self.are_dates) and self.are_dates[style]
            return _of_number(raw, is_date=is_date, epoch=self.epoch)
        if self.kind == "d":
            return raw.removesuffix("T00:00:00")
        return raw


def read_xlsx(file: IO[bytes], *, most: int) -> list[tuple[int, list[str]]]:
    """The rows of the first sheet with their numbers, at most so many beside the heading.

    Raises FileRefused for what is no XLSX, is locked, holds macros or links, or is beyond bounds.
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

    workbook, targets, styles, shared = _Workbook(), _Targets(), _Styles(), _SharedStrings()
    parse("xl/workbook.xml", workbook)
    parse("xl/_rels/workbook.xml.rels", targets)
    sheet_name = targets.targets.get(workbook.sheet_id, "")
    if sheet_name not in parts:
        raise broken()
    parse("xl/styles.xml", styles)
    parse("xl/sharedStrings.xml", shared)
    sheet = _Sheet(shared.strings, styles.are_dates, workbook.epoch, most)
    parse(sheet_name, sheet)
    return sheet.rows


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


def _of_number(raw: str, *, is_date: bool, epoch: Any) -> str:
    try:
        number = float(raw)
    except ValueError:
        return raw
    if not math.isfinite(number):
        return raw
    if is_date:
        try:
            value = from_excel(number, epoch)
        except (OverflowError, ValueError):
            value = None
        if isinstance(value, dt.datetime):
            return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
        if isinstance(value, dt.time):
            return value.strftime("%H:%M")
    if number.is_integer():
        return f"{int(number)}" if abs(number) < EXACT else f"{ROUNDED}{int(number)}"
    # With a comma, as Indonesia writes it, so that it never looks like thousands.
    return repr(number).replace(".", ",")


def _joined(pieces: list[str], length: int) -> str:
    if length > MAX_CELL:
        return f"{TOO_LONG}{''.join(pieces)[:40]}"
    text = "".join(pieces)
    if "_x" in text:
        text = ESCAPED.sub(_unescaped, text)
    return text


def _unescaped(match: re.Match[str]) -> str:
    sign = chr(int(match[1], 16))
    return sign if sign in "\t\n\r" or (sign >= " " and not "\ud800" <= sign <= "\udfff") else ""


def _number(text: str | None) -> int:
    """A whole number without a sign; nought for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
