"""The printed report on A4: of all stands for the press and the wall, or of one for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from sales.totals.daily import wanted_expo
from sales.totals.forms import TotalsForm
from sales.totals.report_drawing import draw
from sales.totals.report_facts import Report
from sales.totals.source import Grouping, TotalsFilter
from sales.totals.sums import places_at, rows_by
from stands.clock import WIB
from stands.models import Expo
from stands.paper import pdf_response

if TYPE_CHECKING:
    from stands.http import SignedInRequest

OF_ALL = (
    Grouping.STAND,
    Grouping.PESANTREN,
    Grouping.CATEGORY,
    Grouping.PILLAR,
    Grouping.METHOD,
    Grouping.PRODUCT,
    Grouping.HOUR,
)
OF_STAND = (
    Grouping.STAND,
    Grouping.PESANTREN,
    Grouping.PRODUCT,
    Grouping.METHOD,
    Grouping.TILL,
    Grouping.HOUR,
)


@require_safe
@permission_required("sales.view_sale", raise_exception=True)
def daily_totals_report(request: SignedInRequest) -> HttpResponse:
    """What the filter's days and stand show, as PDF. What else the filter says plays no part."""
    expo = wanted_expo(Expo.objects.each_with_days(), request)
    if expo is None:
        raise Http404
    places = places_at(expo)
    form = TotalsForm(request.GET, expo=expo, places=places)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), "text/plain; charset=utf-8", status=422)
    asked = form.chosen()
    chosen = TotalsFilter(days=asked.days, outside_days=asked.outside_days, stand=asked.stand)
    now = timezone.now().astimezone(WIB)
    rows = rows_by(
        expo=expo,
        places=places,
        chosen=chosen,
        groupings=OF_STAND if chosen.stand else OF_ALL,
    )
    report = Report(expo=expo, stand=chosen.stand, chosen=chosen, rows=rows, now=now)
    place = chosen.stand.code if chosen.stand else "semua"
    name = f"laporan-{expo.slug}-{place}-{report.short_days}.pdf"
    return pdf_response(name, draw(report))
