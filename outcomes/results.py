"""The results of an edition, composed in one place from everything that is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q

from outcomes.counting import sells_at
from outcomes.models import Claim, ResultsChoice
from outcomes.one_moment import one_moment
from outcomes.results_claims import Claims, counted, words
from outcomes.results_content import Figure, Results, Section
from outcomes.results_partners import financing_section, partnerships_section
from outcomes.results_people import sessions_section, visitors_section
from outcomes.results_sales import sales_section, top_section, vouchers_section
from pesantren.models import Category, Pesantren
from stands.clock import business_date
from stands.models import Offer, Stand, Zone

if TYPE_CHECKING:
    import datetime as dt

    from stands.models import Expo

FIGURE = Claim.Figure
STATEMENTS = (
    FIGURE.MEETING,
    FIGURE.OPENING,
    FIGURE.LAUNCH,
    FIGURE.SERVICE,
    FIGURE.PRODUCT_SHOWN,
    FIGURE.HEALTH,
    FIGURE.OTHER,
)


def choice_of(expo: Expo) -> ResultsChoice:
    """What the organiser wants of the page; before anybody chose, it is not public."""
    return ResultsChoice.objects.filter(expo=expo).first() or ResultsChoice(expo=expo)


def read_results(expo: Expo, now: dt.datetime) -> Results:
    """Read all figures as they are at one moment. Sections without a figure are left out."""
    with one_moment():
        return _read(expo, now)


def _read(expo: Expo, now: dt.datetime) -> Results:
    choice = choice_of(expo)
    claims = Claims(expo, shows_others=choice.shows_other_claims)
    today = business_date(now)
    sales, has_ledger = sales_section(expo, claims)
    sections = [
        _scale(expo, claims, in_use=has_ledger),
        sales,
        top_section(expo, choice) if has_ledger else Section("top"),
        visitors_section(expo, claims),
        sessions_section(expo, claims, now, today),
        financing_section(expo, claims),
        partnerships_section(expo, claims),
        vouchers_section(expo, claims, today),
        Section("statements", tuple(claims.statements(*STATEMENTS))),
    ]
    return Results(
        read_at=now.isoformat(timespec="seconds"),
        edition=expo.slug,
        name=expo.name,
        theme=expo.theme,
        venue=expo.venue,
        city=expo.city,
        days=tuple(day.date.isoformat() for day in expo.all_days),
        is_example=expo.is_example,
        introduction=words(choice.introduction, choice.introduction_en),
        sections=tuple(one for one in sections if one.figures),
    )


# --- scale ----------------------------------------------------------------------------------------


def _scale(expo: Expo, claims: Claims, *, in_use: bool) -> Section:
    """`in_use` says that tills sold by this catalogue: then what it holds was there."""
    figures = [
        claims.settle(FIGURE.DAYS, _days(expo)),
        claims.settle(FIGURE.PESANTREN, _pesantren(expo, in_use=in_use)),
        claims.settle(FIGURE.STANDS, _stands(expo, in_use=in_use)),
        claims.settle(FIGURE.PRODUCTS, _products(expo, in_use=in_use)),
    ]
    if claims.about(FIGURE.PESANTREN_IN_PROGRAMME):
        figures.append(claims.settle(FIGURE.PESANTREN_IN_PROGRAMME))
    return Section("scale", tuple(figures))


def _days(expo: Expo) -> Figure | None:
    days = expo.all_days
    if not days:
        return None
    return Figure(
        FIGURE.DAYS,
        len(days),
        sources=counted("days"),
        parts=tuple(Figure(day.date.isoformat()) for day in days),
    )


def _pesantren(expo: Expo, *, in_use: bool) -> Figure | None:
    stands = Stand.objects.filter(expo=expo)
    here = Q(stands__expo=expo) | sells_at(expo)
    names = Pesantren.objects.filter(here).distinct().order_by("name", "slug")
    recorded = set(
        stands.exclude(_chosen("pesantren")).values_list("pesantren", flat=True).order_by()
    )
    found = list(names.values_list("pk", "slug", "name"))
    return _own(
        FIGURE.PESANTREN,
        len(found),
        chosen=0 if in_use else sum(pk not in recorded for pk, _slug, _name in found),
        parts=tuple(Figure(slug, name=words(name)) for _pk, slug, name in found),
    )


def _stands(expo: Expo, *, in_use: bool) -> Figure | None:
    stands = Stand.objects.filter(expo=expo)
    zones = Zone.objects.filter(expo=expo).annotate(n=Count("stands")).order_by("order", "code")
    return _own(
        FIGURE.STANDS,
        stands.count(),
        chosen=0 if in_use else stands.filter(_chosen("name")).count(),
        parts=tuple(
            Figure(f"zone-{one.code}", one.n, name=words(one.name, one.name_en))
            for one in zones
            if one.n
        ),
    )


def _products(expo: Expo, *, in_use: bool) -> Figure | None:
    offers = Offer.objects.on_sale().at(expo)
    chosen = offers.filter(_chosen("stand_code")).values("product").distinct()
    here = Count("products", filter=Q(products__offers__in=offers), distinct=True)
    categories = Category.objects.annotate(n=here).order_by("order", "name")
    return _own(
        FIGURE.PRODUCTS,
        offers.values("product").distinct().count(),
        chosen=0 if in_use else chosen.count(),
        parts=tuple(
            Figure(one.slug, one.n, name=words(one.name, one.name_en))
            for one in categories
            if one.n
        ),
    )


def _own(key: str, count: int, *, chosen: int, parts: tuple[Figure, ...]) -> Figure | None:
    """What the catalogue holds of it. Where some of that was chosen as an example, it says so."""
    if not count:
        return None
    return Figure(
        key,
        count,
        sources=counted(key),
        marks=("example",) if chosen else (),
        parts=(*((Figure("chosen", chosen),) if chosen else ()), *parts),
    )


def _chosen(field: str) -> Q:
    """Rows of which that field was chosen as an example, as the loader writes it: `a | b`, `*`."""
    return Q(example_fields__contains=field) | Q(example_fields__contains="*")
