"""What a stand looks like to its tablet: goods, what is left, people."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from pesantren.models import Product
from sales.models import Cashier, VoucherBatch
from sales.prepared import Kept
from sales.requests import canonical
from stands.clock import business_date
from stands.models import Offer, Stand

if TYPE_CHECKING:
    from sales.models import Till

# Asked by each tablet every five seconds.
PLACE = Kept(
    lambda stand: Stand.objects.filter(pk=stand).values_list(
        "code",
        "name",
        "qris_image",
        "expo__slug",
        "expo__name",
        "expo__venue",
        "expo__city",
        "expo__is_example",
        "expo__voucher_rules__offline_limit_rupiah",
    )
)
CASHIERS = Kept(
    lambda stand: (
        Cashier.objects.filter(stand=stand, is_active=True)
        .order_by("name")
        .values_list("pk", "name", "pin_hash")
    )
)
OFFERS = Kept(
    lambda stand: (
        Offer.objects.filter(stand=stand)
        .on_sale()
        .in_till_order()
        .values_list(
            "pk",
            "product__name",
            "product__producer__name",
            "product__unit",
            "price_rupiah",
            "stock",
            "order",
            "product__photo",
            "product__photo_made_for",
            "product__photo_width",
        )
    )
)


def till_info(till: Till) -> dict[str, Any]:
    """The till that the tablet sells at, and the number that it must go on from."""
    return {
        "prefix": till.prefix,
        "letter": till.letter,
        "name": till.name,
        "last": till.last_counter,
    }


def stand_state(till: Till) -> dict[str, Any]:
    """Everything that the till shows of its stand, in three queries.

    One more where the edition takes vouchers without a network.
    """
    [place] = PLACE.rows(till.stand_id)
    code, name, qris, slug, expo, venue, city, is_example, limit = place
    return {
        "stand": {
            "code": code,
            "name": name,
            "qris": Stand(qris_image=qris).qris_image.url if qris else None,
        },
        "expo": {
            "slug": slug,
            "name": expo,
            "venue": venue,
            "city": city,
            "is_example": is_example,
        },
        "cashiers": [
            {"id": pk, "name": cashier, "has_pin": bool(pin_hash)}
            for pk, cashier, pin_hash in CASHIERS.rows(till.stand_id)
        ],
        "vouchers": vouchers_on_trust(till.stand, limit or 0),
        "offers": [
            {
                "id": pk,
                "name": product,
                "maker": maker,
                "unit": unit,
                "price_rupiah": price,
                "left": stock,
                "photo": _small(*photo) if photo[0] else None,
                "order": order,
            }
            for pk, product, maker, unit, price, stock, order, *photo in OFFERS.rows(till.stand_id)
        ],
    }


@lru_cache(maxsize=4096)
def _small(photo: str, made_for: str, width: int) -> str | None:
    picture = Product(photo=photo, photo_made_for=made_for, photo_width=width).picture
    return picture.small if picture else None


def vouchers_on_trust(stand: Stand, limit: int) -> dict[str, Any]:
    """How much in vouchers a till may take without asking, and what they may be worth."""
    values: list[int] = []
    if limit:
        today = business_date(timezone.now())
        batches = VoucherBatch.objects.usable_at(stand, today)
        values = sorted(set(batches.values_list("value_rupiah", flat=True)))
    return {"offline_limit_rupiah": limit, "values": values}


def etag_of(state: dict[str, Any]) -> str:
    """Names a state: equal states have equal names."""
    return hashlib.sha256(canonical(state)).hexdigest()[:16]
