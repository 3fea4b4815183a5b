"""The visitor's pages of an edition: stands, products, pesantren. Public, read only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import push_url, replace_url

from pesantren.curation import EXPORT_RULES, mark_export_ready
from pesantren.models import Product, in_reader_language
from stands import catalogue
from stands.clock import business_date
from stands.contact import contact_about, contacts_at, contacts_of
from stands.filters import PesantrenFilter, ProductFilter, StandFilter
from stands.http import wants_fragment, without_gaps
from stands.kept_cards import kept_cards
from stands.kept_pages import catalogue_page, detail_page, needs_stands
from stands.models import Expo, Offer, Stand
from stands.opening import opening_at
from stands.published import show_as_published, show_goods_as_published
from stands.search import search
from stands.shelf import beside

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

    from pesantren.models import Photo
    from stands.filter_form import Filter
    from stands.http import HtmxRequest

PRODUCTS_PER_PAGE = 24
# More than any edition had; the programme counts over a thousand.
PESANTREN_PER_PAGE = 60
# Others of the maker, and as many like it from others.
NEIGHBOURS = 6
OFFERS_ON_A_CARD = 3
# Of a longer text no more is read, nor kept in the address.
LETTERS_OF_A_SEARCH = 80


@require_safe
@login_not_required
@catalogue_page
@needs_stands
def search_all(request: HtmxRequest, expo: Expo) -> HttpResponse:
    """Everything of an edition that fits the words, kind by kind."""
    typed = request.GET.get("q", "")[:LETTERS_OF_A_SEARCH]
    typed = "".join(letter for letter in typed if letter.isprintable())
    found = search(expo, typed) if typed.strip() else None
    context = {"expo": expo, "typed": typed, "found": found}
    if found is None or not found.count:
        context["categories"] = catalogue.categories_with_something_at(expo)
    if not wants_fragment(request):
        return render(request, "stands/search_all.html", context)
    response = render(request, "stands/search_all.html#answer", context)
    query = f"?{urlencode({'q': typed})}" if typed else ""
    # In place of the address before: a step back leads off the page, not through every letter.
    return replace_url(response, f"{request.path}{query}")


@require_safe
@login_not_required
@catalogue_page
@needs_stands
def stand_list(request: HtmxRequest, expo: Expo) -> HttpResponse:
    """The stands of an edition, zone by zone, narrowed by what was asked for."""
    if elsewhere := without_gaps(request):
        return elsewhere
    form = StandFilter(request.GET, expo=expo, now=timezone.now())
    wanted = set(form.keys)
    facts = form.facts
    zones = [
        (
            {"code": zone.value, "name_text": in_reader_language(zone.name, zone.also)},
            [key for key in facts.keys_of(facts.sets["zone"][zone.value]) if key in wanted],
        )
        for zone in facts.choices["zone"]
    ]

    def read(keys: Sequence[int]) -> list[Stand]:
        stands = Stand.objects.at(expo).filter(pk__in=keys).with_pesantren()
        if not expo.is_closed:
            return list(stands.with_first_offers(OFFERS_ON_A_CARD))
        rows = list(stands.with_offers())
        show_goods_as_published(expo, rows)
        for row in rows:
            vars(row)["more_offers"] = len(row.offers_here) - OFFERS_ON_A_CARD
            row.offers_here = row.offers_here[:OFFERS_ON_A_CARD]
        return rows

    keys = [key for _zone, there in zones for key in there]
    cards = kept_cards(expo, "stands/_stand_card.html", "stand", keys, read, day=form.day)
    shown = [(zone, [cards[key] for key in there if key in cards]) for zone, there in zones]
    context = {"expo": expo, "zones": [(zone, there) for zone, there in shown if there]}
    return render_list(request, "stands/stand_list.html", form, context)


@require_safe
@login_not_required
@detail_page
def stand_detail(request: HttpRequest, expo: Expo, code: str) -> HttpResponse:
    """One stand: who is there, and what they sell for how much."""
    stands = Stand.objects.at(expo).with_pesantren().with_offers()
    stand = get_object_or_404(stands, code=code)
    show_goods_as_published(expo, [stand])
    if not expo.is_closed:
        mark_export_ready([offer.product for offer in stand.offers_here], today_at(expo))
    makers = [offer.product.producer for offer in stand.offers_here]
    return render(
        request,
        "stands/stand_detail.html",
        {
            "expo": expo,
            "stand": stand,
            "plan_stands": [stand],
            "contacts": contacts_at(stand, makers, expo),
            "opening": opening_at(expo, timezone.now()),
        },
    )


@require_safe
@login_not_required
@catalogue_page
@needs_stands
def product_list(request: HtmxRequest, expo: Expo) -> HttpResponse:
    """The products of an edition, page by page, narrowed by what was asked for."""
    if elsewhere := without_gaps(request):
        return elsewhere
    form = ProductFilter(request.GET, expo=expo, now=timezone.now())
    page = Paginator(form.keys, PRODUCTS_PER_PAGE).get_page(request.GET.get("page"))
    cards = product_cards(expo, list(page), form.day)
    context = {"expo": expo, "page": page, "cards": cards.values()}
    return render_list(request, "stands/product_list.html", form, context, page.number)


def product_cards(
    expo: Expo, keys: Sequence[int], day: dt.date, *, beside: Product | None = None
) -> dict[int, SafeString]:
    """The cards of these products by key, those that are kept and those that are not.

    The product whose page they stand on is read together with them, photos and all.
    """
    whole = [] if beside is None else [beside]

    def read(keys: Sequence[int]) -> Iterable[Product]:
        products = Product.objects.filter(pk__in=keys).with_maker()
        rows = catalogue.shown_at(products, expo, day)
        catalogue.bring_offers([*whole, *rows], expo, day)
        return rows

    cards = kept_cards(expo, "stands/_product_card.html", "product", keys, read, day=day)
    if whole and not hasattr(beside, "offers_here"):
        catalogue.bring_its_offers(whole[0], expo)
    return cards


@require_safe
@login_not_required
@detail_page
def product_detail(request: HttpRequest, expo: Expo, slug: str) -> HttpResponse:
    """One product: where it is sold, who makes it, and what vouches for it."""
    day = today_at(expo)
    product = get_object_or_404(Product.objects.with_maker(), slug=slug)
    show_as_published(expo, [product])
    around = beside(product, expo, day, most=NEIGHBOURS)
    if around is None:
        raise Http404
    product.is_export_ready = around.is_export_ready
    cards = product_cards(expo, [*around.others, *around.alike], day, beside=product)
    if around.has_credentials:
        prefetch_related_objects([product], "credentials")
    offers = product.offers_here
    opening = opening_at(expo, timezone.now())
    return render(
        request,
        "stands/product_detail.html",
        {
            "expo": expo,
            "product": product,
            "photos": photos_of(product, has_more=around.has_photos),
            "offers": offers,
            "opening": opening,
            # How many are left changes with every sale, so it is not part of the page.
            "asks_what_is_left": opening.state == "open"
            and any(offer.stock is not None and not offer.is_sold_out for offer in offers),
            "contact": contact_about(product, stand=offers[0].stand if offers else None, expo=expo),
            "day": day,
            "credentials": [
                (credential, credential.is_valid_on(day))
                for credential in (product.credentials.all() if around.has_credentials else [])
            ],
            "export_rules": [rule for rule in EXPORT_RULES if rule.asks_of(product)],
            "others": [cards[key] for key in around.others if key in cards],
            "alike": [cards[key] for key in around.alike if key in cards],
        },
    )


@require_safe
@login_not_required
@never_cache
def product_left(request: HttpRequest, edition: str, slug: str) -> HttpResponse:
    """What is left of a product at each stand, as of now: the offers of its page."""
    expo = open_edition(edition)
    offers = list(Offer.objects.on_sale().at(expo).called(slug))
    # Nothing is said of what has no page here.
    product = offers[0].product if offers else _known_at(expo, slug)
    context = {"expo": expo, "product": product, "offers": offers, "knows_what_is_left": True}
    context["opening"] = opening_at(expo, timezone.now())
    return render(request, "stands/product_detail.html#offers", context)


def _known_at(expo: Expo, slug: str) -> Product:
    return get_object_or_404(catalogue.products_known_at(expo), slug=slug)


@require_safe
@login_not_required
@catalogue_page
@needs_stands
def pesantren_list(request: HtmxRequest, expo: Expo) -> HttpResponse:
    """The pesantren on the stands of an edition."""
    if elsewhere := without_gaps(request):
        return elsewhere
    form = PesantrenFilter(request.GET, expo=expo, now=timezone.now())
    page = Paginator(form.keys, PESANTREN_PER_PAGE).get_page(request.GET.get("page"))
    pesantren = catalogue.with_what_they_bring(catalogue.pesantren_at(expo), expo)
    shown = catalogue.with_counts_then(catalogue.in_order(pesantren, list(page)), expo)
    context = {"expo": expo, "page": page, "pesantren": shown}
    return render_list(request, "pesantren/pesantren_list.html", form, context, page.number)


@require_safe
@login_not_required
@detail_page
def pesantren_detail(request: HttpRequest, expo: Expo, slug: str) -> HttpResponse:
    """One pesantren: what it is, where it stands, what its people make."""
    pesantren = get_object_or_404(
        catalogue.pesantren_at(expo).prefetch_related("photos", "producers"), slug=slug
    )
    made = catalogue.with_offers_at(catalogue.products_of(pesantren, expo), expo)
    products = catalogue.shown_at(made, expo, today_at(expo))
    makers = pesantren.producers.all()
    return render(
        request,
        "pesantren/pesantren_detail.html",
        {
            "expo": expo,
            "pesantren": pesantren,
            "photos": list(pesantren.photos.all()),
            "stands": list(Stand.objects.at(expo).of_pesantren(pesantren)),
            "products": products,
            "makers": makers,
            "contacts": contacts_of(makers, expo),
            "opening": opening_at(expo, timezone.now()),
        },
    )


@require_safe
@login_not_required
@detail_page
def producer_detail(request: HttpRequest, expo: Expo, slug: str) -> HttpResponse:
    """One maker: who it is, what it makes, where that is sold."""
    producer = get_object_or_404(catalogue.producers_known_at(expo), slug=slug)
    made = catalogue.with_offers_at(catalogue.products_made_by(producer, expo), expo)
    products = catalogue.shown_at(made, expo, today_at(expo))
    stands = {offer.stand for product in products for offer in vars(product)["offers_here"]}
    return render(
        request,
        "pesantren/producer_detail.html",
        {
            "expo": expo,
            "producer": producer,
            "products": products,
            "stands": sorted(stands, key=lambda stand: (stand.zone.order, stand.code)),
            "contacts": contacts_of([producer], expo),
            "opening": opening_at(expo, timezone.now()),
        },
    )


def photos_of(product: Product, *, has_more: bool) -> list[Product | Photo]:
    """The product itself for its own photo, if it has one, then its further photos."""
    first: list[Product | Photo] = [product] if product.photo else []
    return [*first, *product.photos.all()] if has_more else first


def open_edition(slug: str) -> Expo:
    """The edition of that address with its days, or 404."""
    for expo in Expo.objects.filter(slug=slug).each_with_days():
        return expo
    raise Http404


def today_at(expo: Expo) -> dt.date:
    """The day as of which credentials count on the edition's pages."""
    return expo.reference_date(business_date(timezone.now()))


def render_list(
    request: HtmxRequest, template: str, form: Filter, context: dict[str, Any], page: int = 1
) -> HttpResponse:
    """The whole page, or what changes of it where htmx asks, under an address without gaps."""
    context |= {"form": form}
    if not wants_fragment(request):
        return render(request, template, context)
    response = render(request, f"{template}#answer", context)
    query = form.query_dict.copy()
    if page > 1:
        query["page"] = str(page)
    return push_url(response, f"{request.path}?{query.urlencode()}".rstrip("?"))
