"""Spreadsheets that come in: what is shown before, what is written after, and what is refused."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from events.models import Event
from opop_expo.imports.jobs import tidy_jobs
from opop_expo.imports.kinds import KINDS
from opop_expo.models import ImportJob, ImportPart
from opop_expo.roles import CATALOGUE_EDITOR, FINANCE, VIEWER
from pesantren.models import Credential, Pesantren, Producer, Product, Regency
from stands.models import Offer, Stand
from tests.imports import (
    as_csv,
    finish,
    plans_of,
    preview,
    problems_of,
    save,
    send,
    sign_in_as,
    xlsx,
)
from tests.make import (
    make_category,
    make_credential,
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_regency,
    make_stand,
    make_zone,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

PRODUCTS = ["Nama Produk", "Pelaku usaha", "Kategori", "Harga acuan"]


@pytest.fixture
def citra(client: Client) -> Iterator[Client]:
    sign_in_as(client)
    yield client
    # An English page leaves its language to the thread.
    translation.activate("id")


def make_makers() -> Producer:
    """A cooperative and a category to make products of."""
    make_category()
    return make_producer(name="Kopontren Sidogiri")


def states(job: ImportJob) -> list[str]:
    return [plan["state"] for plan in plans_of(job)]


# --- a good file ----------------------------------------------------------------------------------


def test_new_products_are_shown_then_written(citra: Client) -> None:
    maker = make_makers()

    job = preview(
        citra,
        "produk",
        [PRODUCTS, ["Kopi Santri", "Kopontren Sidogiri", "Makanan", "Rp 25.000"]],
    )
    page = citra.get(f"/admin/impor/kerja/{job.pk}/").text
    assert not Product.objects.exists()
    response = save(citra, job)

    assert "Kopi Santri" in page
    assert "Rp 25.000" in page
    assert "kopi-santri" in page
    product = Product.objects.get()
    assert (product.slug, product.producer, product.price_rupiah) == ("kopi-santri", maker, 25_000)
    assert product.unit == "buah"
    assert "1 baru, 0 diubah, 0 sudah sama" in response.content.decode()


def test_same_file_again_changes_nothing(citra: Client) -> None:
    make_makers()
    rows = [
        PRODUCTS,
        ["Kopi Santri", "kopontren sidogiri", "food", 25_000],
        ["Teh Santri", "Kopontren  Sidogiri", "Food", None],
    ]
    save(citra, preview(citra, "produk", rows))

    job = preview(citra, "produk", rows)

    assert states(job) == ["s", "s"]
    assert "Semuanya sudah sama" in citra.get(f"/admin/impor/kerja/{job.pk}/").text
    assert Product.objects.count() == 2


def test_changed_cells_are_shown_old_and_new(citra: Client) -> None:
    product = make_product(name="Kopi", slug="kopi", price_rupiah=20_000)

    job = preview(
        citra, "produk", [["slug", "harga", "satuan"], ["kopi", "25.000,-", product.unit]]
    )

    assert plans_of(job)[0]["changes"] == [["Harga acuan", "Rp 20.000", "Rp 25.000"]]
    save(citra, job)
    product.refresh_from_db()
    assert (product.price_rupiah, product.name) == (25_000, "Kopi")


def test_empty_cell_leaves_and_a_dash_empties(citra: Client) -> None:
    product = make_product(slug="kopi")
    Product.objects.update(description="Enak", export_markets="Jepang")

    job = preview(citra, "produk", [["slug", "keterangan", "negara ekspor"], ["kopi", None, "-"]])
    save(citra, job)

    product.refresh_from_db()
    assert (product.description, product.export_markets) == ("Enak", "")


def test_title_above_the_table_and_empty_rows_and_columns_are_passed_over(citra: Client) -> None:
    make_makers()
    job = preview(
        citra,
        "produk",
        [
            ["DAFTAR PRODUK 2026"],
            [],
            ["No.", "", " NAMA  PRODUK *", "Pelaku-Usaha", "kategori"],
            [1, None, "Kopi", "Kopontren Sidogiri", "Makanan"],
            [None, None, "  ", None, None],
            [2, None, "Teh", "Kopontren Sidogiri", "Makanan"],
        ],
    )

    assert [(plan["n"], plan["key"]) for plan in plans_of(job)] == [(4, "kopi"), (6, "teh")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_as_well(citra: Client, delimiter: str) -> None:
    content = as_csv([["Nama pesantren"], ["Pondok Pesantren Sidogiri"]], delimiter)
    extra = as_csv([["Nama pesantren", "Sumber"], ["Sidogiri", "a,b;c"]], delimiter)

    for one in (content, extra):
        response = send(citra, "pesantren", one, name="data.CSV")
        assert response.status_code == 302
        job = ImportJob.objects.get()
        finish(job)
        assert states(job) == ["n"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_in_unicode_is_read(citra: Client, encoding: str) -> None:
    content = "Nama pesantren\nAl-Ma’arif é\n".encode(encoding)
    assert send(citra, "pesantren", content, name="data.csv").status_code == 302
    job = ImportJob.objects.get()
    finish(job)
    save(citra, job)
    assert Pesantren.objects.get().name == "Al-Ma’arif é"


def test_every_kind_goes_through_its_own_template(citra: Client) -> None:
    """What the templates ask for, the import reads, in both languages."""
    make_zone(expo=make_expo())
    for prefix in ("", "/en"):
        for kind in KINDS.values():
            content = citra.get(f"{prefix}/admin/impor/{kind.slug}/templat.xlsx").content
            sheet = load_workbook(io.BytesIO(content)).worksheets[0]
            headings = [cell.value for cell in sheet[1]]
            columns = [kind.column_for(str(heading)) for heading in headings]
            assert columns == list(kind.columns)
            text = citra.get(f"{prefix}/admin/impor/{kind.slug}/templat.csv").content.decode()
            assert len(text.split(";")) == len(kind.columns)


def test_template_has_drop_downs_and_explains_itself(citra: Client) -> None:
    make_category(name="Makanan")
    content = citra.get("/admin/impor/produk/templat.xlsx").content

    book = load_workbook(io.BytesIO(content))

    rules = book.worksheets[0].data_validations.dataValidation
    assert {str(rule.sqref)[0] for rule in rules} == {"D", "E"}
    assert "Santripreneur" in [cell.value for cell in book["Pilihan"]["B"]]
    guide = " ".join(str(cell.value) for row in book["Petunjuk"].rows for cell in row)
    assert "25000" in guide
    assert "Makanan" in guide


# --- what people type -----------------------------------------------------------------------------


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


@pytest.mark.parametrize("cell", ["25rb", "25,000", "2.5", 2.5, "dua puluh", "25.0000", "=5*5", -5])
def test_price_that_is_none_is_told_with_what_to_write(citra: Client, cell: Any) -> None:
    make_product(slug="kopi", price_rupiah=1)
    job = preview(citra, "produk", [["slug", "harga"], ["kopi", cell]])
    ((number, heading, reason),) = problems_of(job)
    assert (number, heading) in [(2, "Harga acuan"), (2, "")]
    assert any(word in reason for word in ("25000", "nilai", "nol"))


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


def test_formula_without_a_result_and_formula_errors_are_told(citra: Client) -> None:
    make_product(slug="kopi")
    job = preview(citra, "produk", [["slug", "satuan"], ["kopi", "=A1&B1"]])
    assert "Rumus di sel ini belum ada hasilnya" in problems_of(job)[0][2]
    response = send(citra, "produk", b"slug,satuan\nkopi,=1+1\n", name="data.csv")
    assert response.status_code == 302
    job = ImportJob.objects.get()
    finish(job)
    assert "berawal seperti rumus" in problems_of(job)[0][2]


# --- which row is meant ---------------------------------------------------------------------------


def test_two_products_of_one_name_by_two_makers_get_two_addresses(citra: Client) -> None:
    make_makers()
    make_producer(name="Kopontren Tebuireng")
    rows = [
        PRODUCTS,
        ["Kopi", "Kopontren Sidogiri", "Makanan", 1],
        ["Kopi", "Kopontren Tebuireng", "Makanan", 2],
    ]
    save(citra, preview(citra, "produk", rows))
    assert sorted(Product.objects.values_list("slug", flat=True)) == ["kopi", "kopi-2"]
    assert states(preview(citra, "produk", rows)) == ["s", "s"]


def test_made_address_leaves_those_that_the_file_gives(citra: Client) -> None:
    make_makers()
    rows = [
        ["Nama", "slug", "Pelaku usaha", "Kategori"],
        ["Kopi", None, "Kopontren Sidogiri", "Makanan"],
        ["Kopi Luwak", "kopi", "Kopontren Sidogiri", "Makanan"],
    ]
    job = preview(citra, "produk", rows)
    assert [plan["key"] for plan in plans_of(job)] == ["kopi-2", "kopi"]


def test_row_twice_in_a_file_is_told(citra: Client) -> None:
    make_makers()
    row = ["Kopi", "Kopontren Sidogiri", "Makanan", 1]
    job = preview(citra, "produk", [PRODUCTS, row, ["Teh", *row[1:]], row])
    assert problems_of(job) == [(4, "Nama produk", "Sama dengan baris 2.")]


def test_pesantren_of_one_name_in_another_regency_is_another(citra: Client) -> None:
    make_pesantren(name="Al-Azhar", slug="al-azhar", regency=make_regency(name="Jember"))
    make_regency(name="Malang", kind=Regency.Kind.KOTA)
    rows = [["Nama", "Kabupaten/kota"], ["Al-Azhar", "Kota Malang"], ["Al-Azhar", "Kab. Jember"]]
    job = preview(citra, "pesantren", rows)
    assert [(plan["state"], plan["key"]) for plan in plans_of(job)] == [
        ("n", "al-azhar-2"),
        ("s", "al-azhar"),
    ]


def test_same_row_is_meant_across_slices(citra: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Doubles are found although each slice starts anew."""
    monkeypatch.setattr("opop_expo.imports.jobs.SLICE_SECONDS", 0)
    make_makers()
    rows = [[f"Produk {number}", "Kopontren Sidogiri", "Makanan", 1] for number in range(300)]
    job = preview(citra, "produk", [PRODUCTS, *rows, rows[7], ["Produk 301", "x", "Makanan", 1]])
    assert job.parts.count() == 2
    assert [(number, reason) for number, _heading, reason in problems_of(job)] == [
        (302, "Sama dengan baris 9."),
        (303, "“x” belum ada di portal. Periksa ejaannya, atau impor itu dahulu."),
    ]


# --- what is refused ------------------------------------------------------------------------------


def test_bad_row_keeps_all_others_from_being_saved(citra: Client) -> None:
    make_makers()
    rows = [
        PRODUCTS,
        ["Kopi", "Kopontren Sidogiri", "Makanan", 25_000],
        ["Teh", "Kopontren Sidogiri", "Mainan", "murah"],
        [None, "Kopontren Sidogiri", "Makanan", 1],
    ]
    job = preview(citra, "produk", rows)
    page = citra.get(f"/admin/impor/kerja/{job.pk}/").text

    save(citra, job)

    assert not Product.objects.exists()
    assert "/simpan/" not in page
    assert "2 baris bermasalah" in page
    assert [(number, heading) for number, heading, _reason in problems_of(job)] == [
        (3, "Kategori"),
        (3, "Harga acuan"),
        (4, "Nama produk"),
    ]
    table = citra.get(f"/admin/impor/kerja/{job.pk}/masalah.csv").content.decode()
    assert "3,Harga acuan,Teh," in table


def test_rules_of_the_model_are_those_of_the_admin(citra: Client) -> None:
    make_pesantren()
    rows = [["Nama", "Jenis"], ["Toko", "santri"], ["U" * 200, "umkm"]]
    job = preview(citra, "pelaku", rows)
    assert problems_of(job)[0] == (2, "", "Kopontren dan usaha santri milik satu pesantren.")
    assert problems_of(job)[1][:2] == (3, "Nama pelaku usaha")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["Warna", "Rasa"], ["merah", "manis"]], "Judul kolomnya tidak dikenal"),
        ([["Harga", "Satuan"], [1, "kg"]], "tidak jelas baris mana"),
        ([["Nama", "Nama produk"], ["a", "b"]], "ada dua kali"),
        ([["Nama"]], "belum ada baris"),
        ([], "Judul kolomnya tidak dikenal"),
    ],
)
def test_table_that_says_nothing_is_refused_at_once(
    citra: Client, rows: list[list[Any]], words: str
) -> None:
    response = send(citra, "produk", xlsx(rows))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not ImportJob.objects.exists()


def test_unknown_column_is_named_with_what_was_perhaps_meant(citra: Client) -> None:
    make_product(slug="kopi")
    job = preview(citra, "produk", [["slug", "Keterangn", "Warna"], ["kopi", "x", "y"]])
    page = citra.get(f"/admin/impor/kerja/{job.pk}/").text
    assert "Kolom “Keterangn” tidak dibaca. Maksudnya “Keterangan”?" in page
    assert "Kolom “Warna” tidak dibaca." in page


# --- stands and offers ----------------------------------------------------------------------------


def test_stand_gets_a_free_place_and_its_pesantren(citra: Client) -> None:
    expo = make_expo()
    make_zone(expo=expo)
    make_stand(expo=expo, code="A1")
    make_pesantren(name="Sidogiri", slug="sidogiri")
    make_pesantren(name="Tebuireng", slug="tebuireng")
    rows = [
        ["Kode stan", "Nama stan", "Jenis", "Zona", "Pesantren"],
        ["a 2", "Pusat Kopi", "Stan bersama", "Makanan", "Sidogiri | tebuireng"],
        ["A3", "Sponsor", "sponsor", "A", None],
    ]
    save(citra, preview(citra, "stan", rows, expo=expo.slug))

    stand = Stand.objects.get(code="A2")
    assert {one.slug for one in stand.pesantren.all()} == {"sidogiri", "tebuireng"}
    assert len({(one.x, one.y) for one in Stand.objects.all()}) == 3
    assert states(preview(citra, "stan", rows, expo=expo.slug)) == ["s", "s"]
    job = preview(citra, "stan", [["kode", "x", "y"], ["A3", 0, 0]], expo=expo.slug)
    assert "Bertumpuk dengan stan A1" in problems_of(job)[0][2]


def test_stock_of_an_offer_that_is_there_is_never_overwritten(citra: Client) -> None:
    expo = make_expo()
    stand = make_stand(expo=expo, code="A1")
    offer = make_offer(stand=stand, product=make_product(slug="kopi"), stock=7)
    make_product(slug="teh", price_rupiah=4_000)
    rows = [
        ["Stan", "Produk", "Harga", "Stok"],
        ["A1", "kopi", 30_000, 99],
        ["A1", "teh", None, 12],
    ]
    job = preview(citra, "barang", rows, expo=expo.slug)
    assert "Stok yang sudah ada tidak diubah" in plans_of(job)[0]["notes"][0]
    Offer.objects.filter(pk=offer.pk).update(stock=3)  # a sale meanwhile

    save(citra, job)

    offer.refresh_from_db()
    assert (offer.price_rupiah, offer.stock) == (30_000, 3)
    new = Offer.objects.get(product__slug="teh")
    assert (new.price_rupiah, new.stock) == (4_000, 12)


def test_changed_price_of_an_offer_is_logged(citra: Client) -> None:
    expo = make_expo()
    offer = make_offer(stand=make_stand(expo=expo), product=make_product(slug="kopi"))
    rows = [["Stan", "Produk", "Harga"], ["A1", "kopi", 30_000]]

    save(citra, preview(citra, "barang", rows, expo=expo.slug))

    event = Event.objects.get(kind=Event.Kind.PRICE_CHANGED)
    assert event.data == {"offer": offer.pk, "old_rupiah": 25_000, "new_rupiah": 30_000}
    assert event.actor is not None
    assert event.actor.get_username() == "citra"


def test_maker_must_be_at_the_stand(citra: Client) -> None:
    expo = make_expo()
    make_stand(expo=expo, code="A1", pesantren=[make_pesantren(name="Tebuireng")])
    make_product(slug="kopi")
    job = preview(citra, "barang", [["Stan", "Produk", "Harga"], ["A1", "kopi", 1]], expo=expo.slug)
    assert "Pembuatnya dari" in problems_of(job)[0][2]


# --- saving ---------------------------------------------------------------------------------------


def test_import_is_logged_with_counts_and_digest(citra: Client) -> None:
    make_makers()
    job = preview(citra, "produk", [PRODUCTS, ["Kopi", "Kopontren Sidogiri", "Makanan", 1]])
    save(citra, job)

    event = Event.objects.get(kind=Event.Kind.IMPORTED)
    assert event.data["counts"] == {"new": 1}
    assert event.data["digest"] == job.digest
    assert len(event.data["file_sha256"]) == 64
    assert not ImportPart.objects.exists()


def test_saving_twice_writes_once(citra: Client) -> None:
    make_makers()
    job = preview(citra, "produk", [PRODUCTS, ["Kopi", "Kopontren Sidogiri", "Makanan", 1]])
    save(citra, job)
    save(citra, job)
    assert Product.objects.count() == 1
    assert Event.objects.filter(kind=Event.Kind.IMPORTED).count() == 1


def test_catalogue_that_moved_is_shown_anew_before_anything_is_written(citra: Client) -> None:
    product = make_product(slug="kopi", price_rupiah=1)
    job = preview(citra, "produk", [["slug", "harga"], ["kopi", 3]])
    Product.objects.update(price_rupiah=2)

    response = save(citra, job)

    product.refresh_from_db()
    assert product.price_rupiah == 2
    assert "Data berubah sejak pratinjau" in response.content.decode()
    job.refresh_from_db()
    finish(job)
    assert plans_of(job)[0]["changes"] == [["Harga acuan", "Rp 2", "Rp 3"]]
    save(citra, job)
    product.refresh_from_db()
    assert product.price_rupiah == 3


def test_other_preview_than_the_one_that_was_seen_is_not_saved(citra: Client) -> None:
    make_product(slug="kopi", price_rupiah=1)
    job = preview(citra, "produk", [["slug", "harga"], ["kopi", 3]])
    citra.post(f"/admin/impor/kerja/{job.pk}/simpan/", {"digest": "0" * 64})
    assert Product.objects.get().price_rupiah == 1


def test_preview_writes_nothing_to_the_catalogue(citra: Client) -> None:
    make_makers()
    events = Event.objects.count()
    preview(citra, "produk", [PRODUCTS, ["Kopi", "Kopontren Sidogiri", "Makanan", 1]])
    assert not Product.objects.exists()
    assert Event.objects.count() == events


# --- pages ----------------------------------------------------------------------------------------


def test_page_works_on_slice_by_slice_and_tells_how_far_it_is(
    citra: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opop_expo.imports.jobs.SLICE_SECONDS", 0)
    make_makers()
    rows = [[f"Produk {number}", "Kopontren Sidogiri", "Makanan", 1] for number in range(300)]
    page = send(citra, "produk", xlsx([PRODUCTS, *rows]))["Location"]
    job = ImportJob.objects.get()

    assert "0 dari 300 baris diperiksa" in citra.get(page).text
    monkeypatch.setattr("opop_expo.imports.jobs.work.__kwdefaults__", {"seconds": 0.0})
    first = citra.post(f"{page}lanjut/", headers={"HX-Request": "true"}).text
    second = citra.post(f"{page}lanjut/", headers={"HX-Request": "true"}).text

    assert "250 dari 300 baris diperiksa" in first
    assert "<html" not in first
    assert "Simpan 300 perubahan" in second
    job.refresh_from_db()
    assert job.counts == {"new": 300}
    assert citra.get(f"{page}?tampil=new&halaman=3").text.count('scope="row"') == 100


def test_page_works_without_javascript(citra: Client) -> None:
    make_makers()
    row = ["Kopi", "Kopontren Sidogiri", "Makanan", 1]
    page = send(citra, "produk", xlsx([PRODUCTS, row]))["Location"]
    response = citra.post(f"{page}lanjut/")
    assert response["Location"] == page
    assert "Simpan 1 perubahan" in citra.get(page).text


def test_preview_speaks_the_language_of_its_reader(citra: Client) -> None:
    job = preview(citra, "pesantren", [["Nama", "slug"], [None, "sidogiri"]])
    assert "Kolom ini wajib diisi." in citra.get(f"/admin/impor/kerja/{job.pk}/").text

    citra.get(f"/en/admin/impor/kerja/{job.pk}/")
    english = citra.post(
        f"/en/admin/impor/kerja/{job.pk}/lanjut/", headers={"HX-Request": "true"}
    ).text

    job.refresh_from_db()
    assert job.language == "en"
    assert "wajib diisi" not in english


@pytest.mark.parametrize(
    ("role", "status"), [(CATALOGUE_EDITOR, 200), (FINANCE, 403), (VIEWER, 403)]
)
def test_only_who_may_change_the_catalogue_may_import(
    client: Client, role: str, status: int
) -> None:
    sign_in_as(client, role)
    pages = [reverse("imports")] + [
        reverse("import_upload", args=[kind]) for kind in [*KINDS, "foto"]
    ]
    assert {client.get(page).status_code for page in pages} == {status}
    front = client.get("/admin/").text
    assert ('href="/admin/impor/"' in front) is (status == 200)
    response = send(client, "pesantren", xlsx([["Nama"], ["Sidogiri"]]))
    assert ImportJob.objects.exists() is (status == 200)
    assert response.status_code == (302 if status == 200 else 403)


def test_import_brings_in_only_what_its_sender_may_change_by_hand(client: Client) -> None:
    """Whoever may import, yet no products, neither sends products nor sees what others sent."""
    sign_in_as(client)
    make_product(slug="kopi")
    theirs = preview(client, "produk", [["slug", "harga"], ["kopi", 3]])
    budi = sign_in_as(client, VIEWER, "budi")
    for code in ("add_importjob", "add_pesantren", "change_pesantren"):
        budi.user_permissions.add(Permission.objects.get(codename=code))

    assert client.get("/admin/impor/pesantren/").status_code == 200
    assert send(client, "produk", xlsx([["slug"], ["kopi"]])).status_code == 403
    assert client.get("/admin/impor/produk/templat.csv").status_code == 403
    for end in ("", "masalah.csv"):
        assert client.get(f"/admin/impor/kerja/{theirs.pk}/{end}").status_code == 404
    for end in ("lanjut/", "simpan/", "batal/"):
        assert client.post(f"/admin/impor/kerja/{theirs.pk}/{end}").status_code == 404
    assert ImportJob.objects.get() == theirs


def test_discarded_and_forgotten_previews_go_away(citra: Client) -> None:
    make_product(slug="kopi")
    job = preview(citra, "produk", [["slug", "harga"], ["kopi", 3]])
    citra.post(f"/admin/impor/kerja/{job.pk}/batal/")
    assert not ImportPart.objects.exists()

    preview(citra, "produk", [["slug", "harga"], ["kopi", 3]])
    again = preview(citra, "produk", [["slug", "harga"], ["kopi", 4]])
    assert ImportJob.objects.get() == again
    assert tidy_jobs(now=timezone.now() + dt.timedelta(hours=23)) == 0
    assert tidy_jobs(now=timezone.now() + dt.timedelta(hours=25)) == 1
    assert not ImportJob.objects.exists()
