"""What an edition shows: its products, its pesantren, and what a visitor can filter them by."""

from __future__ import annotations

from collections import Counter
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
    Value,
    When,
    Window,
    prefetch_related_objects,
)
from django.db.models.functions import RowNumber

from pesantren.curation import with_export_readiness
from pesantren.models import Category, Credential, Pesantren, Producer, Product
from stands.models import KeptProduct, Offer, Stand
from stands.published import on_sale_at, show_as_published

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence
    from typing import TypedDict, TypeVar

    from django.db.models import Model
    from django_stubs_ext import WithAnnotations

    from pesantren.models import ProductQuerySet
    from stands.models import Expo, OfferQuerySet

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
    has none yet. A closed edition knows what it knew when it was closed.
    """
    if expo.is_closed:
        return Product.objects.filter(kept__expo=expo)
    made_there = Q(producer__pesantren__in=pesantren_at(expo).values("pk"))
    return Product.objects.filter(
        Q(pk__in=Offer.objects.at(expo).values("product"))
        | (made_there & ~Q(state=Product.State.DRAFT))
    )


def products_of(pesantren: Pesantren, expo: Expo) -> ProductQuerySet:
    """All that the pesantren's people make, first what is on sale there.

    Without what was withdrawn, and without drafts that no stand sells.
    """
    if expo.is_closed:
        return _what_there_was(expo, Q(pesantren=pesantren))
    return _what_there_is(Product.objects.of_pesantren(pesantren), expo)


def _what_there_was(expo: Expo, asked: Q) -> ProductQuerySet:
    """The same at a closed edition, in no order: shown_at() puts it in the one it had."""
    kept = KeptProduct.objects.filter(asked, expo=expo)
    kept = kept.exclude(content__state=Product.State.WITHDRAWN)
    return Product.objects.filter(pk__in=kept.values("product"))


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
    made = Q(pk__in=Offer.objects.at(expo).values("product__producer"))
    if expo.is_closed:
        made = Q(pk__in=KeptProduct.objects.filter(expo=expo).values("producer"))
    return Producer.objects.filter(
        made | Q(pesantren__in=pesantren_at(expo).values("pk"))
    ).select_related("pesantren__regency")


def products_made_by(producer: Producer, expo: Expo) -> ProductQuerySet:
    """All that a maker makes, as products_of() has it of a pesantren."""
    if expo.is_closed:
        return _what_there_was(expo, Q(producer=producer))
    return _what_there_is(Product.objects.of_producer(producer), expo)


def shown_at(products: ProductQuerySet, expo: Expo, day: dt.date) -> list[Product]:
    """The rows with `is_export_ready`; of a closed edition as it published them.

    They come with their maker. Of a closed edition what is on sale comes first, then by the name
    that each had; `offers_here` says which is.
    """
    if not expo.is_closed:
        return list(with_export_readiness(products, day))
    rows = list(products)
    show_as_published(expo, rows)
    return sorted(rows, key=lambda row: (not vars(row).get("offers_here"), row.name, row.pk))


def with_offers_at(products: ProductQuerySet, expo: Expo) -> ProductQuerySet:
    """With maker and, as `offers_here`, the offers at the edition from the lowest price up."""
    return products.with_maker().prefetch_related(_offers_here(expo))


def bring_offers(products: Sequence[Product], expo: Expo, day: dt.date) -> None:
    """The same for products at hand, with all credentials and those that count on `day`."""
    prefetch_related_objects(products, _offers_here(expo), "credentials")
    for product in products:
        credentials = product.credentials.all()
        product.valid_credentials = [one for one in credentials if one.is_valid_on(day)]


def bring_its_offers(product: Product, expo: Expo) -> None:
    """The same for one alone and without credentials: a prefetch costs one as much as a query."""
    product.offers_here = list(_offers_at(expo).filter(product=product))


def _offers_at(expo: Expo) -> OfferQuerySet:
    """From the lowest price up."""
    offers = Offer.objects.on_sale().at(expo).select_related("stand__zone")
    return offers.order_by("price_rupiah", "stand__code")


def _offers_here(expo: Expo) -> Prefetch[Any]:
    return Prefetch("offers", _offers_at(expo), to_attr="offers_here")


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
    if expo.is_closed:
        chosen = Product.objects.filter(pk__in=_featured_then(expo)[:most])
        return with_offers_at(chosen, expo).order_by("category__order", "name")
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


def _featured_then(expo: Expo) -> list[int]:
    """The same order as the database makes for an edition that is not closed."""

    def rank(said: dict[str, Any]) -> tuple[bool, bool, str]:
        is_curated = said["state"] == Product.State.CURATED
        return not is_curated, not said["export_markets"], said["name"]

    contents = on_sale_at(expo)
    turns: Counter[int] = Counter()
    order = []
    for key in sorted(contents, key=lambda key: (rank(contents[key]), key)):
        category = contents[key]["category"]["pk"]
        turns[category] += 1
        order.append((rank(contents[key])[0], turns[category], category, key))
    return [key for *_order, key in sorted(order)]


def pesantren_at(expo: Expo) -> QuerySet[Pesantren]:
    """The pesantren on the edition's stands."""
    stands = Stand.pesantren.through.objects.filter(stand__expo=expo)
    return Pesantren.objects.filter(pk__in=stands.values("pesantren")).select_related("regency")


def with_what_they_bring(pesantren: QuerySet[Pesantren], expo: Expo) -> QuerySet[Pesantren]:
    """With the number of their products and, as `stands_here`, their stands at the edition."""
    here = Q(producers__products__in=products_at(expo))
    return pesantren.annotate(
        product_count=Count("producers__products", filter=here, distinct=True)
    ).prefetch_related(Prefetch("stands", Stand.objects.at(expo), to_attr="stands_here"))


def with_counts_then(pesantren: Iterable[Pesantren], expo: Expo) -> list[Pesantren]:
    """The rows of with_what_they_bring(), at a closed edition with as many products as it had."""
    rows = list(pesantren)
    if expo.is_closed:
        made = Counter(
            said["pesantren"]["pk"] for said in on_sale_at(expo).values() if said["pesantren"]
        )
        for row in rows:
            vars(row)["product_count"] = made[row.pk]
    return rows


def categories_at(expo: Expo) -> list[WithAnnotations[Category, Counted]]:
    """The categories with something on sale, each with its `product_count`."""
    if not expo.is_closed:
        found = Category.objects.filter(products__in=products_at(expo))
        return list(found.annotate(product_count=Count("products")))
    counts = Counter(said["category"]["pk"] for said in on_sale_at(expo).values())
    there = Category.objects.filter(pk__in=counts).annotate(product_count=Value(0))
    rows = list(there)
    for row in rows:
        row.product_count = counts[row.pk]
    return rows


def categories_with_something_at(expo: Expo) -> QuerySet[Category]:
    """The same uncounted, which takes no longer for a large catalogue than for a small one."""
    if expo.is_closed:
        there = {said["category"]["pk"] for said in on_sale_at(expo).values()}
        return Category.objects.filter(pk__in=there)
    offers = Offer.objects.on_sale().at(expo).filter(product__category=OuterRef("pk"))
    return Category.objects.filter(Exists(offers))
