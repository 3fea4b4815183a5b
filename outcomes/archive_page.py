"""The archive: all editions with what is known of them and by whom, and one beside the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from outcomes.comparing import COMPARED, Compared, compare, comparison_rows
from outcomes.counts_shown import hour_of_counts
from outcomes.edition_chart import edition_chart
from stands.kept_pages import portal_page_by
from stands.models import Expo
from stands.tables_out import csv_response

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@login_not_required
@portal_page_by(hour_of_counts)
def edition_list(request: HttpRequest) -> HttpResponse:
    """All editions, the newest first; what is made up is not compared."""
    editions = all_compared()
    compared = [one for one in editions if one.is_compared]
    charts = [edition_chart(compared, place) for place in range(len(COMPARED))]
    return render(
        request,
        "outcomes/edition_list.html",
        {
            "editions": editions,
            "compared": compared,
            "figures": COMPARED,
            "charts": [chart for chart in charts if chart],
        },
    )


@require_safe
@login_not_required
@portal_page_by(hour_of_counts)
def editions_csv(request: HttpRequest) -> HttpResponse:
    """Every claim that the comparison rests on, with its source."""
    compared = [one for one in all_compared() if one.is_compared]
    return csv_response("edisi-opop-expo.csv", comparison_rows(compared))


def all_compared() -> list[Compared]:
    """The public editions with their days and figures, the newest first."""
    expos = Expo.objects.public().each_with_days()
    return compare(sorted(expos, key=lambda expo: expo.slug, reverse=True))
