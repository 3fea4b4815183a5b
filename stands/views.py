"""The visitor's pages of an edition: stands, products, pesantren. Public, read only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url, replace_url

from pesantren.curation import EXPORT_RULES, answers, mark_export_ready, with_export_readiness
from pesantren.models import Product
from stands import catalogue
from stands.clock import business_date
from stands.filters import PesantrenFilter, ProductFilter, StandFilter
from stands.http import wants_fragment, without_gaps
from stands.models import Expo, Offer, Stand
from stands.search import search

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from stands.filters import Filter
    from stands.http import HtmxRequest

PRODUCTS_PER_PAGE = 24
OTHERS_OF_THE_MAKER = 6
OFFERS_ON_A_CARD = 3
# Of a longer text no more is read, nor kept in the address.
LETTERS_OF_A_SEARCH = 80

vary_on_htmx = vary_on_headers("HX-Request", "HX-History-Restore-Request")


@require_safe
@login_not_required
def edition_list(request: HttpRequest) -> HttpResponse:
    """All editions, the newest first."""
    return render(
        request,
        "stands/edition_list.html",
        {"editions": Expo.objects.with_span().with_stand_count()},
    )


@require_safe
@login_not_required
@vary_on_htmx
def search_all(request: HtmxRequest, edition: str) -> HttpResponse:
    """Everything of an edition that fits the words, kind by kind."""
    expo = open_edition(edition)
    typed = request.GET.get("q", "")[:LETTERS_OF_A_SEARCH]
    typed = "".join(letter for letter in typed if letter.isprintable())
    found = search(expo, typed) if typed.strip() else None
    context = {"expo": expo, "typed": typed, "found": found}
    if found is None or not found.count:
        context["categories"] = catalogue.categories_with_something_at(expo)
    if not wants_fragment(request):
        return render(request, "stands/search_all.html", context)
    response = render(request, "stands/search_all.html#results", context)
    query = f"?{urlencode({'q': typed})}" if typed else ""
    # In place of the address before: a step back leads off the page, not through every letter.
    return replace_url(response, f"{request.path}{query}")


@require_safe
@login_not_required
@vary_on_htmx
def stand_list(request: HtmxRequest, edition: str) -> HttpResponse:
    """The stands of an edition, zone by zone, narrowed by what was asked for."""
    if elsewhere := without_gaps(request):
        return elsewhere
    expo = open_edition(edition)
    form = StandFilter(request.GET, expo=expo, now=timezone.now())
    stands = form.narrow(Stand.objects.at(expo)).with_pesantren()
    stands = stands.with_first_offers(OFFERS_ON_A_CARD)
    return render_list(request, "stands/stand_list.html", form, {"expo": expo, "stands": stands})


@require_safe
@login_not_required
def stand_detail(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """One stand: who is there, and what they sell for how much."""
    expo = open_edition(edition)
    stands = Stand.objects.at(expo).with_pesantren().with_offers()
    stand = get_object_or_404(stands, code=code)
    mark_export_ready([offer.product for offer in stand.offers_here], today_at(expo))
    return render(request, "stands/stand_detail.html", {"expo": expo, "stand": stand})


@require_safe
@login_not_required
@vary_on_htmx
def product_list(request: HtmxRequest, edition: str) -> HttpResponse:
    """The products of an edition, page by page, narrowed by what was asked for."""
    if elsewhere := without_gaps(request):
        return elsewhere
    expo = open_edition(edition)
    form = ProductFilter(request.GET, expo=expo, now=timezone.now())
    page = Paginator(form.keys, PRODUCTS_PER_PAGE).get_page(request.GET.get("page"))
    products = catalogue.with_offers_at(Product.objects.all(), expo)
    products = catalogue.with_valid_credentials(products, form.day)
    products = with_export_readiness(products, form.day)
    shown = catalogue.in_order(products, list(page))
    context = {"expo": expo, "page": page, "products": shown}
    return render_list(request, "stands/product_list.html", form, context, page.number)


@require_safe
@login_not_required
def product_detail(request: HttpRequest, edition: str, slug: str) -> HttpResponse:
    """One product: where it is sold, who makes it, and what vouches for it."""
    expo = open_edition(edition)
    products = catalogue.products_known_at(expo).with_maker().prefetch_related("credentials")
    product = get_object_or_404(products, slug=slug)
    day = today_at(expo)
    others = catalogue.products_at(expo).of_producer(product.producer).other_than(product)
    others = catalogue.with_offers_at(others, expo)[:OTHERS_OF_THE_MAKER]
    mark_export_ready([product, *others], day)
    return render(
        request,
        "stands/product_detail.html",
        {
            "expo": expo,
            "product": product,
            "offers": Offer.objects.on_sale().at(expo).of_product(product),
            "day": day,
            "credentials": [
                (credential, credential.is_valid_on(day))
                for credential in product.credentials.all()
            ],
            "export_answers": answers([product], EXPORT_RULES, day)[product.pk],
            "others": others,
        },
    )


@require_safe
@login_not_required
@vary_on_htmx
def pesantren_list(request: HtmxRequest, edition: str) -> HttpResponse:
    """The pesantren on the stands of an edition."""
    if elsewhere := without_gaps(request):
        return elsewhere
    expo = open_edition(edition)
    form = PesantrenFilter(request.GET, expo=expo, now=timezone.now())
    pesantren = catalogue.with_what_they_bring(catalogue.pesantren_at(expo), expo)
    shown = catalogue.in_order(pesantren, form.keys)
    context = {"expo": expo, "pesantren": shown}
    return render_list(request, "pesantren/pesantren_list.html", form, context)


@require_safe
@login_not_required
def pesantren_detail(request: HttpRequest, edition: str, slug: str) -> HttpResponse:
    """One pesantren: what it is, where it stands, what its people make."""
    expo = open_edition(edition)
    pesantren = get_object_or_404(catalogue.pesantren_at(expo), slug=slug)
    products = catalogue.with_offers_at(catalogue.products_of(pesantren, expo), expo)
    products = with_export_readiness(products, today_at(expo))
    return render(
        request,
        "pesantren/pesantren_detail.html",
        {
            "expo": expo,
            "pesantren": pesantren,
            "stands": Stand.objects.at(expo).of_pesantren(pesantren),
            "products": products,
        },
    )


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
