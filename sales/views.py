"""The till in its plain form, which works without JavaScript: sell, receipt, history, reversal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from sales.access import for_keeper
from sales.forms import ReversalForm, SaleForm
from sales.models import Sale
from sales.recording import record_reversal, record_sale
from sales.till_reads import stand_today
from stands.clock import business_date

if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from sales.models import Cashier
    from sales.recording import Outcome
    from stands.http import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@for_keeper
def till(request: SignedInRequest, cashier: Cashier) -> HttpResponse:
    """Show the stand's offers and record what is sold."""
    offers = list(cashier.stand.offers.in_till_order().select_related("product__producer"))
    form = SaleForm(request.POST if request.method == "POST" else None, offers=offers)
    if request.method == "POST" and "count" not in request.POST and form.is_valid():
        with form.showing_refusals():
            outcome = record_sale(
                stand=cashier.stand,
                cashier=cashier,
                request=form.as_request(sold_at=timezone.now()),
                intake=Sale.Intake.FORM,
            )
            return _answer(request, cashier, outcome)
    # 'count' is the button that adds up for a browser without JavaScript; it records nothing.
    counted = "count" in request.POST and form.is_valid()
    return render(
        request,
        "sales/till.html",
        {
            "here": "till",
            "cashier": cashier,
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
            "today": stand_today(cashier.stand, business_date(timezone.now())),
            # Whoever saw no answer looks here before typing a sale again.
            "last": Sale.objects.at_stand(cashier.stand).latest_first().first(),
        },
        status=422 if form.errors else 200,
    )


def _answer(request: SignedInRequest, cashier: Cashier, outcome: Outcome) -> HttpResponse:
    if outcome.sale is not None:
        return redirect("receipt", outcome.sale.pk)
    return render(
        request,
        "sales/held.html",
        {"cashier": cashier, "held": outcome.held},
        status=409 if outcome.is_conflict else 202,
    )


@require_safe
@for_keeper
def receipt(request: SignedInRequest, cashier: Cashier, sale_id: uuid.UUID) -> HttpResponse:
    """One receipt of the keeper's own stand, with what was taken back of it."""
    sale = get_object_or_404(Sale.objects.at_stand(cashier.stand).with_content(), pk=sale_id)
    return render(
        request,
        "sales/receipt.html",
        {
            "cashier": cashier,
            "sale": sale,
            "reversals": sale.reversals.order_by("sequence"),
            "left": sum(sale.left_by_line().values()),
        },
    )


@require_safe
@for_keeper
def history(request: SignedInRequest, cashier: Cashier) -> HttpResponse:
    """What this stand sold today, newest first."""
    day = business_date(timezone.now())
    return render(
        request,
        "sales/history.html",
        {
            "here": "history",
            "cashier": cashier,
            "day": day,
            "today": stand_today(cashier.stand, day),
            "sales": Sale.objects.at_stand(cashier.stand).on_day(day).with_content(),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_keeper
def reversal(request: SignedInRequest, cashier: Cashier, sale_id: uuid.UUID) -> HttpResponse:
    """Take back all or part of a sale of the keeper's own stand, with a reason."""
    sale = get_object_or_404(
        Sale.objects.at_stand(cashier.stand).originals().with_content(), pk=sale_id
    )
    left = sale.left_by_line()
    form = ReversalForm(request.POST if request.method == "POST" else None, sale=sale, left=left)
    if request.method == "POST" and form.is_valid():
        with form.showing_refusals():
            outcome = record_reversal(
                stand=cashier.stand,
                cashier=cashier,
                request=form.as_request(sold_at=timezone.now()),
                intake=Sale.Intake.FORM,
            )
            return _answer(request, cashier, outcome)
    return render(
        request,
        "sales/reversal.html",
        {
            "cashier": cashier,
            "sale": sale,
            "form": form,
            "rows": [(line, left[line.pk], form[f"qty-{line.pk}"]) for line in form.lines],
            "left": sum(left.values()),
        },
        status=422 if form.errors else 200,
    )
