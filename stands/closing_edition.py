"""Closing an edition: what it published of each product is kept, and from then on it is read only.

In one transaction, and for good: stands.closed_triggers then refuse every change of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from events.log import log_event
from events.models import Event
from pesantren.curation import EXPORT_RULES, answers
from pesantren.models import KeptPhoto, Pesantren, Product
from pesantren.renditions import OFFERED, keeps_own_size, rendition_name, slots
from stands import catalogue
from stands.clock import business_date
from stands.models import Expo, KeptProduct, Offer

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from django.contrib.auth.models import AbstractBaseUser

    from pesantren.curation import Answer
    from pesantren.models import Credential, Photo, Producer

    Content = dict[str, Any]

BATCH = 500


@transaction.atomic
def close_edition(expo: Expo, *, actor: AbstractBaseUser | None) -> bool:
    """Keep what the edition published, and close it; False where it is closed already."""
    _lock(expo)
    now = timezone.now()
    expo = Expo.objects.with_span().with_days().get(pk=expo.pk)
    if expo.is_closed:
        return False
    day = expo.reference_date(business_date(now))
    withdrawn = _withdraw_offers(expo)
    kept = _keep_products(expo, day)
    Expo.objects.filter(pk=expo.pk).update(closed_at=now)
    data = {"expo": expo.pk, "edition": expo.slug, "kept": kept, "withdrawn": withdrawn}
    log_event(Event.Kind.EDITION_CLOSED, expo.name, actor=actor, data=data)
    return True


def _lock(expo: Expo) -> None:
    """Let whoever else closes it, or changes anything of it, wait here or be waited for."""
    Expo.objects.select_for_update().get(pk=expo.pk)


def _withdraw_offers(expo: Expo) -> int:
    """Of products that are withdrawn, whose state counts no longer once the edition is closed."""
    of_withdrawn = Product.objects.in_state(Product.State.WITHDRAWN)
    offers = Offer.objects.at(expo).filter(withdrawn=False, product__in=of_withdrawn)
    return Offer.objects.filter(pk__in=list(offers.values_list("pk", flat=True))).update(
        withdrawn=True
    )


def _keep_products(expo: Expo, day: dt.date) -> int:
    """Keep everything that has a page at the edition; how many that are."""
    products = catalogue.products_known_at(expo).with_maker().order_by("pk")
    rows = list(products.prefetch_related("credentials", "photos"))
    offers: dict[int, list[Offer]] = {}
    for offer in Offer.objects.at(expo).select_related("stand").order_by("stand__code"):
        offers.setdefault(offer.product_id, []).append(offer)
    photos: set[str] = set()
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        judged = answers(some, EXPORT_RULES, day)
        kept = [
            KeptProduct(
                expo=expo,
                product=product,
                producer=product.producer,
                pesantren=product.producer.pesantren,
                content=content_of(
                    product, offers.get(product.pk, []), day=day, judged=judged[product.pk]
                ),
            )
            for product in some
        ]
        KeptProduct.objects.bulk_create(kept)
        for one in kept:
            pictures = [one.content["photo"], *one.content["photos"]]
            photos.update(picture["name"] for picture in pictures if picture)
    pesantren = Pesantren.objects.filter(pk__in=catalogue.pesantren_at(expo).values("pk"))
    photos.update(pesantren.exclude(photos=None).values_list("photos__photo", flat=True))
    KeptPhoto.objects.bulk_create(
        [KeptPhoto(name=name) for name in sorted(photos)], ignore_conflicts=True
    )
    return len(rows)


def content_of(
    product: Product, offers: Iterable[Offer], *, day: dt.date, judged: Sequence[Answer]
) -> Content:
    """All that pages say of a product, as of `day`; it needs its maker, credentials and photos."""
    category = product.category
    return {
        "as_of": day.isoformat(),
        **_columns(product, "slug name name_en description description_en pillar unit"),
        **_columns(product, "price_rupiah export_markets state sources example_fields"),
        "category": {"pk": category.pk, **_columns(category, "slug name name_en order")},
        "producer": _maker(product.producer),
        "pesantren": _pesantren(product.producer.pesantren),
        "offers": [
            {"stand": offer.stand.code, **_columns(offer, "price_rupiah withdrawn")}
            for offer in offers
        ],
        "credentials": [_credential(one, day) for one in product.credentials.all()],
        "export_rules": {answer.rule.key: answer.is_met for answer in judged},
        "is_export_ready": all(answer.is_met for answer in judged),
        "photo": _photo(product) if product.photo else None,
        "photo_is_drawn": product.photo_is_drawn,
        "photos": [_photo(one) for one in product.photos.all()],
    }


def _columns(row: object, names: str) -> Content:
    return {name: getattr(row, name) for name in names.split()}


def _maker(producer: Producer) -> Content:
    return {
        "pk": producer.pk,
        **_columns(producer, "slug name kind about about_en sources example_fields"),
    }


def _pesantren(pesantren: Pesantren | None) -> Content | None:
    if pesantren is None:
        return None
    regency = pesantren.regency
    return {
        "pk": pesantren.pk,
        **_columns(pesantren, "slug name about about_en example_fields"),
        "regency": {"pk": regency.pk, **_columns(regency, "code kind name")} if regency else None,
    }


def _credential(credential: Credential, day: dt.date) -> Content:
    return {
        **_columns(credential, "scheme number sources example_fields"),
        "issued": credential.issued and credential.issued.isoformat(),
        "expires": credential.expires and credential.expires.isoformat(),
        "is_valid": credential.is_valid_on(day),
    }


def _photo(row: Product | Photo) -> Content:
    """A photo by the names of its files: the photo's own, and what pages offer of it."""
    name = row.photo.name
    made = []
    if row.photo_made_for == name and row.photo_width:
        for slot, width in slots(row.photo_width):
            for ending in OFFERED:
                is_itself = width == row.photo_width and keeps_own_size(name, row.photo_width)
                if not (ending == "webp" and is_itself):
                    made.append(rendition_name(name, slot, ending))
    return {
        "name": name,
        "renditions": made,
        **_columns(row, "photo_alt photo_alt_en photo_made_for photo_width photo_height"),
    }
