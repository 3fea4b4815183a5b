"""What can be imported: the columns of each kind, as people head them and as files name them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum, auto
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opop_expo.edition_files import COLUMNS, KEYS
from opop_expo.row_rules import COLUMN_OF_FIELD
from pesantren.models import Credential, Pesantren, Producer, Product
from stands.models import Offer, Stand

if TYPE_CHECKING:
    from django.db import models
    from django_stubs_ext import StrOrPromise


class Shape(Enum):
    """How a cell is read."""

    TEXT = auto()
    SLUG = auto()
    WHOLE = auto()
    MONEY = auto()
    DATE = auto()
    YES_NO = auto()
    WHATSAPP = auto()
    CHOICE = auto()
    CODE = auto()
    REGENCY = auto()
    CATEGORY = auto()
    PESANTREN = auto()
    SEVERAL_PESANTREN = auto()
    PRODUCER = auto()
    PRODUCT = auto()
    ZONE = auto()


@dataclass(frozen=True)
class Column:
    """A column of a spreadsheet. `name` is its heading in the files of an edition."""

    name: str
    heading: StrOrPromise
    about: StrOrPromise
    example: str
    shape: Shape = Shape.TEXT
    choices: type[models.TextChoices] | None = None
    # For a row that is new; one that is there keeps what it has.
    required: bool = False
    # Other headings that people write, in small letters.
    also: tuple[str, ...] = ()
    width: int = 22


@dataclass(frozen=True)
class Kind:
    """A kind of row. `slug` stands in the address, `file` names its rules."""

    slug: str
    file: str
    model: type[models.Model]
    title: StrOrPromise
    about: StrOrPromise
    columns: tuple[Column, ...]
    permissions: tuple[str, ...]
    changelist: str
    has_expo: bool = False
    # So many rows are worked through together; a stand must see all others of its hall.
    part: int = 250
    most: int = 20_000
    # For a row that is there the file does not say it.
    only_when_new: tuple[str, ...] = field(default=())

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by the name that they have in the files of an edition."""
        return {column.name: column for column in self.columns}

    @property
    def key_columns(self) -> tuple[str, ...]:
        """What tells one row from another."""
        return KEYS[self.file]

    @property
    def has_slug(self) -> bool:
        """Whether its key can be made from the name."""
        return self.key_columns == ("slug",)

    @cached_property
    def field_of_column(self) -> dict[str, str]:
        """The field of the model for each column of the file."""
        back = {column: name for name, column in COLUMN_OF_FIELD.items()}
        back |= {"pesantren_slug": "pesantren", "stand_code": "stand"}
        return {column: back.get(column, column) for column in COLUMNS[self.file]}

    def column_for(self, heading: str) -> Column | None:
        """The column that a person means by a heading."""
        return headings_of(self.slug).get(plain(heading))

    def closest(self, heading: str) -> str:
        """The heading that was perhaps meant; empty if none is near."""
        known = headings_of(self.slug)
        near = get_close_matches(plain(heading), known, n=1, cutoff=0.75)
        return str(known[near[0]].heading) if near else ""


def plain(text: str) -> str:
    """Small letters and single spaces, without accents and signs: two texts that look alike."""
    apart = unicodedata.normalize("NFKD", text.casefold().replace("&", " dan "))
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    # No space for an apostrophe: Mamba'ul is Mambaul.
    return " ".join(re.sub(r"[^a-z0-9]+", " ", re.sub(r"['’`ʻ]", "", bare)).split())


@lru_cache
def headings_of(kind: str) -> dict[str, Column]:
    """All that may head a column of a kind, in both languages, bare of capitals and signs."""
    found: dict[str, Column] = {}
    for column in KINDS[kind].columns:
        names = [column.name, *column.also]
        for language in ("id", "en"):
            with translation.override(language):
                names.append(str(column.heading))
        for name in names:
            found.setdefault(plain(name), column)
    return found


SOURCES = Column(
    "sources",
    _("Sumber"),
    _("Dari mana data ini: alamat situs, atau siapa yang memberi tahu. Beberapa dipisah |."),
    "https://contoh.sch.id/profil",
    also=("source", "asal data"),
)


def _slug(example: str) -> Column:
    return Column(
        "slug",
        _("Alamat halaman"),
        _(
            "Boleh kosong: dibuat dari nama. Huruf kecil, angka, dan tanda hubung."
            " Isi kalau ada dua yang bernama sama."
        ),
        example,
        Shape.SLUG,
        also=("slug", "alamat", "kode", "id"),
    )


PESANTREN = Kind(
    slug="pesantren",
    file="pesantren.csv",
    model=Pesantren,
    title=_("Pesantren"),
    about=_("Nama, kabupaten/kota, dan perkenalan tiap pesantren."),
    permissions=("pesantren.add_pesantren", "pesantren.change_pesantren"),
    changelist="admin:pesantren_pesantren_changelist",
    columns=(
        Column(
            "name",
            _("Nama pesantren"),
            _("Nama lengkap seperti akan dibaca pengunjung."),
            "Pondok Pesantren Sidogiri",
            required=True,
            also=("nama", "pesantren", "pondok pesantren", "name"),
            width=36,
        ),
        _slug("sidogiri"),
        Column(
            "regency_code",
            _("Kabupaten/kota"),
            _("Tulis jenis dan namanya (Kab. Pasuruan, Kota Malang) atau kode wilayah (35.14)."),
            "Kab. Pasuruan",
            Shape.REGENCY,
            also=("kabupaten", "kota", "kab kota", "kode wilayah", "regency", "daerah"),
        ),
        Column(
            "founded",
            _("Tahun berdiri"),
            _("Empat angka."),
            "1745",
            Shape.WHOLE,
            also=("berdiri", "tahun", "founded", "year founded"),
            width=14,
        ),
        Column(
            "notes",
            _("Perkenalan"),
            _("Satu sampai tiga kalimat tentang pesantren."),
            "Pesantren tua di Kraton, Kabupaten Pasuruan.",
            also=("tentang", "profil", "keterangan", "about"),
            width=40,
        ),
        Column(
            "notes_en",
            _("Perkenalan (Inggris)"),
            _("Kalimat yang sama dalam bahasa Inggris."),
            "An old pesantren in Kraton, Pasuruan Regency.",
            also=("tentang inggris", "about en", "about english"),
            width=40,
        ),
        Column(
            "remarks",
            _("Catatan panitia"),
            _("Hanya dibaca panitia."),
            "Narahubung: bagian kopontren",
            also=("catatan", "remarks"),
        ),
        SOURCES,
    ),
)

PRODUCERS = Kind(
    slug="pelaku",
    file="producers.csv",
    model=Producer,
    title=pgettext_lazy("bagian", "Pelaku usaha"),
    about=_("Kopontren, usaha santri, usaha alumni, dan UMKM tamu."),
    permissions=("pesantren.add_producer", "pesantren.change_producer"),
    changelist="admin:pesantren_producer_changelist",
    columns=(
        Column(
            "name",
            _("Nama pelaku usaha"),
            _("Siapa yang membuat dan menjual."),
            "Kopontren Sidogiri",
            required=True,
            also=("nama", "nama usaha", "pelaku", "usaha", "name"),
            width=36,
        ),
        _slug("kopontren-sidogiri"),
        Column(
            "kind",
            _("Jenis"),
            _("Kopontren dan usaha santri harus punya pesantren."),
            "Kopontren",
            Shape.CHOICE,
            Producer.Kind,
            required=True,
            also=("jenis usaha", "kind"),
        ),
        Column(
            "pesantren_slug",
            _("Pesantren"),
            _("Nama pesantren, atau alamat halamannya kalau ada dua yang bernama sama."),
            "Pondok Pesantren Sidogiri",
            Shape.PESANTREN,
            also=("nama pesantren", "pondok pesantren"),
            width=36,
        ),
        Column(
            "notes",
            _("Perkenalan"),
            _("Satu sampai tiga kalimat tentang pelaku usaha."),
            "Koperasi pesantren yang mengolah air minum sendiri.",
            also=("tentang", "profil", "keterangan", "about"),
            width=40,
        ),
        Column(
            "notes_en",
            _("Perkenalan (Inggris)"),
            _("Kalimat yang sama dalam bahasa Inggris."),
            "The pesantren's cooperative, which bottles its own water.",
            also=("tentang inggris", "about en", "about english"),
            width=40,
        ),
        Column(
            "whatsapp",
            _("WhatsApp"),
            _("Nomor ponsel Indonesia, satu saja."),
            "0812-3456-7890",
            Shape.WHATSAPP,
            also=("nomor whatsapp", "no whatsapp", "wa", "no wa", "nomor wa", "hp", "no hp"),
        ),
        Column(
            "whatsapp_allowed",
            _("WhatsApp boleh tampil"),
            _("Ya: pemilik nomor setuju nomornya dilihat pengunjung. Kosong: tidak."),
            "ya",
            Shape.YES_NO,
            also=("wa boleh tampil", "setuju", "setuju tampil", "consent"),
        ),
        SOURCES,
    ),
)

PRODUCTS = Kind(
    slug="produk",
    file="products.csv",
    model=Product,
    title=pgettext_lazy("bagian", "Produk"),
    about=_("Yang dibuat pelaku usaha: kategori, harga acuan, keterangan."),
    permissions=("pesantren.add_product", "pesantren.change_product"),
    changelist="admin:pesantren_product_changelist",
    columns=(
        Column(
            "name",
            _("Nama produk"),
            _("Nama seperti di kemasan."),
            "Kopi Santri Robusta 200 g",
            required=True,
            also=("nama", "produk", "nama barang", "barang", "name", "product"),
            width=34,
        ),
        _slug("kopi-santri-robusta-200-g"),
        Column(
            "producer_slug",
            _("Pelaku usaha"),
            _("Nama pelaku usaha, atau alamat halamannya kalau ada dua yang bernama sama."),
            "Kopontren Sidogiri",
            Shape.PRODUCER,
            required=True,
            also=("produsen", "pembuat", "nama pelaku usaha", "usaha", "producer", "maker"),
            width=30,
        ),
        Column(
            "category",
            _("Kategori"),
            _("Salah satu kategori di portal."),
            "Minuman",
            Shape.CATEGORY,
            required=True,
            also=("jenis", "jenis produk"),
        ),
        Column(
            "pillar",
            _("Pilar"),
            _("Santripreneur: santri. Pesantrenpreneur: kopontren. Sosiopreneur: alumni."),
            "Pesantrenpreneur",
            Shape.CHOICE,
            Product.Pillar,
            also=("pillar", "pilar opop"),
        ),
        Column(
            "price_rupiah",
            _("Harga acuan"),
            _("Rupiah untuk satu satuan. Boleh 25000, 25.000, atau Rp 25.000."),
            "25000",
            Shape.MONEY,
            also=("harga", "harga rp", "harga jual", "harga satuan", "harga rupiah", "price"),
            width=14,
        ),
        Column(
            "unit",
            _("Satuan"),
            _("Untuk apa harga itu: buah, botol, bungkus, kg."),
            "bungkus",
            also=("unit", "kemasan"),
            width=14,
        ),
        Column(
            "description",
            _("Keterangan"),
            _("Satu atau dua kalimat untuk pengunjung."),
            "Kopi robusta dari lereng Arjuno, disangrai santri.",
            also=("deskripsi", "description"),
            width=40,
        ),
        Column(
            "description_en",
            _("Keterangan (Inggris)"),
            _("Kalimat yang sama dalam bahasa Inggris."),
            "Robusta coffee from the slopes of Mount Arjuno, roasted by the students.",
            also=("deskripsi inggris", "description english"),
            width=40,
        ),
        Column(
            "name_en",
            _("Nama (Inggris)"),
            _("Apa arti nama itu dalam bahasa Inggris. Kosong kalau namanya merek saja."),
            "Santri Robusta coffee, 200 g",
            also=("nama inggris", "name en", "name english", "english name"),
            width=34,
        ),
        Column(
            "export_markets",
            _("Negara ekspor"),
            _("Negara tempat produk ini sudah dijual. Kosong kalau belum."),
            "Jepang",
            also=("ekspor", "export"),
        ),
        SOURCES,
    ),
)

CREDENTIALS = Kind(
    slug="legalitas",
    file="credentials.csv",
    model=Credential,
    title=_("Legalitas"),
    about=_("Sertifikat halal, P-IRT, BPOM, SNI, merek, dan NIB tiap produk."),
    permissions=("pesantren.add_credential", "pesantren.change_credential"),
    changelist="admin:pesantren_product_changelist",
    columns=(
        Column(
            "product_slug",
            _("Produk"),
            _("Nama produk, atau alamat halamannya kalau ada dua yang bernama sama."),
            "Kopi Santri Robusta 200 g",
            Shape.PRODUCT,
            required=True,
            also=("nama produk", "nama barang", "product"),
            width=34,
        ),
        Column(
            "scheme",
            _("Jenis legalitas"),
            _("Satu baris untuk satu sertifikat atau izin."),
            "Halal",
            Shape.CHOICE,
            Credential.Scheme,
            required=True,
            also=("jenis", "legalitas", "izin", "sertifikat", "scheme"),
        ),
        Column(
            "number",
            _("Nomor"),
            _("Seperti tertulis di sertifikat. Di Excel, format selnya sebagai Teks."),
            "ID35110000012345678",
            required=True,
            also=("nomor sertifikat", "nomor izin", "number"),
            width=26,
        ),
        Column(
            "issued",
            _("Terbit"),
            _("Tanggal terbit: 31/12/2025."),
            "01/02/2025",
            Shape.DATE,
            also=("tanggal terbit", "tgl terbit", "issued"),
            width=14,
        ),
        Column(
            "expires",
            _("Berlaku sampai"),
            _("Tanggal terakhir berlaku. Kosong kalau tidak berakhir."),
            "31/01/2029",
            Shape.DATE,
            also=(
                "berlaku hingga",
                "kedaluwarsa",
                "kadaluarsa",
                "masa berlaku",
                "expires",
                "expiry",
            ),
            width=16,
        ),
        SOURCES,
    ),
)

STANDS = Kind(
    slug="stan",
    file="stands.csv",
    model=Stand,
    title=pgettext_lazy("bagian", "Stan"),
    about=_("Stan satu edisi: kode, zona, dan pesantren yang menempatinya."),
    permissions=("stands.add_stand", "stands.change_stand"),
    changelist="admin:stands_stand_changelist",
    has_expo=True,
    part=1_000,
    most=1_000,
    columns=(
        Column(
            "code",
            _("Kode stan"),
            _("Huruf besar lalu angka."),
            "A12",
            Shape.CODE,
            required=True,
            also=("kode", "stan", "nomor stan", "no stan", "code", "stand"),
            width=12,
        ),
        Column(
            "name",
            _("Nama stan"),
            _("Nama di papan stan."),
            "Pusat Kopi Santri",
            required=True,
            also=("nama", "name"),
            width=30,
        ),
        Column(
            "kind",
            _("Jenis"),
            _("Stan bersama: beberapa pesantren dengan produk yang sama."),
            "Stan bersama",
            Shape.CHOICE,
            Stand.Kind,
            required=True,
            also=("jenis stan", "kind"),
            width=18,
        ),
        Column(
            "zone",
            _("Zona"),
            _("Kode atau nama zona di edisi ini."),
            "A",
            Shape.ZONE,
            required=True,
            also=("area", "blok", "zone"),
            width=14,
        ),
        Column(
            "pesantren",
            _("Pesantren"),
            _("Nama atau alamat halaman pesantren di stan ini. Beberapa dipisah |."),
            "Pondok Pesantren Sidogiri | tebuireng",
            Shape.SEVERAL_PESANTREN,
            also=("nama pesantren", "penghuni"),
            width=40,
        ),
        Column(
            "description",
            _("Keterangan"),
            _("Satu kalimat untuk pengunjung."),
            "Kopi dari dua pesantren di satu stan.",
            also=("deskripsi", "description"),
            width=40,
        ),
        Column(
            "description_en",
            _("Keterangan (Inggris)"),
            _("Kalimat yang sama dalam bahasa Inggris."),
            "Coffee from two pesantren at one stand.",
            also=("deskripsi inggris",),
            width=40,
        ),
        Column(
            "x",
            _("Denah x"),
            _("Jarak dari kiri denah. Kosongkan x dan y: stan baru diberi tempat yang kosong."),
            "120",
            Shape.WHOLE,
            width=10,
        ),
        Column("y", _("Denah y"), _("Jarak dari atas denah."), "90", Shape.WHOLE, width=10),
        Column("width", _("Lebar"), _("Lebar di denah; kosong: 80."), "80", Shape.WHOLE, width=10),
        Column(
            "height", _("Tinggi"), _("Tinggi di denah; kosong: 60."), "60", Shape.WHOLE, width=10
        ),
    ),
)

OFFERS = Kind(
    slug="barang",
    file="offers.csv",
    model=Offer,
    title=_("Barang di stan"),
    about=_("Produk yang dijual tiap stan, dengan harga dan stok awal."),
    permissions=("stands.add_offer", "stands.change_offer"),
    changelist="admin:stands_offer_changelist",
    has_expo=True,
    only_when_new=("stock",),
    columns=(
        Column(
            "stand_code",
            _("Kode stan"),
            _("Stan di edisi ini."),
            "A12",
            Shape.CODE,
            required=True,
            also=("stan", "kode", "nomor stan", "no stan", "stand"),
            width=12,
        ),
        Column(
            "product_slug",
            _("Produk"),
            _("Nama produk, atau alamat halamannya kalau ada dua yang bernama sama."),
            "Kopi Santri Robusta 200 g",
            Shape.PRODUCT,
            required=True,
            also=("nama produk", "barang", "nama barang", "product"),
            width=34,
        ),
        Column(
            "price_rupiah",
            _("Harga"),
            _("Rupiah di stan ini. Kosong untuk barang baru: harga acuan produknya."),
            "25000",
            Shape.MONEY,
            also=("harga jual", "harga rp", "harga rupiah", "harga satuan", "price"),
            width=14,
        ),
        Column(
            "stock",
            _("Stok awal"),
            _(
                "Hanya untuk barang yang baru; stok yang ada tidak diubah, karena sudah berkurang"
                " oleh penjualan. Kosong: tidak pernah habis."
            ),
            "40",
            Shape.WHOLE,
            also=("stok", "jumlah", "stock"),
            width=12,
        ),
        Column(
            "order",
            _("Urutan"),
            _("Urutan di layar kasir, mulai 1."),
            "1",
            Shape.WHOLE,
            also=("urutan di kasir", "order"),
            width=10,
        ),
        Column(
            "withdrawn",
            _("Ditarik"),
            _("Ya: tidak dijual lagi di stan itu. Kosong untuk barang baru: tidak."),
            "tidak",
            Shape.YES_NO,
            also=("withdrawn",),
            width=10,
        ),
    ),
)

KINDS: dict[str, Kind] = {
    kind.slug: kind for kind in (PESANTREN, PRODUCERS, PRODUCTS, CREDENTIALS, STANDS, OFFERS)
}


def choice_words(choices: Any) -> list[str]:
    """The words of a choice as they stand in a drop-down."""
    return [str(label) for label in choices.labels]
