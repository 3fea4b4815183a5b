"""Tables that leave the portal: numbers stay numbers, and no text becomes a formula."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from stands.tables_out import csv_response, xlsx_response

pytestmark = pytest.mark.shown_alike


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+62", "-x", "\t=1", "kopi\x0b"])
def test_text_of_a_spreadsheet_is_never_a_formula(text: str) -> None:
    content = xlsx_response("x.xlsx", "Total", [["nama", "nilai"], [text, -25_000]]).content
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows())  # type: ignore[union-attr]
    assert [cell.data_type for cell in rows[1]] == ["s", "n"]
    assert rows[1][1].value == -25_000
    assert rows[0][0].font.bold


def test_text_of_a_csv_is_never_a_formula() -> None:
    content = csv_response("x.csv", [["=1+1", -25_000]]).content.decode("utf-8-sig")
    assert content == "'=1+1,-25000\r\n"
