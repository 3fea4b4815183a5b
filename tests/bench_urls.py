"""The portal's addresses, and beside them two views of the same frame that do nothing."""

from __future__ import annotations

import inspect
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest import mock

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.template import Context, Template
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone

from opop_expo.urls import urlpatterns as portal
from pesantren.curation import with_export_readiness
from pesantren.models import Product
from stands import catalogue, views
from stands.clock import business_date
from stands.models import Expo, Stand
from stands.shelf import beside
from stands.views import NEIGHBOURS, OFFERS_ON_A_CARD, PRODUCTS_PER_PAGE

SLUG = "produk-7"

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.http import HttpRequest


class CountQueriesMiddleware:
    """Say in a header how many statements a request sent to the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = 0

        def count(execute: Callable[..., object], *arguments: object) -> object:
            nonlocal sent
            sent += 1
            return execute(*arguments)

        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response["X-Queries"] = str(sent)
        server = connection.connection
        response["X-Backend"] = str(server.info.backend_pid if server else 0)
        return response


@login_not_required
def nothing(request: HttpRequest) -> HttpResponse:
    """Answer a constant to anybody."""
    return HttpResponse("nothing")


def nothing_for_keepers(request: HttpRequest) -> HttpResponse:
    """Answer a constant to somebody who has logged in."""
    return HttpResponse("nothing")


@login_not_required
def constant(request: HttpRequest, size: int) -> HttpResponse:
    """Answer so many bytes that are always the same."""
    return HttpResponse(_filled(size))


@cache
def _filled(size: int) -> bytes:
    return b"x" * size


@login_not_required
def bare(request: HttpRequest, page: str) -> HttpResponse:
    """The cards of a page by one query and a template; what else they show is at hand.

    Of a product also the rest of its page, by the template of that and from rows at hand.
    """
    expo, at_hand = _at_hand(page)
    rows: Iterable[Any] = (
        Stand.objects.at(expo) if page == "stands" else Product.objects.with_maker()
    ).filter(pk__in=at_hand)
    shown = {row.pk: row for row in rows}
    for key, row in shown.items():
        vars(row).update(at_hand[key])
    if page == "product":
        card = "stands/_product_card.html"
        cards = [render_to_string(card, {"expo": expo, "product": shown[key]}) for key in at_hand]
        around = {"others": cards[:NEIGHBOURS], "alike": cards[NEIGHBOURS:]}
        return render(request, "stands/product_detail.html", _around_cards(request) | around)
    name = "stand" if page == "stands" else "product"
    context = {"rows": [(name, shown[key]) for key in at_hand], "expo": expo}
    return HttpResponse(CARDS.render(Context(context)))


_context: dict[str, Any] = {}


def _around_cards(request: HttpRequest) -> dict[str, Any]:
    """What the page of a product shows beside its cards, read once."""
    if not _context:
        expo, _rows = _at_hand("product")
        with mock.patch.object(views, "render") as caught:
            inspect.unwrap(views.product_detail)(request, expo, SLUG)
        _context.update(caught.call_args.args[2])
    return _context


CARDS = Template("""<!doctype html><title>Kartu</title><ul>
{% for card, row in rows %}
  {% if card == "stand" %}
    <li>{% include "stands/_stand_card.html" with stand=row %}</li>
  {% else %}
    <li>{% include "stands/_product_card.html" with product=row %}</li>
  {% endif %}
{% endfor %}</ul>""")
# What a card shows beside its own row and maker.
AROUND = [
    *("offers_here", "more_offers", "valid_credentials", "is_export_ready"),
    "_prefetched_objects_cache",
]


@cache
def _at_hand(page: str) -> tuple[Expo, dict[int, dict[str, Any]]]:
    """The edition, and of each row that the page shows what is around it."""
    expo = Expo.objects.with_span().get(slug="2026-banyak")
    day = expo.reference_date(business_date(timezone.now()))
    rows: Iterable[Stand | Product]
    if page == "stands":
        rows = Stand.objects.at(expo).with_pesantren().with_first_offers(OFFERS_ON_A_CARD)
    elif page == "products":
        products = catalogue.with_offers_at(catalogue.products_at(expo).by_name(), expo)
        products = catalogue.with_valid_credentials(products, day)
        rows = with_export_readiness(products, day)[:PRODUCTS_PER_PAGE]
    else:
        product = Product.objects.with_maker().get(slug=SLUG)
        around = beside(product, expo, day, most=NEIGHBOURS)
        assert around is not None
        products = Product.objects.filter(pk__in=[*around.others, *around.alike])
        products = catalogue.with_valid_credentials(catalogue.with_offers_at(products, expo), day)
        rows = with_export_readiness(products, day)
    return expo, {
        row.pk: {name: vars(row)[name] for name in AROUND if name in vars(row)} for row in rows
    }


urlpatterns = [
    path("tetap/", nothing),
    path("tetap-masuk/", nothing_for_keepers),
    *portal,
    # Last, so that finding them takes as long as finding the pages that they stand beside.
    path("tetap/<int:size>/", constant),
    path("kartu/<slug:page>/", bare),
]
