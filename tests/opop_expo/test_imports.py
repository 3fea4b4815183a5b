"""Spreadsheets that come in: what is shown before, what is written after, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from events.models import Event
from opop_expo.imports import jobs
from opop_expo.imports.jobs import work
from opop_expo.imports.planning import Planner
from opop_expo.models import ImportJob, ImportPart
from pesantren.models import Credential, Pesantren, Producer, Product, Regency
from tests.imports import (
    PRODUCTS,
    as_csv,
    finish,
    make_makers,
    plans_of,
    preview,
    problems_of,
    save,
    send,
    sign_in_as,
    states,
    xlsx,
)
from tests.make import make_credential, make_pesantren, make_producer, make_product, make_regency

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

KOPI = ["Kopi", "Kopontren Sidogiri", "Makanan", 1]


@pytest.fixture
def citra(client: Client) -> Client:
    sign_in_as(client)
    return client


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


def test_row_twice_is_told_although_two_windows_work(
    citra: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other window ends a part just when this one has looked what is taken."""
    make_makers()
    rows = [[f"Produk {number}", "Kopontren Sidogiri", "Makanan", 1] for number in range(250)]
    send(citra, "produk", xlsx([PRODUCTS, *rows, rows[7]]))
    job = ImportJob.objects.get()

    def late(*arguments: Any, **options: Any) -> Planner:
        monkeypatch.setattr(jobs, "Planner", Planner)
        work(ImportJob.objects.get(), seconds=0)
        return Planner(*arguments, **options)

    monkeypatch.setattr(jobs, "Planner", late)
    finish(job)
    assert problems_of(job) == [(252, "Nama produk", "Sama dengan baris 9.")]


def test_own_numbers_and_streets_are_no_addresses_of_pages(citra: Client) -> None:
    """Two pesantren that number their products 1, 2, 3 would overwrite each other's."""
    make_makers()
    rows = [["ID", "Kode", "Alamat", *PRODUCTS], [1, "KP-1", "Jl. Raya 1", *KOPI]]
    job = preview(citra, "produk", rows)
    assert [plan["key"] for plan in plans_of(job)] == ["kopi"]
    assert [heading for heading, _near in job.unknown] == ["ID", "Kode", "Alamat"]


def test_remarks_of_organisers_are_no_words_for_visitors(citra: Client) -> None:
    job = preview(citra, "pesantren", [["Nama", "Keterangan"], ["Sidogiri", "belum bayar"]])
    save(citra, job)
    assert job.unknown[0][0] == "Keterangan"
    assert Pesantren.objects.get().about == ""


def test_name_that_several_have_is_not_taken_for_the_address_of_one(citra: Client) -> None:
    """Of two products called Madu the first has the address madu."""
    make_product(name="Madu", slug="madu")
    make_product(name="Madu", slug="madu-2")
    rows = [["Produk", "Jenis", "Nomor"], ["Madu", "halal", "ID1"], ["madu", "halal", "ID2"]]
    job = preview(citra, "legalitas", rows)
    assert states(job) == ["b", "n"]
    assert "Tulis alamatnya: madu, madu-2." in problems_of(job)[0][2]


def test_row_is_meant_by_its_name_where_the_file_does_not_say_whose_it_is(citra: Client) -> None:
    alumni = make_producer(name="Batik Alumni", kind=Producer.Kind.ALUMNI)
    product = make_product(name="Kopi", slug="kopi", price_rupiah=1)
    rows = [["Nama", "Jenis", "No WA"], ["Batik Alumni", "alumni", "0812-3456-7890"]]
    save(citra, preview(citra, "pelaku", rows))
    save(citra, preview(citra, "produk", [["Nama", "Harga"], ["Kopi", 3]]))
    alumni.refresh_from_db()
    product.refresh_from_db()
    assert (alumni.whatsapp, product.price_rupiah) == ("6281234567890", 3)
    assert Producer.objects.filter(name="Batik Alumni").count() == 1


def test_number_of_a_certificate_is_the_same_however_it_is_spaced(citra: Client) -> None:
    make_credential(product=make_product(slug="kopi"), number="ID 3511 0000 123")
    head = ["Produk", "Jenis", "Nomor", "Berlaku sampai"]
    rows = [head, ["kopi", "halal", "id35110000123", "31/12/2030"]]
    job = preview(citra, "legalitas", [*rows, ["kopi", "halal", "ID-35110000123", None]])
    assert [reason for _row, _heading, reason in problems_of(job)] == ["Sama dengan baris 2."]
    save(citra, preview(citra, "legalitas", rows))
    credential = Credential.objects.get()
    assert (credential.number, str(credential.expires)) == ("ID 3511 0000 123", "2030-12-31")


def test_names_in_another_script_are_told_apart(citra: Client) -> None:
    make_product(name="عسل", slug="asal")
    rows = [["Produk", "Jenis", "Nomor"], ["قهوة", "halal", "ID1"], ["عسل", "halal", "ID2"]]
    assert states(preview(citra, "legalitas", rows)) == ["b", "n"]


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
