"""The organisers' pages on the closing of the day: the overview, one close, and the table out."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from sales.closing.overview import TillDay, closings_of
from sales.models import CashMovement, DayClose, HeldClosing, Payment
from stands.clock import WIB, business_date
from stands.http import wants_fragment
from stands.models import Expo
from stands.tables_out import csv_response, xlsx_response

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator

    from django.http import HttpResponse

    from stands.http import SignedInRequest


@require_safe
@permission_required("sales.view_dayclose", raise_exception=True)
@vary_on_headers("HX-Request")
def closings(request: SignedInRequest) -> HttpResponse:
    """Every till of a day. The figures ask for themselves again every 15 seconds."""
    expos = list(Expo.objects.at_work().prefetch_related("days").order_by("-is_current", "-slug"))
    expo = _wanted(expos, request)
    if expo is None:
        return render(request, "sales/closings.html", _admin_context(request, None))
    day = _day(expo, request)
    context: dict[str, Any] = {
        "expos": expos,
        "expo": expo,
        "day": day,
        "days": _days(expo, day),
        "seen": closings_of(expo, day),
        "held": HeldClosing.objects.filter(till__expo=expo, seen_at=None).select_related("till"),
        "now": timezone.now().astimezone(WIB),
    }
    template = "sales/closings.html"
    if wants_fragment(request):
        template += "#figures"
    else:
        context |= _admin_context(request, expo)
    return render(request, template, context)


@require_safe
@permission_required("sales.view_dayclose", raise_exception=True)
def close_detail(request: SignedInRequest, close_id: uuid.UUID) -> HttpResponse:
    """One close with everything that belongs to it; the browser prints it on one sheet."""
    close = get_object_or_404(DayClose.objects.with_content(), pk=close_id)
    expo = close.stand.expo
    row = next(
        one
        for one in closings_of(expo, close.business_date).tills
        if one.close is not None and one.close.pk == close.pk
    )
    return render(
        request,
        "sales/close_detail.html",
        {
            **_admin_context(request, expo, title=close.number),
            "close": close,
            "row": row,
            "counts": [
                (int(value), pieces, int(value) * pieces) for value, pieces in close.counted.items()
            ],
            "methods": _by_method(close.by_method),
            "movements": CashMovement.objects.filter(
                till=close.till, business_date=close.business_date
            ).select_related("cashier"),
            "overview_url": _overview_url(expo, close.business_date),
        },
    )


@require_safe
@permission_required("sales.view_dayclose", raise_exception=True)
def closings_csv(request: SignedInRequest) -> HttpResponse:
    """What the overview shows, as a CSV file."""
    expo, day = _asked(request)
    return csv_response(_file_name(expo, day, "csv"), _table(expo, day))


@require_safe
@permission_required("sales.view_dayclose", raise_exception=True)
def closings_xlsx(request: SignedInRequest) -> HttpResponse:
    """The same as an XLSX file."""
    expo, day = _asked(request)
    return xlsx_response(_file_name(expo, day, "xlsx"), _("Tutup kasir"), _table(expo, day))


@require_POST
@permission_required("sales.change_heldclosing", raise_exception=True)
def see_held_closing(request: SignedInRequest, held_id: int) -> HttpResponse:
    """Note that an organiser has looked at what was held. It is kept, and counted nowhere."""
    held = get_object_or_404(HeldClosing.objects.select_related("till__expo"), pk=held_id)
    HeldClosing.objects.filter(pk=held.pk, seen_at=None).update(
        seen_at=timezone.now(), seen_by=request.user
    )
    return redirect(f"{reverse('closings')}?edisi={held.till.expo.slug}")


# --- what was asked -----------------------------------------------------------------------------


def _wanted(expos: list[Expo], request: SignedInRequest) -> Expo | None:
    """The edition that the address names, else the current one; None before there is any."""
    slug = request.GET.get("edisi")
    if not slug:
        return expos[0] if expos else None
    for expo in expos:
        if expo.slug == slug:
            return expo
    raise Http404


def _asked(request: SignedInRequest) -> tuple[Expo, dt.date]:
    expo = _wanted(list(Expo.objects.order_by("-is_current", "-slug")), request)
    if expo is None:
        raise Http404
    return expo, _day(expo, request)


def _day(expo: Expo, request: SignedInRequest) -> dt.date:
    """The day that the address names, else today, else the edition's day nearest to it."""
    text = request.GET.get("hari")
    if text:
        try:
            return dt.date.fromisoformat(text)
        except ValueError as error:
            raise Http404 from error
    today = business_date(timezone.now())
    days = [one.date for one in expo.all_days]
    past = [day for day in days if day <= today]
    return past[-1] if past else (days[0] if days else today)


def _days(expo: Expo, chosen: dt.date) -> list[dt.date]:
    """Days to choose from: the edition's, and whatever other day is looked at or has a close."""
    closed = DayClose.objects.of_expo(expo).values_list("business_date", flat=True).distinct()
    return sorted({chosen, *closed.order_by(), *(one.date for one in expo.all_days)})


def _overview_url(expo: Expo, day: dt.date) -> str:
    return f"{reverse('closings')}?edisi={expo.slug}&hari={day:%Y-%m-%d}"


def _admin_context(
    request: SignedInRequest, expo: Expo | None, *, title: str = ""
) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": title or _("Tutup kasir"),
        "current_expo": expo,
    }


# --- figures out --------------------------------------------------------------------------------


def _by_method(by_method: dict[str, int]) -> list[tuple[str, int]]:
    names = dict(Payment.Method.choices)
    return [(str(names.get(name, name)), amount) for name, amount in by_method.items()]


def _file_name(expo: Expo, day: dt.date, kind: str) -> str:
    return f"tutup-kasir-{expo.slug}-{day:%Y%m%d}.{kind}"


def _table(expo: Expo, day: dt.date) -> Iterator[list[str | int]]:
    yield [
        _("edisi"),
        _("tanggal"),
        _("stan"),
        _("nama stan"),
        _("kasir"),
        _("keadaan"),
        _("nomor"),
        _("ditutup"),
        _("petugas"),
        _("jumlah penjualan"),
        _("jumlah pembatalan"),
        _("bersih (rupiah)"),
        _("modal awal (rupiah)"),
        _("tunai (rupiah)"),
        _("uang masuk (rupiah)"),
        _("uang keluar (rupiah)"),
        _("seharusnya (rupiah)"),
        _("dihitung (rupiah)"),
        _("selisih (rupiah)"),
        _("tambahan"),
        _("bersih tambahan (rupiah)"),
        _("belum terkirim"),
        _("catatan"),
        _("sidik"),
    ]
    for one in closings_of(expo, day).tills:
        yield _table_row(expo, day, one)


def _table_row(expo: Expo, day: dt.date, one: TillDay) -> list[str | int]:
    count, close, figures = one.count, one.close, one.figures
    state = _("ditutup") if close else _("belum ditutup") if one.is_used else _("tidak berjualan")
    closed_at = count.closed_at if count else None
    return [
        expo.slug,
        f"{day:%Y-%m-%d}",
        one.till.stand.code,
        one.till.stand.name,
        one.till.prefix,
        state,
        close.number if close else "",
        f"{closed_at.astimezone(WIB):%Y-%m-%d %H:%M}" if closed_at else "",
        count.cashier.name if count and count.cashier else "",
        figures.sales_count,
        figures.reversals_count,
        figures.net_rupiah,
        figures.float_rupiah,
        figures.drawer_cash_rupiah,
        figures.cash_in_rupiah,
        figures.cash_out_rupiah,
        one.expected_rupiah,
        one.counted_rupiah if close else "",
        one.difference_rupiah if close else "",
        len(one.amendments),
        one.late.net_rupiah,
        one.unsent,
        count.note if count else "",
        close.hash if close else "",
    ]
