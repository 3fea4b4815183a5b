"""The words of check-in. They travel inside the page, so they are there offline."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from programme.models import ParticipantKind


def check_in_texts() -> dict[str, str]:
    """Every text that the screen uses, in the language that is active; `{name}` is a value."""
    return {
        "title": _("Penerima tamu"),
        "choose_session": _("Di acara mana?"),
        "change_session": _("Ganti acara"),
        "no_sessions": _("Tidak ada acara di sekitar hari ini."),
        "no_sessions_yet": _("Sambungkan HP ke jaringan sekali, supaya daftar acara terbaca."),
        "came": _("Sudah masuk"),
        "registered": _("Terdaftar"),
        "on_this_device": _("{n} dari HP ini belum terkirim"),
        "no_list_yet": _(
            "Daftar pendaftar belum ada di HP ini. Memindai tiket dan mencatat tamu tetap bisa."
        ),
        "scan": _("Pindai tiket"),
        "stop_scan": _("Matikan kamera"),
        "camera_refused": _("Kamera tidak diizinkan. Izinkan di peramban, atau cari namanya."),
        "camera_none": _("Kamera tidak bisa dipakai. Cari namanya."),
        "point_at": _("Arahkan ke QR tiket"),
        "search": _("Cari nama atau usaha"),
        "nobody_found": _("Tidak ada di daftar. Kalau memang belum mendaftar, catat di bawah."),
        "let_in": pgettext("lewat pintu", "Masuk"),
        "is_in": _("sudah masuk"),
        "waiting": _("daftar tunggu"),
        "cancelled": _("tiket dibatalkan"),
        "walk_in": _("Tamu tanpa pendaftaran"),
        "name": _("Nama"),
        "as_what": _("Datang sebagai"),
        "from": _("Usaha atau lembaga"),
        "record": _("Catat masuk"),
        "name_wanted": _("Tulis namanya dulu."),
        "said_in": _("{name} masuk"),
        "said_unknown": _("Tiket dicatat. Di HP ini namanya belum ada; diperiksa saat tersambung."),
        "said_again": _("{name} sudah masuk sebelumnya"),
        "said_waiting": _("{name} masih di daftar tunggu. Izinkan masuk?"),
        "said_cancelled": _("{name} sudah membatalkan tiketnya. Izinkan masuk?"),
        "said_no_ticket": _("QR ini bukan tiket OPOP Expo."),
        "said_undone": _("{name} ditarik kembali"),
        "allow": _("Izinkan masuk"),
        "deny": _("Tidak"),
        "undo": _("Tarik kembali: {name}"),
        "last_ones": _("Terakhir dari HP ini"),
        "unknown_name": _("tiket yang diperiksa nanti"),
        "somebody": _("tamu pukul {time}"),
        "taken_back": _("ditarik kembali"),
        "not_sent": _("belum terkirim"),
        "was_already": _("sudah tercatat di HP lain"),
        "example": _("Edisi contoh: kehadirannya hanya contoh."),
        "all_sent": _("Semua terkirim"),
        "unsent": _("{n} belum terkirim"),
        "no_contact": _("Tanpa kontak sejak {time}. Tetap bisa mencatat"),
        "no_contact_yet": _("Belum ada kontak. Tetap bisa mencatat"),
        "sign_in": _("Masuk lagi"),
        "sign_in_about": _(
            "Login sudah berakhir. Yang dicatat aman di HP ini, dan terkirim setelah masuk lagi."
        ),
        "refused_title": _("Tidak bisa diterima"),
        "refused_about": _("Tidak ikut dihitung. Yang lain tetap terkirim."),
        "retry": _("Kirim lagi"),
        "drop": _("Buang"),
        "not_saved": _("BELUM tersimpan. HP ini tidak bisa menyimpan. Coba lagi."),
        "storage_failed": _(
            "Peramban ini tidak bisa menyimpan, mungkin karena mode penyamaran. Pakai peramban"
            " biasa."
        ),
        "reload": _("Halaman ini sudah terbuka dalam versi baru. Muat ulang."),
        "who": _("Masuk sebagai {name}"),
        "insecure": _("Alamat ini tidak memakai https, jadi mencatat perlu jaringan."),
        **{f"kind_{kind.value}": str(kind.label) for kind in ParticipantKind},
    }
