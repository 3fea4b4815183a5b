"""The organisers' daily totals: day by group, filtered, live, and as files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from sales.totals.charts import hour_chart
from sales.totals.figures import DailyTotals, Row
from sales.totals.forms import GROUPINGS, OUTSIDE, TotalsForm
from sales.totals.pulse import pulse_url
from sales.totals.source import Grouping
from sales.totals.sums import daily_totals as sum_days
from sales.totals.sums import places_at
from stands.clock import WIB, business_date
from stands.http import wants_fragment
from stands.models import Expo
from stands.tables_out import csv_response, xlsx_response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stands.http import SignedInRequest

# So many rows stand on the page; the rest of them in one row below, and all in the files.
MOST_ROWS = 60

# What the list of sales calls each grouping; of the others it knows no filter.
SALES_OF = {
    Grouping.STAND: "stand__id__exact",
    Grouping.TILL: "till__id__exact",
    Grouping.CASHIER: "cashier__id__exact",
    Grouping.PESANTREN: "pesantren",
    Grouping.PRODUCER: "pelaku",
    Grouping.PRODUCT: "produk",
    Grouping.CATEGORY: "kategori",
    Grouping.KIND: "jenis_pelaku",
    Grouping.PILLAR: "pilar",
    Grouping.METHOD: "cara",
    Grouping.HOUR: "jam",
}


@dataclass(frozen=True)
class Asked:
    """An edition, the filter that the address gives, and the sums where the filter is valid."""

    expo: Expo
    form: TotalsForm
    totals: DailyTotals | None


@require_safe
@permission_required("sales.view_sale", raise_exception=True)
@vary_on_headers("HX-Request", "HX-Target")
def daily_totals(request: SignedInRequest) -> HttpResponse:
    """Totals by day and group. The figures ask every few seconds whether they have changed."""
    expos = Expo.objects.at_work().each_with_days()
    expo = wanted_expo(expos, request)
    if expo is None:
        return render(request, "sales/daily_totals.html", _admin_context(request, None))
    now = timezone.now().astimezone(WIB)
    asked = _read(request, expo)
    totals = asked.totals
    context: dict[str, Any] = {
        "expos": expos,
        "expo": expo,
        "form": asked.form,
        "totals": totals,
        "rows": totals.rows[:MOST_ROWS] if totals else [],
        "rest": totals.rest(MOST_ROWS) if totals else None,
        "chart": _chart(asked, now),
        "group_name": GROUPINGS[asked.form.cleaned_data["menurut"]][1] if totals else "",
        "now": now,
        "today": now.date(),
        "sales_url": reverse("admin:sales_sale_changelist"),
        "pulse": pulse_url(expo.pk, totals.versions) if totals else "",
        "query": request.GET.urlencode(),
        "sales_filter": _sales_filter(asked),
        "outside": OUTSIDE,
    }
    template = "sales/daily_totals.html"
    if wants_fragment(request):
        # Only what the form asked for has anything to say beside its fields.
        context["from_form"] = request.htmx.trigger != "figures"
        template += "#figures"
    else:
        context |= _admin_context(request, expo)
    return render(request, template, context, status=200 if totals else 422)


def _chart(asked: Asked, now: Any) -> Any:
    if asked.totals is None or asked.totals.hours is None:
        return None
    days = [cell.day for cell in asked.totals.day_totals]
    return hour_chart(asked.totals.hours, days, now)


@require_safe
@permission_required("sales.view_sale", raise_exception=True)
def daily_totals_csv(request: SignedInRequest) -> HttpResponse:
    """The same rows as a CSV file, one for each group and day."""
    return _as_file(request, "csv")


@require_safe
@permission_required("sales.view_sale", raise_exception=True)
def daily_totals_xlsx(request: SignedInRequest) -> HttpResponse:
    """The same rows for a spreadsheet."""
    return _as_file(request, "xlsx")


def _as_file(request: SignedInRequest, kind: str) -> HttpResponse:
    expo = wanted_expo(Expo.objects.each_with_days(), request)
    if expo is None:
        raise Http404
    asked = _read(request, expo)
    if asked.totals is None:
        return HttpResponse(asked.form.errors.as_text(), "text/plain; charset=utf-8", status=422)
    name = f"total-harian-{expo.slug}-{timezone.now().astimezone(WIB):%Y%m%d-%H%M}.{kind}"
    rows = _file_rows(expo, asked.form.cleaned_data["menurut"], asked.totals)
    if kind == "xlsx":
        return xlsx_response(name, _("Total harian"), rows)
    return csv_response(name, rows)


def wanted_expo(expos: list[Expo], request: SignedInRequest) -> Expo | None:
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
    totals = sum_days(expo=expo, places=places, chosen=form.chosen(), today=today, by=form.by)
    return Asked(expo, form, totals)


def _admin_context(request: SignedInRequest, expo: Expo | None) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": _("Total harian"),
        "current_expo": expo,
    }


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
    by = SALES_OF[asked.form.by]
    # What the rows are is named by each row.
    of_row = {name: value for name, value in {**shared, **one_stand}.items() if name != by}
    return {
        "row": by,
        "cell": urlencode(of_row),
        "all_days": urlencode({**of_row, **days}),
        "one_day": urlencode({**shared, **one_stand}),
        "all": urlencode({**shared, **days, **one_stand}),
    }


def _file_rows(expo: Expo, word: str, totals: DailyTotals) -> Iterator[list[str | int]]:
    """A row for each group and day, in whole numbers; what a grouping does not count stays out."""
    label = GROUPINGS[word][1]
    is_stand, of_lines = not word, totals.has_pieces
    yield [
        _("edisi"),
        _("tanggal"),
        *([_("stan"), _("nama stan")] if is_stand else [_("kode"), str(label).lower()]),
        _("keterangan"),
        _("kotor (rupiah)"),
        _("dibatalkan (rupiah)"),
        _("bersih (rupiah)"),
        *([_("jumlah penjualan"), _("jumlah pembatalan")] if totals.counts_sales else []),
        *([_("banyaknya")] if of_lines else []),
    ]
    for row in totals.rows:
        for day, sums in _cells_of(row, totals):
            yield [
                expo.slug,
                day,
                row.code,
                row.name,
                row.note,
                sums.gross_rupiah,
                sums.reversed_rupiah,
                sums.net_rupiah,
                *([sums.sale_count, sums.reversal_count] if totals.counts_sales else []),
                *([sums.pieces] if of_lines else []),
            ]


def _cells_of(row: Row, totals: DailyTotals) -> Iterator[tuple[str, Any]]:
    for cell in row.cells:
        yield f"{cell.day:%Y-%m-%d}", cell.sums
    if totals.outside_days:
        yield _("di luar hari"), row.outside
