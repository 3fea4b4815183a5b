"""The public e-receipt: a sale as its customer keeps it, behind an address nobody can guess."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from pesantren.money import rupiah
from sales.models import EReceipt, Payment, Sale, SaleLine
from stands.http import wants_fragment

if TYPE_CHECKING:
    import datetime as dt

    from stands.http import HtmxRequest


@dataclass(frozen=True)
class ReceiptLine:
    """A line as it was sold, and how many pieces of it were taken back since."""

    line: SaleLine
    taken_back: int


@dataclass(frozen=True)
class PaidBack:
    """Money that went back to the customer: one way of one reversal."""

    number: str
    at: dt.datetime
    method: str
    amount_rupiah: int


@dataclass(frozen=True)
class Receipt:
    """All that the page shows of a sale. It names no cashier and no key of the database."""

    sale: Sale
    lines: list[ReceiptLine]
    payments: list[Payment]
    paid_back: list[PaidBack]

    @property
    def paid_back_rupiah(self) -> int:
        """What went back in all."""
        return sum(one.amount_rupiah for one in self.paid_back)

    @property
    def left_rupiah(self) -> int:
        """What the customer has paid in the end."""
        return self.sale.total_rupiah - self.paid_back_rupiah

    @property
    def is_taken_back(self) -> bool:
        """Whether not one piece of it is left."""
        return all(one.line.quantity == one.taken_back for one in self.lines)


@require_safe
@login_not_required
@vary_on_headers("HX-Request", "HX-History-Restore-Request")
def e_receipt(request: HtmxRequest, token: str) -> HttpResponse:
    """The receipt, or a page that waits for it: what the tablet has not sent yet, nobody knows.

    A token that no tablet ever made waits as well, since it cannot be told from one that is still
    on its way. So the page answers 200, and only its header keeps it out of every index.
    """
    receipt = find_receipt(token)
    response: HttpResponse
    if wants_fragment(request):
        # The waiting page asks again: nothing yet, or load the receipt in its place.
        response = HttpResponseClientRefresh() if receipt else HttpResponse(status=204)
    elif receipt is None:
        response = render(request, "sales/e_receipt_waiting.html")
    else:
        share = _share_link(receipt.sale, request.build_absolute_uri())
        expo = receipt.sale.expo
        # One of them has sold this.
        expo.has_stands = True
        response = render(
            request,
            "sales/e_receipt.html",
            {"expo": expo, "receipt": receipt, "sale": receipt.sale, "share": share},
        )
    # Whoever has the address has the receipt: it is told to no other site and kept by no cache.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    patch_cache_control(response, private=True, no_store=True)
    return response


def find_receipt(token: str) -> Receipt | None:
    """The sale behind a token with all that belongs to it, in three queries; None until it came."""
    hashed = hashlib.sha256(token.encode()).hexdigest()
    found = (
        EReceipt.objects.filter(token_hash=hashed)
        .select_related("sale__expo", "sale__stand")
        .first()
    )
    if found is None:
        return None
    sale = found.sale
    of_it = Q(sale=sale) | Q(sale__reverses=sale)
    lines = SaleLine.objects.filter(of_it).select_related("product", "producer")
    payments = Payment.objects.filter(of_it).select_related("sale")
    taken_back: dict[int | None, int] = {}
    sold = []
    for line in lines.order_by("position"):
        if line.sale_id == sale.pk:
            sold.append(line)
        else:
            before = taken_back.get(line.reverses_line_id, 0)
            taken_back[line.reverses_line_id] = before - line.quantity
    by_time = list(payments.order_by("sale__sold_at", "sale__sequence", "position"))
    return Receipt(
        sale=sale,
        lines=[ReceiptLine(line, taken_back.get(line.pk, 0)) for line in sold],
        payments=[one for one in by_time if one.sale_id == sale.pk],
        paid_back=[
            PaidBack(
                number=one.sale.number,
                at=one.sale.sold_at,
                method=str(one.get_method_display()),
                amount_rupiah=one.paid_back_rupiah,
            )
            for one in by_time
            if one.sale_id != sale.pk
        ],
    )


def _share_link(sale: Sale, address: str) -> str:
    """A link that opens WhatsApp with the receipt's address, for whomever the customer chooses."""
    text = _("Nota %(number)s dari %(stand)s, %(expo)s: %(total)s.") % {
        "number": sale.number,
        "stand": f"{sale.stand.name} ({sale.stand.code})",
        "expo": sale.expo.name,
        "total": rupiah(sale.total_rupiah),
    }
    return "https://wa.me/?" + urlencode({"text": f"{text} {address}"})
