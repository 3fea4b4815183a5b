"""What can be imported of the catalogue: pesantren, makers, products, credentials."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opop_expo.imports.columns import Column, Kind, Shape
from pesantren.models import Credential, Pesantren, Producer, Product

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
        # Never 'alamat', 'kode' or 'id': people write streets and numbers of their own below these.
        also=("slug",),
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
            # Not 'keterangan': below that people write 'belum bayar', and visitors would read it.
            also=("tentang", "profil", "about"),
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
            # Not 'keterangan': below that people write 'belum bayar', and visitors would read it.
            also=("tentang", "profil", "about"),
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
