"""Flagged sales in plain words: titles, what is odd, and what to do about it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pesantren.money import rupiah, thousands
from sales.models import Payment, Sale, SaleFlag, VoucherEntry
from sales.recording import CLOCK_OFF_MS
from sales.work_list.time_words import day_and_hour, span

Kind, Trouble = SaleFlag.Kind, VoucherEntry.Problem

# What a group is called on the work list, and what to do about it.
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
