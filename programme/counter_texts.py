"""The words of the gate counter. They travel inside the page, so they are there offline."""

from __future__ import annotations

from django.utils.translation import gettext as _


def counter_texts() -> dict[str, str]:
    """Every text that the screen uses, in the language that is active; `{name}` is a value."""
    return {
        "title": _("Hitung pengunjung"),
        "check_in": _("Penerima tamu"),
        "choose_gate": _("Di pintu mana?"),
        "change_gate": _("Ganti pintu"),
        "no_gates": _("Belum ada pintu di edisi ini. Minta panitia membuatnya."),
        "no_gates_yet": _("Sambungkan HP ke jaringan sekali, supaya daftar pintu terbaca."),
        "here_today": _("Hari ini di pintu ini"),
        "this_hour": _("Jam ini"),
        "all_gates": _("Semua pintu"),
        "add": _("Tambah {n} orang"),
        "undo": _("Tarik kembali {step}"),
        "nothing_to_undo": _("Belum ada yang bisa ditarik"),
        "last": _("Terakhir {step}, pukul {time}"),
        "other_day": _(
            "Hari ini bukan hari pameran. Hitungannya dicatat terpisah dari hari pameran."
        ),
        "example": _("Edisi contoh: hitungannya hanya contoh."),
        "all_sent": _("Semua terkirim"),
        "unsent": _("{n} belum terkirim"),
        "no_contact": _("Tanpa kontak sejak {time}. Tetap bisa menghitung"),
        "no_contact_yet": _("Belum ada kontak. Tetap bisa menghitung"),
        "sign_in": _("Masuk lagi"),
        "sign_in_about": _(
            "Login sudah berakhir. Hitungan aman di HP ini, dan terkirim setelah masuk lagi."
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
        "reload_button": _("Muat ulang"),
        "who": _("Masuk sebagai {name}"),
        "insecure": _("Alamat ini tidak memakai https, jadi menghitung perlu jaringan."),
    }
