"""Reading the CSV files of an edition, and saying in which row and column something is wrong."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from opop_expo.tables_in import MAX_BYTES, MAX_ROWS, NotUnicodeError, decoded, records

if TYPE_CHECKING:
    from pathlib import Path

    from django.db.models import TextChoices

# As large as a price may be (sales.recording); every column of the database holds it.
MAX_NUMBER = 1_000_000_000
# What places are counted in takes fewer.
MAX_ORDER = 32_767
# What a whole edition comes to may be more than a price.
MAX_TOTAL = 999_999_999_999

# In the order in which they are loaded: what a row refers to stands in a file before it.
COLUMNS: dict[str, tuple[str, ...]] = {
    "regencies.csv": ("code", "kind", "name"),
    "categories.csv": ("slug", "name", "name_en", "order"),
    "pesantren.csv": (
        "slug", "name", "regency_code", "kopontren", "founded", "notes", "notes_en", "remarks",
        "sources", "example",
    ),
    "producers.csv": (
        "slug", "name", "kind", "pesantren_slug", "notes", "notes_en", "whatsapp",
        "whatsapp_allowed", "sources", "example",
    ),
    "products.csv": (
        "slug", "producer_slug", "name", "name_en", "category", "description", "description_en",
        "pillar", "unit", "price_rupiah", "export_markets", "state", "sources", "example",
    ),
    "credentials.csv": (
        "product_slug", "scheme", "number", "issued", "expires", "sources", "example",
    ),
    "edition.csv": ("slug", "name", "theme", "venue", "city", "notes", "sources", "example"),
    "days.csv": ("date", "opens", "closes"),
    "zones.csv": ("code", "name", "name_en", "order"),
    "stands.csv": (
        "code", "name", "kind", "zone", "x", "y", "width", "height", "pesantren", "description",
        "description_en", "example",
    ),
    "plan.csv": (
        "place", "kind", "zone", "name", "name_en", "x", "y", "width", "height", "outline",
        "example",
    ),
    "offers.csv": ("stand_code", "product_slug", "price_rupiah", "stock", "order", "example"),
    "rooms.csv": ("name", "name_en", "seats", "place", "order"),
    "speakers.csv": ("name", "about", "about_en", "example"),
    "sessions.csv": (
        "slug", "kind", "title", "title_en", "description", "description_en", "date", "starts",
        "ends", "room", "speakers", "language", "target_group", "target_group_en",
        "registrations", "capacity", "cancelled", "reported_count", "reported_unit",
        "reported_unit_en", "reported_by", "reported_by_en", "reported_on", "reported_sources",
        "sources", "example",
    ),
    "schemes.csv": (
        "code", "name", "name_en", "kind", "institution", "detail", "detail_en", "order",
        "said_by", "sources", "example",
    ),
    "claims.csv": (
        "code", "figure", "date", "scheme", "value", "unit", "unit_en", "text", "text_en",
        "detail", "detail_en", "basis", "said_by", "said_on", "published", "order", "sources",
        "example",
    ),
    "agreements.csv": (
        "code", "kind", "state", "name", "name_en", "printed_name", "value_rupiah", "signed_on",
        "detail", "detail_en", "public", "order", "said_by", "said_on", "sources", "example",
    ),
    "parties.csv": (
        "agreement", "place", "producer_slug", "pesantren_slug", "company", "country",
        "signatory",
    ),
}  # fmt: skip

# An edition may have its plan drawn and its programme made later, in the admin; what came of it is
# known last.
OPTIONAL = {
    "plan.csv", "rooms.csv", "speakers.csv", "sessions.csv", "schemes.csv", "claims.csv",
    "agreements.csv", "parties.csv",
}  # fmt: skip

# Of a past edition often nothing but figures is known: its folder has none of these.
CATALOGUE = COLUMNS.keys() - OPTIONAL - {"edition.csv", "days.csv"}

# What tells one row of a file from another.
KEYS: dict[str, tuple[str, ...]] = {
    "regencies.csv": ("code",),
    "categories.csv": ("slug",),
    "pesantren.csv": ("slug",),
    "producers.csv": ("slug",),
    "products.csv": ("slug",),
    "credentials.csv": ("product_slug", "scheme", "number"),
    "edition.csv": ("slug",),
    "days.csv": ("date",),
    "zones.csv": ("code",),
    "stands.csv": ("code",),
    "plan.csv": ("place",),
    "offers.csv": ("stand_code", "product_slug"),
    "rooms.csv": ("name",),
    "speakers.csv": ("name",),
    "sessions.csv": ("slug",),
    "schemes.csv": ("code",),
    "claims.csv": ("code",),
    "agreements.csv": ("code",),
    "parties.csv": ("agreement", "place"),
}


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong. `row` counts as a spreadsheet does: the header is 1; 0 is the whole file."""

    file: str
    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        place = [self.file]
        if self.row:
            place.append(_("baris %(row)s") % {"row": self.row})
        if self.column:
            place.append(_("kolom %(column)s") % {"column": self.column})
        return f"{', '.join(place)}: {self.reason}"


class EditionRefused(Exception):  # noqa: N818, the outcome is a refusal and not a failure of ours
    """The files have problems; nothing of them was written."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass
class Row:
    """One row of a file. It reads its cells as values and collects what is wrong with them."""

    file: str
    number: int
    cells: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    # Set where another row is to blame and is reported there.
    leans_on_bad: bool = False

    @property
    def key(self) -> str:
        """What tells it from the other rows of its file."""
        return "|".join(self.cells[column] for column in KEYS[self.file])

    @property
    def digest(self) -> str:
        """Equal for equal content: 16 hexadecimal digits of a SHA-256."""
        content = "\x1f".join(f"{column}={cell}" for column, cell in self.cells.items())
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    @property
    def is_bad(self) -> bool:
        """Whether it cannot be written."""
        return bool(self.problems) or self.leans_on_bad

    def complain(self, column: str, reason: str) -> None:
        """Note what is wrong in a column; without a column the whole row is meant."""
        self.problems.append(Problem(self.file, self.number, column, reason))

    def blames(self, column: str) -> bool:
        """Whether something is wrong in that column."""
        return any(problem.column == column for problem in self.problems)

    def text(self, column: str) -> str:
        """The cell as it is."""
        return self.cells[column]

    def whole(self, column: str, *, most: int = MAX_NUMBER) -> int | None:
        """A whole number, or None where the cell is empty."""
        cell = self.cells[column]
        if not cell:
            return None
        if not re.fullmatch(r"-?[0-9]{1,12}", cell):
            self.complain(
                column,
                _("“%(cell)s” bukan bilangan bulat. Tulis angka saja, tanpa titik: 15000.")
                % {"cell": shown(cell)},
            )
            return None
        if int(cell) > most:
            self.complain(column, _("Paling besar %(most)s.") % {"most": most})
        return int(cell)

    def required_whole(self, column: str, *, most: int = MAX_NUMBER) -> int:
        """A whole number that must be there."""
        number = self.whole(column, most=most)
        if not self.cells[column]:
            self.complain(column, _("Kolom ini wajib diisi."))
        return number or 0

    def date(self, column: str) -> dt.date | None:
        """A date, or None where the cell is empty."""
        cell = self.cells[column]
        try:
            return dt.datetime.strptime(cell, "%Y-%m-%d").date() if cell else None  # noqa: DTZ007
        except ValueError:
            self.complain(
                column,
                _("“%(cell)s” bukan tanggal. Tulis tahun-bulan-hari: 2020-12-18.")
                % {"cell": shown(cell)},
            )
            return None

    def time(self, column: str) -> dt.time | None:
        """A time of day, or None where the cell is empty."""
        cell = self.cells[column]
        try:
            return dt.datetime.strptime(cell, "%H:%M").time() if cell else None  # noqa: DTZ007
        except ValueError:
            self.complain(
                column,
                _("“%(cell)s” bukan jam. Tulis jam:menit: 09:00.") % {"cell": shown(cell)},
            )
            return None

    def choice(self, column: str, choices: type[TextChoices], *, required: bool = True) -> str:
        """One of the words that the model knows."""
        cell = self.cells[column]
        if cell not in choices.values and (cell or required):
            self.complain(
                column,
                _("“%(cell)s” tidak dikenal. Pilihannya: %(choices)s.")
                % {"cell": shown(cell), "choices": ", ".join(choices.values)},
            )
        return cell

    def is_yes(self, column: str) -> bool:
        """Whether the cell says yes; empty is no."""
        cell = self.cells[column]
        if cell not in ("yes", "no", ""):
            self.complain(
                column, _("“%(cell)s” tidak dikenal. Tulis yes atau no.") % {"cell": shown(cell)}
            )
        return cell == "yes"

    def names(self, column: str) -> list[str]:
        """The parts of a cell that lists several, parted by `|`."""
        parts = [part.strip() for part in self.cells[column].split("|")]
        names = [part for part in parts if part]
        if len(set(names)) < len(names):
            self.complain(column, _("Ada yang ditulis dua kali."))
        return names


@dataclass
class EditionFiles:
    """The rows of every file that could be read, and what is wrong with the others."""

    folder: Path
    rows: dict[str, list[Row]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    # Files that there are not, and need not be.
    left_out: set[str] = field(default_factory=set)

    def all_rows(self) -> list[Row]:
        """Every row, in the order of the files."""
        return [row for rows in self.rows.values() for row in rows]

    def all_problems(self) -> list[Problem]:
        """What is wrong with files and rows, in the order in which one would mend it."""
        order = list(COLUMNS)
        found = [*self.problems, *(one for row in self.all_rows() for one in row.problems)]
        return sorted(found, key=lambda one: (order.index(one.file), one.row))


def read_files(folder: Path) -> EditionFiles:
    """Read all files of an edition. Raises nothing: what is wrong stands in `problems`."""
    files = EditionFiles(folder)
    has_catalogue = any((folder / name).exists() for name in CATALOGUE)
    may_be_missing = OPTIONAL if has_catalogue else OPTIONAL | CATALOGUE
    for name in COLUMNS:
        if name in may_be_missing and not (folder / name).exists():
            files.rows[name] = []
            files.left_out.add(name)
            continue
        try:
            files.rows[name] = _rows(name, folder / name)
        except EditionRefused as refusal:
            files.problems += refusal.problems
        else:
            _find_doubles(files.rows[name])
    return files


def shown(cell: str) -> str:
    """A cell as it stands in a message: not longer than a line."""
    return cell if len(cell) <= 40 else f"{cell[:39]}…"


def _rows(name: str, path: Path) -> list[Row]:
    reader = records(_content(name, path))
    rows: list[Row] = []
    number = 0
    try:
        header = [cell.strip() for cell in next(reader, [])]
        _check_header(name, header)
        number = 1
        for number, cells in enumerate(islice(reader, MAX_ROWS + 1), start=2):
            if number > MAX_ROWS + 1:
                reason = _("Lebih dari %(most)s baris.") % {"most": MAX_ROWS}
                raise _refusal(name, reason)
            if any(cell.strip() for cell in cells):
                rows.append(_row(name, number, header, cells))
    except csv.Error as error:
        reason = _("Baris ini tidak dapat dibaca sebagai CSV (%(error)s). Periksa tanda petiknya.")
        raise _refusal(name, reason % {"error": error}, row=number + 1) from error
    return rows


def _content(name: str, path: Path) -> str:
    """The text of a file, bounded before it is read."""
    if not path.is_file():
        raise _refusal(name, _("Berkas ini tidak ada."))
    if path.stat().st_size > MAX_BYTES:
        reason = _("Berkas ini lebih besar dari %(most)s MB.")
        raise _refusal(name, reason % {"most": MAX_BYTES // 1024 // 1024})
    try:
        return decoded(path.read_bytes())
    except NotUnicodeError as error:
        reason = _(
            "Berkas ini bukan UTF-8 (mulai baris teks %(line)s). Simpan sebagai “CSV UTF-8”."
        )
        raise _refusal(name, reason % {"line": error.line}) from error


def _check_header(name: str, header: list[str]) -> None:
    wanted = COLUMNS[name]
    problems = [
        Problem(name, 1, column, _("Kolom ini tidak ada."))
        for column in wanted
        if column not in header
    ]
    problems += [
        Problem(name, 1, column, _("Kolom ini tidak dikenal."))
        for column in header
        if column not in wanted
    ]
    problems += [
        Problem(name, 1, column, _("Kolom ini ada dua kali."))
        for column in wanted
        if header.count(column) > 1
    ]
    if problems:
        raise EditionRefused(problems)


def _row(name: str, number: int, header: list[str], cells: list[str]) -> Row:
    padded = [*cells, *[""] * (len(header) - len(cells))]
    clean = (unicodedata.normalize("NFC", cell.strip()) for cell in padded)
    row = Row(name, number, dict(zip(header, clean, strict=False)))
    if len(cells) != len(header):
        reason = _("Ada %(found)s kolom, seharusnya %(wanted)s. Teks berkoma perlu tanda petik.")
        row.complain("", reason % {"found": len(cells), "wanted": len(header)})
    for column, cell in row.cells.items():
        if any(unicodedata.category(sign) == "Cc" and sign not in "\n\r\t" for sign in cell):
            row.complain(column, _("Ada huruf kendali yang tidak terlihat."))
    return row


def _find_doubles(rows: list[Row]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        column = KEYS[row.file][-1]
        if not row.key.replace("|", ""):
            row.complain(column, _("Kolom ini wajib diisi."))
        elif row.key in first:
            reason = _("Sama dengan baris %(row)s.") % {"row": first[row.key]}
            row.complain(column, reason)
        first.setdefault(row.key, row.number)


def _refusal(name: str, reason: str, *, row: int = 0) -> EditionRefused:
    return EditionRefused([Problem(name, row, "", reason)])
