"""The organisers' pages on what the tills claim: sums, a list to tick, one payment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pesantren.money import rupiah, thousands
from sales.bank.asking import PAGE, chosen_of, keys_of, query_of
from sales.bank.checking import (
    CheckRefused,
    mark_absent,
    mark_seen,
    revoke_check,
    revoke_checks,
)
from sales.bank.reads import (
    OPEN,
    Chosen,
    bank_sums,
    claims,
    claims_with_sales,
    found_by_hand,
    missing_at_bank,
    overview,
)
from sales.models import CLAIMED_METHODS, BankStatement, Payment
from stands.models import Stand
from stands.organiser_page import admin_frame, all_expos, expos_at_work, require, wanted_expo

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from stands.http import SignedInRequest


@require_safe
@permission_required("sales.view_paymentcheck", raise_exception=True)
@never_cache
def bank(request: SignedInRequest) -> HttpResponse:
    """What the tills say was paid by QRIS, transfer and card, and what the bank confirms of it."""
    expos = expos_at_work()
    expo = wanted_expo(expos, request.GET)
    context: dict[str, Any] = {**admin_frame(request, _("Uang di bank"), expo), "expos": expos}
    if expo is None:
        return render(request, "sales/bank.html", context)
    places = list(Stand.objects.at(expo))
    chosen = chosen_of(expo, places, request.GET)
    return render(
        request,
        "sales/bank.html",
        context
        | {
            "expo": expo,
            "places": places,
            "days": [day.date for day in expo.all_days],
            "chosen": chosen,
            "overview": overview(chosen, places),
            "at_bank": bank_sums(expo),
            "covered": missing_at_bank(expo, places),
            "statements": BankStatement.objects.filter(expo=expo).select_related(
                "stand", "uploaded_by", "withdrawal"
            )[:20],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.view_paymentcheck", raise_exception=True)
@never_cache
def bank_list(request: SignedInRequest) -> HttpResponse:
    """The payments of a stand, day and method one by one, to be ticked by hand."""
    given = request.POST if request.method == "POST" else request.GET
    expo = wanted_expo(all_expos(), given)
    if expo is None:
        raise Http404
    places = list(Stand.objects.at(expo))
    chosen = chosen_of(expo, places, given)
    problem = ""
    if request.method == "POST":
        require(request, "sales.add_paymentcheck")
        try:
            messages.success(request, _ticked(request, chosen))
            return redirect(f"{reverse('bank_list')}?{query_of(chosen)}{_page_of(given)}")
        except CheckRefused as refused:
            problem = str(refused)
    rows = claims_with_sales(chosen)
    sums = overview(chosen, places).total
    return render(
        request,
        "sales/bank_list.html",
        {
            **admin_frame(request, _("Pembayaran"), expo),
            "expo": expo,
            "places": places,
            "days": [day.date for day in expo.all_days],
            "methods": CLAIMED_METHODS,
            "chosen": chosen,
            "query": query_of(chosen),
            "page": Paginator(rows, PAGE).get_page(given.get("hal")),
            "sums": sums,
            "by_hand": _by_hand(chosen),
            "problem": problem,
            # What was refused stands as it was sent.
            "ticked": keys_of(request.POST, "payment"),
            "note": request.POST.get("note", ""),
        },
        status=422 if problem else 200,
    )


def _page_of(given: QueryDict) -> str:
    """The page that was ticked on, as the end of an address; empty for the first."""
    number = given.get("hal", "")
    return f"&hal={number}" if number.isdecimal() and len(number) < 7 and number != "1" else ""


def _ticked(request: SignedInRequest, chosen: Chosen) -> str:
    """Note what the form says; answer what was done in words. Raises CheckRefused."""
    note = request.POST.get("note", "")
    rows = claims(chosen.expo).select_related("sale")
    if request.POST.get("do") == "revoke":
        return _revoked(request, chosen, note)
    if request.POST.get("scope") == "all":
        # All that was open when the page was opened, and nothing that came since.
        payments = list(Chosen(**{**chosen.__dict__, "state": OPEN}).narrowed(rows))
        _as_shown(request, payments)
    else:
        payments = list(rows.filter(pk__in=keys_of(request.POST, "payment")))
    if not payments:
        raise CheckRefused(_("Pilih dulu pembayarannya."))
    if request.POST.get("do") == "absent":
        number = mark_absent(payments, actor=request.user, note=note)
        text = ngettext(
            "%(n)s pembayaran dicatat tidak ada di bank: %(sum)s.",
            "%(n)s pembayaran dicatat tidak ada di bank: %(sum)s.",
            number,
        )
    else:
        number = mark_seen(payments, actor=request.user, note=note)
        text = ngettext(
            "%(n)s pembayaran dicatat terlihat di rekening: %(sum)s.",
            "%(n)s pembayaran dicatat terlihat di rekening: %(sum)s.",
            number,
        )
    amount = sum(one.amount_rupiah for one in payments)
    return text % {"n": thousands(number), "sum": rupiah(amount)}


def _by_hand(chosen: Chosen) -> dict[str, int]:
    """Number and sum of what was ticked by hand, where the list is of one finding alone."""
    if chosen.state in ("", OPEN):
        return {}
    amounts = list(found_by_hand(chosen).values_list("amount_rupiah", flat=True))
    return {"count": len(amounts), "rupiah": sum(amounts)} if amounts else {}


def _as_shown(request: SignedInRequest, payments: list[Payment]) -> None:
    """Raise CheckRefused where they are not those of which the page told number and sum."""
    seen = (str(len(payments)), str(sum(one.amount_rupiah for one in payments)))
    if seen != (request.POST.get("count"), request.POST.get("sum")):
        raise CheckRefused(
            _("Daftarnya sudah berubah sejak dibuka. Lihat dulu jumlahnya, lalu ulangi.")
        )


def _revoked(request: SignedInRequest, chosen: Chosen, reason: str) -> str:
    """Take back all that was ticked by hand in the list; answer in words. Raises CheckRefused."""
    require(request, "sales.change_paymentcheck")
    payments = list(found_by_hand(chosen))
    _as_shown(request, payments)
    number = revoke_checks(payments, actor=request.user, reason=reason)
    text = ngettext(
        "Hasil pemeriksaan %(n)s pembayaran dicabut.",
        "Hasil pemeriksaan %(n)s pembayaran dicabut.",
        number,
    )
    return text % {"n": thousands(number)}


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.view_paymentcheck", raise_exception=True)
@never_cache
def bank_payment(request: SignedInRequest, payment_id: int) -> HttpResponse:
    """One claimed payment and everything that was found of it; take back what was ticked."""
    payment = get_object_or_404(
        Payment.objects.filter(method__in=CLAIMED_METHODS).select_related(
            "sale__stand__expo", "sale__till", "sale__cashier"
        ),
        pk=payment_id,
    )
    expo = payment.sale.expo
    checks = list(
        payment.checks.select_related(
            "checked_by", "revoked_by", "match__line__statement", "match__made_by"
        )
    )
    current = next((one for one in checks if one.revoked_at is None), None)
    problem = ""
    if request.method == "POST":
        require(request, "sales.change_paymentcheck")
        try:
            if current is None:
                raise CheckRefused(_("Ini sudah dicabut. Tidak ada yang diubah."))
            revoke_check(current, actor=request.user, reason=request.POST.get("reason", ""))
            messages.success(request, _("Hasil pemeriksaan dicabut."))
            return redirect("bank_payment", payment.pk)
        except CheckRefused as refused:
            problem = str(refused)
    return render(
        request,
        "sales/bank_payment.html",
        {
            **admin_frame(request, payment.sale.number, expo),
            "payment": payment,
            "sale": payment.sale,
            "checks": checks,
            "current": current,
            "problem": problem,
            "reason": request.POST.get("reason", ""),
        },
        status=422 if problem else 200,
    )
