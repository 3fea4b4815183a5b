"""What personal data is kept for: in plain words, with the legal basis, how long, and who sees it.

The public page and docs/privacy.md are made from this. The articles are those of Law 27 of 2022 on
personal data protection; the bases are those of its article 20, paragraph 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Basis(Enum):
    """Why it may be kept."""

    CONSENT = _("izin Anda (pasal 20 ayat 2 huruf a)")
    AGREEMENT = _("kesepakatan dengan Anda (pasal 20 ayat 2 huruf b)")
    LAW = _("kewajiban hukum (pasal 20 ayat 2 huruf c)")
    PUBLIC_TASK = _("tugas pelayanan publik (pasal 20 ayat 2 huruf e)")
    INTEREST = _("kepentingan yang sah (pasal 20 ayat 2 huruf f)")
    NONE = _("tidak perlu: tidak ada yang menunjuk kepada Anda")


@dataclass(frozen=True)
class Purpose:
    """One thing that people come for, and what is kept of them for it."""

    key: str
    title: StrOrPromise
    what: StrOrPromise
    why: StrOrPromise
    basis: Basis
    kept: StrOrPromise
    seen_by: StrOrPromise


VISITING = Purpose(
    "visiting",
    _("Anda melihat-lihat saja"),
    _(
        "Tidak ada nama dan tidak ada akun. Halaman yang dibuka hanya dihitung per hari, tanpa"
        " tahu siapa yang membuka."
    ),
    _("Agar panitia dan stan tahu apa yang dicari pengunjung."),
    Basis.NONE,
    _("Hitungannya tetap, karena tidak menyangkut siapa pun."),
    _("Panitia dan stan melihat jumlahnya."),
)
SAFETY = Purpose(
    "safety",
    _("Keamanan portal"),
    _(
        "Alamat jaringan (IP) di catatan server, dan untuk sementara asal kiriman formulir serta"
        " kode atau PIN yang salah."
    ),
    _("Menahan program yang menebak kode atau membanjiri formulir, dan mencari kerusakan."),
    Basis.INTEREST,
    _("Percobaan: paling lama sehari. Catatan server: paling lama 30 hari."),
    _("Pengelola server."),
)
INQUIRIES = Purpose(
    "inquiries",
    _("Anda mengirim minat kerja sama"),
    _("Nama, usaha atau lembaga, e-mail atau nomor, pesan Anda, dan jawaban kami."),
    _("Menjawab pesan itu."),
    Basis.CONSENT,
    _("Dihapus setahun setelah terakhir diurus. Tentang apa dan hasilnya tetap, tanpa nama."),
    _("Panitia yang menjawab, dan pembuat yang Anda tuju lewat e-mail."),
)
REGISTRATIONS = Purpose(
    "registrations",
    _("Anda mendaftar atau datang ke acara"),
    _("Nama, sebagai apa, usaha atau lembaga, kontak kalau diisi, kode tiket, dan jam datang."),
    _("Menyediakan tempat, mengabari perubahan, dan membuat sertifikat."),
    Basis.CONSENT,
    _("Nama dan kontak dihapus enam bulan setelah acara. Yang tinggal hanya jumlahnya."),
    _("Panitia dan penerima tamu di pintu."),
)
NOTICES = Purpose(
    "notices",
    _("Anda peserta dan menulis kabar"),
    _("Tulisan kabar, nama usaha, serta nomor WhatsApp dan e-mail kalau diizinkan."),
    _("Agar sesama peserta bisa saling menghubungi."),
    Basis.CONSENT,
    _("Kontak dihapus saat kabar ditutup, paling lambat setahun setelah ditulis atau diubah."),
    _("Peserta yang masuk dengan akun, dan panitia. Pengunjung tidak."),
)
STAFF = Purpose(
    "staff",
    _("Anda bertugas di stan, di pintu, atau sebagai panitia"),
    _(
        "Nama panggilan di kasir, PIN yang diacak, nama akun, e-mail akun kalau diisi, jenis"
        " peramban saat masuk, dan apa yang dikerjakan dengan akun itu."
    ),
    _("Agar jelas siapa yang mencatat, membatalkan, atau mengubah sesuatu."),
    Basis.AGREEMENT,
    _(
        "Nama petugas kasir diganti kata netral dua tahun setelah edisinya. Akun dihapus datanya"
        " atas permintaan."
    ),
    _("Panitia. Nama petugas juga tertulis di nota."),
)
BUYING = Purpose(
    "buying",
    _("Anda berbelanja"),
    _(
        "Nota tidak menyebut pembeli. Nama hanya ada kalau bank menuliskannya di mutasi, kalau"
        " voucher diserahkan atas nama Anda, atau kalau seseorang menulisnya di catatan."
    ),
    _("Mencocokkan pembayaran, dan pembukuan."),
    Basis.LAW,
    _(
        "Buku penjualan, mutasi bank, dan tanda terima: sepuluh tahun, seperti diminta"
        " undang-undang tentang dokumen perusahaan. Nama penerima voucher: setahun setelah"
        " edisinya."
    ),
    _("Panitia dan bagian keuangan."),
)
PUBLIC_FIGURES = Purpose(
    "public",
    _("Anda pembicara, penanda tangan, atau penerima pembiayaan"),
    _("Nama dan jabatan, serta hal yang Anda lakukan di pameran."),
    _("Mengumumkan acara dan hasil pameran."),
    Basis.PUBLIC_TASK,
    _(
        "Selama edisinya terbit. Hasil yang sudah dibekukan tidak diubah lagi; nama pembicara di"
        " jadwal bisa dihapus atas permintaan."
    ),
    _("Semua orang."),
)
MAKERS = Purpose(
    "makers",
    _("Anda pelaku usaha atau pengurus pesantren"),
    _(
        "Nama usaha, produk, legalitas, foto, dan cerita yang Anda terbitkan; e-mail dan nomor"
        " WhatsApp untuk pembeli kalau Anda memberikannya."
    ),
    _("Katalog pameran, dan agar pembeli bisa menghubungi."),
    Basis.AGREEMENT,
    _("Selama produknya ada di katalog. Kontak dihapus begitu diminta."),
    _("Semua orang, kecuali e-mail untuk minat kerja sama: hanya panitia."),
)
RECORDS = Purpose(
    "records",
    _("Catatan kerja panitia"),
    _(
        "Siapa dari panitia mengubah apa dan kapan. Kadang nama orang tertulis di alasan, catatan,"
        " atau lembar kerja yang diimpor."
    ),
    _("Agar setiap perubahan bisa ditelusuri."),
    Basis.INTEREST,
    _(
        "Catatan perubahan tetap; data diri di dalamnya dihapus atas permintaan. Lembar kerja"
        " impor: sehari, daftar hasilnya 30 hari. Catatan halaman admin: dua tahun."
    ),
    _("Panitia."),
)
PURPOSES = [
    VISITING,
    INQUIRIES,
    REGISTRATIONS,
    BUYING,
    NOTICES,
    STAFF,
    PUBLIC_FIGURES,
    MAKERS,
    RECORDS,
    SAFETY,
]
