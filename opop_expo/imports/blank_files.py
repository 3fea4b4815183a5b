"""The files that people fill in: a heading row with drop-downs, and a sheet that explains it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from opop_expo.imports.columns import Shape, choice_words
from pesantren.models import Category, Regency
from stands.file_names import named
from stands.tables_out import XLSX, in_xml, safe_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from opop_expo.imports.columns import Column, Kind
    from stands.models import Expo

# Drop-downs and formats reach down to here.
LAST_ROW = 2_000
PINE, TURMERIC, CREAM = "0F3F31", "E89A1C", "FBF5E9"


def csv_template(kind: Kind) -> HttpResponse:
    """The headings as a CSV file for Excel. An example row would be sent in with the rest."""
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerow([str(column.heading) for column in kind.columns])
    # The byte order mark tells Excel that the file is UTF-8.
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    return _named(response, kind, "csv")


def xlsx_template(kind: Kind, expo: Expo | None) -> HttpResponse:
    """An empty table with its headings, and on a second sheet what each column is for."""
    book = Workbook()
    sheet: Worksheet = book.active  # type: ignore[assignment]  # a new book has one
    sheet.title = str(kind.title)[:31]
    guide = book.create_sheet(_("Petunjuk"))
    lists = book.create_sheet(_("Pilihan"))
    _write_headings(sheet, kind)
    _write_guide(guide, kind, expo)
    at = 0
    for place, column in enumerate(kind.columns, start=1):
        words = _choices(column, expo)
        if words:
            at += 1
            _drop_down(sheet, lists, place, at, column, words)
    lists.sheet_state = "hidden" if at else "veryHidden"
    out = io.BytesIO()
    book.save(out)
    return _named(HttpResponse(out.getvalue(), content_type=XLSX), kind, "xlsx")


def _write_headings(sheet: Worksheet, kind: Kind) -> None:
    sheet.freeze_panes = "B2"
    sheet.row_dimensions[1].height = 30
    for place, column in enumerate(kind.columns, start=1):
        letter = get_column_letter(place)
        cell = sheet.cell(1, place, str(column.heading) + (" *" if column.required else ""))
        cell.font = Font(bold=True, color="FFFFFF" if column.required else PINE)
        cell.fill = PatternFill("solid", fgColor=PINE if column.required else CREAM)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        cell.comment = Comment(f"{column.about}\n{_('Contoh')}: {column.example}", "OPOP Expo")
        cell.comment.width, cell.comment.height = 320, 110
        sheet.column_dimensions[letter].width = column.width
        # A number of a certificate is no number, and a date is one whatever Excel's language.
        if column.shape is Shape.DATE:
            sheet.column_dimensions[letter].number_format = "dd/mm/yyyy"
        elif column.shape is Shape.MONEY:
            sheet.column_dimensions[letter].number_format = "#,##0"
        elif column.shape is not Shape.WHOLE:
            sheet.column_dimensions[letter].number_format = "@"


def _write_guide(guide: Worksheet, kind: Kind, expo: Expo | None) -> None:
    lines: list[Sequence[str]] = [
        [_("Templat impor: %(kind)s") % {"kind": kind.title}],
        [_("Isi lembar pertama mulai baris 2. Kolom bertanda * wajib untuk baris yang baru.")],
        [_("Sel kosong membiarkan isi yang ada. Tulis - untuk mengosongkannya.")],
        [_("Kolom yang tidak dipakai boleh dihapus; urutannya bebas.")],
        [],
        [_("Kolom"), _("Penjelasan"), _("Contoh"), _("Pilihan")],
    ]
    if expo is not None:
        lines.insert(1, [_("Edisi: %(expo)s") % {"expo": expo.name}])
    for column in kind.columns:
        words = _choices(column, expo)
        shown = ", ".join(words) if len(words) <= 20 else _("lihat daftar di selnya")
        lines.append(
            [str(column.heading), str(column.about), column.example, shown if words else ""]
        )
    for line in lines:
        guide.append([safe_cell(in_xml(text)) for text in line])
    guide["A1"].font = Font(bold=True, size=14, color=PINE)
    for row in guide.iter_rows(min_row=2):
        is_heading = row[0].value == _("Kolom")
        for place, cell in enumerate(row):
            cell.alignment = Alignment(wrap_text=place > 0 or is_heading, vertical="top")
            if is_heading:
                cell.font = Font(bold=True)
                cell.fill = PatternFill("solid", fgColor=TURMERIC)
    for letter, width in zip("ABCD", (26, 60, 34, 44), strict=True):
        guide.column_dimensions[letter].width = width


def _drop_down(
    sheet: Worksheet, lists: Worksheet, place: int, at: int, column: Column, words: list[str]
) -> None:
    """A list on the cells of a column. It lies on a sheet: a list in the cell holds 255 signs."""
    letter, source = get_column_letter(place), get_column_letter(at)
    for number, word in enumerate(words, start=1):
        # A name that begins with "=" is a text.
        lists.cell(number, at, in_xml(word)).data_type = "s"
    rule = DataValidation(
        type="list",
        formula1=f"'{lists.title}'!${source}$1:${source}${len(words)}",
        allow_blank=True,
        showErrorMessage=column.shape is Shape.CHOICE,
        errorTitle=str(column.heading),
        error=_("Pilih salah satu dari daftar."),
    )
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{LAST_ROW}")


def _choices(column: Column, expo: Expo | None) -> list[str]:
    if column.choices is not None:
        return choice_words(column.choices)
    if column.shape is Shape.YES_NO:
        return [_("ya"), _("tidak")]
    if column.shape is Shape.CATEGORY:
        return [str(one) for one in Category.objects.all()]
    if column.shape is Shape.REGENCY:
        return [str(one) for one in Regency.objects.all()]
    if column.shape is Shape.ZONE and expo is not None:
        return [one.code for one in expo.zones.all()]
    return []


def _named(response: HttpResponse, kind: Kind, ending: str) -> HttpResponse:
    response["Content-Disposition"] = named(f"templat-{kind.slug}.{ending}")
    return response
