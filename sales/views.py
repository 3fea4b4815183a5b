"""The till in its plain form, which works without JavaScript: sell, receipt, history, reversal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from events.tally import SALE, tally
from events.throttle import address_of
from sales.access import for_seller
from sales.forms import ReversalForm, SaleForm
from sales.models import Sale
from sales.recording import record_reversal, record_sale
from sales.till_reads import stand_today
from sales.vouchers.claiming import find_for_form
from stands.clock import business_date
from stands.server_clock import server_now

# The page that a service worker keeps.
TABLET_PAGE = "/kasir/tablet/"

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable

    from django.http import HttpResponse

    from sales.access import Seller
    from sales.models import Voucher
    from sales.recording import Outcome
    from stands.http import HtmxRequest


@require_http_methods(["GET", "HEAD", "POST"])
@for_seller
def till(request: HtmxRequest, seller: Seller) -> HttpResponse:
    """Sell in the plain form; a paired tablet that comes here goes on to its own page."""
    if seller.tablet is not None and request.method != "POST":
        return redirect(TABLET_PAGE)
    return _sell(request, seller)


@require_http_methods(["GET", "HEAD", "POST"])
@for_seller
def till_form(request: HtmxRequest, seller: Seller) -> HttpResponse:
    """Sell in the plain form on a paired tablet, where its own page cannot run."""
    return _sell(request, seller)


def _sell(request: HtmxRequest, seller: Seller) -> HttpResponse:
    """Show the stand's offers and record what is sold."""
    offers = list(seller.stand.offers.in_till_order().select_related("product__producer"))
    form = SaleForm(
        request.POST if request.method == "POST" else None,
        offers=offers,
        find_voucher=_voucher_finder(request, seller),
    )
    is_to_record = request.method == "POST" and "count" not in request.POST
    # A voucher is shown first, with what it leaves to pay, and recorded when it was seen.
    if is_to_record and form.is_valid() and not form.is_voucher_new:
        with form.showing_refusals():
            outcome = record_sale(
                stand=seller.stand,
                cashier=seller.cashier,
                request=form.as_request(sold_at=server_now()),
                intake=Sale.Intake.FORM,
            )
            return _answer(request, seller, outcome)
    # 'count' is the button that adds up for a browser without JavaScript; it records nothing.
    counted = request.method == "POST" and form.is_valid()
    return render(
        request,
        "sales/till.html",
        {
            "here": "till",
            "seller": seller,
            "form": form,
            # What is sold out stands last, for the eye and for the keyboard.
            "tiles": [
                form.tile(offer)
                for offer in sorted(offers, key=lambda one: one.is_sold_out)
                if form.shows(offer)
            ],
            # At a shared stand two makers may sell what has the same name.
            "several_makers": len({offer.product.producer_id for offer in offers}) > 1,
            "total_rupiah": form.total_rupiah if counted else None,
            "today": stand_today(seller.stand, business_date(server_now())),
            # Whoever saw no answer looks here before typing a sale again.
            "last": Sale.objects.at_stand(seller.stand).latest_first().first(),
        },
        status=422 if form.errors else 200,
    )


def _answer(request: HtmxRequest, seller: Seller, outcome: Outcome) -> HttpResponse:
    tally(request, SALE, "conflict" if outcome.is_conflict else outcome.kind.value)
    if outcome.sale is not None:
        return redirect("receipt", outcome.sale.pk)
    return render(
        request,
        "sales/held.html",
        {"seller": seller, "held": outcome.held},
        status=409 if outcome.is_conflict else 202,
    )


def _voucher_finder(request: HtmxRequest, seller: Seller) -> Callable[[str, uuid.UUID], Voucher]:
    """How the form looks up a code; wrong ones count for the account at its address."""
    who = seller.tablet.lineage if seller.tablet else f"user {request.user.pk}"
    key = f"form/{who}/{address_of(request)}"
    return lambda typed, sale_uuid: find_for_form(
        typed, sale_uuid=sale_uuid, stand=seller.stand, key=key
    )


@require_safe
@for_seller
def receipt(request: HtmxRequest, seller: Seller, sale_id: uuid.UUID) -> HttpResponse:
    """One receipt of the keeper's own stand, with what was taken back of it."""
    sale = get_object_or_404(Sale.objects.at_stand(seller.stand).with_content(), pk=sale_id)
    return render(
        request,
        "sales/receipt.html",
        {
            "seller": seller,
            "sale": sale,
            "reversals": sale.reversals.order_by("sequence"),
            "left": sum(sale.left_by_line().values()),
        },
    )


@require_safe
@for_seller
def history(request: HtmxRequest, seller: Seller) -> HttpResponse:
    """What this stand sold today, newest first."""
    day = business_date(server_now())
    return render(
        request,
        "sales/history.html",
        {
            "here": "history",
            "seller": seller,
            "day": day,
            "today": stand_today(seller.stand, day),
            "sales": Sale.objects.at_stand(seller.stand).on_day(day).with_content(),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_seller
def reversal(request: HtmxRequest, seller: Seller, sale_id: uuid.UUID) -> HttpResponse:
    """Take back all or part of a sale of the keeper's own stand, with a reason."""
    sale = get_object_or_404(
        Sale.objects.at_stand(seller.stand).originals().with_content(), pk=sale_id
    )
    left = sale.left_by_line()
    form = ReversalForm(request.POST if request.method == "POST" else None, sale=sale, left=left)
    if request.method == "POST" and form.is_valid():
        with form.showing_refusals():
            outcome = record_reversal(
                stand=seller.stand,
                cashier=seller.cashier,
                request=form.as_request(sold_at=server_now()),
                intake=Sale.Intake.FORM,
            )
            return _answer(request, seller, outcome)
    return render(
        request,
        "sales/reversal.html",
        {
            "seller": seller,
            "sale": sale,
            "form": form,
            "rows": [
                (line, left[line.position], form[f"qty-{line.position}"]) for line in form.lines
            ],
            "left": sum(left.values()),
        },
        status=422 if form.errors else 200,
    )
