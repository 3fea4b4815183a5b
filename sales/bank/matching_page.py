"""The organisers' pages that bring lines of the bank and payments of the tills together."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pesantren.money import thousands
from sales.bank.asking import MOST_TICKED, chosen_of, keys_of, minutes_of
from sales.bank.checking import (
    CheckRefused,
    explain_line,
    match_line,
    match_pairs,
    revoke_match,
)
from sales.bank.matching import (
    LATEST_DAYS,
    MINUTES,
    SHOWN,
    candidates,
    lumps_of,
    open_claims,
    propose,
)
from sales.bank.reads import Chosen, bank_sums, missing_at_bank, unseen
from sales.models import CLAIMED_METHODS, BankLine, BankMatch, Payment, PaymentCheck
from stands.models import Expo, Stand
from stands.organiser_page import admin_frame, all_expos, require, wanted_expo

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from stands.http import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.view_bankmatch", raise_exception=True)
@never_cache
def bank_matching(request: SignedInRequest) -> HttpResponse:
    """What the statements show beside what the tills claim: certain pairs, unclear ones, sums."""
    given = request.POST if request.method == "POST" else request.GET
    expo = wanted_expo(all_expos(), given)
    if expo is None:
        raise Http404
    minutes = minutes_of(given)
    here = f"{reverse('bank_matching')}?{urlencode({'edisi': expo.slug, 'menit': minutes})}"
    if request.method == "POST":
        require(request, "sales.add_bankmatch")
        try:
            messages.success(request, _match_certain(request, expo, minutes))
        except CheckRefused as refused:
            messages.error(request, str(refused))
        return redirect(here)
    found = propose(expo, minutes=minutes)
    places = list(Stand.objects.at(expo))
    return render(
        request,
        "sales/bank_matching.html",
        {
            **admin_frame(request, _("Cocokkan mutasi"), expo),
            "expo": expo,
            "minutes": minutes,
            "choices": MINUTES,
            "found": found,
            "most": SHOWN,
            "certain_rupiah": sum(line.amount_rupiah for line, _claim in found.certain),
            "at_bank": bank_sums(expo),
            "covered": missing_at_bank(expo, places),
        },
    )


def _match_certain(request: SignedInRequest, expo: Expo, minutes: int) -> str:
    """Match every pair that is still certain; answer in words. Raises CheckRefused."""
    found = propose(expo, minutes=minutes)
    if str(len(found.certain)) != request.POST.get("count"):
        raise CheckRefused(
            _("Pasangannya sudah berubah sejak halaman dibuka. Lihat dulu, lalu ulangi.")
        )
    payments = Payment.objects.in_bulk([claim.pk for _line, claim in found.certain])
    number = match_pairs(
        ((line, payments[claim.pk]) for line, claim in found.certain), actor=request.user
    )
    text = ngettext("%(n)s pasangan dicocokkan.", "%(n)s pasangan dicocokkan.", number)
    return text % {"n": thousands(number)}


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.view_bankmatch", raise_exception=True)
@never_cache
def bank_line(request: SignedInRequest, line_id: int) -> HttpResponse:
    """One line at the bank: match it with one payment or several, explain it, or take it back."""
    line = get_object_or_404(
        BankLine.objects.select_related("statement__withdrawal", "expo", "stand"), pk=line_id
    )
    matches = list(
        line.matches.select_related("made_by", "revoked_by").prefetch_related(
            Prefetch("checks", PaymentCheck.objects.select_related("payment__sale").order_by("pk"))
        )
    )
    current = next((one for one in matches if one.revoked_at is None), None)
    problem = ""
    if request.method == "POST":
        try:
            messages.success(request, _decided(request, line, current))
            return redirect("bank_line", line.pk)
        except CheckRefused as refused:
            problem = str(refused)
    places = list(Stand.objects.at(line.expo))
    chosen = chosen_of(line.expo, places, request.POST or request.GET)
    context: dict[str, Any] = {
        **admin_frame(request, _("Baris mutasi"), line.expo),
        "line": line,
        "expo": line.expo,
        "places": places,
        "days": [line.date - dt.timedelta(days=back) for back in range(LATEST_DAYS + 1)],
        "methods": CLAIMED_METHODS,
        "chosen": chosen,
        "current": current,
        "withdrawal": getattr(line.statement, "withdrawal", None),
        "past": [one for one in matches if one.revoked_at],
        "problem": problem,
        "note": request.POST.get("note", ""),
    }
    if current is None and context["withdrawal"] is not None:
        return render(request, "sales/bank_line.html", context, status=422 if problem else 200)
    if current is not None:
        checks = current.checks.filter(revoked_at=None).select_related("payment__sale__stand")
        context["checks"] = checks.order_by("payment__sale__sold_at")
    else:
        context |= _choices_for(line, chosen, request.POST or request.GET)
    return render(request, "sales/bank_line.html", context, status=422 if problem else 200)


def _choices_for(line: BankLine, chosen: Chosen, given: QueryDict) -> dict[str, Any]:
    """The payments that a line may be, and those of the stand and day that somebody asks for."""
    days = (line.date - dt.timedelta(days=LATEST_DAYS), line.date + dt.timedelta(days=1))
    waiting = open_claims(line.expo, days=days)
    asked = bool(given.get("cari"))
    listed = [
        one
        for one in waiting
        if asked
        and chosen.stand in (None, Stand(pk=one.stand_id))
        and chosen.day in (None, one.day)
        and chosen.method in ("", one.method)
    ]
    return {
        "same": candidates(line, waiting, minutes=minutes_of(given))[:20],
        "lumps": lumps_of(line, waiting)[:10],
        "asked": asked,
        "listed": listed[:MOST_TICKED],
        "listed_rupiah": sum(one.amount_rupiah for one in listed),
        "ticked": set(keys_of(given, "payment")) or {one.pk for one in listed},
    }


def _decided(request: SignedInRequest, line: BankLine, current: BankMatch | None) -> str:
    """Do what the form asks for; answer in words. Raises CheckRefused."""
    do, note = request.POST.get("do"), request.POST.get("note", "")
    if do == "revoke":
        require(request, "sales.change_bankmatch")
        if current is None:
            raise CheckRefused(_("Ini sudah dicabut. Tidak ada yang diubah."))
        revoke_match(current, actor=request.user, reason=note)
        return _("Pencocokan dicabut.")
    require(request, "sales.add_bankmatch")
    if do == "other":
        explain_line(line, actor=request.user, note=note)
        return _("Dicatat: bukan dari kasir.")
    keys = keys_of(request.POST, "payment")
    rows = unseen(line.expo).select_related("sale")
    payments = list(rows.filter(pk__in=keys))
    if len(payments) != len(set(keys)):
        raise CheckRefused(_("Salah satu pembayaran sudah diperiksa. Muat ulang halaman."))
    match_line(line, payments, actor=request.user, note=note)
    text = ngettext(
        "Dicocokkan dengan %(n)s pembayaran.", "Dicocokkan dengan %(n)s pembayaran.", len(payments)
    )
    return text % {"n": thousands(len(payments))}
