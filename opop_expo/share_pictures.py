"""The pictures beside shared links: which there are, what is on them, and where they are kept.

An address holds a hash of what is on the picture, so it may be kept for ever, and a price that
changes gives another address. A picture is drawn when it is first asked for, or ahead by
`manage.py make_share_pictures`, and lies beside the photos, where all web nodes find it. Of each
thing one picture a language is kept: a newer one takes the place of the one before.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opop_expo.share_drawing import draw_share_picture
from opop_expo.templatetags.pages import date_span, is_example
from pesantren.money import rupiah
from stands import catalogue
from stands.clock import business_date
from stands.models import Expo, Offer, Stand
from stands.published import show_as_published, show_goods_as_published

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pesantren.models import Pesantren, Producer, Product, ProductQuerySet

# Raise it when the drawing changes: every picture then has another address.
SERIES = 2
FOLDER = "share"
# One at a time in a process: each takes a processor 0,3 s. Who waits longer is told to come again.
DRAWING = threading.Semaphore(1)
PATIENCE_SECONDS = 4


class BusyError(Exception):
    """Too many pictures are being drawn; ask again in a moment."""


@dataclass(frozen=True)
class Scene:
    """What is to be seen of a product: the name of its photo's file, else what is drawn of it."""

    photo: str
    name: str
    category: str


@dataclass(frozen=True)
class SharePicture:
    """All that is on one picture, in the reader's language."""

    expo: str
    kind: str
    key: str
    language: str
    edition: str
    title: str
    below: str = ""
    code: str = ""
    price: str = ""
    unit: str = ""
    note: str = ""
    scenes: tuple[Scene, ...] = ()
    series: int = SERIES

    @property
    def digest(self) -> str:
        """Names what is on it."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:16]

    @property
    def path(self) -> str:
        """Its address on the portal."""
        return reverse("share_picture", args=[self.expo, self.kind, self.key, self.digest])

    @property
    def alt(self) -> str:
        """What it says, for those who do not see it."""
        parts = [self.title, self.below, self.price, self.code, self.edition]
        return ", ".join(part for part in parts if part)


# --- which there are ------------------------------------------------------------------------------


def of_edition(expo: Expo) -> SharePicture:
    """Of the edition as a whole: name, days, hall."""
    when = date_span(expo.first_date, expo.last_date)
    return _picture(
        expo,
        "edisi",
        expo.slug,
        edition=_("Pameran produk pesantren"),
        title=expo.name,
        below=" · ".join(filter(None, [when, f"{expo.venue}, {expo.city}"])),
        note=_("Edisi ini memuat data contoh.") if expo.is_example else "",
    )


def of_stand(expo: Expo, stand: Stand) -> SharePicture:
    """Of a stand with `offers_here`: who is there, and up to four things that it sells."""
    there = ", ".join(one.name for one in stand.pesantren.all() if one.name != stand.name)
    sold = [offer.product for offer in stand.offers_here]
    return _picture(
        expo,
        "stan",
        stand.code,
        title=stand.name,
        below=there or stand.get_kind_display(),
        code=stand.code,
        note=", ".join(product.name_text for product in sold[:3]),
        scenes=tuple(_scene(product) for product in sold[:4]),
    )


def of_product(expo: Expo, product: Product, offers: Sequence[Offer]) -> SharePicture:
    """Of a product with its offers from the lowest price up, and its maker."""
    maker = product.producer
    below = maker.name
    if maker.pesantren and maker.pesantren.name not in maker.name:
        below = f"{maker.name}, {maker.pesantren.name}"
    first = offers[0] if offers else None
    price = ""
    notes = []
    if first is not None:
        price = rupiah(first.price_rupiah)
        if first.price_rupiah != offers[-1].price_rupiah:
            notes.append(_("harga terendah"))
        if is_example(first, "price_rupiah"):
            price = f"{price}*"
            notes.append(_("*contoh, bukan catatan resmi"))
    return _picture(
        expo,
        "produk",
        product.slug,
        title=product.name_text,
        below=below,
        code=first.stand.code if first else "",
        price=price,
        unit=f"/ {product.unit_text}" if price else "",
        note=" · ".join(notes),
        scenes=(_scene(product),),
    )


def of_pesantren(expo: Expo, pesantren: Pesantren, stands: Sequence[Stand]) -> SharePicture:
    """Of a pesantren: where it is from and where it stands."""
    return _picture(
        expo,
        "pesantren",
        pesantren.slug,
        title=pesantren.name,
        below=str(pesantren.regency or ""),
        code=stands[0].code if stands else "",
        note=", ".join(stand.name for stand in stands[:2] if stand.name != pesantren.name),
    )


def of_producer(
    expo: Expo, producer: Producer, products: Sequence[Product], stands: Sequence[Stand]
) -> SharePicture:
    """Of a maker: up to four things that it makes."""
    home = producer.pesantren.name if producer.pesantren else producer.get_kind_display()
    return _picture(
        expo,
        "pelaku",
        producer.slug,
        title=producer.name,
        below=home if home != producer.name else "",
        code=stands[0].code if stands else "",
        note=", ".join(product.name_text for product in products[:3]),
        scenes=tuple(_scene(product) for product in products[:4]),
    )


def _picture(expo: Expo, kind: str, key: str, *, edition: str = "", **what: object) -> SharePicture:
    return SharePicture(
        expo.slug,
        kind,
        key,
        get_language() or "id",
        edition or f"{expo.name} · {expo.city}",
        **what,  # type: ignore[arg-type]  # each by its name above
    )


def _scene(product: Product) -> Scene:
    photo = "" if product.photo_is_drawn else product.photo.name or ""
    return Scene(photo, product.name, product.category.slug)


# --- finding and keeping --------------------------------------------------------------------------


def find(expo: Expo, kind: str, key: str) -> SharePicture | None:
    """The picture of one thing as it is now; None where there is no such thing."""
    if kind == "edisi":
        return of_edition(expo) if key == expo.slug else None
    if kind == "stan":
        stand = Stand.objects.at(expo).with_pesantren().with_offers().filter(code=key).first()
        show_goods_as_published(expo, [stand] if stand else [])
        return of_stand(expo, stand) if stand else None
    if kind == "produk":
        products = catalogue.products_known_at(expo).with_maker()
        product = products.filter(slug=key).first()
        if product is None:
            return None
        show_as_published(expo, [product])
        offers = Offer.objects.on_sale().at(expo).of_product(product)
        return of_product(expo, product, list(offers))
    if kind == "pesantren":
        pesantren = catalogue.pesantren_at(expo).filter(slug=key).first()
        if pesantren is None:
            return None
        stands = Stand.objects.at(expo).of_pesantren(pesantren)
        return of_pesantren(expo, pesantren, list(stands))
    if kind == "pelaku":
        producer = catalogue.producers_known_at(expo).filter(slug=key).first()
        if producer is None:
            return None
        rows = catalogue.with_offers_at(catalogue.products_made_by(producer, expo), expo)
        made = _as_shown(rows, expo)
        return of_producer(expo, producer, made, stands_of(made))
    return None


def _as_shown(products: ProductQuerySet, expo: Expo) -> list[Product]:
    """In the order of the pages, of a closed edition as it published them."""
    if expo.is_closed:
        return catalogue.shown_at(products, expo, business_date(timezone.now()))
    return list(products)


def stands_of(products: Iterable[Product]) -> list[Stand]:
    """Where products with `offers_here` are sold, zone by zone."""
    stands = {offer.stand for product in products for offer in vars(product)["offers_here"]}
    return sorted(stands, key=lambda stand: (stand.zone.order, stand.code))


def all_of(expo: Expo) -> Iterator[SharePicture]:
    """Every picture of an edition, in the language that is active."""
    yield of_edition(expo)
    for stand in Stand.objects.at(expo).with_pesantren().with_offers():
        show_goods_as_published(expo, [stand])
        yield of_stand(expo, stand)
    for product in _as_shown(catalogue.with_offers_at(catalogue.products_at(expo), expo), expo):
        yield of_product(expo, product, vars(product)["offers_here"])
    for pesantren in catalogue.with_what_they_bring(catalogue.pesantren_at(expo), expo):
        yield of_pesantren(expo, pesantren, vars(pesantren)["stands_here"])


def is_kept(picture: SharePicture) -> bool:
    """Whether it has been drawn."""
    return default_storage.exists(_file(picture))


def jpeg_of(picture: SharePicture) -> bytes:
    """The picture, from what is kept or drawn now. Raises BusyError."""
    kept = _kept(picture)
    if kept is not None:
        return kept
    if not DRAWING.acquire(timeout=PATIENCE_SECONDS):
        raise BusyError
    try:
        # Whoever drew before may have drawn this one.
        return _kept(picture) or _draw_and_keep(picture)
    finally:
        DRAWING.release()


def _kept(picture: SharePicture) -> bytes | None:
    try:
        with default_storage.open(_file(picture)) as file:
            content: bytes = file.read()
            return content
    except OSError:
        return None


def _draw_and_keep(picture: SharePicture) -> bytes:
    jpeg = draw_share_picture(picture, _read)
    folder, name = _folder(picture), _file(picture)
    # Another node may have kept the same bytes meanwhile; the storage then names ours otherwise,
    # and they go with the next picture of this thing.
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(jpeg))
    for old in default_storage.listdir(folder)[1]:
        if old.startswith(f"{picture.language}-") and f"{folder}/{old}" != name:
            default_storage.delete(f"{folder}/{old}")
    return jpeg


def _read(name: str) -> bytes:
    with default_storage.open(name) as file:
        content: bytes = file.read()
        return content


def _folder(picture: SharePicture) -> str:
    return f"{FOLDER}/{picture.expo}/{picture.kind}-{picture.key}"


def _file(picture: SharePicture) -> str:
    return f"{_folder(picture)}/{picture.language}-{picture.digest}.jpg"
