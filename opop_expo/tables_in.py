"""Tables that people send in as CSV or XLSX, read as text: bounded before they are opened."""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from opop_expo.cells_in import MAX_CELL, TOO_LONG
from opop_expo.xlsx_in import MAX_COLUMNS, MAX_XML_ROWS, Table, looks_like_zip, read_xlsx
from opop_expo.xlsx_parts import too_much
from opop_expo.zip_in import FileRefused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from opop_expo.xlsx_in import Numbered

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 20_000
SUFFIXES = (".csv", ".xlsx")

# What a file begins with that is no text, or is not one of a table.
OTHER_FILES = (
    b"%PDF",
    b"GIF8",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"PK",
    b"RIFF",
    b"{\\rtf",
    b"<",
    b"MZ",
)
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class NotUnicodeError(Exception):
    """The text is in another encoding, from this line on."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(line)


def read_table(
    file: IO[bytes], *, name: str, size: int, most: int = MAX_ROWS, wanted: int = 0
) -> Table:
    """The rows that are not empty, each with the number that a spreadsheet shows beside it.

    `wanted` is the place of a sheet among those that are not hidden, from 0. Raises FileRefused,
    with a text for the person who sent the file.
    """
    if not name.lower().endswith(SUFFIXES):
        raise FileRefused(
            _("Kirim berkas .xlsx atau .csv. Dari Excel: Simpan sebagai, lalu pilih.")
        )
    if size > MAX_BYTES:
        reason = _("Berkas ini lebih besar dari %(most)s MB.")
        raise FileRefused(reason % {"most": MAX_BYTES // 1024 // 1024})
    start = file.read(8)
    file.seek(0)
    if not start:
        raise FileRefused(_("Berkas ini kosong."))
    if start == OLD_EXCEL:
        raise FileRefused(
            _("Ini berkas Excel lama atau terkunci kata sandi. Simpan sebagai .xlsx tanpa sandi.")
        )
    if name.lower().endswith(".xlsx"):
        if not looks_like_zip(file):
            raise FileRefused(
                _("Ini bukan berkas Excel .xlsx. Buka berkasnya, lalu simpan sebagai .xlsx.")
            )
        return read_xlsx(file, most=most, wanted=wanted)
    if start.startswith(OTHER_FILES):
        raise FileRefused(_("Ini bukan berkas CSV, walaupun namanya begitu."))
    return Table("", _read_csv(file.read(MAX_BYTES + 1), most=most), is_csv=True)


def _read_csv(raw: bytes, *, most: int) -> list[Numbered]:
    try:
        content = decoded(raw)
    except NotUnicodeError as error:
        reason = _(
            "Berkas ini bukan UTF-8 (mulai baris teks %(line)s). Simpan sebagai “CSV UTF-8”."
        )
        raise FileRefused(reason % {"line": error.line}) from error
    if "\x00" in content:
        raise FileRefused(_("Ini bukan berkas CSV, walaupun namanya begitu."))
    rows: list[Numbered] = []
    number = 0
    try:
        for number, cells in enumerate(islice(records(content), MAX_XML_ROWS), start=1):
            bounded = _bounded(cells)
            if bounded:
                rows.append((number, bounded))
            if len(rows) > most + 1:
                raise FileRefused(_("Lebih dari %(most)s baris.") % {"most": most})
    except csv.Error as error:
        reason = _(
            "Baris %(row)s tidak dapat dibaca sebagai CSV (%(error)s). Periksa tanda petiknya."
        )
        raise FileRefused(reason % {"row": number + 1, "error": error}) from error
    if number >= MAX_XML_ROWS:
        raise too_much()
    return rows


def _bounded(cells: list[str]) -> list[str]:
    """The cells up to the last that is not empty; FileRefused if these are too many."""
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    if width > MAX_COLUMNS:
        raise FileRefused(_("Lebih dari %(most)s kolom.") % {"most": MAX_COLUMNS})
    return [cell if len(cell) <= MAX_CELL else f"{TOO_LONG}{cell[:40]}" for cell in cells[:width]]


def decoded(raw: bytes) -> str:
    """The text of a CSV file: UTF-8, or UTF-16 with a mark. Raises NotUnicodeError for others."""
    try:
        return raw.decode("utf-16" if raw.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotUnicodeError(raw.count(b"\n", 0, error.start) + 1) from error


def records(content: str) -> Iterator[list[str]]:
    """The rows of a CSV text. Raises csv.Error where one cannot be read."""
    first_line = content.partition("\n")[0]
    # Excel with Indonesian settings parts the columns by semicolons, its “Unicode text” by tabs.
    delimiter = max(",;\t", key=first_line.count)
    return csv.reader(io.StringIO(content, newline=""), strict=True, delimiter=delimiter)
