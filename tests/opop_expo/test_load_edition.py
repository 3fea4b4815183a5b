"""`load_edition`: what is written, what is refused and where, what a second load leaves."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from events.models import Event
from opop_expo.edition_files import EditionRefused
from opop_expo.edition_loading import load_edition
from opop_expo.tables_in import MAX_BYTES
from pesantren.models import Credential, Pesantren, Producer, Product, Regency
from stands.models import Expo, ExpoDay, Offer, Stand
from tests.opop_expo.small_edition import change, write_small_edition

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

EDITION_2020 = Path(settings.BASE_DIR, "data", "2020")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small_edition(tmp_path)


def problems_of(folder: Path) -> list[tuple[str, int, str]]:
    """Where the load finds something wrong."""
    with pytest.raises(EditionRefused) as refused:
        load_edition(folder)
    return [(one.file, one.row, one.column) for one in refused.value.problems]


# --- a good load ----------------------------------------------------------------------------------


def test_edition_of_2020_is_loaded_whole() -> None:
    loaded = load_edition(EDITION_2020)

    expo = Expo.objects.get(slug="2020")
    assert loaded.expo == expo
    assert expo.is_example
    assert not expo.is_current
    assert [day.date.isoformat() for day in expo.all_days] == [
        "2020-12-18",
        "2020-12-19",
        "2020-12-20",
    ]
    assert Regency.objects.count() == 38
    assert Pesantren.objects.count() == 32
    assert expo.stands.count() == 40
    assert expo.stands.filter(pesantren=None).count() == 5
    assert Pesantren.objects.filter(stands=None).count() == 0
    assert Product.objects.count() == 75
    assert Offer.objects.filter(stand__expo=expo).count() == 73
    assert Product.objects.filter(photo="").count() == 0


def test_edition_of_2020_loaded_again_changes_nothing() -> None:
    load_edition(EDITION_2020)
    events = Event.objects.count()

    again = load_edition(EDITION_2020)

    assert not again.changed_anything
    assert {(one.new, one.changed, len(one.gone)) for one in again.counts} == {(0, 0, 0)}
    assert Event.objects.count() == events


def test_rows_become_what_they_say(folder: Path) -> None:
    load_edition(folder)

    product = Product.objects.get(slug="kopi-mukmin")
    assert product.producer.pesantren == Pesantren.objects.get(slug="mukmin-mandiri")
    assert product.export_markets == "Jepang"
    assert product.state == Product.State.PROPOSED
    assert product.example_fields == "price_rupiah"
    assert Pesantren.objects.get(slug="al-qodiri").about == "Di Jember, sejak 1976"
    assert str(Credential.objects.get()) == "BPOM MD 123456789012"
    stand = Stand.objects.get(code="A02")
    assert {one.slug for one in stand.pesantren.all()} == {"al-qodiri", "mukmin-mandiri"}
    assert Offer.objects.get(stand=stand).stock is None
    assert ExpoDay.objects.get(date="2020-12-18").opens is None


def test_load_is_logged_once(folder: Path) -> None:
    load_edition(folder)

    event = Event.objects.get(kind=Event.Kind.IMPORTED)
    assert event.subject == "edition 2020"
    assert event.data["counts"]["stands.csv"] == {"new": 3, "changed": 0, "same": 0}


def test_edition_without_example_cells_is_no_example(folder: Path) -> None:
    for file in ("producers.csv", "products.csv", "stands.csv", "plan.csv", "offers.csv"):
        lines = (folder / file).read_text().splitlines()
        bare = [lines[0], *(line.rpartition(",")[0] + "," for line in lines[1:])]
        (folder / file).write_text("\n".join(bare))

    load_edition(folder)

    assert not Expo.objects.get().is_example


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_file_from_excel_is_read(folder: Path, encoding: str) -> None:
    zones = folder / "zones.csv"
    zones.write_text("code;name;name_en;order\r\nA;Makanan é;Food;1\r\n", encoding=encoding)

    loaded = load_edition(folder)

    assert [zone.name for zone in loaded.expo.zones.all()] == ["Makanan é"]


# --- a second load --------------------------------------------------------------------------------


def test_changed_price_is_applied_and_logged(folder: Path) -> None:
    load_edition(folder)
    change(folder, "offers.csv", "A01,air-al-qodiri,3000,", "A01,air-al-qodiri,3500,")

    load_edition(folder)

    offer = Offer.objects.get(stand__code="A01")
    event = Event.objects.get(kind=Event.Kind.PRICE_CHANGED)
    assert offer.price_rupiah == 3500
    assert event.data == {"offer": offer.pk, "old_rupiah": 3000, "new_rupiah": 3500}


def test_stock_is_not_set_again(folder: Path) -> None:
    load_edition(folder)
    Offer.objects.filter(stand__code="A01").update(stock=7)
    change(folder, "offers.csv", "A01,air-al-qodiri,3000,40", "A01,air-al-qodiri,3500,99")

    load_edition(folder)

    assert Offer.objects.get(stand__code="A01").stock == 7


def test_correction_in_the_admin_stays_while_the_file_says_the_same(folder: Path) -> None:
    load_edition(folder)
    Product.objects.filter(slug="kopi-mukmin").update(name="Kopi Mukmin Mandiri Asli")
    Expo.objects.update(is_current=True)

    loaded = load_edition(folder)

    assert Product.objects.get(slug="kopi-mukmin").name == "Kopi Mukmin Mandiri Asli"
    assert Expo.objects.get().is_current
    assert [one.file for one in loaded.counts if one.changed] == []


def test_changed_row_is_applied(folder: Path) -> None:
    load_edition(folder)
    change(folder, "stands.csv", "al-qodiri|mukmin-mandiri", "mukmin-mandiri")

    loaded = load_edition(folder)

    assert [one.slug for one in Stand.objects.get(code="A02").pesantren.all()] == ["mukmin-mandiri"]
    assert [(one.file, one.changed) for one in loaded.counts if one.changed] == [("stands.csv", 1)]


def test_row_gone_from_the_file_is_reported_until_it_is_gone_from_the_database(
    folder: Path,
) -> None:
    load_edition(folder)
    change(folder, "offers.csv", "A03,kue-contoh,5000,12,1,price_rupiah|stock\n", "")

    def gone_offers() -> list[str]:
        counts = load_edition(folder).counts
        return next(one.gone for one in counts if one.file == "offers.csv")

    gone = [gone_offers() for _time in range(2)]
    Offer.objects.filter(stand__code="A03").delete()
    gone.append(gone_offers())

    assert gone == [["A03|kue-contoh"], ["A03|kue-contoh"], []]


def test_row_deleted_from_the_database_is_made_again(folder: Path) -> None:
    load_edition(folder)
    Offer.objects.filter(stand__code="A03").delete()

    load_edition(folder)

    assert Offer.objects.get(stand__code="A03").stock == 12


# --- what is refused ------------------------------------------------------------------------------

BAD_CELLS = [
    ("regencies.csv", "35.09,kabupaten", "35.09,desa", (2, "kind")),
    ("regencies.csv", "35.78,kota", "35.78000,kota", (3, "code")),
    ("categories.csv", "Drinks,2", "Drinks,dua", (3, "order")),
    ("categories.csv", "Drinks,2", "Drinks,", (3, "order")),
    ("pesantren.csv", "mukmin-mandiri,Pondok", "al-qodiri,Pondok", (3, "slug")),
    ("pesantren.csv", "mukmin-mandiri,Pondok", ",Pondok", (3, "slug")),
    ("pesantren.csv", "Mandiri,35.78", "Mandiri,35.99", (3, "regency_code")),
    ("pesantren.csv", ",1976,", ",1976 M,", (2, "founded")),
    ("pesantren.csv", ",1976,", ",19,", (2, "founded")),
    ("producers.csv", "santri,mukmin-mandiri", "santri,", (3, "")),
    ("producers.csv", "santri,mukmin-mandiri", "santri,tak-ada", (3, "pesantren_slug")),
    ("producers.csv", "Contoh,umkm", "Contoh,toko", (4, "kind")),
    ("producers.csv", "0812-3456-7890", "031-5678901", (2, "whatsapp")),
    ("producers.csv", "0812-3456-7890,yes", ",yes", (2, "")),
    ("producers.csv", "7890,yes", "7890,ya", (2, "whatsapp_allowed")),
    ("products.csv", "kopontren-al-qodiri", "tak-ada", (2, "producer_slug")),
    ("products.csv", "Kue Contoh,,food", "Kue Contoh,,kue", (4, "category")),
    ("products.csv", "Kue Contoh,,food", "Kue Contoh,,", (4, "category")),
    ("products.csv", "Kue Contoh", "K" * 121, (4, "name")),
    ("products.csv", "santripreneur", "santri", (3, "pillar")),
    ("products.csv", "25000", "25.000", (3, "price_rupiah")),
    ("products.csv", "25000", "9" * 13, (3, "price_rupiah")),
    ("products.csv", "Jepang,proposed", "Jepang,no", (3, "state")),
    ("products.csv", "kopi-mukmin", "kopi mukmin", (3, "slug")),
    ("products.csv", "Kue Contoh", "Kue\x07Contoh", (4, "name")),
    ("credentials.csv", "bpom", "haccp", (2, "scheme")),
    ("credentials.csv", "2019-01-02", "02/01/2019", (2, "issued")),
    ("credentials.csv", "2024-01-02", "2018-01-02", (2, "")),
    ("credentials.csv", "air-al-qodiri", "tak-ada", (2, "product_slug")),
    ("edition.csv", "2020,OPOP", "opop-2020,OPOP", (2, "slug")),
    ("edition.csv", "Maspion Square", "", (2, "venue")),
    ("days.csv", "2020-12-19", "2020-12-32", (3, "date")),
    ("days.csv", "2020-12-19", "2020-12-18", (3, "date")),
    ("days.csv", "09:00", "9.00", (3, "opens")),
    ("days.csv", "21:00", "08:00", (3, "")),
    ("zones.csv", "A,Makanan", "A" * 11 + ",Makanan", (2, "code")),
    ("stands.csv", "A03,UMKM", "stan-3,UMKM", (4, "code")),
    ("stands.csv", "A03,UMKM", "A02,UMKM", (4, "code")),
    ("stands.csv", "umkm,A,200", "umkm,A,1190", (4, "x")),
    ("stands.csv", "umkm,A,200,0", "umkm,A,200,790", (4, "y")),
    ("stands.csv", "umkm,A,200", "umkm,A,-1", (4, "x")),
    ("stands.csv", "umkm,A,200", "umkm,A,150", (4, "x")),
    ("stands.csv", "umkm,A,200,0,80", "umkm,A,200,0,0", (4, "")),
    ("stands.csv", "umkm,A", "umkm,Z", (4, "zone")),
    ("stands.csv", "al-qodiri|mukmin-mandiri", "al-qodiri|tak-ada", (3, "pesantren")),
    ("stands.csv", "al-qodiri|mukmin-mandiri", "al-qodiri|al-qodiri", (3, "pesantren")),
    ("offers.csv", "A03,kue-contoh", "Z99,kue-contoh", (4, "stand_code")),
    ("offers.csv", "A03,kue-contoh", "A03,tak-ada", (4, "product_slug")),
    ("offers.csv", "A03,kue-contoh", "A01,air-al-qodiri", (4, "product_slug")),
    ("offers.csv", "A03,kue-contoh", "A01,kopi-mukmin", (4, "product_slug")),
    ("offers.csv", "kue-contoh,5000", "kue-contoh,0", (4, "")),
    ("offers.csv", "kue-contoh,5000", "kue-contoh,", (4, "price_rupiah")),
    ("offers.csv", "kue-contoh,5000,12", "kue-contoh,5000,-1", (4, "stock")),
    ("offers.csv", "kue-contoh,5000,12,1", "kue-contoh,5000,12,99999", (4, "order")),
    ("offers.csv", "kue-contoh,5000,12,1", "kue-contoh,5000,12,1,lebih", (4, "")),
    ("offers.csv", "A03,kue-contoh,5000,12,1", "A03,kue-contoh", (4, "")),
]


@pytest.mark.parametrize(("file", "before", "after", "place"), BAD_CELLS)
def test_bad_cell_is_reported_at_its_place_and_nothing_written(
    folder: Path, file: str, before: str, after: str, place: tuple[int, str]
) -> None:
    change(folder, file, before, after)

    assert (file, *place) in problems_of(folder)

    for model in (Regency, Pesantren, Producer, Product, Expo, Stand, Offer, Event):
        assert not model._default_manager.exists()


def test_bad_row_is_the_only_one_reported(folder: Path) -> None:
    """What leans on it is not blamed as well."""
    change(folder, "pesantren.csv", ",1976,", ",lama,")
    change(folder, "edition.csv", "Maspion Square", "")

    assert problems_of(folder) == [("pesantren.csv", 2, "founded"), ("edition.csv", 2, "venue")]


def test_every_bad_row_of_every_file_is_reported(folder: Path) -> None:
    change(folder, "regencies.csv", "35.78,kota", "35.78,kotamadya")
    change(folder, "products.csv", "25000", "dua puluh lima ribu")
    change(folder, "products.csv", "curated,,price_rupiah", "yes,,price_rupiah")
    change(folder, "offers.csv", "kue-contoh,5000,12", "kue-contoh,5000,selusin")

    assert problems_of(folder) == [
        ("regencies.csv", 3, "kind"),
        ("products.csv", 2, "state"),
        ("products.csv", 3, "price_rupiah"),
        ("offers.csv", 4, "stock"),
    ]


def test_missing_file_is_reported(folder: Path) -> None:
    (folder / "producers.csv").unlink()

    assert problems_of(folder) == [("producers.csv", 0, "")]


@pytest.mark.parametrize(
    ("header", "place"),
    [
        ("code,name,name_en", (1, "order")),
        ("code,name,name_en,order,warna", (1, "warna")),
        ("code,name,name_en,order,order", (1, "order")),
        ("", (1, "code")),
    ],
)
def test_wrong_header_is_reported(folder: Path, header: str, place: tuple[int, str]) -> None:
    (folder / "zones.csv").write_text(f"{header}\nA,Makanan,Food,1\n")

    assert ("zones.csv", *place) in problems_of(folder)


def test_other_encoding_is_reported(folder: Path) -> None:
    (folder / "zones.csv").write_bytes("code,name,name_en,order\nA,é,,1\n".encode("latin-1"))

    with pytest.raises(EditionRefused, match=r"bukan UTF-8 \(mulai baris teks 2\)"):
        load_edition(folder)


def test_broken_quotes_are_reported(folder: Path) -> None:
    (folder / "zones.csv").write_text('code,name,name_en,order\nA,Makanan,,1\nB,"Minuman,,2\n')

    assert problems_of(folder) == [("zones.csv", 3, "")]


def test_row_numbers_count_as_a_spreadsheet_does(folder: Path) -> None:
    (folder / "zones.csv").write_text(
        'code,name,name_en,order\n\nA,"Makanan\ndan minuman",,1\nB,Busana,,dua\n'
    )

    assert problems_of(folder) == [("zones.csv", 4, "order")]


def test_file_too_large_is_not_opened(folder: Path) -> None:
    with (folder / "products.csv").open("wb") as file:
        file.truncate(MAX_BYTES + 1)

    with pytest.raises(EditionRefused, match=r"products.csv: .* lebih besar dari 5 MB"):
        load_edition(folder)


def test_file_with_too_many_rows_is_refused(folder: Path) -> None:
    (folder / "zones.csv").write_text("code,name,name_en,order\n" + "A,b,,1\n" * 20_001)

    with pytest.raises(EditionRefused, match=r"zones.csv: Lebih dari 20\.?000 baris"):
        load_edition(folder)


def test_two_editions_in_one_file_are_refused(folder: Path) -> None:
    with (folder / "edition.csv").open("a") as file:
        file.write("2021,OPOP Expo 2021,,Icon Mall,Gresik,,,\n")

    assert problems_of(folder) == [("edition.csv", 3, "")]


def test_bad_row_leaves_an_earlier_load_untouched(folder: Path) -> None:
    load_edition(folder)
    change(folder, "products.csv", "Kue Contoh", "Kue Contoh Baru")
    change(folder, "offers.csv", "kue-contoh,5000", "kue-contoh,murah")

    assert problems_of(folder) == [("offers.csv", 4, "price_rupiah")]
    assert Product.objects.get(slug="kue-contoh").name == "Kue Contoh"


# --- the command ----------------------------------------------------------------------------------


def test_command_shows_its_progress_and_says_when_nothing_changed(folder: Path) -> None:
    first, second = io.StringIO(), io.StringIO()

    call_command("load_edition", folder, stdout=first)
    call_command("load_edition", folder, stdout=second)

    assert "stands.csv           3 baru     0 berubah     0 sama" in first.getvalue()
    assert "Gambar produk: 3 digambar." in first.getvalue()
    assert "Edisi 2020 sudah sama, tidak ada yang diubah." in second.getvalue()


def test_command_says_where_it_went_wrong(folder: Path) -> None:
    change(folder, "offers.csv", "kue-contoh,5000", "kue-contoh,5.000")
    errors = io.StringIO()

    with pytest.raises(CommandError, match=r"1 kesalahan\. Tidak ada yang disimpan\."):
        call_command("load_edition", folder, stderr=errors)

    assert errors.getvalue().strip() == (
        "offers.csv, baris 4, kolom price_rupiah: “5.000” bukan bilangan bulat. "
        "Tulis angka saja, tanpa titik: 15000."
    )
