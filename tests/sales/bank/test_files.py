"""Files of banks as they come: amounts, dates, separators, and what is no statement at all."""

from __future__ import annotations

import datetime as dt
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from sales.bank.cells import read_amount, read_date, read_time
from sales.bank.files import (
    MAX_BYTES,
    MAX_ROWS,
    Columns,
    StatementError,
    guess_columns,
    read_rows,
    read_sheet,
    unpack,
)
from stands.clock import WIB

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.shown_alike

AROUND = dt.date(2026, 11, 26)


def is_refused(read: Callable[[], object]) -> bool:
    try:
        read()
    except ValueError:
        return True
    return False


@pytest.mark.parametrize(
    ("text", "rupiah"),
    [
        ("25.000,00", 25_000),
        ("25,000.00", 25_000),
        ("25000", 25_000),
        ("25000.00", 25_000),
        ("25000,0", 25_000),
        ("Rp 25.000", 25_000),
        ("Rp25.000,-", 25_000),
        ("25.000,--", 25_000),
        ("IDR 25,000.00", 25_000),
        ("Rp. 1.950.289.000", 1_950_289_000),
        ("1,950,289,000", 1_950_289_000),
        ("+25.000", 25_000),
        ("-25.000,00", -25_000),
        ("−Rp 25.000", -25_000),
        ("Rp -25.000", -25_000),
        ("(25.000)", -25_000),
        ("-25.000,00 DB", -25_000),
        ("(25.000) D", -25_000),
        ("(-25.000)", -25_000),
        ("25.000,00 CR", 25_000),
        ("25.000,00 DB", -25_000),
        ("25,000.00 K", 25_000),
        ("500", 500),
        ("0,00", 0),
    ],
)
def test_amount_is_read_as_people_write_it(text: str, rupiah: int) -> None:
    assert read_amount(text) == rupiah


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "25.000,50",
        "2.50",
        "25.00.000",
        "1.2345.678",
        "12,34,567",
        "9" * 30,
        "=1+1",
        "٢٥",
    ],
)
def test_amount_that_is_doubtful_is_not_guessed(text: str) -> None:
    assert is_refused(lambda: read_amount(text))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-25",
        "25/11/2026",
        "25-11-26",
        "25.11.2026",
        "25 Nov 2026",
        "25 November 2026",
        "25-NOP-2026",
        "20261125",
        "25/11",
        "25 Nov",
    ],
)
def test_date_is_read_in_its_forms(text: str) -> None:
    assert read_date(text, around=AROUND) == (dt.date(2026, 11, 25), None)


def test_date_of_the_turn_of_the_year_lies_near_the_expo() -> None:
    assert read_date("02/01", around=dt.date(2026, 12, 30))[0] == dt.date(2027, 1, 2)
    assert read_date("11/25/2026", around=AROUND, month_first=True)[0] == dt.date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("25/11/2026 13:45:10", (25, 13, 45)),
        ("2026-11-25T06:45:10Z", (25, 13, 45)),
        ("2026-11-25 13.45", (25, 13, 45)),
        ("25 Nov 2026, 1:45 PM", (25, 13, 45)),
        ("2026-11-24T23:30:00+00:00", (25, 6, 30)),
        ("2026-11-25T13:45:10.123+07:00", (25, 13, 45)),
    ],
)
def test_hour_in_the_date_is_an_instant(text: str, hour: tuple[int, int, int]) -> None:
    date, at = read_date(text, around=AROUND)
    assert at is not None
    here = at.astimezone(WIB)
    assert (here.day, here.hour, here.minute) == hour
    assert date == here.date()


@pytest.mark.parametrize(
    "text", ["", "kemarin", "31/02/2026", "25/13/2026", "99999999", "25/11/26x"]
)
def test_date_that_is_none_is_refused(text: str) -> None:
    assert is_refused(lambda: read_date(text, around=AROUND))


def test_hours_of_their_own_column() -> None:
    times = [read_time(text) for text in ("13:45:10", "13.45", "134510", "1:45 PM")]
    assert {(time.hour, time.minute) for time in times} == {(13, 45)}


FILES = {
    "acquirer, semicolons": "Tanggal;Jam;Nominal;Keterangan\n25/11/2026;13:45:10;25.000,00;QRIS\n",
    "bank with lines above": (
        "Informasi Rekening - Mutasi Rekening\nNo. rekening : ,'0123456789\n"
        "Periode : ,25/11/2026 - 26/11/2026\n\n"
        "Tanggal Transaksi,Keterangan,Cabang,Jumlah,Saldo\n"
        '\'25/11,"TRSF E-BANKING CR, SITI",0000,"25,000.00 CR","1,025,000.00"\n'
    ),
    "credit and debit apart": (
        "Date\tDescription\tDebit\tCredit\tBalance\n2026-11-25\tQR 1\t0.00\t25,000.00\t1.00\n"
    ),
    "kind in a column": "tgl|uraian|jenis|jumlah\n25-11-2026|QRIS|CR|25000\n",
    "excel says its separator": "sep=;\nTanggal;Jumlah\n25/11/2026;25.000\n",
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_file_is_understood_without_help(name: str, encoding: str) -> None:
    sheet = read_sheet(FILES[name].encode(encoding), "mutasi.csv")
    reading = read_rows(sheet, guess_columns(sheet), around=AROUND)
    found = [(line.date.isoformat(), line.amount_rupiah) for line in reading.lines]
    assert found == [("2026-11-25", 25_000)]
    assert reading.bad == []


def test_rows_that_cannot_be_read_are_told_with_number_and_reason() -> None:
    text = (
        "Tanggal;Jumlah;Jenis\n25/11/2026;25.000;CR\nkapan;25.000;CR\n25/11/2026;25,5;CR\n"
        "25/11/2026;1.000;apa\n25/11/2026;;\n\n"
    )
    sheet = read_sheet(text.encode(), "x.csv")
    reading = read_rows(sheet, Columns(1, date=0, amount=1, kind=2), around=AROUND)
    assert [(row.row, row.problem) for row in reading.bad] == [
        (3, "Tanggalnya tidak terbaca."),
        (4, "Jumlahnya tidak terbaca."),
        (5, "Tidak jelas uang masuk atau keluar: apa."),
    ]
    assert (len(reading.lines), reading.empty) == (1, 1)


def test_date_with_an_empty_hour_leaves_the_hour_to_its_column() -> None:
    rows = "25/11/2026 00:00:00;13:45;25.000\n25/11/2026 00:00:00;;30.000\n"
    sheet = read_sheet(f"Tanggal;Jam;Jumlah\n{rows}".encode(), "x.csv")
    first, second = read_rows(sheet, guess_columns(sheet), around=AROUND).lines
    assert (first.at, second.at) == (dt.datetime(2026, 11, 25, 13, 45, tzinfo=WIB), None)
    assert first.date == second.date == dt.date(2026, 11, 25)


def test_row_that_its_own_commas_pushed_apart_is_told() -> None:
    text = "Tanggal,Jumlah,Saldo\n25/11/2026,25,000.00,25,000.00\n25/11/2026,500.00,500.00,,\n"
    sheet = read_sheet(text.encode(), "x.csv")
    reading = read_rows(sheet, guess_columns(sheet), around=AROUND)
    assert [(row.row, row.problem) for row in reading.bad] == [
        (2, "Kolomnya lebih banyak daripada judulnya.")
    ]
    assert [line.amount_rupiah for line in reading.lines] == [500]


def test_row_that_was_pushed_apart_before_its_last_comma_is_told() -> None:
    text = "Tanggal,Uraian,Jumlah,\n25/11/2026,QRIS,25,000,\n25/11/2026,QRIS,500,\n"
    sheet = read_sheet(text.encode(), "x.csv")
    reading = read_rows(sheet, guess_columns(sheet), around=AROUND)
    assert [row.row for row in reading.bad] == [2]
    assert [line.amount_rupiah for line in reading.lines] == [500]


def test_quotation_mark_that_nobody_closed_takes_no_rows_away() -> None:
    rows = '25/11/2026;"TOKO;1.000\n25/11/2026;QRIS;2.000\n25/11/2026;"MAJU;3.000\n'
    with pytest.raises(StatementError, match="Baris 2 membuka tanda kutip"):
        read_sheet(f"Tanggal;Uraian;Jumlah\n{rows}".encode(), "x.csv")
    two_lines = '25/11/2026;"QRIS\nToko Maju, Jombang";1.000\n'
    sheet = read_sheet(f"Tanggal;Uraian;Jumlah\n{two_lines}".encode(), "x.csv")
    [line] = read_rows(sheet, guess_columns(sheet), around=AROUND).lines
    assert (line.text, line.amount_rupiah) == ("QRIS Toko Maju, Jombang", 1_000)


def _zip() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "0" * 1000)
    return file.getvalue()


HOSTILE = {
    "nothing": b"",
    "blanks": b"  \r\n \r\n",
    "xlsx": _zip(),
    "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "pdf": b"%PDF-1.7 1 0 obj",
    "nul": b"Tanggal;Jumlah\n25/11/2026;25\x00000\n",
    "picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "half utf-16": b"\xff\xfeT",
    "no columns": b"satu\ndua\ntiga\n",
    "html": b"<html><body>Sesi berakhir</body></html>",
    "too large": b"a;b\n" * (MAX_BYTES // 4 + 1),
    "too many rows": b"1;2\n" * (MAX_ROWS + 1),
    "too many columns": b";".join([b"x"] * 500) + b"\n",
    "huge cell": b'a;b\n"' + b"x" * 200_000 + b'";1\n',
    "open quotation mark": b'a;b\n"' + b"x;1\n" * 3_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_statement_is_refused_in_words(kind: str) -> None:
    with pytest.raises(StatementError, match=r"."):
        read_sheet(HOSTILE[kind], "x.csv")


def test_packed_file_that_was_tampered_with_is_refused() -> None:
    sheet = read_sheet(b"Tanggal;Jumlah\n25/11/2026;25.000\n", "x.csv")
    assert unpack(sheet.packed(), "x.csv").rows == sheet.rows
    for packed in ("", "%%%", "AAAA", sheet.packed()[:-8]):
        with pytest.raises(StatementError):
            unpack(packed, "x.csv")
