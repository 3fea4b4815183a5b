"""What makes a request no sale, and what keeps a live form from recording one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from events.erasing import looks_sealed
from sales.models import Payment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sales.ledger_rows import OnShelf
    from sales.models import SaleLine
    from sales.requests import PaymentRequest, ReversalRequest, SaleRequest

MAX_LINES = 200
MAX_QUANTITY = 9_999
MAX_UNIT_PRICE_RUPIAH = 1_000_000_000
# Bank Indonesia's ceiling for one QRIS transaction.
MAX_QRIS_RUPIAH = 10_000_000
MAX_PAYMENTS = 10
MAX_TEXT = 200
# An instant outside is no time of a sale. A tablet's own clock may start in 1970 after an empty
# battery; its reading is kept and corrected.
YEARS = range(2000, 2100)
DEVICE_YEARS = range(1970, 2100)
# What a tablet sold has happened: such an instant keeps it out of the ledger, and is held with it.
HELD_YEARS = range(1800, 2300)
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a request, at an offer, a line or the payment."""

    field: str
    message: str


class SaleRefused(Exception):  # noqa: N818, the outcome is a refusal and not a failure of ours
    """The request is not a sale, or a live form may not record it; nothing was written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{p.field}: {p.message}" for p in self.problems))


def check_sale_shape(request: SaleRequest, *, years: range = YEARS) -> None:
    """Refuse what cannot be read as a sale, whoever sends it; `years` are those of `sold_at`."""
    problems = _common_problems(request, years)
    if not request.lines:
        problems.append(Problem("lines", _("Belum ada barang yang dipilih.")))
    if len(request.lines) > MAX_LINES:
        problems.append(Problem("lines", _("Terlalu banyak barang dalam satu penjualan.")))
    for line in request.lines:
        if not 1 <= line.quantity <= MAX_QUANTITY:
            problems.append(Problem(f"qty-{line.offer_id}", quantity_message()))
        if not 0 <= line.unit_price_rupiah <= MAX_UNIT_PRICE_RUPIAH:
            problems.append(Problem(f"price-{line.offer_id}", _("Harga ini tidak mungkin.")))
    if not is_text(request.note):
        problems.append(Problem("note", _("Catatan terlalu panjang atau berisi huruf aneh.")))
    if request.receipt_token and not TOKEN.fullmatch(request.receipt_token):
        problems.append(Problem("receipt_token", _("Alamat nota digital ini rusak.")))
    if not problems:
        problems += _payment_problems(request.payments, request.total_rupiah)
    if problems:
        raise SaleRefused(problems)


def _common_problems(request: SaleRequest | ReversalRequest, years: range) -> list[Problem]:
    """What no request can have: a clock of another century, no payment or a heap of them."""
    problems = []
    readings = [(request.sold_at, years)]
    if request.device_at:
        readings.append((request.device_at, DEVICE_YEARS))
    if any(at.tzinfo is None or at.year not in known for at, known in readings):
        problems.append(Problem("sold_at", _("Waktu penjualan ini tidak mungkin.")))
    if not 1 <= len(request.payments) <= MAX_PAYMENTS:
        problems.append(Problem("method", _("Pembayaran tidak sama dengan total.")))
    return problems


def is_text(text: str) -> bool:
    """Whether it can be kept: not too long, no NUL, no half of a character, and no seal.

    What a tablet sends looks like none any more, see `protocol.read_sale`.
    """
    return (
        len(text) <= MAX_TEXT
        and "\x00" not in text
        and not looks_sealed(text)
        and not any("\ud800" <= letter <= "\udfff" for letter in text)
    )


def quantity_message() -> str:
    """What a person reads beside a quantity that cannot be sold."""
    return _("Isi jumlah dari 1 sampai %(most)s.") % {"most": f"{MAX_QUANTITY:,}".replace(",", ".")}


def _payment_problems(payments: Sequence[PaymentRequest], total: int) -> list[Problem]:
    problems = []
    for payment in payments:
        if payment.method not in Payment.Method.values:
            problems.append(Problem("method", _("Cara bayar ini tidak dikenal.")))
        if payment.amount_rupiah < 0 or (payment.amount_rupiah == 0 and total > 0):
            problems.append(Problem("method", _("Nilai pembayaran harus lebih dari nol.")))
        if payment.tendered_rupiah is not None and payment.method != Payment.Method.CASH:
            problems.append(Problem("tendered", _("Uang diterima hanya untuk tunai.")))
        if payment.voucher is not None and payment.method != Payment.Method.VOUCHER:
            problems.append(Problem("voucher", _("Kode voucher hanya untuk voucher.")))
        if payment.tendered_rupiah is not None and payment.tendered_rupiah < payment.amount_rupiah:
            problems.append(Problem("tendered", _("Uang yang diterima kurang dari total.")))
    if sum(payment.amount_rupiah for payment in payments) != total:
        problems.append(Problem("method", _("Pembayaran tidak sama dengan total.")))
    return problems


def offer_problems(request: SaleRequest, offers: dict[int, OnShelf]) -> list[Problem]:
    """What keeps the live form from recording: offers of elsewhere, and what changed meanwhile."""
    problems = []
    wanted = request.quantities()
    for line in request.lines:
        field = f"qty-{line.offer_id}"
        offer = offers.get(line.offer_id)
        if offer is None:
            problems.append(Problem(field, _("Barang ini tidak dijual di stan ini.")))
        elif offer.is_withdrawn:
            problems.append(Problem(field, _("Barang ini sudah ditarik dari penjualan.")))
        elif offer.price_rupiah != line.unit_price_rupiah:
            problems.append(Problem(field, _("Harga barang ini berubah. Periksa lagi totalnya.")))
        elif offer.stock is not None and wanted[offer.pk] > offer.stock:
            message = (
                _("Barang ini habis.")
                if offer.stock <= 0
                else _("Sisa barang ini tinggal %(left)s.") % {"left": offer.stock}
            )
            problems.append(Problem(field, message))
    problems += [
        Problem("method", _("QRIS paling banyak Rp 10.000.000 sekali bayar."))
        for payment in request.payments
        if payment.method == Payment.Method.QRIS and payment.amount_rupiah > MAX_QRIS_RUPIAH
    ]
    return problems


def check_reversal_shape(request: ReversalRequest, *, years: range = YEARS) -> None:
    problems = _common_problems(request, years)
    if not request.reason.strip():
        problems.append(Problem("reason", _("Tulis alasannya.")))
    if not is_text(request.reason):
        problems.append(Problem("reason", _("Alasan paling panjang 200 huruf.")))
    if any(payment.method not in Payment.Method.values for payment in request.payments):
        problems.append(Problem("method", _("Cara bayar ini tidak dikenal.")))
    if not request.lines:
        problems.append(Problem("lines", _("Pilih barang yang dibatalkan.")))
    if len({line.position for line in request.lines}) != len(request.lines):
        problems.append(Problem("lines", _("Satu baris disebut dua kali.")))
    problems += [
        Problem(f"qty-{line.position}", quantity_message())
        for line in request.lines
        if not 1 <= line.quantity <= MAX_QUANTITY
    ]
    if problems:
        raise SaleRefused(problems)


def payback_problems(request: ReversalRequest, sold: dict[int, SaleLine]) -> list[Problem]:
    """What does not fit in how the money goes back; `sold` are the original's lines by position."""
    total = sum(line.quantity * sold[line.position].unit_price_rupiah for line in request.lines)
    problems = _payment_problems(request.payments, total)
    if any(payment.tendered_rupiah is not None for payment in request.payments):
        problems.append(Problem("tendered", _("Pengembalian tidak menerima uang.")))
    return problems


def voucher_payback_problems(back: dict[str, int], left: dict[str, int]) -> list[Problem]:
    """What would hand out a voucher in money, or give back more of it than it paid.

    What goes back in each way, and what was paid in each and has not gone back yet. A voucher goes
    back last.
    """
    back_voucher = back.get(Payment.Method.VOUCHER, 0)
    left_voucher = left.get(Payment.Method.VOUCHER, 0)
    back_other = sum(back.values()) - back_voucher
    left_other = sum(left.values()) - left_voucher
    if back_other > left_other:
        return [Problem("method", _("Yang dibayar dengan voucher tidak dikembalikan dengan uang."))]
    if back_voucher > left_voucher:
        return [Problem("method", _("Voucher tidak membayar sebanyak itu."))]
    if back_voucher and back_other < left_other:
        return [Problem("method", _("Uangnya dikembalikan dahulu, voucher yang terakhir."))]
    return []


def taken_too_far(request: ReversalRequest, left: dict[int, int]) -> list[Problem]:
    """Lines of which more would be taken back than is left, by position."""
    return [
        Problem(
            f"qty-{line.position}",
            _("Yang masih bisa dibatalkan: %(left)s.") % {"left": left[line.position]},
        )
        for line in request.lines
        if line.quantity > left[line.position]
    ]
