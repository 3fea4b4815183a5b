"""Cells of a spreadsheet, as people type them and as spreadsheets keep them."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from events.models import Event
from opop_expo.cells_in import of_number
from opop_expo.models import ImportJob
from pesantren.models import Credential, Pesantren, Product, Regency
from tests.hostile import with_sheet
from tests.imports import finish, preview, problems_of, save, send, sign_in_as, states, xlsx
from tests.make import (
    make_credential,
    make_expo,
    make_offer,
    make_pesantren,
    make_product,
    make_regency,
    make_stand,
)

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def citra(client: Client) -> Client:
    sign_in_as(client)
    return client


@pytest.mark.shown_alike
@pytest.mark.parametrize(
    ("cell", "price"),
    [
        (25_000, 25_000),
        (25_000.0, 25_000),
        ("25000", 25_000),
        ("25.000", 25_000),
        ("Rp 25.000", 25_000),
        ("Rp25.000,-", 25_000),
        ("rp. 25.000,00", 25_000),
        ("25 000", 25_000),
        ("25,000.00", 25_000),
        ("1.250.000", 1_250_000),
        ("25000.0", 25_000),
    ],
)
def test_price_is_read_as_people_write_it(citra: Client, cell: Any, price: int) -> None:
    make_product(slug="kopi", price_rupiah=1)
    save(citra, preview(citra, "produk", [["slug", "harga"], ["kopi", cell]]))
    assert Product.objects.get().price_rupiah == price


@pytest.mark.shown_alike
@pytest.mark.parametrize("cell", ["25rb", "25,000", "2.5", 2.5, "dua puluh", "25.0000", "=5*5", -5])
def test_price_that_is_none_is_told_with_what_to_write(citra: Client, cell: Any) -> None:
    make_product(slug="kopi", price_rupiah=1)
    job = preview(citra, "produk", [["slug", "harga"], ["kopi", cell]])
    ((number, heading, reason),) = problems_of(job)
    assert (number, heading) in [(2, "Harga acuan"), (2, "")]
    assert any(word in reason for word in ("25000", "nilai", "nol"))


@pytest.mark.shown_alike
@pytest.mark.parametrize(
    "cell",
    [
        dt.date(2026, 12, 31),
        dt.datetime(2026, 12, 31),  # noqa: DTZ001, a spreadsheet knows no zones
        "31/12/2026",
        "31-12-2026",
        "31.12.2026",
        "2026-12-31",
        "31 Desember 2026",
        "31 des 2026",
        "31 December 2026",
    ],
)
def test_date_is_read_as_people_write_it(citra: Client, cell: Any) -> None:
    credential = make_credential(product=make_product(slug="kopi"), number="ID1")
    save(
        citra,
        preview(
            citra,
            "legalitas",
            [["Produk", "Jenis", "Nomor", "Berlaku sampai"], ["kopi", "HALAL", "ID1", cell]],
        ),
    )
    credential.refresh_from_db()
    assert credential.expires == dt.date(2026, 12, 31)


@pytest.mark.shown_alike
@pytest.mark.parametrize("cell", ["12/31/2026", "31/12/26", "akhir tahun", 46_387])
def test_date_that_is_none_is_told_with_what_to_write(citra: Client, cell: Any) -> None:
    make_product(slug="kopi")
    job = preview(
        citra,
        "legalitas",
        [["Produk", "Jenis", "Nomor", "Berlaku sampai"], ["kopi", "pirt", "1", cell]],
    )
    ((_number, heading, reason),) = problems_of(job)
    assert heading == "Berlaku sampai"
    assert "31/12/2026" in reason


@pytest.mark.shown_alike
@pytest.mark.parametrize(
    ("cell", "withdrawn"),
    [("ya", True), ("YES", True), (1, True), (True, True), ("tidak", False), ("0", False)],
)
def test_yes_and_no_are_read_as_people_write_them(
    citra: Client, cell: Any, withdrawn: bool
) -> None:
    expo = make_expo()
    offer = make_offer(
        stand=make_stand(expo=expo, code="A1"),
        product=make_product(slug="kopi"),
        withdrawn=not withdrawn,
    )
    rows = [["Stan", "Produk", "Ditarik"], ["a1", "kopi", cell]]
    save(citra, preview(citra, "barang", rows, expo=expo.slug))
    offer.refresh_from_db()
    assert offer.withdrawn is withdrawn
    assert Event.objects.filter(kind=Event.Kind.OFFER_WITHDRAWN).exists() is withdrawn


@pytest.mark.shown_alike
@pytest.mark.parametrize("cell", ["P-IRT", "pirt", "PIRT", "p-irt"])
def test_choice_is_read_by_value_or_by_its_word(citra: Client, cell: str) -> None:
    make_product(slug="kopi")
    rows = [["Produk", "Jenis legalitas", "Nomor"], ["kopi", cell, "123"]]
    save(citra, preview(citra, "legalitas", rows))
    assert Credential.objects.get().scheme == "pirt"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("35.09", "35.09"),
        (35.1, "35.10"),
        ("Kab. Jember", "35.09"),
        ("kabupaten jember", "35.09"),
        ("KAB JEMBER", "35.09"),
        ("Kota Malang", "35.73"),
        ("Jember Regency", "35.09"),
    ],
)
def test_regency_is_found_by_code_or_by_kind_and_name(citra: Client, cell: Any, code: str) -> None:
    make_regency(name="Jember", code="35.09")
    make_regency(name="Banyuwangi", code="35.10")
    make_regency(name="Malang", code="35.07")
    make_regency(name="Malang", kind=Regency.Kind.KOTA, code="35.73")
    rows = [["Nama pesantren", "Kabupaten/Kota"], ["Al-Azhar", cell]]
    save(citra, preview(citra, "pesantren", rows))
    regency = Pesantren.objects.get().regency
    assert regency is not None
    assert regency.code == code


@pytest.mark.parametrize(
    ("cell", "advice"),
    [("Malang", "Kab. Malang / Kota Malang"), ("Jember", "Kab. Jember"), ("Jembre", "35.09")],
)
def test_regency_is_never_found_by_name_alone(citra: Client, cell: str, advice: str) -> None:
    make_regency(name="Jember", code="35.09")
    make_regency(name="Malang", code="35.07")
    make_regency(name="Malang", kind=Regency.Kind.KOTA, code="35.73")
    job = preview(citra, "pesantren", [["Nama", "Kabupaten/kota"], ["Al-Azhar", cell]])
    ((_number, heading, reason),) = problems_of(job)
    assert heading == "Kabupaten/kota"
    assert advice in reason


def test_pesantren_is_found_by_name_where_only_one_has_it(citra: Client) -> None:
    make_pesantren(name="Pondok Pesantren Mamba'ul Ulum", slug="mambaul-ulum-jember")
    make_pesantren(name="Manbaul Ulum", slug="manbaul-ulum-gresik")
    make_pesantren(name="PP Manbaul Ulum", slug="manbaul-ulum-malang")
    rows = [
        ["Nama pelaku usaha", "Jenis", "Pesantren"],
        ["Kopontren A", "kopontren", "PP. MAMBAUL ULUM"],
        ["Kopontren B", "kopontren", "Manbaul Ulum"],
        ["Kopontren C", "kopontren", "manbaul-ulum-malang"],
        ["Kopontren D", "kopontren", "Tak Ada"],
    ]
    job = preview(citra, "pelaku", rows)
    assert states(job) == ["n", "b", "n", "b"]
    reasons = {number: reason for number, _heading, reason in problems_of(job)}
    assert "manbaul-ulum-gresik, manbaul-ulum-malang" in reasons[3]
    assert "belum ada di portal" in reasons[5]


@pytest.mark.shown_alike
def test_formula_without_a_result_and_formula_errors_are_told(citra: Client) -> None:
    make_product(slug="kopi")
    job = preview(citra, "produk", [["slug", "satuan"], ["kopi", "=A1&B1"]])
    assert "Rumus di sel ini belum ada hasilnya" in problems_of(job)[0][2]
    response = send(citra, "produk", b"slug,satuan\nkopi,=1+1\n", name="data.csv")
    assert response.status_code == 302
    job = ImportJob.objects.get()
    finish(job)
    assert "berawal seperti rumus" in problems_of(job)[0][2]


@pytest.mark.shown_alike
def test_formula_that_comes_to_nothing_is_an_empty_cell(citra: Client) -> None:
    """People draw =IF(A2="","",…) down to the bottom of a sheet."""
    cell = '<c r="B2" t="str"><f>IF(TRUE,"")</f><v></v></c>'
    name = '<c r="A2" t="inlineStr"><is><t>Kopi</t></is></c>'
    job = preview(
        citra, "produk", with_sheet(f'<row r="2">{name}{cell}</row><row r="3">{cell}</row>')
    )
    assert states(job) == ["b"]
    assert all("wajib diisi" in reason for _number, _heading, reason in problems_of(job))


@pytest.mark.shown_alike
@pytest.mark.parametrize(
    ("cell", "shape", "words"),
    [
        ("9,12E+12", "General", "membulatkan"),
        (dt.date(2026, 2, 1), "d/m", "sebagai tanggal"),
    ],
)
def test_text_that_excel_made_a_number_of_is_told(
    citra: Client, cell: Any, shape: str, words: str
) -> None:
    """A NIB in a CSV file, and a number like 1/2."""
    make_product(slug="kopi")
    job = preview(citra, "legalitas", formatted([LEGAL, ["kopi", "nib", cell]], shape))
    ((_number, heading, reason),) = problems_of(job)
    assert heading == "Nomor"
    assert words in reason


@pytest.mark.shown_alike
@pytest.mark.parametrize(
    ("cell", "shape", "number"),
    [
        (220_001_234_567, "0000000000000", "0220001234567"),
        (0.125, "0.0%", "12,5%"),
        ("'0220001234567", "@", "0220001234567"),
    ],
)
def test_number_is_read_as_its_format_shows_it(
    citra: Client, cell: Any, shape: str, number: str
) -> None:
    make_product(slug="kopi")
    save(citra, preview(citra, "legalitas", formatted([LEGAL, ["kopi", "nib", cell]], shape)))
    assert Credential.objects.get().number == number


def test_number_has_no_more_digits_than_excel_shows() -> None:
    """25000 × 1,1, as it stands in the file."""
    assert of_number("27500.000000000004", look="", epoch=None) == "27500"


@pytest.mark.shown_alike
def test_date_among_words_is_kept(citra: Client) -> None:
    make_product(slug="kopi")
    day = dt.date(2026, 2, 1)
    save(citra, preview(citra, "produk", [["slug", "sumber"], ["kopi", day]]))
    assert Product.objects.get().sources == "2026-02-01"


LEGAL = ["Produk", "Jenis", "Nomor"]


def formatted(rows: list[list[Any]], shape: str) -> bytes:
    """A workbook whose cell C2 has a number format."""
    book = load_workbook(io.BytesIO(xlsx(rows)))
    book.worksheets[0]["C2"].number_format = shape
    book.save(out := io.BytesIO())
    return out.getvalue()


@pytest.mark.shown_alike
@pytest.mark.parametrize("end", ["", ","], ids=["as wide as its heading", "rows end with a comma"])
def test_comma_that_nobody_quoted_moves_no_price(citra: Client, end: str) -> None:
    make_product(slug="kopi", price_rupiah=1)
    make_product(slug="teh", price_rupiah=1)
    rows = ["slug,harga", "kopi,25,000", "teh,25000,"]
    content = "".join(f"{row}{end}\n" for row in rows).encode()
    assert send(citra, "produk", content, name="data.csv").status_code == 302
    finish(job := ImportJob.objects.get())
    ((number, _heading, reason),) = problems_of(job)
    assert number == 2
    assert "Kolomnya lebih banyak daripada judulnya" in reason
