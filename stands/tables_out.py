"""Tables as CSV and XLSX files that a spreadsheet opens as text and numbers, never as formulas."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from stands.file_names import named

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Spreadsheets read a cell that begins with one of these as a formula or a command (OWASP, 'CSV
# Injection'). An apostrophe before it makes it text.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What XML cannot hold: openpyxl refuses most of it, and writes the rest into a file that no
# spreadsheet opens.
CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def csv_response(name: str, rows: Iterable[Sequence[str | int]]) -> HttpResponse:
    """Answer with a CSV file; whole numbers stay numbers, negative ones too."""
    # The byte order mark tells Excel that the file is UTF-8.
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = named(name)
    csv.writer(response).writerows([safe_cell(cell) for cell in row] for row in rows)
    return response


def safe_cell(cell: str | int) -> str | int:
    """Return the cell, a text that begins like a formula with an apostrophe before it."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell


def in_xml(text: str) -> str:
    """The text without what a cell of a workbook cannot hold."""
    return text.translate(CONTROL)


def xlsx_response(name: str, title: str, rows: Iterable[Sequence[str | int]]) -> HttpResponse:
    """Answer with an XLSX file of one sheet, the first row its heading.

    Texts are text whatever they begin with: a cell of a formula has another type.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for place, row in enumerate(rows):
        cells = []
        for content in row:
            cell = WriteOnlyCell(sheet)
            if isinstance(content, str):
                cell.value = in_xml(content)
                cell.data_type = "s"
            else:
                cell.value = content
                cell.number_format = "#,##0"
            if place == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    response = HttpResponse(file.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = named(name)
    return response
