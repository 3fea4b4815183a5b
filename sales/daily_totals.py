"""The organisers' daily totals: day by stand, filtered, live, and as a CSV file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import trigger_client_event

from sales.tables_out import csv_response
from sales.totals import DailyTotals, ledger_version, places_at
from sales.totals import daily_totals as sum_days
from sales.totals_form import OUTSIDE, TotalsForm
from stands.clock import WIB, business_date
from stands.http import wants_fragment
from stands.models import Expo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stands.http import SignedInRequest


@dataclass(frozen=True)
class Asked:
    """An edition, the filter that the address gives, and the sums where the filter is valid."""

    expo: Expo
    form: TotalsForm
    totals: DailyTotals | None


@require_safe
@permission_required("sales.view_sale", raise_exception=True)
@vary_on_headers("HX-Request", "HX-Trigger")
def daily_totals(request: SignedInRequest) -> HttpResponse:
    """Totals by day and stand. The figures ask for themselves again every few seconds."""
    expos = _expos()
    expo = _wanted(expos, request)
    if expo is None:
        return render(request, "sales/daily_totals.html", _admin_context(request, None))
    now = timezone.now().astimezone(WIB)
    # Read before the sums, so that a sale that comes between them is not overlooked.
    version = f"{now:%Y%m%d}-{ledger_version(expo)}"
    refreshes = wants_fragment(request) and request.htmx.trigger == "figures"
    if refreshes and request.GET.get("seen") == version:
        unchanged = HttpResponse(status=204)
        return trigger_client_event(unchanged, "figuresUnchanged", {"time": f"{now:%H.%M.%S}"})
    asked = _read(request, expo)
    context: dict[str, Any] = {
        "expos": expos,
        "expo": expo,
        "form": asked.form,
        "totals": asked.totals,
        "now": now,
        "version": version,
        "query": _query(request),
        "sales_filter": _sales_filter(asked),
        "outside": OUTSIDE,
    }
    template = "sales/daily_totals.html"
    if refreshes:
        template += "#figures"
    elif wants_fragment(request):
        template += "#totals"
    else:
        context |= _admin_context(request, expo)
    return render(request, template, context, status=200 if asked.totals else 422)


@require_safe
@permission_required("sales.view_sale", raise_exception=True)
def daily_totals_csv(request: SignedInRequest) -> HttpResponse:
    """The same cells as a CSV file, a row for each stand and day."""
    expo = _wanted(_expos(), request)
    if expo is None:
        raise Http404
    asked = _read(request, expo)
    if asked.totals is None:
        return HttpResponse(asked.form.errors.as_text(), "text/plain; charset=utf-8", status=422)
    name = f"total-harian-{expo.slug}-{timezone.now().astimezone(WIB):%Y%m%d-%H%M}.csv"
    return csv_response(name, _csv_rows(expo, asked.totals))


def _expos() -> list[Expo]:
    return list(Expo.objects.order_by("-is_current", "-slug"))


def _wanted(expos: list[Expo], request: SignedInRequest) -> Expo | None:
    """The edition that the address names, else the current one; None before there is any."""
    slug = request.GET.get("edisi")
    if not slug:
        return expos[0] if expos else None
    for expo in expos:
        if expo.slug == slug:
            return expo
    raise Http404


def _read(request: SignedInRequest, expo: Expo) -> Asked:
    """Sum what the address asks for."""
    places = places_at(expo)
    form = TotalsForm(request.GET, expo=expo, places=places)
    if not form.is_valid():
        return Asked(expo, form, None)
    today = business_date(timezone.now())
    return Asked(expo, form, sum_days(expo=expo, places=places, chosen=form.chosen(), today=today))


def _admin_context(request: SignedInRequest, expo: Expo | None) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": _("Total harian"),
        "current_expo": expo,
    }


def _query(request: SignedInRequest) -> str:
    """The filter as it stands in the address, without what the figures add when they refresh."""
    query = request.GET.copy()
    query.pop("seen", None)
    return query.urlencode()


def _sales_filter(asked: Asked) -> dict[str, str]:
    """What narrows the list of sales behind each figure, as the end of its address."""
    if asked.totals is None:
        return {}
    chosen = asked.form.cleaned_data
    shared: dict[str, Any] = {"expo__id__exact": asked.expo.pk, "training__exact": 0}
    shared |= {name: chosen[name] for name in ("pesantren", "cara") if chosen[name]}
    days = {"business_date": ",".join(chosen["hari"])} if chosen["hari"] else {}
    stand = asked.form.chosen().stand
    one_stand = {"stand__id__exact": stand.pk} if stand else {}
    return {
        "cell": urlencode(shared),
        "all_days": urlencode({**shared, **days}),
        "one_day": urlencode({**shared, **one_stand}),
        "all": urlencode({**shared, **days, **one_stand}),
    }


def _csv_rows(expo: Expo, totals: DailyTotals) -> Iterator[list[str | int]]:
    yield [
        _("edisi"),
        _("tanggal"),
        _("stan"),
        _("nama stan"),
        _("kotor (rupiah)"),
        _("dibatalkan (rupiah)"),
        _("bersih (rupiah)"),
        _("jumlah penjualan"),
        _("jumlah pembatalan"),
    ]
    for row in totals.rows:
        cells = [(f"{cell.day:%Y-%m-%d}", cell.sums) for cell in row.cells]
        if totals.outside_days:
            cells.append((_("di luar hari"), row.outside))
        for day, sums in cells:
            yield [
                expo.slug,
                day,
                row.code,
                row.name,
                sums.gross_rupiah,
                sums.reversed_rupiah,
                sums.net_rupiah,
                sums.sale_count,
                sums.reversal_count,
            ]
