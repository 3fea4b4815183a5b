"""The home page of an edition, the one page that shows what all apps know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from outcomes.comparing import compare
from outcomes.counts_shown import hour_of_counts
from outcomes.results import choice_of
from pesantren.models import PILLAR_MEANINGS, Product
from programme.schedule import hour_of_schedule, moment_of, sessions_of
from stands import catalogue
from stands.clock import business_date
from stands.kept_pages import detail_page_by, portal_page_by
from stands.models import Expo, Stand

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from stands.catalogue_version import Editions

FEATURED = 8


def hour_of_home(editions: Editions, now: dt.datetime) -> object:
    """The programme, and where there is no hall what is counted of the edition beside it."""
    knows_hall = not editions.expos or editions.expos[0].has_stands
    return hour_of_schedule(editions, now), () if knows_hall else hour_of_counts(editions, now)


@require_safe
@login_not_required
@portal_page_by(hour_of_home)
def home(request: HttpRequest) -> HttpResponse:
    """The current edition's home; before there is any edition, a page that says so."""
    expo = Expo.objects.public().with_span().current()
    if expo is None:
        return render(request, "opop_expo/no_edition.html")
    return show(request, expo)


@require_safe
@login_not_required
@detail_page_by(hour_of_home)
def expo_home(request: HttpRequest, expo: Expo) -> HttpResponse:
    """The home of one edition, under the address that it keeps for ever."""
    return show(request, expo)


def show(request: HttpRequest, expo: Expo) -> HttpResponse:
    """What, when, where, and what there is to find."""
    now = timezone.now()
    categories = catalogue.categories_at(expo)
    stands = list(Stand.objects.at(expo))
    featured = catalogue.shown_at(
        catalogue.featured_at(expo, FEATURED), expo, expo.reference_date(business_date(now))
    )
    sessions = sessions_of(expo)
    return render(
        request,
        "opop_expo/expo_home.html",
        {
            "expo": expo,
            "today": business_date(now),
            "day_now": expo.day_at(now),
            "is_open": expo.is_open_at(now),
            "next_day": expo.next_day_after(now),
            "has_ended": expo.has_ended_by(now),
            "has_results": expo.has_ended_by(now) and choice_of(expo).is_public,
            "session_count": len(sessions),
            "moment": moment_of(sessions, now),
            "categories": categories,
            "product_count": sum(c.product_count for c in categories),
            "stands": stands,
            "pesantren_count": catalogue.pesantren_at(expo).count(),
            "pillars": [
                (pillar.value, pillar.label, PILLAR_MEANINGS[pillar]) for pillar in Product.Pillar
            ],
            "featured": featured,
            # Of most past editions nothing else is known.
            "known": None if expo.has_stands else compare([expo])[0],
        },
    )
