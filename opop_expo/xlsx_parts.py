"""The parts of an XLSX file beside its sheets, streamed within bounds: names, styles, texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from opop_expo.cells_in import MAX_CELL, joined, look_of
from opop_expo.zip_in import MEGABYTE, FileRefused, ZipBounds

if TYPE_CHECKING:
    from collections.abc import Iterator

BOUNDS = ZipBounds(entries=500, unpacked=64 * MEGABYTE, ratio=200)
MAX_SHARED = 400_000
MAX_SHARED_LENGTH = 16_000_000
MAX_STYLES = 10_000
MAX_SHEET_NAME = 60
# The parser keeps each name of an element or attribute, and a token until its end has come.
MAX_XML_NAMES = 2_000
MAX_TOKEN = MEGABYTE


class Parser:
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


class Workbook(Parser):
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


class Targets(Parser):
    """Where the parts that a relation names are."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and len(self.targets) < BOUNDS.entries:
            target = attributes.get("Target", "")
            target = target[1:] if target.startswith("/") else f"xl/{target}"
            self.targets[attributes.get("Id", "")] = target


class Styles(Parser):
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
            code = attributes.get("formatCode", "")
            self.formats[whole_number(attributes.get("numFmtId"))] = code[:200]
        elif name == "xf" and self.in_cells and len(self.looks) < MAX_STYLES:
            number = whole_number(attributes.get("numFmtId"))
            self.looks.append(look_of(number, self.formats.get(number)))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self.in_cells = False


class SharedStrings(Parser):
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
class Shared:
    """What the sheets of a book have in common: texts, how styles show numbers, the first day."""

    strings: list[str]
    looks: list[str]
    epoch: Any


def broken() -> FileRefused:
    """The refusal of what cannot be read."""
    return FileRefused(_("Berkas Excel ini rusak. Buka di Excel, lalu simpan lagi sebagai .xlsx."))


def too_much() -> FileRefused:
    """The refusal of what is beyond the bounds."""
    return FileRefused(
        _("Isi berkas ini terlalu banyak untuk satu impor. Salin tabelnya saja ke berkas baru.")
    )


def whole_number(text: str | None) -> int:
    """A whole number without a sign; nought for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
