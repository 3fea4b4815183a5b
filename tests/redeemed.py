"""Vouchers that were spent and given back, recorded as a tablet's outbox would bring it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.utils import timezone

from sales.models import Payment, Sale
from sales.recording import record_reversal, record_sale
from sales.requests import (
    LineRequest,
    PaymentRequest,
    ReversalRequest,
    ReversedLine,
    SaleRequest,
)
from sales.vouchers.codes import hmac_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stands.models import Offer, Stand


def spend(stand: Stand, code: str, quantities: Mapping[Offer, int], *, most: int = 100_000) -> Sale:
    """A sale paid by a voucher that is worth so much, the rest in cash."""
    lines = tuple(LineRequest(offer.pk, n, offer.price_rupiah) for offer, n in quantities.items())
    total = sum(line.amount_rupiah for line in lines)
    used = min(total, most)
    payments = [PaymentRequest(Payment.Method.VOUCHER, used, voucher=hmac_of(code))]
    if total > used:
        payments.append(PaymentRequest(Payment.Method.CASH, total - used))
    request = SaleRequest(uuid.uuid4(), lines, tuple(payments), sold_at=timezone.now())
    outcome = record_sale(stand=stand, cashier=None, request=request, intake=Sale.Intake.OUTBOX)
    assert outcome.sale is not None
    return outcome.sale


def give_back(sale: Sale) -> Sale:
    """All of it taken back, each payment in its own way."""
    request = ReversalRequest(
        uuid.uuid4(),
        sale.pk,
        tuple(ReversedLine(line.position, line.quantity) for line in sale.lines.all()),
        tuple(PaymentRequest(one.method, one.amount_rupiah) for one in sale.payments.all()),
        reason="salah pilih",
        sold_at=timezone.now(),
    )
    outcome = record_reversal(
        stand=sale.stand, cashier=None, request=request, intake=Sale.Intake.OUTBOX
    )
    assert outcome.sale is not None
    return outcome.sale
