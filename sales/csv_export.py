"""Tables as CSV files that a spreadsheet opens as text and numbers, never as formulas."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.http import HttpResponse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Spreadsheets read a cell that begins with one of these as a formula or a command (OWASP, 'CSV
# Injection'). An apostrophe before it makes it text.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def csv_response(name: str, rows: Iterable[Sequence[str | int]]) -> HttpResponse:
    """Answer with a CSV file; whole numbers stay numbers, negative ones too."""
    # The byte order mark tells Excel that the file is UTF-8.
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    csv.writer(response).writerows([safe_cell(cell) for cell in row] for row in rows)
    return response


def safe_cell(cell: str | int) -> str | int:
    """Return the cell, a text that begins like a formula with an apostrophe before it."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell
