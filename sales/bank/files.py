"""Reading the CSV file of a bank or acquirer: its rows, and what its columns mean.

Banks in Indonesia write `25.000,00`, `25,000.00` or `25000`, with a comma or a semicolon between
columns, with lines about the account above the heading, and often without the year. What a column
means is guessed here and decided by a person; a row that cannot be read is told, never dropped in
silence.
"""

from __future__ import annotations

import base64
import binascii
import csv
import datetime as dt
import hashlib
import io
import re
import zlib
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from sales.bank.cells import (
    COMES_IN,
    GOES_OUT,
    is_amount,
    is_date,
    read_amount,
    read_date,
    read_time,
)
from stands.clock import WIB

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 60
MAX_CELL = 2_000
# What the preview hands on to the saving in a form field, whose body may have 1 MiB.
MAX_PACKED = 900 * 1024
TEXT_LENGTH = 300

NO_TABLE = {
    b"PK\x03\x04": "xlsx",
    b"\xd0\xcf\x11\xe0": "xls",
    b"%PDF": "pdf",
}


class StatementError(Exception):
    """The file cannot be taken over; the message tells a person what to do."""


@dataclass(frozen=True)
class Sheet:
    """A file as a table of texts, not understood yet."""

    name: str
    raw: bytes
    rows: list[list[str]]

    @property
    def file_hash(self) -> str:
        """By which the same file is known again."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def width(self) -> int:
        """The number of columns."""
        return max(len(row) for row in self.rows)

    def heading(self, row: int) -> list[str]:
        """The names of the columns from that row, counted from 1; numbers where there is none."""
        names = self.rows[row - 1] if 0 < row <= len(self.rows) else []
        names = [*names, *[""] * (self.width - len(names))]
        return [name or _("Kolom %(n)s") % {"n": n} for n, name in enumerate(names, start=1)]

    def heading_hash(self, row: int) -> str:
        """By which a file of the same kind is known again."""
        names = [name.casefold() for name in self.rows[row - 1]] if row else [str(self.width)]
        return hashlib.sha256("\x1f".join(names).encode()).hexdigest()

    def packed(self) -> str:
        """The file as a form field carries it from the preview to the saving."""
        return base64.b64encode(zlib.compress(self.raw, 9)).decode()


@dataclass(frozen=True)
class Columns:
    """What the columns mean, counted from 0; `header` is the row of the names from 1, 0 for none.

    `paid_out` is a second column of amounts that went out, `kind` one that says in or out.
    """

    header: int
    date: int
    amount: int
    time: int | None = None
    paid_out: int | None = None
    kind: int | None = None
    text: int | None = None
    stand: int | None = None
    month_first: bool = False

    def as_json(self) -> dict[str, Any]:
        """As it is remembered."""
        return asdict(self)

    def fits(self, sheet: Sheet) -> bool:
        """Whether the file has all of these."""
        used = (getattr(self, name) for name in COLUMN_NAMES)
        return self.header <= len(sheet.rows) and all(
            place is None or place < sheet.width for place in used
        )


COLUMN_NAMES = ("date", "time", "amount", "paid_out", "kind", "text", "stand")


@dataclass(frozen=True)
class ReadLine:
    """One movement as it was read; `stand_word` is what the file calls the stand or terminal."""

    row: int
    date: dt.date
    at: dt.datetime | None
    amount_rupiah: int
    text: str
    stand_word: str


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be read, and why."""

    row: int
    cells: list[str]
    problem: str


@dataclass(frozen=True)
class Reading:
    """A whole file, read: movements, rows without any amount, and what cannot be read."""

    lines: list[ReadLine]
    empty: int
    bad: list[BadRow]


# --- the file -----------------------------------------------------------------------------------


def read_sheet(raw: bytes, name: str) -> Sheet:
    """Take a file apart into rows and cells. Raises StatementError."""
    if len(raw) > MAX_BYTES:
        raise StatementError(_("Berkas ini terlalu besar: paling besar 2 MB."))
    text = _decoded(raw)
    split = _split(text)
    for number, row in enumerate(split, start=1):
        if any(_swallows_rows(cell) for cell in row):
            raise StatementError(
                _("Baris %(row)s membuka tanda kutip yang tidak ditutup. Perbaiki di berkasnya.")
                % {"row": number}
            )
    rows = [[_clean(cell) for cell in row] for row in split]
    rows = [row if any(row) else [] for row in rows]
    if not any(len(row) > 1 for row in rows):
        raise StatementError(_("Berkas ini tidak punya kolom. Unduh mutasinya sebagai CSV."))
    return Sheet(name=name[-120:], raw=raw, rows=rows)


def unpack(packed: str, name: str) -> Sheet:
    """The file that a preview handed on. Raises StatementError."""
    try:
        unpacking = zlib.decompressobj()
        raw = unpacking.decompress(base64.b64decode(packed, validate=True), MAX_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise StatementError(_("Berkasnya tidak terbawa. Unggah lagi.")) from None
    if not unpacking.eof and len(raw) <= MAX_BYTES:
        raise StatementError(_("Berkasnya tidak terbawa. Unggah lagi."))
    return read_sheet(raw, name)


def _decoded(raw: bytes) -> str:
    for magic, kind in NO_TABLE.items():
        if raw.startswith(magic):
            raise StatementError(
                _("Ini berkas %(kind)s. Unduh mutasinya sebagai CSV, atau simpan sebagai CSV.")
                % {"kind": kind.upper()}
            )
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = raw.decode("utf-16")
        except UnicodeDecodeError:
            raise StatementError(_("Huruf di berkas ini tidak terbaca.")) from None
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
    if not text.strip():
        raise StatementError(_("Berkas ini kosong."))
    if any(ord(letter) < 32 and letter not in "\t\r\n" for letter in text):
        raise StatementError(_("Ini bukan berkas CSV."))
    return text


def _split(text: str) -> list[list[str]]:
    first, _newline, rest = text.partition("\n")
    if first.strip().casefold().startswith("sep=") and len(first.strip()) == 5:
        return list(_rows(rest, first.strip()[-1]))
    sample = "\n".join(text.splitlines()[:60])
    best, most = ",", -1
    for delimiter in ";\t,|":
        try:
            widths = Counter(len(row) for row in _rows(sample, delimiter) if len(row) > 1)
        except StatementError:
            continue
        score = max((count * (width - 1) for width, count in widths.items()), default=0)
        if score > most:
            best, most = delimiter, score
    return list(_rows(text, best))


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        for number, row in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1
        ):
            if number > MAX_ROWS:
                raise StatementError(
                    _("Berkas ini terlalu panjang: paling banyak 20.000 baris. Bagi per hari.")
                )
            if len(row) > MAX_COLUMNS:
                raise StatementError(
                    _("Baris %(row)s punya terlalu banyak kolom.") % {"row": number}
                )
            if any(len(cell) > MAX_CELL for cell in row):
                raise StatementError(
                    _("Baris %(row)s punya sel yang terlalu panjang.") % {"row": number}
                )
            yield row
    except csv.Error:
        raise StatementError(_("Ini bukan berkas CSV.")) from None


def _swallows_rows(cell: str) -> bool:
    """Whether a quotation mark that nobody closed took the rows below into this cell."""
    return any(
        len(parts := re.split(r"[;\t,|]", line)) > 1 and any(is_date(_clean(one)) for one in parts)
        for line in cell.splitlines()[1:]
    )


def _clean(cell: str) -> str:
    """Without blanks at the ends, and without the apostrophe that makes a cell text."""
    cell = " ".join(cell.replace("\u00a0", " ").split())
    return cell[1:] if cell.startswith("'") else cell


# --- what the columns mean ----------------------------------------------------------------------

WORDS = {
    "date": ("tanggal", "tgl", "date", "waktu transaksi", "transaction time", "created"),
    "time": ("jam", "waktu", "time", "pukul"),
    "amount": (
        "kredit",
        "credit",
        "gross",
        "jumlah",
        "nominal",
        "amount",
        "nilai",
        "masuk",
        "total",
    ),
    "paid_out": ("debit", "debet", "keluar", "withdrawal"),
    "kind": ("d/k", "db/cr", "dc", "d/c", "cr/db", "jenis", "type", "tipe"),
    "text": (
        "keterangan",
        "uraian",
        "deskripsi",
        "description",
        "remark",
        "berita",
        "rrn",
        "ref",
        "issuer",
    ),
    "stand": ("stan", "stand", "terminal", "tid", "outlet", "merchant", "nmid", "cabang"),
}
NOT_AN_AMOUNT = ("saldo", "balance", "mdr", "fee", "biaya", "no", "nomor")


def guess_columns(sheet: Sheet) -> Columns:
    """What the columns probably mean, by the words of the heading and what lies below it."""
    header = _guess_header(sheet)
    names = [name.casefold() for name in sheet.rows[header - 1]] if header else []
    below = [row for row in sheet.rows[header : header + 200] if len(row) > 1]
    found: dict[str, int] = {}
    for field in ("date", "paid_out", "kind", "time", "stand", "amount", "text"):
        place = _named(field, names, set(found.values()))
        if place is not None:
            found[field] = place
    columns = range(sheet.width)
    if "date" not in found:
        found["date"] = max(columns, key=lambda place: _share(below, place, is_date))
    if "amount" not in found:
        rest = [place for place in columns if place not in found.values()] or [found["date"]]
        found["amount"] = max(rest, key=lambda place: _share(below, place, is_amount))
    dates = [row[found["date"]] for row in below if len(row) > found["date"]]
    return Columns(header=header, month_first=_is_month_first(dates), **found)


def _guess_header(sheet: Sheet) -> int:
    every = [word for words in WORDS.values() for word in words]
    for number, row in enumerate(sheet.rows[:40], start=1):
        names = [cell.casefold() for cell in row if cell]
        hits = sum(any(word in name for word in every) for name in names)
        if hits >= 2 and not any(is_date(cell) or is_amount(cell) for cell in row):
            return number
    return 0


def _named(field: str, names: list[str], taken: set[int]) -> int | None:
    for word in WORDS[field]:
        for place, name in enumerate(names):
            parts = re.split(r"[^a-z/]+", name)
            matches = word in parts or (len(word) > 4 and word in name)
            if not matches or place in taken:
                continue
            if field == "amount" and any(one in parts for one in NOT_AN_AMOUNT):
                continue
            return place
    return None


def _share(rows: list[list[str]], place: int, is_it: Any) -> int:
    return sum(len(row) > place and is_it(row[place]) for row in rows)


def _is_month_first(cells: list[str]) -> bool:
    """`11/25/2026`: only where no date has a first number above twelve and some have a second."""
    pairs = [(int(m[1]), int(m[2])) for cell in cells if (m := re.match(r"(\d\d?)/(\d\d?)", cell))]
    return any(b > 12 for _a, b in pairs) and not any(a > 12 for a, _b in pairs)


# --- rows ---------------------------------------------------------------------------------------


def read_rows(sheet: Sheet, columns: Columns, *, around: dt.date) -> Reading:
    """Read every row below the heading. A row without any amount is counted as empty."""
    lines, bad, empty = [], [], 0
    # An amount with a comma in a file of commas pushes all behind it one column on.
    heading = sheet.rows[columns.header - 1] if columns.header else [""] * sheet.width
    most = len(heading)
    for number, row in enumerate(sheet.rows[columns.header :], start=columns.header + 1):
        if not row:
            continue
        try:
            # Where the heading ends with a comma as well, the last of them is no more than that.
            if any(row[most:]) or (len(row) > most and not heading[-1]):
                raise StatementError(_("Kolomnya lebih banyak daripada judulnya."))
            line = _read_row(number, row, columns, around)
        except StatementError as problem:
            bad.append(BadRow(number, [cell for cell in row if cell][:6], str(problem)))
            continue
        if line is None:
            empty += 1
        else:
            lines.append(line)
    return Reading(lines, empty, bad)


def _read_row(number: int, row: list[str], columns: Columns, around: dt.date) -> ReadLine | None:
    def cell(place: int | None) -> str:
        return row[place] if place is not None and place < len(row) else ""

    amount = _amount(cell(columns.amount), cell(columns.paid_out), cell(columns.kind))
    if not amount:
        return None
    try:
        date, at = read_date(cell(columns.date), around=around, month_first=columns.month_first)
    except (ValueError, OverflowError):
        raise StatementError(_("Tanggalnya tidak terbaca.")) from None
    if at is not None and at.astimezone(WIB).time() == dt.time():
        at = None  # a spreadsheet writes a date so: 25/11/2026 00:00:00
    if at is None and cell(columns.time):
        try:
            at = dt.datetime.combine(date, read_time(cell(columns.time)), WIB)
        except ValueError:
            raise StatementError(_("Jamnya tidak terbaca.")) from None
    return ReadLine(
        row=number,
        date=date,
        at=at,
        amount_rupiah=amount,
        text=cell(columns.text)[:TEXT_LENGTH],
        stand_word=cell(columns.stand),
    )


def _amount(came_in: str, went_out: str, kind: str) -> int:
    """What the row moves, 0 for nothing. Raises StatementError."""
    try:
        amount = read_amount(came_in) if came_in.strip("-− ") else 0
        out = read_amount(went_out) if went_out.strip("-− ") else 0
    except ValueError:
        raise StatementError(_("Jumlahnya tidak terbaca.")) from None
    if amount and out:
        raise StatementError(_("Uang masuk dan uang keluar dalam satu baris."))
    if out:
        return -abs(out)
    word = kind.upper().rstrip(".")
    if not amount or not word:
        return amount
    if word in GOES_OUT:
        return -abs(amount)
    if word in COMES_IN:
        return amount
    raise StatementError(_("Tidak jelas uang masuk atau keluar: %(word)s.") % {"word": kind[:30]})
