"""From a file to rows under headings that a kind knows, and what of the file was not read."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from opop_expo.cells_in import APART, DATED
from opop_expo.tables_in import read_table
from opop_expo.xlsx_in import MAX_CELLS
from opop_expo.xlsx_parts import too_much
from opop_expo.zip_in import FileRefused

if TYPE_CHECKING:
    from typing import IO

    from opop_expo.imports.columns import Column, Kind
    from opop_expo.xlsx_in import Numbered, Table

# The heading is looked for in so many rows: people write a title above their table.
HEADING_WITHIN = 10
# A sheet that has so many known headings in a row is a table of the kind.
MEANT = 2
# Columns that people number their rows by.
COUNTERS = {"no", "nomor urut", "no urut", "nr"}

Cells = dict[str, str]


@dataclass(frozen=True)
class Reading:
    """The filled rows of a file as [number, {column: text}], and how they were come by."""

    # The columns as [name, heading], and the headings that are not known with the nearest one.
    columns: list[list[str]]
    unknown: list[list[str]]
    rows: list[list[Any]]
    # As ImportJob.reading keeps it.
    told: dict[str, Any]


def read_rows(kind: Kind, file: IO[bytes], *, name: str, size: int) -> Reading:
    """Read the rows of a spreadsheet. Raises FileRefused, with a text for who sent the file."""
    table = read_table(file, name=name, size=size, most=kind.most)
    if _heading_row(kind, table.rows) is None:
        wanted = _sheet_that_is_meant(kind, table)
        file.seek(0)
        table = read_table(file, name=name, size=size, most=kind.most, wanted=wanted)
    place = _heading_row(kind, table.rows)
    if place is None:
        raise FileRefused(_no_heading(kind, table))
    columns, unknown = _columns(kind, table, place)
    rows = _filled(table, columns, place)
    if not rows:
        raise FileRefused(_("Di bawah judul kolom belum ada baris yang diisi."))
    _spread_merged(table, columns, rows)
    return Reading(
        columns=[[column.name, table.rows[place][1][at].strip()] for at, column in columns],
        unknown=unknown,
        rows=rows,
        told={
            "sheet": table.name,
            # Where it is not the first, the first had no heading.
            "is_first": table.place == 0,
            "left": [one.name for one in table.others if _is_table(kind, one.rows)],
            "hidden": sum(number in table.hidden for number, _cells in rows),
        },
    )


# --- which sheet, and which row heads it ----------------------------------------------------------


def _heading_row(kind: Kind, rows: list[Numbered]) -> int | None:
    """The place of the row with the most headings that are known; None where no row has one."""
    best, place = 0, None
    for at, (_number, cells) in enumerate(rows[:HEADING_WITHIN]):
        known = len(_known(kind, cells))
        if known > best:
            best, place = known, at
    return place


def _known(kind: Kind, cells: list[str]) -> dict[str, int]:
    """The columns that a row names, each with its place."""
    return {one.name: at for at, cell in enumerate(cells) if (one := kind.column_for(cell))}


def _is_table(kind: Kind, rows: list[Numbered]) -> bool:
    """Whether these rows have a heading, and something below it."""
    for at, (_number, cells) in enumerate(rows[:HEADING_WITHIN]):
        places = _known(kind, cells).values()
        if len(places) >= MEANT:
            return any(
                place < len(below) and below[place].strip()
                for _row, below in rows[at + 1 :]
                for place in places
            )
    return False


def _sheet_that_is_meant(kind: Kind, table: Table) -> int:
    """The one other sheet that is a table of the kind."""
    found = [one for one in table.others if _is_table(kind, one.rows)]
    if not found:
        raise FileRefused(_no_heading(kind, table))
    if len(found) > 1:
        reason = _(
            "Ada beberapa lembar yang bisa dibaca: %(names)s. Taruh satu di paling depan, atau"
            " satukan barisnya."
        )
        names = ", ".join(f"“{one.name}”" for one in found)
        raise FileRefused(reason % {"names": names})
    return found[0].place


def _no_heading(kind: Kind, table: Table) -> str:
    reason = _("Judul kolomnya tidak dikenal. Pakai templat, atau beri judul seperti: %(names)s.")
    reason %= {"names": ", ".join(str(one.heading) for one in kind.columns[:4])}
    if table.others:
        reason += " " + _("Yang dibaca lembar pertama, “%(sheet)s”.") % {"sheet": table.name}
    return reason


# --- its columns ----------------------------------------------------------------------------------


def _columns(
    kind: Kind, table: Table, place: int
) -> tuple[list[tuple[int, Column]], list[list[str]]]:
    """The columns by their place, and the headings that nobody knows."""
    headings, below = table.rows[place][1], table.rows[place + 1 :]
    if not table.is_csv:
        width = max((len(cells) for _number, cells in below), default=0)
        headings = headings + [""] * (width - len(headings))
    columns: list[tuple[int, Column]] = []
    unknown: list[list[str]] = []
    for at, heading in enumerate(headings):
        column = kind.column_for(heading)
        if column is not None:
            if any(other is column for _at, other in columns):
                raise FileRefused(
                    _("Kolom %(name)s ada dua kali. Hapus salah satunya.")
                    % {"name": column.heading}
                )
            columns.append((at, column))
        elif heading.strip() and heading.strip(" .").casefold() not in COUNTERS:
            unknown.append([heading.strip().removeprefix(DATED)[:60], kind.closest(heading)])
        elif not heading.strip() and any(
            at < len(cells) and cells[at].strip() for _number, cells in below
        ):
            unknown.append([_("(kolom %(number)s tanpa judul)") % {"number": at + 1}, ""])
    _check_key(kind, [column.name for _at, column in columns])
    return columns, unknown


def _check_key(kind: Kind, names: list[str]) -> None:
    """The file says which row is which."""
    wanted = ("name",) if kind.has_slug and "slug" not in names else kind.key_columns
    missing = [str(kind.by_name[one].heading) for one in wanted if one not in names]
    if missing:
        raise FileRefused(
            _("Kolom %(names)s harus ada: tanpa itu tidak jelas baris mana yang dimaksud.")
            % {"names": ", ".join(missing)}
        )


# --- its rows -------------------------------------------------------------------------------------


def _filled(table: Table, columns: list[tuple[int, Column]], place: int) -> list[list[Any]]:
    """The rows below the heading in which a known column holds something."""
    width = len(table.rows[place][1])
    rows: list[list[Any]] = []
    for number, cells in table.rows[place + 1 :]:
        kept: Cells = {
            column.name: cells[at] for at, column in columns if at < len(cells) and cells[at]
        }
        if table.is_csv and any(cell.strip() for cell in cells[width:]):
            # A comma that nobody quoted has pushed what comes behind it one column on.
            kept[columns[-1][1].name] = APART
        if kept:
            rows.append([number, kept])
    return rows


def _spread_merged(table: Table, columns: list[tuple[int, Column]], rows: list[list[Any]]) -> None:
    """Cells merged downwards say the same of each of their rows. Headings are not among them."""
    names = {at + 1: column.name for at, column in columns}
    numbers = [number for number, _cells in rows]
    count = 0
    for column, first, last in table.merged:
        at = bisect_left(numbers, first)
        if column not in names or at == len(rows) or numbers[at] != first:
            continue
        text = rows[at][1].get(names[column])
        for _number, cells in rows[at + 1 : bisect_right(numbers, last)] if text else ():
            cells.setdefault(names[column], text)
            count += 1
            if count > MAX_CELLS:
                raise too_much()
