"""What the figures of the results page are called, and how those counted here were counted."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from outcomes import counting
from outcomes.models import Agreement, Claim, FinancingScheme
from outcomes.results_content import COUNTED, UNKNOWN, UNSIZED, UNSPLIT, Figure
from programme.models import Session

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SECTIONS: dict[str, StrOrPromise] = {
    "scale": _("Pameran"),
    "sales": _("Penjualan"),
    "top": _("Paling laku"),
    "visitors": _("Pengunjung"),
    "sessions": _("Talkshow dan pelatihan"),
    "financing": _("Pembiayaan dan bantuan"),
    "partnerships": _("Kerja sama"),
    "vouchers": _("Voucher belanja"),
    "statements": _("Yang juga terjadi"),
}
LABELS: dict[str, StrOrPromise] = {
    **{one.value: one.label for one in Claim.Figure},
    **{one.value: one.label for one in FinancingScheme.Kind},
    "sales_count": _("Transaksi"),
    "sales_reversed": _("Dibatalkan atau diretur"),
    "sale_count": _("transaksi"),
    "reversal_count": _("pembatalan"),
    "late": _("susulan setelah kasir ditutup"),
    "closings": _("Kasir sudah ditutup"),
    "closings_open": _("Kasir belum ditutup"),
    "open": _("belum ditutup"),
    "sales_late": _("Susulan setelah kasir ditutup"),
    "sales_unsent": _("Penjualan yang masih di tablet"),
    "sales_waiting": _("Penjualan yang menunggu diperiksa"),
    "top_categories": _("Kategori"),
    "top_products": _("Produk"),
    "pieces": _("barang"),
    "worth": _("nilainya"),
    "paid": _("membayar"),
    "visitors_gates": _("Hitungan pintu"),
    "visitors_by_day": _("Pengunjung per hari, menurut yang mencatat"),
    "sessions": _("Acara yang tercatat"),
    "sessions_recorded": _("Acara yang tercatat di sini"),
    "attendance": _("Peserta yang dihitung di pintu acara"),
    "counted": _("dihitung sistem ini"),
    "reported": _("dilaporkan"),
    "financing_accounted": _("Yang sudah dirinci"),
    "schemes": _("Skema"),
    "total": _("disalurkan"),
    "agreements_foreign": _("Kerja sama luar negeri yang dilaporkan"),
    "agreements_pesantren": _("Kerja sama pesantren dan alumni"),
    "chosen": _("di antaranya dipilih sebagai contoh"),
}
# Beside those of outcomes.counting.
QUERIES: dict[str, StrOrPromise] = {
    "sales_reversed": _("jumlah nota pembatalan dan retur di buku penjualan"),
    "closings": _("tutup kasir, satu untuk setiap kasir dan hari"),
    "closings_open": _("kasir yang berjualan pada suatu hari dan belum ditutup"),
    "sales_late": _("nota bersih yang masuk setelah kasirnya ditutup; sudah ikut terhitung"),
    "sales_unsent": _("nota yang belum dikirim menurut kontak terakhir setiap tablet"),
    "sales_waiting": _("penjualan yang ditahan dan belum diputuskan; belum ikut terhitung"),
    "top_categories": _("penjualan bersih per kategori produk"),
    "top_products": _("penjualan bersih per produk"),
    "sessions_begun": _("acara yang sudah dimulai dan tidak dibatalkan"),
    "attendance_of_session": _("orang yang dicatat datang, tanpa yang ditarik kembali"),
    "schedule": _("jadwal edisi ini"),
    "financing_of_scheme": _("jumlah penyaluran yang dicatat di skema ini"),
    "schemes": _("skema yang dicatat"),
    "agreements": _("kerja sama yang dicatat"),
}
MISSING: dict[str, StrOrPromise] = {
    UNKNOWN: _("Tidak tercatat di sumber mana pun"),
    UNSIZED: _("Ada, nilainya tidak diketahui"),
    UNSPLIT: _("Rinciannya tidak disebut sumber mana pun"),
}
# What marks say in words; those that are dates or choices of the data are told from these.
MARKS: dict[str, StrOrPromise] = {
    "example": pgettext_lazy("hasil", "contoh"),
    **{one.value: one.label for one in Session.Kind},
    **{one.value: one.label for one in FinancingScheme.Kind},
    **{one.value: one.label for one in Agreement.State},
}
DATE = re.compile(r"\d{4}-\d\d-\d\d")
HOUR = re.compile(r"hour-(\d\d)")
COUNTRY = re.compile(r"country-([A-Z]{2})")


def query_words(name: str) -> str:
    """What a query counts, in the reader's language."""
    known = counting.QUERIES.get(name)
    return str(known.what).rstrip(".") if known else str(QUERIES.get(name, name))


def is_counted(figure: Figure) -> bool:
    """Whether this system counted it."""
    return any(one.basis == COUNTED for one in figure.sources)


def label_of(figure: Figure) -> str:
    """What a figure is called, in the reader's language."""
    if figure.name:
        return str(figure.name)
    key = figure.key
    if key == Claim.Figure.SALES and figure.value is not None and is_counted(figure):
        # Less what was taken back; of what somebody reported nobody knows that.
        return gettext("Penjualan bersih")
    if key in LABELS:
        return str(LABELS[key])
    if DATE.fullmatch(key):
        return date_format(dt.date.fromisoformat(key), "l, j F")
    if hour := HOUR.fullmatch(key):
        return f"{hour[1]}.00" if get_language() != "en" else f"{hour[1]}:00"
    # A statement: its kind, and the code of the claim.
    kind = key.partition("-")[0]
    return str(LABELS.get(kind, ""))


def mark_words(mark: str) -> str:
    """A mark in the reader's language; empty for what only the code reads."""
    if DATE.fullmatch(mark):
        return date_format(dt.date.fromisoformat(mark), "j F Y")
    return "" if COUNTRY.fullmatch(mark) else str(MARKS.get(mark, ""))
