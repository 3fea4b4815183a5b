"""What waits for an organiser in plain words: titles, what happened, and what to do about it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from pesantren.money import rupiah, thousands
from sales.models import HeldSale, Payment, Sale, SaleFlag, VoucherEntry
from sales.recording import CLOCK_OFF_MS
from stands.clock import WIB, business_date

if TYPE_CHECKING:
    from sales.work_list.waiting import Shelf

Reason, Kind, Trouble = HeldSale.Reason, SaleFlag.Kind, VoucherEntry.Problem

MINUTE_MS = 60_000
UNITS_MS = (24 * 60 * MINUTE_MS, 60 * MINUTE_MS, MINUTE_MS)

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
FLAG_TITLES = {
    Kind.PRICE_DIFFERED: (
        gettext_lazy("Harga berbeda dari katalog"),
        gettext_lazy("Dihitung dengan harga yang dibayar pembeli."),
    ),
    Kind.OFFER_WITHDRAWN: (
        gettext_lazy("Barang yang sudah ditarik terjual"),
        gettext_lazy("Kalau barangnya memang tidak boleh dijual, bicarakan dengan stan."),
    ),
    Kind.STOCK_BELOW_ZERO: (
        gettext_lazy("Stok di bawah nol"),
        gettext_lazy("Hitung barang di stan, lalu perbaiki stoknya."),
    ),
    Kind.OUTSIDE_DAYS: (
        gettext_lazy("Dibayar di luar hari pameran"),
        gettext_lazy("Tampil terpisah di total harian."),
    ),
    Kind.CLOCK_OFF: (
        gettext_lazy("Jam tablet meleset"),
        gettext_lazy("Baca apakah waktunya sudah dibetulkan, lalu setel jam tablet itu."),
    ),
    Kind.VOUCHER_CLASH: (
        gettext_lazy("Voucher yang tidak berlaku diterima tanpa jaringan"),
        gettext_lazy("Pilih apakah stan tetap dibayar untuk voucher ini."),
    ),
    Kind.VOUCHER_INVALID: (
        gettext_lazy("Kode voucher yang tidak dikenal diterima tanpa jaringan"),
        gettext_lazy("Minta kertasnya dari stan, lalu pilih apakah stan tetap dibayar."),
    ),
    Kind.VOUCHER_CASHED: (
        gettext_lazy("Voucher diuangkan waktu pembatalan"),
        gettext_lazy("Bicarakan dengan stan: yang dibayar voucher tidak dikembalikan dengan uang."),
    ),
}


# --- held sales ---------------------------------------------------------------------------------


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


# --- flagged sales -----------------------------------------------------------------------------


def words_of_flag(flag: SaleFlag) -> list[str]:
    """What is odd about a sale, in sentences for a person who knows no computer."""
    return list(FLAG_WORDS[Kind(flag.kind)](flag))


def _say_price_differed(flag: SaleFlag) -> list[str]:
    lines = flag.sale.lines.all()
    said: dict[tuple[int, int, int], str] = {}
    for one in flag.detail.get("lines", []):
        offer, charged, price = one["offer"], one["charged"], one["price"]
        sold = [
            line for line in lines if (line.offer_id, line.unit_price_rupiah) == (offer, charged)
        ]
        if not sold:
            continue
        quantity = sum(line.quantity for line in sold)
        text = (
            _(
                "%(name)s: harga di tablet %(charged)s, di katalog %(price)s, "
                "%(quantity)s %(unit)s, selisih %(difference)s kurang."
            )
            if charged < price
            else _(
                "%(name)s: harga di tablet %(charged)s, di katalog %(price)s, "
                "%(quantity)s %(unit)s, selisih %(difference)s lebih."
            )
        )
        said[offer, charged, price] = text % {
            "name": sold[0].product_name,
            "charged": rupiah(charged),
            "price": rupiah(price),
            "quantity": thousands(quantity),
            "unit": sold[0].unit,
            "difference": rupiah(abs(charged - price) * quantity),
        }
    return list(said.values()) or [_("Harga di tablet berbeda dari katalog.")]


def _say_offer_withdrawn(flag: SaleFlag) -> list[str]:
    names = _names(flag.sale)
    return [
        _("%(name)s sudah ditarik dari penjualan, tetapi masih terjual.") % {"name": names[pk]}
        for pk in flag.detail.get("offers", [])
        if pk in names
    ] or [_("Barang yang sudah ditarik masih terjual.")]


def _say_stock_below_zero(flag: SaleFlag) -> list[str]:
    names = _names(flag.sale)
    return [
        _("Stok %(name)s jadi %(left)s.")
        % {"name": names[one["offer"]], "left": thousands(one["left"])}
        for one in flag.detail.get("offers", [])
        if one["offer"] in names
    ] or [_("Stok jadi di bawah nol.")]


def _say_outside_days(flag: SaleFlag) -> list[str]:
    return [
        _("Dibayar %(day)s, di luar hari pameran. Dihitung terpisah dari hari-harinya.")
        % {"day": date_format(flag.sale.business_date, "j F Y")}
    ]


def _say_clock_off(flag: SaleFlag) -> list[str]:
    used, measured = flag.detail.get("offset_ms"), flag.detail.get("measured_ms")
    said = []
    if used is not None and abs(used) > CLOCK_OFF_MS:
        said.append(
            _("%(clock)s; dihitung %(when)s.")
            % {"clock": _clock(used), "when": day_and_hour(flag.sale.sold_at)}
        )
    if used is not None and measured is not None and abs(used - measured) > CLOCK_OFF_MS:
        said.append(_set_since(measured))
    if "received" in flag.detail:
        said.append(
            _("Menurut tablet dibayar %(claimed)s, padahal sudah diterima %(received)s.")
            % {
                "claimed": day_and_hour(flag.sale.sold_at),
                "received": day_and_hour(dt.datetime.fromisoformat(flag.detail["received"])),
            }
        )
    if "before" in flag.detail:
        said.append(
            _("Menurut tablet dibayar %(claimed)s, padahal nota sebelumnya, %(number)s, %(when)s.")
            % {
                "claimed": day_and_hour(flag.sale.sold_at),
                "number": flag.detail["before"],
                "when": day_and_hour(dt.datetime.fromisoformat(flag.detail["before_at"])),
            }
        )
    return said or [_("Jam tablet meleset.")]


def _say_vouchers(flag: SaleFlag) -> list[str]:
    return [_say_voucher(flag.sale, one) for one in flag.detail.get("vouchers", [])]


def _say_voucher(sale: Sale, one: dict[str, Any]) -> str:
    """What was wrong with a voucher that a tablet took without asking the portal."""
    values = {
        "number": one.get("number"),
        "amount": rupiah(one["amount_rupiah"]),
        "stand": one.get("stand", "–"),
        "when": day_and_hour(dt.datetime.fromisoformat(one["at"])) if "at" in one else "–",
        "value": rupiah(one.get("value_rupiah", 0)),
        "first": _day(one.get("valid_from")),
        "last": _day(one.get("valid_until")),
    }
    texts = {
        Trouble.UNKNOWN: _("%(amount)s dibayar dengan kode voucher yang tidak pernah dibuat."),
        Trouble.SPENT: _(
            "%(amount)s dibayar dengan voucher No. %(number)s, yang sudah dipakai di stan "
            "%(stand)s, %(when)s."
        ),
        Trouble.IN_USE: _(
            "%(amount)s dibayar dengan voucher No. %(number)s, yang sedang ditahan kasir stan "
            "%(stand)s sejak %(when)s."
        ),
        Trouble.VOID: _(
            "%(amount)s dibayar dengan voucher No. %(number)s, yang sudah dihapuskan panitia."
        ),
        Trouble.EXPIRED: _(
            "%(amount)s dibayar dengan voucher No. %(number)s, yang berlaku sampai %(last)s."
        ),
        Trouble.EARLY: _(
            "%(amount)s dibayar dengan voucher No. %(number)s, yang baru berlaku mulai %(first)s."
        ),
        Trouble.ELSEWHERE: _(
            "%(amount)s dibayar dengan voucher No. %(number)s, yang tidak berlaku di stan ini."
        ),
        Trouble.WORTH_LESS: _(
            "Voucher No. %(number)s hanya bernilai %(value)s; %(amount)s terlalu banyak diterima."
        ),
    }
    return texts[Trouble(one["problem"])] % values


def _day(iso: str | None) -> str:
    return date_format(dt.date.fromisoformat(iso), "j F Y") if iso else "–"


def _say_voucher_cashed(flag: SaleFlag) -> list[str]:
    left, back = flag.detail.get("left", {}), flag.detail.get("back", {})
    voucher = Payment.Method.VOUCHER.value
    return [
        _(
            "Dikembalikan %(money)s dengan uang dan %(voucher)s dengan voucher; yang masih bisa "
            "dikembalikan waktu itu %(left_money)s dengan uang dan %(left_voucher)s dengan voucher."
        )
        % {
            "money": rupiah(sum(back.values()) - back.get(voucher, 0)),
            "voucher": rupiah(back.get(voucher, 0)),
            "left_money": rupiah(sum(left.values()) - left.get(voucher, 0)),
            "left_voucher": rupiah(left.get(voucher, 0)),
        }
    ]


def _clock(offset_ms: int) -> str:
    """A tablet's clock: the offset is the server's clock less its own."""
    if offset_ms < 0:
        return _("Jam tablet maju %(span)s") % {"span": span(offset_ms)}
    return _("Jam tablet terlambat %(span)s") % {"span": span(offset_ms)}


def _set_since(offset_ms: int) -> str:
    """How far off a clock was when it sent, after somebody had set it."""
    if abs(offset_ms) <= CLOCK_OFF_MS:
        return _("Jam tablet disetel sesudahnya, dan sudah cocok waktu mengirim.")
    if offset_ms < 0:
        text = _("Jam tablet disetel sesudahnya, dan maju %(span)s waktu mengirim.")
    else:
        text = _("Jam tablet disetel sesudahnya, dan terlambat %(span)s waktu mengirim.")
    return text % {"span": span(offset_ms)}


FLAG_WORDS = {
    Kind.PRICE_DIFFERED: _say_price_differed,
    Kind.OFFER_WITHDRAWN: _say_offer_withdrawn,
    Kind.STOCK_BELOW_ZERO: _say_stock_below_zero,
    Kind.OUTSIDE_DAYS: _say_outside_days,
    Kind.CLOCK_OFF: _say_clock_off,
    Kind.VOUCHER_CLASH: _say_vouchers,
    Kind.VOUCHER_INVALID: _say_vouchers,
    Kind.VOUCHER_CASHED: _say_voucher_cashed,
}


def _names(sale: Sale) -> dict[int, str]:
    return {line.offer_id: line.product_name for line in sale.lines.all()}


# --- time in words ------------------------------------------------------------------------------


def day_and_hour(at: dt.datetime) -> str:
    """An instant in East Java, `25 November 2026 pukul 14.02`."""
    local = at.astimezone(WIB)
    return _("%(day)s pukul %(hour)s") % {
        "day": date_format(local, "j F Y"),
        "hour": f"{local:%H:%M}" if get_language() == "en" else f"{local:%H.%M}",
    }


def span(milliseconds: int) -> str:
    """How long, in its two largest units: `1 hari 2 menit`."""
    rest = round(abs(milliseconds) / MINUTE_MS) * MINUTE_MS
    days, rest = divmod(rest, UNITS_MS[0])
    hours, rest = divmod(rest, UNITS_MS[1])
    minutes = rest // MINUTE_MS
    parts = [
        ngettext("%(n)s hari", "%(n)s hari", days) % {"n": thousands(days)} if days else "",
        ngettext("%(n)s jam", "%(n)s jam", hours) % {"n": hours} if hours else "",
        ngettext("%(n)s menit", "%(n)s menit", minutes) % {"n": minutes} if minutes else "",
    ]
    return " ".join([part for part in parts if part][:2]) or _("kurang dari satu menit")
