"""What can be imported of an edition: its stands, and what is sold there."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opop_expo.imports.columns import Column, Kind, Shape
from stands.models import Offer, Stand

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
