"""The organisers' page 'Dilihat': what visitors look at, and when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from stands.models import Expo, ViewCount
from stands.tables_out import csv_response, xlsx_response
from stands.view_reads import days_seen, hours_seen, kinds_seen, most_seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from stands.http import SignedInRequest

MAY_SEE = permission_required("stands.view_viewcount", raise_exception=True)
MOST = 20
LISTS = [ViewCount.Kind.PRODUCT, ViewCount.Kind.STAND, ViewCount.Kind.PESANTREN]


@dataclass(frozen=True)
class Chosen:
    """What was asked for: an edition, and one of its days or all."""

    expos: list[Expo]
    expo: Expo | None
    day: dt.date | None

    @property
    def views(self) -> QuerySet[ViewCount]:
        """The counts that it speaks of."""
        views = ViewCount.objects.filter(expo=self.expo)
        return views.filter(day=self.day) if self.day else views

    @property
    def query(self) -> str:
        """The query string that asks for the same."""
        slug = self.expo.slug if self.expo else ""
        return f"edisi={slug}" + (f"&hari={self.day.isoformat()}" if self.day else "")


def _chosen(request: HttpRequest) -> Chosen:
    """What an address asks for; what it cannot mean is left aside."""
    expos = list(Expo.objects.at_work().order_by("-is_current", "-slug"))
    slug = request.GET.get("edisi")
    expo = next((one for one in expos if one.slug == slug), expos[0] if expos else None)
    try:
        day = dt.date.fromisoformat(request.GET.get("hari", ""))
    except ValueError:
        day = None
    return Chosen(expos, expo, day)


@require_safe
@MAY_SEE
@never_cache
def views_seen(request: SignedInRequest) -> HttpResponse:
    """By day, by hour, and what was looked at most."""
    chosen = _chosen(request)
    kinds = kinds_seen(chosen.views)
    hours = hours_seen(chosen.views)
    top = max((count for _hour, count in hours), default=0)
    return render(
        request,
        "opop_expo/views_seen.html",
        {
            **admin.site.each_context(request),
            "title": _("Dilihat pengunjung"),
            "chosen": chosen,
            "expo": chosen.expo,
            "expos": chosen.expos,
            "days": days_seen(chosen.expo) if chosen.expo else {},
            "total": sum(kinds.values()),
            "kinds": [(kind.label, kinds[kind.value]) for kind in ViewCount.Kind],
            "hours": [(f"{hour:02}.00", n, round(n * 100 / top)) for hour, n in hours],
            "lists": [(kind, most_seen(chosen.views, kind, MOST)) for kind in LISTS],
            "most": MOST,
        },
    )


@require_safe
@MAY_SEE
@never_cache
def views_seen_csv(request: SignedInRequest) -> HttpResponse:
    """Every page that was looked at, as CSV."""
    chosen = _chosen(request)
    return csv_response(f"{_name(chosen)}.csv", _table(chosen))


@require_safe
@MAY_SEE
@never_cache
def views_seen_xlsx(request: SignedInRequest) -> HttpResponse:
    """The same as XLSX."""
    chosen = _chosen(request)
    return xlsx_response(f"{_name(chosen)}.xlsx", _("Dilihat"), _table(chosen))


def _name(chosen: Chosen) -> str:
    parts = ["dilihat", chosen.expo.slug if chosen.expo else ""]
    return "-".join(filter(None, [*parts, chosen.day.isoformat() if chosen.day else ""]))


def _table(chosen: Chosen) -> Iterator[list[str | int]]:
    yield [_("Jenis"), _("Nama"), _("Keterangan"), _("Dilihat")]
    for kind in LISTS:
        for one in most_seen(chosen.views, kind):
            yield [str(kind.label), one.name, one.detail, one.count]
