"""The words of the tablet's screens. They travel inside the page, so they are there offline."""

from __future__ import annotations

from django.utils.translation import gettext as _


def tablet_texts() -> dict[str, str]:
    """Every text that the screens use, in the language that is active now; `{name}` is a value."""
    return {
        **_selling(),
        **_paying(),
        **_vouchers(),
        **_receipts(),
        **_sending(),
        **_menu(),
        **_closing(),
        **_phases(),
    }


def _selling() -> dict[str, str]:
    return {
        "goods": _("Barang di stan ini"),
        "search": _("Cari barang"),
        "no_goods": _("Belum ada barang di stan ini. Minta panitia menambahkannya."),
        "nothing_found": _("Tidak ada barang dengan nama itu."),
        "left": _("Sisa {left}"),
        "sold_out": _("Habis"),
        "in_cart": _("Di keranjang:"),
        "cart": _("Keranjang"),
        "tap_what_is_bought": _("Ketuk barang yang dibeli."),
        "less_of": _("Kurangi {name}"),
        "more_of": _("Tambah {name}"),
        "empty_cart": _("Kosongkan"),
        "pay": _("Bayar"),
        "last_receipt": _("Nota terakhir"),
        "choose_name": _("Pilih nama"),
        "training_banner": _("LATIHAN. Yang dicatat di sini tidak dihitung."),
        "example_banner": _("Edisi contoh: barang dan harga hanya contoh."),
    }


def _paying() -> dict[str, str]:
    return {
        "back": _("Kembali"),
        "total": _("Total"),
        "rest": _("Sisa"),
        "method": _("Cara bayar"),
        "cash": _("Tunai"),
        "qris": _("QRIS"),
        "transfer": _("Transfer"),
        "card": _("Kartu"),
        "voucher": _("Voucher"),
        "exact": _("Uang pas"),
        "change_is": _("kembali {amount}"),
        "received": _("Uang diterima"),
        "change": _("Uang kembali"),
        "short": _("Kurang"),
        "erase": _("Hapus satu angka"),
        "save": _("Simpan"),
        "take_part": _("Terima {amount} dulu"),
        "paid_so_far": _("Sudah dibayar"),
        "take_out": _("Batal"),
        "parts_limit": _("Sudah terlalu banyak bagian. Terima sisanya sekaligus."),
        "pay_part": _("Bayar sebagian"),
        "pay_all": _("Bayar semuanya"),
        "part_amount": _("Sebagian"),
        "is_paid": _("Sudah dibayar {amount}"),
        "claim_qris": _("Pembeli memindai QRIS dan membayar {amount}. Lihat bukti di HP-nya."),
        "qris_of_stand": _("QRIS stan ini"),
        "qris_no_image": _("Pakai QRIS yang ada di meja."),
        "qris_limit": _("QRIS paling banyak Rp 10.000.000 sekali bayar. Bayar sebagian dulu."),
        "claim_transfer": _("Pembeli mentransfer {amount}. Lihat bukti di HP-nya."),
        "claim_card": _("Gesek atau tempel kartu di mesin EDC: {amount}. Tunggu struknya."),
        "note": _("Catatan"),
        "add_note": _("Tambah catatan"),
        "not_saved": _("BELUM tersimpan. Tablet ini tidak bisa menyimpan. Coba lagi."),
    }


def _vouchers() -> dict[str, str]:
    return {
        "voucher_number": _("Voucher No. {number}"),
        "voucher_say": _("Pindai QR pada voucher, atau ketik kodenya."),
        "voucher_scan": _("Pindai dengan kamera"),
        "voucher_scan_stop": _("Matikan kamera"),
        "voucher_looking": _("Arahkan kamera ke QR voucher."),
        "voucher_code": _("Kode voucher"),
        "voucher_code_about": _("Huruf besar atau kecil, spasi, dan tanda hubung boleh apa saja."),
        "voucher_check": _("Periksa voucher"),
        "voucher_checking": _("Memeriksa …"),
        "voucher_value": _("Nilai voucher"),
        "voucher_pays": _("Membayar"),
        "voucher_forfeits": _("Hangus"),
        "voucher_rest": _("Sisa dibayar dengan cara lain"),
        "voucher_once": _("Voucher dipakai sekali saja, tanpa uang kembali. Beri tahu pembeli."),
        "voucher_take": _("Pakai voucher, lalu bayar {amount}"),
        "voucher_leave": _("Tidak jadi pakai voucher ini"),
        "voucher_on_trust": _(
            "Tanpa jaringan: belum diperiksa panitia. Cocokkan kertasnya dengan teliti."
        ),
        "voucher_which_value": _("Berapa nilai yang tercetak?"),
        "voucher_mistyped": _("Kode ini salah ketik. Periksa lagi hurufnya satu per satu."),
        "voucher_twice": _("Voucher ini sudah dipakai untuk nota ini."),
        "voucher_no_contact": _(
            "Tidak ada jaringan, jadi voucher belum bisa diperiksa. Minta bayar dengan cara lain."
        ),
        "voucher_over_limit": _(
            "Tanpa jaringan kasir ini tidak boleh menerima voucher lagi. Minta bayar dengan cara"
            " lain."
        ),
        "voucher_too_many": _("Terlalu banyak kode salah. Tunggu {seconds} detik."),
        "camera_refused": _("Kamera tidak diizinkan. Ketik kodenya saja."),
        "camera_none": _("Kamera tidak bisa dibuka. Ketik kodenya saja."),
        "give_back_voucher": _("{amount} kembali ke voucher, jangan diberikan dengan uang."),
    }


def _receipts() -> dict[str, str]:
    return {
        "saved": _("Tersimpan"),
        "next": _("Pembeli berikutnya"),
        "to_till": _("Ke kasir"),
        "print": _("Cetak"),
        "undo": _("Batalkan nota ini"),
        "undo_title": _("Batalkan {number}"),
        "of_most": _("dari {most}"),
        "why": _("Mengapa?"),
        "reason_wrong": _("Salah pilih"),
        "reason_cancelled": _("Pembeli batal"),
        "reason_broken": _("Barang rusak"),
        "other_reason": _("Alasan lain"),
        "give_back": _("Kembalikan ke pembeli"),
        "give_back_how": _("Kembalikan {amount} ke pembeli ({methods})."),
        "save_undo": _("Simpan pembatalan"),
        "share_text": _("Nota belanja di {expo}, {amount}:"),
        "training_mark": _("LATIHAN, tidak dihitung"),
        "reverses": _("Membatalkan {number}"),
        "taken_back": _("dibatalkan {quantity}"),
        "e_receipt": _("Pindai untuk nota digital"),
        "thanks": _("Terima kasih. Semoga berkah."),
        "sent_unsent": _("Tersimpan di tablet ini, belum terkirim ke panitia."),
        "sent_sent": _("Sudah sampai di panitia."),
        "sent_held": _("Sudah sampai di panitia, dan sedang mereka periksa."),
        "sent_refused": _("Panitia tidak bisa membacanya. Tunjukkan tablet ini kepada panitia."),
        "short_unsent": _("belum terkirim"),
        "short_sent": _("terkirim"),
        "short_held": _("diperiksa"),
        "short_refused": _("ditolak"),
        "receipts": _("Nota"),
        "receipts_about": _("Lihat, cetak, atau batalkan"),
        "no_receipts": _("Belum ada penjualan di tablet ini."),
        "whole_stand": _("Semua penjualan stan hari ini (perlu jaringan)"),
    }


def _sending() -> dict[str, str]:
    return {
        "all_sent": _("Semua terkirim"),
        "unsent": _("{n} belum terkirim"),
        "refused": _("{n} ditolak"),
        "no_contact": _("Belum ada kontak. Tetap bisa jualan"),
        "no_contact_since": _("Tanpa kontak sejak {time}. Tetap bisa jualan"),
        "unsent_title": _("Belum terkirim"),
        "unsent_about": _(
            "Penjualan ini aman di tablet, dan terkirim sendiri begitu ada jaringan."
            " Jangan hapus data peramban."
        ),
        "all_sent_about": _("Semua penjualan tablet ini sudah sampai di panitia."),
        "owed": _("Perlu kirim ulang"),
        "owed_notice": _(
            "Penjualan lama belum terkirim ulang. Tetap bisa jualan; beri tahu panitia."
        ),
        "owed_look": _("Lihat"),
        "owed_about": _(
            "Server baru saja dipulihkan dari cadangan dan meminta lagi penjualan yang dulu sudah"
            " terkirim. Tablet ini belum berhasil mengirimnya ulang, dan mencoba lagi tiap menit."
        ),
        "owed_kept": _("Aman: penjualan yang dulu terkirim masih tersimpan di tablet ini ({n})."),
        "owed_unread": _(
            "Simpanan penjualan lama di tablet ini belum bisa dibaca. Jangan buang nota kertas."
        ),
        "owed_sell": _(
            "Teruskan berjualan. Penjualan baru tersimpan di tablet dan terkirim seperti biasa."
        ),
        "owed_leave": _("Jangan hapus data peramban, dan jangan ganti tablet."),
        "owed_room": _(
            "Beri tahu panitia. Kosongkan ruang tablet, misalnya foto dan video, lalu tekan Kirim"
            " sekarang."
        ),
        "owed_reopen": _(
            "Beri tahu panitia. Tutup peramban, buka lagi kasir ini, lalu tekan Kirim sekarang."
        ),
        "send_now": _("Kirim sekarang"),
        "export_title": _("Serahkan tanpa jaringan"),
        "export_about": _(
            "Panitia memindai semua kode ini dengan HP, atau membawa berkasnya."
            " Penjualan tetap tersimpan di tablet."
        ),
        "export_file": _("Simpan sebagai berkas"),
        "export_kept_about": _(
            "Tablet ini juga masih menyimpan {n} yang dulu sudah terkirim. Kalau server dipulihkan"
            " dari cadangan dan tablet tidak bisa mengirim ulang, serahkan semuanya. Yang sudah ada"
            " di panitia tidak dicatat dua kali."
        ),
        "export_all_file": _("Simpan semuanya sebagai berkas"),
        "export_unread": _(
            "Simpanan tablet ini belum bisa dibaca. Tutup peramban, buka lagi kasir ini, lalu coba"
            " lagi."
        ),
        "export_holds": _("{n} catatan, kode {code}"),
        "export_save": _("Simpan"),
        "export_compare": _(
            "Berkasnya ada di folder unduhan tablet. Jumlah, nilai, dan kodenya harus sama di layar"
            " panitia."
        ),
        "frame_of": _("Kode {n} dari {of}"),
        "previous": _("Kode sebelumnya"),
        "next_code": _("Kode berikutnya"),
        "stop": _("Berhenti"),
        "turn_by_itself": _("Putar sendiri"),
        "new_version": _("Versi baru kasir sudah siap."),
        "use_new_version": _("Pakai sekarang"),
    }


def _menu() -> dict[str, str]:
    return {
        "menu": _("Menu"),
        "cashier": _("Petugas"),
        "who_sells": _("Siapa yang berjualan?"),
        "nobody": _("Tanpa nama"),
        "pin_of": _("PIN {name}"),
        "choose": _("Pilih"),
        "pin_wrong_pin": _("PIN salah. Coba lagi."),
        "pin_too_many": _("Terlalu sering salah. Tunggu {seconds} detik."),
        "pin_no_contact": _(
            "Tanpa jaringan PIN ini belum bisa diperiksa. Berjualanlah dulu tanpa nama."
        ),
        "goods_and_stock": _("Barang dan stok"),
        "goods_about": _("Tandai habis, tambah stok, atur urutan"),
        "goods_say": _("Perubahan di sini perlu jaringan dan langsung terlihat di semua tablet."),
        "needs_contact": _("Tidak ada jaringan. Belum diubah. Coba lagi nanti."),
        "uncounted": _("stok tidak dihitung"),
        "move_up": _("Naikkan {name}"),
        "move_down": _("Turunkan {name}"),
        "mark_sold_out": _("Tandai habis"),
        "add_stock": _("Tambah"),
        "pieces_of": _("Tambahan stok {name}"),
        "training": _("Latihan"),
        "training_about": _("Untuk belajar. Tidak dihitung."),
        "paper": _("Lebar kertas nota"),
        "language": _("Bahasa"),
        "till": _("Kasir"),
        "version": _("versi"),
        "plain_form": _("Formulir kasir biasa"),
    }


def _closing() -> dict[str, str]:
    return {
        "close_day": _("Tutup kasir"),
        "close_day_about": _("Modal awal, uang masuk dan keluar, hitung uang"),
        "close_not_training": _("Latihan tidak ikut dihitung di sini."),
        "float_title": _("Modal awal"),
        "float_about": _("Uang di laci sebelum jualan pertama hari ini."),
        "float_amount": _("Berapa rupiah?"),
        "save_float": _("Simpan modal awal"),
        "float_missing": _("Modal awal hari ini belum dicatat."),
        "float_record": _("Catat"),
        "float_later": _("Nanti"),
        "moved_title": _("Uang masuk atau keluar, selain penjualan"),
        "moved_amount": _("Berapa rupiah?"),
        "moved_reason": _("Untuk apa?"),
        "cash_in": _("Uang masuk"),
        "cash_out": _("Uang keluar"),
        "amount_wrong": _("Isi nilainya dengan angka, misalnya 50.000."),
        "reason_wanted": _("Tulis untuk apa uangnya."),
        "count_title": _("Selesai berjualan hari ini?"),
        "count_about": _("Hitung semua uang di laci, termasuk modal awal."),
        "count_money": _("Hitung uang"),
        "count_again": _("Hitung ulang"),
        "go_on": _("Lanjutkan tutup kasir"),
        "closed_already": _("Kasir hari ini sudah ditutup"),
        "closed_about": _(
            "Masih boleh berjualan: yang sesudah ini tercatat sebagai tambahan tutup kasir."
        ),
        "close_earlier": _("Tutup hari {day}"),
        "closes": _("Sudah ditutup"),
        "count_say": _("Tulis berapa lembar atau keping dari tiap pecahan."),
        "pieces": _("Banyaknya {name}"),
        "counted": _("Uang dihitung"),
        "done_counting": _("Selesai menghitung"),
        "expected": _("Seharusnya"),
        "difference": _("Selisih"),
        "even": _("Pas"),
        "over": _("Lebih {amount}"),
        "short_by": _("Kurang {amount}"),
        "expected_is": _(
            "Modal awal {float}, tunai dari penjualan {cash}, uang masuk {in}, uang keluar {out}."
        ),
        "difference_about": _(
            "Selisih boleh ada. Kalau tahu sebabnya, tulis di catatan. Salah hitung? Simpan dulu,"
            " lalu hitung ulang: keduanya tercatat."
        ),
        "save_close": _("Simpan tutup kasir"),
        "count_stale": _("Ada penjualan atau uang keluar sesudah dihitung. Hitung sekali lagi."),
        "cash_sales": _("Tunai dari penjualan"),
        "sales": _("Banyak penjualan"),
        "sold": _("Nilai penjualan"),
        "reversals_n": _("Dibatalkan ({n})"),
        "last_number": _("Nota terakhir"),
        "sign_keeper": _("Petugas:"),
        "sign_organiser": _("Panitia:"),
    }


def _phases() -> dict[str, str]:
    return {
        "starting": _("Membuka kasir …"),
        "starting_about": _("Sebentar."),
        "unpaired": _("Tablet ini belum dipasangkan"),
        "unpaired_about": _(
            "Minta kode kepada panitia. Pindai QR-nya dengan kamera tablet, atau ketik kodenya."
        ),
        "type_code": _("Ketik kode"),
        "revoked": _("Izin tablet ini sudah dicabut"),
        "revoked_about": _(
            "Panggil panitia. Mereka bisa memasangkan tablet ini lagi, lalu berjualan bisa lanjut."
        ),
        "still_kept": _("{n} penjualan masih tersimpan di sini dan tidak hilang."),
        "show_unsent": _("Lihat yang belum terkirim"),
        "elsewhere": _("Kasir sudah terbuka di tab lain"),
        "elsewhere_about": _("Hanya satu tab yang berjualan, supaya tidak ada nota ganda."),
        "use_here": _("Pakai di sini"),
        "insecure": _("Alamat ini tidak memakai https"),
        "insecure_about": _(
            "Tanpa https peramban tidak mengizinkan kasir yang jalan tanpa jaringan. Buka kasir"
            " dengan alamat https dari panitia, atau pakai formulir biasa selama ada jaringan."
        ),
        "storage_failed": _("Tablet ini tidak bisa menyimpan"),
        "storage_failed_about": _(
            "Peramban menolak menyimpan data, mungkin karena mode penyamaran atau memori penuh."
            " Supaya tidak ada penjualan yang hilang, kasir tidak dibuka. Buka lagi; kalau tetap"
            " begini, panggil panitia."
        ),
        "open_again": _("Buka lagi"),
    }
