"""What was looked at, as reports: by day, by hour, and what most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum

from pesantren.models import Pesantren, Product
from stands.models import Stand, ViewCount

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from stands.models import Expo

Kind = ViewCount.Kind


@dataclass(frozen=True)
class SeenThing:
    """A stand, product or pesantren, and how often its page was looked at."""

    kind: Kind
    key: int
    name: str
    # Where it stands, or who makes it.
    detail: str
    # The last part of its page's address.
    slug: str
    count: int
    # Of that of the first in its list.
    percent: int


def days_seen(expo: Expo) -> dict[dt.date, int]:
    """All views of the edition's pages, day by day, the latest first."""
    rows = ViewCount.objects.filter(expo=expo).values("day").annotate(n=Sum("count"))
    return {row["day"]: row["n"] for row in rows.order_by("-day")}


def hours_seen(views: QuerySet[ViewCount]) -> list[tuple[int, int]]:
    """The views by hour of the day, from the first hour with any to the last."""
    found = {row["hour"]: row["n"] for row in views.values("hour").annotate(n=Sum("count"))}
    if not found:
        return []
    return [(hour, found.get(hour, 0)) for hour in range(min(found), max(found) + 1)]


def kinds_seen(views: QuerySet[ViewCount]) -> dict[str, int]:
    """The views by kind of page."""
    found = {row["kind"]: row["n"] for row in views.values("kind").annotate(n=Sum("count"))}
    return {kind.value: found.get(kind.value, 0) for kind in Kind}


def most_seen(views: QuerySet[ViewCount], kind: Kind, most: int | None = None) -> list[SeenThing]:
    """Those of a kind that were looked at, the most first, at most so many: two queries."""
    rows = views.filter(kind=kind).values("subject").annotate(n=Sum("count"))
    counts = {row["subject"]: row["n"] for row in rows.order_by("-n", "subject")[:most]}
    top = max(counts.values(), default=0)
    known = _known(kind, counts)
    return [
        SeenThing(kind, key, *known[key], count, round(count * 100 / top))
        for key, count in counts.items()
        # What was taken out of the catalogue since has no name any more.
        if key in known
    ]


def _known(kind: Kind, keys: Mapping[int, int]) -> dict[int, tuple[str, str, str]]:
    """Name, detail and address of the things with these keys."""
    if kind == Kind.STAND:
        stands = Stand.objects.filter(pk__in=keys)
        return {one.pk: (one.name, one.code, one.code) for one in stands}
    if kind == Kind.PRODUCT:
        products = Product.objects.filter(pk__in=keys).select_related("producer")
        return {one.pk: (one.name_text, one.producer.name, one.slug) for one in products}
    if kind == Kind.PESANTREN:
        pesantren = Pesantren.objects.filter(pk__in=keys).select_related("regency")
        return {one.pk: (one.name, str(one.regency or ""), one.slug) for one in pesantren}
    return {}
