"""The organisers' pages on paying vouchers back: who is owed what, and the papers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pesantren.models import Producer
from sales.models import Settlement
from sales.vouchers.forms import ReceivedForm
from sales.vouchers.reads import all_owed, producers_with_shares
from sales.vouchers.settlement_sheet import settlement_pdf
from sales.vouchers.settling import SettlementRefused, due_to, settle
from stands.models import Stand
from stands.organiser_page import admin_frame, all_expos, expos_at_work, require, wanted_expo
from stands.paper import pdf_response
from stands.tables_out import csv_response

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.http import HttpResponse

    from sales.vouchers.reads import AllOwed
    from stands.http import SignedInRequest
    from stands.models import Expo


@require_safe
@permission_required("sales.view_settlement", raise_exception=True)
@never_cache
def settlements(request: SignedInRequest) -> HttpResponse:
    """What each stand and maker is owed, and every settlement so far."""
    expos = expos_at_work()
    expo = wanted_expo(expos, request.GET)
    if expo is None:
        raise Http404
    return render(
        request,
        "sales/settlements.html",
        {
            **admin_frame(request, _("Pelunasan voucher"), expo),
            "expo": expo,
            "expos": expos,
            "owed": _owed(expo),
            "settlements": Settlement.objects.filter(expo=expo).select_related(
                "made_by", "stand", "producer"
            ),
        },
    )


def _owed(expo: Expo) -> AllOwed:
    return all_owed(expo, Stand.objects.at(expo), producers_with_shares(expo))


@require_safe
@permission_required("sales.view_settlement", raise_exception=True)
def settlements_csv(request: SignedInRequest) -> HttpResponse:
    """What is owed by stand and by maker, as a CSV file."""
    expo = wanted_expo(all_expos(), request.GET)
    if expo is None:
        raise Http404
    return csv_response(f"hak-voucher-{expo.slug}.csv", _rows(_owed(expo)))


def _rows(owed: AllOwed) -> Iterator[Sequence[str | int]]:
    yield [_("jenis"), _("nama"), _("hak (rupiah)"), _("dilunasi (rupiah)"), _("sisa (rupiah)")]
    for kind, payees in ((_("stan"), owed.stands), (_("pelaku usaha"), owed.producers)):
        for one in payees:
            name = f"{one.payee.code} {one.payee.name}" if kind == _("stan") else one.payee.name
            yield [kind, name, one.owed_rupiah, one.settled_rupiah, one.open_rupiah]


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.view_settlement", raise_exception=True)
@never_cache
def settle_stand(request: SignedInRequest, stand_id: int) -> HttpResponse:
    """Pay a stand for all its makers together."""
    stand = get_object_or_404(Stand.objects.select_related("expo"), pk=stand_id)
    return _settle(request, stand, stand.expo)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.view_settlement", raise_exception=True)
@never_cache
def settle_producer(request: SignedInRequest, producer_id: int) -> HttpResponse:
    """Pay a maker for what was sold of it at all stands."""
    producer = get_object_or_404(Producer, pk=producer_id)
    expo = wanted_expo(all_expos(), request.POST or request.GET)
    if expo is None:
        raise Http404
    return _settle(request, producer, expo)


def _settle(request: SignedInRequest, payee: Stand | Producer, expo: Expo) -> HttpResponse:
    form = ReceivedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(request, "sales.add_settlement")
        if form.is_valid():
            try:
                row = settle(
                    payee,
                    expo=expo,
                    count=_number(request.POST.get("count", "")),
                    total_rupiah=_number(request.POST.get("sum", "")),
                    received_by=form.cleaned_data["received_by"],
                    note=form.cleaned_data["note"],
                    gives_back=form.cleaned_data["gives_back"],
                    actor=request.user,
                )
            except SettlementRefused as refused:
                form.add_error(None, str(refused))
            else:
                text = _("%(number)s dicatat. Cetak buktinya dan minta tanda tangan.")
                messages.success(request, text % {"number": row.printed_number})
                return redirect("settlement_detail", row.pk)
    due = due_to(payee, expo)
    return render(
        request,
        "sales/settle.html",
        {
            **admin_frame(request, _("Lunasi"), expo),
            "expo": expo,
            "payee": payee,
            "is_stand": isinstance(payee, Stand),
            "due": due,
            "form": form,
        },
        status=422 if form.errors else 200,
    )


@require_safe
@permission_required("sales.view_settlement", raise_exception=True)
@never_cache
def settlement_detail(request: SignedInRequest, settlement_id: int) -> HttpResponse:
    """A settlement as it was frozen."""
    row = _settlement(settlement_id)
    lines = _lines(row)
    return render(
        request,
        "sales/settlement_detail.html",
        {
            **admin_frame(request, row.printed_number, row.expo),
            "settlement": row,
            "expo": row.expo,
            "lines": lines,
            "shares": [line.share for line in lines],
        },
    )


@require_safe
@permission_required("sales.view_settlement", raise_exception=True)
def settlement_print(request: SignedInRequest, settlement_id: int) -> HttpResponse:
    """The paper of a settlement. It can be printed as often as wanted: it is always the same."""
    row = _settlement(settlement_id)
    name = f"{row.printed_number}-{row.expo.slug}.pdf"
    return pdf_response(name, settlement_pdf(row, _lines(row)))


def _settlement(settlement_id: int) -> Settlement:
    rows = Settlement.objects.select_related("expo", "stand", "producer", "made_by")
    return get_object_or_404(rows, pk=settlement_id)


def _lines(row: Settlement) -> list[Any]:
    return list(
        row.lines.select_related(
            "share__producer", "share__entry__voucher", "share__entry__sale"
        ).order_by("position")
    )


def _number(text: str) -> int:
    """A hidden figure of the page; what is none fits nothing."""
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 18 else 0
