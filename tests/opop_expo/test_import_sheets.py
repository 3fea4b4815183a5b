"""What an Excel file holds beside its first table: other sheets, merged cells, hidden rows."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from opop_expo.models import ImportJob
from pesantren.models import Product
from tests.imports import PRODUCTS, make_makers, plans_of, preview, save, send, sign_in_as, xlsx
from tests.make import make_product

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

TABLE: list[list[Any]] = [PRODUCTS, ["Kopi", "Kopontren Sidogiri", "Makanan", 1]]


@pytest.fixture
def citra(client: Client) -> Client:
    sign_in_as(client)
    make_makers()
    return client


def changed(content: bytes, change: Callable[[Any], None]) -> bytes:
    """A workbook whose first sheet somebody has worked on."""
    book = load_workbook(io.BytesIO(content))
    change(book.worksheets[0])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def page_of(client: Client, job: ImportJob) -> str:
    return client.get(f"/admin/impor/kerja/{job.pk}/").text


def test_sheet_that_could_be_read_is_named_before_and_after_saving(citra: Client) -> None:
    content = xlsx(
        TABLE,
        Busana=[["DAFTAR BUSANA"], ["Nama produk", "Harga"], ["Sarung", 2]],
        Catatan=[["Nama", "Warna"], ["Sarung", "biru"]],
        Kosong=[["No", *PRODUCTS], [1], [2]],
    )
    job = preview(citra, "produk", content)
    note = "Lembar “Busana” tidak dibaca. Salin barisnya ke lembar “Sheet”"
    page = page_of(citra, job)
    assert note in page
    assert page.count("tidak dibaca") == 1
    assert note in save(citra, job).content.decode()


def test_hidden_sheet_is_not_spoken_of(citra: Client) -> None:
    def hide(sheet: Any) -> None:
        sheet.parent["Busana"].sheet_state = "hidden"

    job = preview(citra, "produk", changed(xlsx(TABLE, Busana=TABLE), hide))
    assert "Busana" not in page_of(citra, job)


def test_only_sheet_with_a_heading_is_read_wherever_it_lies(citra: Client) -> None:
    job = preview(citra, "produk", xlsx([["SAMPUL"], ["Diisi", "Budi"]], Makanan=TABLE))
    assert [plan["name"] for plan in plans_of(job)] == ["Kopi"]
    assert "Yang dibaca lembar “Makanan”: lembar pertama tidak punya" in page_of(citra, job)


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        ({"Makanan": TABLE, "Busana": TABLE}, "Ada beberapa lembar yang bisa dibaca: “Makanan”, “"),
        ({"Lain": [["Warna"], ["merah"]]}, "Yang dibaca lembar pertama, “Sheet”."),
    ],
)
def test_file_is_refused_where_it_is_not_clear_which_sheet_is_meant(
    citra: Client, sheets: dict[str, Any], words: str
) -> None:
    response = send(citra, "produk", xlsx([["SAMPUL"]], **sheets))
    assert response.status_code == 422
    assert words in response.text


def test_cells_merged_downwards_count_for_each_of_their_rows(citra: Client) -> None:
    rows = [
        ["Nama produk", "Pelaku usaha", "Kategori", "Pilar"],
        ["Kopi", "Kopontren Sidogiri", "Makanan", "Pesantrenpreneur"],
        ["Teh", None, None, None],
        ["Gula", None, None, "Santripreneur"],
        [None, None, None, None, "tidak ada produk"],
    ]

    def merge(sheet: Any) -> None:
        for area in ("A1:A1", "B2:B6", "C2:C4", "D2:D3"):
            sheet.merge_cells(area)

    save(citra, preview(citra, "produk", changed(xlsx(rows), merge)))
    found = Product.objects.order_by("pk").values_list("name", "pillar")
    assert list(found) == [
        ("Kopi", "pesantrenpreneur"),
        ("Teh", "pesantrenpreneur"),
        ("Gula", "santripreneur"),
    ]


def test_merged_heading_is_no_row(citra: Client) -> None:
    rows = [["Nama produk", "Harga", "Catatan"], [None, None, "(boleh kosong)"], ["Kopi", 3]]
    make_product(name="Kopi", slug="kopi")
    content = changed(xlsx(rows), lambda sheet: sheet.merge_cells("A1:A2"))
    assert [plan["key"] for plan in plans_of(preview(citra, "produk", content))] == ["kopi"]


def test_rows_that_a_filter_hides_are_counted(citra: Client) -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True

    row = ["Teh", *TABLE[1][1:]]
    job = preview(citra, "produk", changed(xlsx([*TABLE, row]), hide))
    assert "1 baris yang tersembunyi, misalnya oleh saringan, ikut dibaca." in page_of(citra, job)


def test_what_stands_beside_the_last_heading_is_told(citra: Client) -> None:
    make_product(slug="kopi")
    job = preview(citra, "produk", [["slug", "harga"], ["kopi", 3, None, "habis"]])
    assert "Kolom “(kolom 4 tanpa judul)” tidak dibaca." in page_of(citra, job)
