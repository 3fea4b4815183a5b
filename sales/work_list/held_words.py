"""Held sales in plain words: titles, what happened, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pesantren.money import rupiah, thousands
from sales.models import HeldSale, Sale
from sales.work_list.time_words import day_and_hour
from stands.clock import business_date

if TYPE_CHECKING:
    from sales.work_list.waiting import Shelf

Reason = HeldSale.Reason

# What a group is called on the work list, and what to do about it.
HELD_WORDS = {
    Reason.OTHER_CONTENT: (
        gettext_lazy("Datang dua kali, isinya berbeda"),
        gettext_lazy("Bandingkan. Kalau keduanya benar terjual, setujui; kalau tidak, tolak."),
    ),
    Reason.FUTURE: (
        gettext_lazy("Tanggalnya belum terjadi"),
        gettext_lazy("Pilih kapan sebenarnya dibayar, lalu setujui."),
    ),
    Reason.TOO_OLD: (
        gettext_lazy("Lebih dari 30 hari lalu"),
        gettext_lazy("Periksa tanggalnya dengan stan, lalu setujui."),
    ),
    Reason.OVER_REVERSAL: (
        gettext_lazy("Membatalkan lebih banyak daripada yang terjual"),
        gettext_lazy("Setujui sebanyak yang tersisa, atau tolak."),
    ),
    Reason.ORIGINAL_HELD: (
        gettext_lazy("Membatalkan penjualan yang masih ditahan"),
        gettext_lazy("Putuskan penjualannya dahulu; pembatalannya menyusul."),
    ),
    Reason.ORIGINAL_UNKNOWN: (
        gettext_lazy("Membatalkan penjualan yang belum masuk"),
        gettext_lazy("Tunggu sampai tablet mengirim penjualannya."),
    ),
    Reason.NUMBER_TAKEN: (
        gettext_lazy("Nomor nota sudah dipakai"),
        gettext_lazy("Kalau benar terjual, setujui: nomornya mendapat akhiran, misalnya /2."),
    ),
    Reason.OTHER_TILL: (
        gettext_lazy("Nomor nota milik kasir lain"),
        gettext_lazy("Kalau benar terjual di stan ini, setujui: nomornya tetap."),
    ),
    Reason.OFFER_UNKNOWN: (
        gettext_lazy("Barang tidak dikenal di stan itu"),
        gettext_lazy("Pilih barang yang sebenarnya terjual, lalu setujui."),
    ),
}


def words_of_held(shelf: Shelf, held: HeldSale) -> list[str]:
    """What happened, in sentences for a person who knows no computer."""
    return SAYINGS[Reason(held.reason)](shelf, held)


def _say_other_content(shelf: Shelf, held: HeldSale) -> list[str]:
    first = shelf.first_of_uuid(held)
    came = shelf.content(held)
    if isinstance(first, Sale):
        return [
            _("Yang pertama sudah dibukukan sebagai %(number)s, %(amount)s.")
            % {"number": first.number, "amount": rupiah(first.total_rupiah)},
            _("Yang datang kemudian bernilai %(amount)s.") % {"amount": rupiah(came.total_rupiah)},
        ]
    return [_("Yang datang lebih dulu juga ditahan.")]


def _say_future(shelf: Shelf, held: HeldSale) -> list[str]:
    return [
        _("Menurut tablet dibayar %(claimed)s, padahal sudah diterima %(received)s.")
        % {
            "claimed": day_and_hour(shelf.requests[held.pk].sold_at),
            "received": day_and_hour(held.received_at),
        },
    ]


def _say_too_old(shelf: Shelf, held: HeldSale) -> list[str]:
    days = (business_date(held.received_at) - business_date(shelf.requests[held.pk].sold_at)).days
    return [
        ngettext(
            "Menurut tablet dibayar %(claimed)s, %(days)s hari sebelum diterima.",
            "Menurut tablet dibayar %(claimed)s, %(days)s hari sebelum diterima.",
            days,
        )
        % {
            "claimed": day_and_hour(shelf.requests[held.pk].sold_at),
            "days": thousands(days),
        },
    ]


def _say_over_reversal(shelf: Shelf, held: HeldSale) -> list[str]:
    over = [
        _("Membatalkan %(quantity)s %(name)s, padahal yang bisa dibatalkan tinggal %(left)s.")
        % {
            "quantity": thousands(line.quantity),
            "name": line.name,
            "left": thousands(line.left),
        }
        for line in shelf.content(held).lines
        if line.left is not None and line.quantity > line.left
    ]
    return over or [_("Waktu datang, yang dibatalkan lebih banyak daripada yang terjual.")]


def _say_original_held(shelf: Shelf, held: HeldSale) -> list[str]:
    found = _say_found(shelf, held)
    if found:
        return found
    waiting = shelf.waiting_original(held)
    if waiting is not None and waiting.state == HeldSale.State.DISMISSED:
        return [_("Membatalkan penjualan yang sudah ditolak panitia. Bisa ditolak juga.")]
    number = waiting.request.get("number") if waiting is not None else None
    return [
        _("Membatalkan %(number)s, yang masih ditahan.") % {"number": number}
        if number
        else _("Membatalkan penjualan yang masih ditahan.")
    ]


def _say_original_unknown(shelf: Shelf, held: HeldSale) -> list[str]:
    return _say_found(shelf, held) or [
        _("Penjualan yang dibatalkan belum pernah masuk; mungkin masih ada di tablet."),
    ]


def _say_found(shelf: Shelf, held: HeldSale) -> list[str]:
    originals = shelf.originals(held)
    if not originals:
        return []
    return [
        _("Membatalkan %(number)s, yang kini sudah ada di buku.") % {"number": originals[0].number}
    ]


def _say_number_taken(shelf: Shelf, held: HeldSale) -> list[str]:
    holder = shelf.holder_of_number(held)
    number = {"number": shelf.requests[held.pk].number}
    if holder is None:
        return [_("Nomor %(number)s sudah dipakai penjualan lain.") % number]
    return [
        _("Nomor %(number)s sudah dipakai penjualan lain (%(amount)s, %(when)s).")
        % {
            **number,
            "amount": rupiah(holder.total_rupiah),
            "when": day_and_hour(holder.sold_at),
        }
    ]


def _say_other_till(shelf: Shelf, held: HeldSale) -> list[str]:
    return [
        _("Nomor %(number)s bukan milik kasir %(till)s yang mengirimnya.")
        % {"number": shelf.requests[held.pk].number, "till": held.till.prefix}
    ]


def _say_offer_unknown(shelf: Shelf, held: HeldSale) -> list[str]:
    lines = shelf.content(held).lines
    unknown = [line for line in lines if not line.known]
    if not unknown:
        return [_("Barangnya kini dikenal di stan ini.")]
    return [
        _("%(name)s tidak ada di stan %(stand)s: %(quantity)s × %(price)s.")
        % {
            "name": line.name,
            "stand": held.stand.code,
            "quantity": thousands(line.quantity),
            "price": rupiah(line.unit_price_rupiah),
        }
        for line in unknown
    ]


SAYINGS = {
    Reason.OTHER_CONTENT: _say_other_content,
    Reason.FUTURE: _say_future,
    Reason.TOO_OLD: _say_too_old,
    Reason.OVER_REVERSAL: _say_over_reversal,
    Reason.ORIGINAL_HELD: _say_original_held,
    Reason.ORIGINAL_UNKNOWN: _say_original_unknown,
    Reason.NUMBER_TAKEN: _say_number_taken,
    Reason.OTHER_TILL: _say_other_till,
    Reason.OFFER_UNKNOWN: _say_offer_unknown,
}
