"""What a closed edition published of its products, put over the rows as they are by now.

A product that was renamed, repriced, withdrawn or moved to another maker since, or lost its
credential, still stands on the edition's pages as it stood there when the edition was closed.
Offers need none of this: they belong to the edition and cannot change any more.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, TypeVar

from pesantren.models import (
    Category,
    Credential,
    Pesantren,
    Photo,
    Producer,
    Product,
    Regency,
    in_reader_language,
)
from stands.models import KeptProduct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model, QuerySet

    from stands.models import Expo, Stand

    Content = dict[str, Any]
    Row = TypeVar("Row", bound=Model)

# Columns of a product, and of a row with a photo, that are kept by their own names.
PLAIN = (
    "slug",
    "name",
    "name_en",
    "description",
    "description_en",
    "pillar",
    "unit",
    "price_rupiah",
    "export_markets",
    "state",
    "sources",
    "example_fields",
    "photo_is_drawn",
)
# Where an edition, of which each page has a copy of its own, holds what was read.
MEMO = "_published_contents"
PHOTO = ("photo_alt", "photo_alt_en", "photo_made_for", "photo_width", "photo_height")


def contents_at(expo: Expo) -> dict[int, Content]:
    """What is kept of every product of a closed edition, by key; read once for a page."""
    known = vars(expo)
    if MEMO not in known:
        known[MEMO] = _read(expo, KeptProduct.objects.all())
    contents: dict[int, Content] = known[MEMO]
    return contents


def _read(expo: Expo, kept: QuerySet[KeptProduct]) -> dict[int, Content]:
    rows = kept.filter(expo=expo).order_by("product")
    return dict(rows.values_list("product", "content"))


def on_sale_at(expo: Expo) -> dict[int, Content]:
    """Those that a stand of the closed edition sold, by the name that the reader sees."""
    contents = contents_at(expo)
    there = sorted(
        (in_reader_language(said["name"], said["name_en"]), key)
        for key, said in contents.items()
        if any(not offer["withdrawn"] for offer in said["offers"])
    )
    return {key: contents[key] for _name, key in there}


def show_as_published(expo: Expo, products: Iterable[Product]) -> None:
    """Let rows say what the edition published of them; nothing to do at one that is not closed.

    They have then `is_export_ready`, their credentials and photos, `valid_credentials` and the
    maker. By one query, however many they are.
    """
    rows = list(products)
    if not expo.is_closed or not rows:
        return
    contents: dict[int, Content] | None = vars(expo).get(MEMO)
    if contents is None:
        contents = _read(expo, KeptProduct.objects.filter(product__in={row.pk for row in rows}))
    for row in rows:
        content = contents.get(row.pk)
        if content is not None:
            put_over(row, content)


def show_goods_as_published(expo: Expo, stands: Iterable[Stand]) -> None:
    """The same for what stands sell, which has its order by the names that it had.

    They come with_offers(): with all, since which are the first is known only then.
    """
    rows = list(stands)
    if not expo.is_closed:
        return
    show_as_published(expo, [offer.product for row in rows for offer in row.offers_here])
    for row in rows:
        row.offers_here.sort(key=lambda offer: (offer.order, offer.product.name, offer.pk))


def put_over(product: Product, content: Content) -> None:
    """Put what was published over the row of a product."""
    for name in PLAIN:
        setattr(product, name, content[name])
    product.category = Category(**_with_pk(content["category"]))
    product.producer = _producer(product, content)
    _put_photo(product, content["photo"])
    credentials = [_credential(product, one) for one in content["credentials"]]
    shown = vars(product)
    shown["is_export_ready"] = content["is_export_ready"]
    shown["valid_credentials"] = [
        one
        for one, said in zip(credentials, content["credentials"], strict=True)
        if said["is_valid"]
    ]
    photos = [_put_photo(Photo(product=product), one) for one in content["photos"]]
    shown["_prefetched_objects_cache"] = shown.get("_prefetched_objects_cache", {}) | {
        "credentials": _as_read(Credential, credentials),
        "photos": _as_read(Photo, photos),
    }


def _producer(product: Product, content: Content) -> Producer:
    """The maker as it was; how it can be written to is what it allows today."""
    said = content["producer"]
    producer = Producer(**_with_pk(said))
    now = product.producer
    if now.pk == producer.pk:
        producer.whatsapp, producer.whatsapp_allowed = now.whatsapp, now.whatsapp_allowed
    producer.pesantren = pesantren_of(content)
    return producer


def pesantren_of(content: Content) -> Pesantren | None:
    """The pesantren of the maker as it was."""
    said = content["pesantren"]
    if said is None:
        return None
    regency = said["regency"]
    names = {name: value for name, value in said.items() if name != "regency"}
    return Pesantren(**_with_pk(names), regency=Regency(**_with_pk(regency)) if regency else None)


def _credential(product: Product, said: Content) -> Credential:
    values = {name: value for name, value in said.items() if name != "is_valid"}
    for name in ("issued", "expires"):
        values[name] = values[name] and dt.date.fromisoformat(values[name])
    return Credential(product=product, **values)


def _put_photo(row: Any, said: Content | None) -> Any:
    row.photo = said["name"] if said else ""
    for name in PHOTO if said else ():
        setattr(row, name, said[name])  # type: ignore[index]  # there is one, then
    return row


def _with_pk(values: Content) -> Content:
    return {("id" if name == "pk" else name): value for name, value in values.items()}


def _as_read(model: type[Row], rows: list[Row]) -> Any:
    """Rows as a prefetch leaves them: `all()` gives them without a query."""
    read = model._default_manager.none()
    read._result_cache = rows
    read._prefetch_done = True  # type: ignore[attr-defined]  # as Django's own prefetch sets it
    return read
