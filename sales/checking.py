"""What makes a request no sale, and what keeps a live form from recording one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from sales.models import Payment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sales.models import Sale, SaleLine
    from sales.requests import PaymentRequest, ReversalRequest, SaleRequest
    from stands.models import Offer

MAX_LINES = 200
MAX_QUANTITY = 9_999
MAX_UNIT_PRICE_RUPIAH = 1_000_000_000
# Bank Indonesia's ceiling for one QRIS transaction.
MAX_QRIS_RUPIAH = 10_000_000


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


def check_sale_shape(request: SaleRequest) -> None:
    """Refuse what cannot be read as a sale, whoever sends it."""
    problems = []
    if not request.lines:
        problems.append(Problem("lines", _("Belum ada barang yang dipilih.")))
    if len(request.lines) > MAX_LINES:
        problems.append(Problem("lines", _("Terlalu banyak barang dalam satu penjualan.")))
    for line in request.lines:
        if not 1 <= line.quantity <= MAX_QUANTITY:
            problems.append(Problem(f"qty-{line.offer_id}", quantity_message()))
        if not 0 <= line.unit_price_rupiah <= MAX_UNIT_PRICE_RUPIAH:
            problems.append(Problem(f"price-{line.offer_id}", _("Harga ini tidak mungkin.")))
    if not problems:
        problems += _payment_problems(request.payments, request.total_rupiah)
    if problems:
        raise SaleRefused(problems)


def quantity_message() -> str:
    """What a person reads beside a quantity that cannot be sold."""
    return _("Isi jumlah dari 1 sampai %(most)s.") % {"most": f"{MAX_QUANTITY:,}".replace(",", ".")}


def _payment_problems(payments: Sequence[PaymentRequest], total: int) -> list[Problem]:
    problems = []
    for payment in payments:
        if payment.method not in Payment.Method.values:
            problems.append(Problem("method", _("Cara bayar ini tidak dikenal.")))
        if payment.amount_rupiah <= 0 and total > 0:
            problems.append(Problem("method", _("Nilai pembayaran harus lebih dari nol.")))
        if payment.tendered_rupiah is not None and payment.method != Payment.Method.CASH:
            problems.append(Problem("tendered", _("Uang diterima hanya untuk tunai.")))
        if payment.tendered_rupiah is not None and payment.tendered_rupiah < payment.amount_rupiah:
            problems.append(Problem("tendered", _("Uang yang diterima kurang dari total.")))
    if sum(payment.amount_rupiah for payment in payments) != total:
        problems.append(Problem("method", _("Pembayaran tidak sama dengan total.")))
    return problems


def offer_problems(request: SaleRequest, offers: dict[int, Offer], *, live: bool) -> list[Problem]:
    """Offers that are not this stand's, and for the live form what changed since it was shown."""
    problems = []
    wanted = request.quantities()
    for line in request.lines:
        field = f"qty-{line.offer_id}"
        offer = offers.get(line.offer_id)
        if offer is None:
            problems.append(Problem(field, _("Barang ini tidak dijual di stan ini.")))
        elif live and offer.withdrawn:
            problems.append(Problem(field, _("Barang ini sudah ditarik dari penjualan.")))
        elif live and offer.price_rupiah != line.unit_price_rupiah:
            problems.append(Problem(field, _("Harga barang ini berubah. Periksa lagi totalnya.")))
        elif live and offer.stock is not None and wanted[offer.pk] > offer.stock:
            message = (
                _("Barang ini habis.")
                if offer.stock <= 0
                else _("Sisa barang ini tinggal %(left)s.") % {"left": offer.stock}
            )
            problems.append(Problem(field, message))
    if live:
        problems += [
            Problem("method", _("QRIS paling banyak Rp 10.000.000 sekali bayar."))
            for payment in request.payments
            if payment.method == Payment.Method.QRIS and payment.amount_rupiah > MAX_QRIS_RUPIAH
        ]
    return problems


def check_reversal_shape(request: ReversalRequest) -> None:
    problems = []
    if not request.reason.strip():
        problems.append(Problem("reason", _("Tulis alasannya.")))
    if len(request.reason) > 200:
        problems.append(Problem("reason", _("Alasan paling panjang 200 huruf.")))
    if not request.lines:
        problems.append(Problem("lines", _("Pilih barang yang dibatalkan.")))
    if len({line.line_id for line in request.lines}) != len(request.lines):
        problems.append(Problem("lines", _("Satu baris disebut dua kali.")))
    problems += [
        Problem(f"qty-{line.line_id}", quantity_message())
        for line in request.lines
        if not 1 <= line.quantity <= MAX_QUANTITY
    ]
    if problems:
        raise SaleRefused(problems)


def reversal_problems(request: ReversalRequest, sold: dict[int, SaleLine]) -> list[Problem]:
    foreign = [line for line in request.lines if line.line_id not in sold]
    if foreign:
        return [Problem("lines", _("Barang ini tidak ada di nota itu."))]
    total = sum(line.quantity * sold[line.line_id].unit_price_rupiah for line in request.lines)
    problems = _payment_problems(request.payments, total)
    if any(payment.tendered_rupiah is not None for payment in request.payments):
        problems.append(Problem("tendered", _("Pengembalian tidak menerima uang.")))
    return problems


def taken_too_far(request: ReversalRequest, original: Sale) -> list[Problem]:
    """Lines of which more would be taken back than was sold, counting earlier reversals."""
    left = original.left_by_line()
    return [
        Problem(
            f"qty-{line.line_id}",
            _("Yang masih bisa dibatalkan: %(left)s.") % {"left": left[line.line_id]},
        )
        for line in request.lines
        if line.quantity > left[line.line_id]
    ]
