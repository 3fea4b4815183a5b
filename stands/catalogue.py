"""What an edition shows: its products, its pesantren, and what a visitor can filter them by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    When,
    Window,
    prefetch_related_objects,
)
from django.db.models.functions import RowNumber

from pesantren.models import Category, Credential, Pesantren, Producer, Product
from stands.models import Offer, Stand

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from typing import TypedDict, TypeVar

    from django.db.models import Model
    from django_stubs_ext import WithAnnotations

    from pesantren.models import PesantrenQuerySet, ProductQuerySet
    from stands.models import Expo

    Row = TypeVar("Row", bound=Model)

    class Counted(TypedDict):
        product_count: int


def products_at(expo: Expo) -> ProductQuerySet:
    """Everything on sale at a stand of the edition."""
    offers = Offer.objects.on_sale().at(expo)
    return Product.objects.filter(pk__in=offers.values("product"))


def products_known_at(expo: Expo) -> ProductQuerySet:
    """Everything that has a page there: what is or was on sale, and what its pesantren make.

    A withdrawn product keeps the page that its printed code leads to. A draft that no stand had
    has none yet.
    """
    made_there = Q(producer__pesantren__in=pesantren_at(expo).values("pk"))
    return Product.objects.filter(
        Q(pk__in=Offer.objects.at(expo).values("product"))
        | (made_there & ~Q(state=Product.State.DRAFT))
    )


def products_of(pesantren: Pesantren, expo: Expo) -> ProductQuerySet:
    """All that the pesantren's people make, first what is on sale there.

    Without what was withdrawn, and without drafts that no stand sells.
    """
    return _what_there_is(Product.objects.of_pesantren(pesantren), expo)


def _what_there_is(products: ProductQuerySet, expo: Expo) -> ProductQuerySet:
    on_sale = Q(pk__in=products_at(expo).values("pk"))
    products = products.not_withdrawn().filter(on_sale | ~Q(state=Product.State.DRAFT))
    return products.order_by(Case(When(on_sale, then=0), default=1), "name", "pk")


def in_order(rows: QuerySet[Row], keys: Sequence[int]) -> list[Row]:
    """The rows of these keys, in that order."""
    found = {row.pk: row for row in rows.filter(pk__in=keys).order_by()}
    return [found[key] for key in keys if key in found]


def producers_known_at(expo: Expo) -> QuerySet[Producer]:
    """The makers that have a page there: of what is or was on sale, and of the pesantren there."""
    return Producer.objects.filter(
        Q(pk__in=Offer.objects.at(expo).values("product__producer"))
        | Q(pesantren__in=pesantren_at(expo).values("pk"))
    ).select_related("pesantren__regency")


def products_made_by(producer: Producer, expo: Expo) -> ProductQuerySet:
    """All that a maker makes, as products_of() has it of a pesantren."""
    return _what_there_is(Product.objects.of_producer(producer), expo)


def with_offers_at(products: ProductQuerySet, expo: Expo) -> ProductQuerySet:
    """With maker and, as `offers_here`, the offers at the edition from the lowest price up."""
    return products.with_maker().prefetch_related(_offers_here(expo))


def bring_offers(products: Sequence[Product], expo: Expo, day: dt.date) -> None:
    """The same for products at hand, with all credentials and those that count on `day`."""
    prefetch_related_objects(products, _offers_here(expo), "credentials")
    for product in products:
        credentials = product.credentials.all()
        product.valid_credentials = [one for one in credentials if one.is_valid_on(day)]


def _offers_here(expo: Expo) -> Prefetch[Any]:
    offers = (
        Offer.objects.on_sale()
        .at(expo)
        .select_related("stand__zone")
        .order_by("price_rupiah", "stand__code")
    )
    return Prefetch("offers", offers, to_attr="offers_here")


def with_valid_credentials(products: ProductQuerySet, day: dt.date) -> ProductQuerySet:
    """With the credentials that count on `day`, as `valid_credentials`."""
    return products.prefetch_related(  # type: ignore[no-redef]  # declared on the model
        Prefetch(
            "credentials",
            Credential.objects.valid_on(day),
            to_attr="valid_credentials",
        )
    )


def featured_at(expo: Expo, most: int) -> ProductQuerySet:
    """The best of each category in turn: curated before the rest, then what is sold abroad."""
    curated_first = Case(When(state=Product.State.CURATED, then=0), default=1)
    turn = Window(
        RowNumber(),
        partition_by=F("category"),
        order_by=[curated_first, F("export_markets").desc(), F("name").asc()],
    )
    # Chosen by number alone, since sorting ten thousand whole rows takes four times as long.
    best = products_at(expo).order_by(curated_first, turn, "category", "pk")
    chosen = Product.objects.filter(pk__in=best.values("pk")[:most])
    return with_offers_at(chosen, expo).order_by("category__order", "name")


def pesantren_at(expo: Expo) -> PesantrenQuerySet:
    """The pesantren on the edition's stands."""
    stands = Stand.pesantren.through.objects.filter(stand__expo=expo)
    return Pesantren.objects.filter(pk__in=stands.values("pesantren")).select_related("regency")


def with_what_they_bring(pesantren: PesantrenQuerySet, expo: Expo) -> PesantrenQuerySet:
    """With the number of their products and, as `stands_here`, their stands at the edition."""
    here = Q(producers__products__in=products_at(expo))
    return pesantren.annotate(
        product_count=Count("producers__products", filter=here, distinct=True)
    ).prefetch_related(Prefetch("stands", Stand.objects.at(expo), to_attr="stands_here"))


def categories_at(expo: Expo) -> QuerySet[WithAnnotations[Category, Counted]]:
    """The categories with something on sale, each with its `product_count`."""
    return Category.objects.filter(products__in=products_at(expo)).annotate(
        product_count=Count("products")
    )


def categories_with_something_at(expo: Expo) -> QuerySet[Category]:
    """The same uncounted, which takes no longer for a large catalogue than for a small one."""
    offers = Offer.objects.on_sale().at(expo).filter(product__category=OuterRef("pk"))
    return Category.objects.filter(Exists(offers))
