"""What a stand looks like to its tablet: goods, what is left, people."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from sales.models import VoucherBatch
from sales.requests import canonical
from stands.clock import business_date

if TYPE_CHECKING:
    from sales.models import Till
    from stands.models import Stand


def till_info(till: Till) -> dict[str, Any]:
    """The till that the tablet sells at, and the number that it must go on from."""
    return {
        "prefix": till.prefix,
        "letter": till.letter,
        "name": till.name,
        "last": till.last_counter,
    }


def stand_state(till: Till) -> dict[str, Any]:
    """Everything that the till shows of its stand, in two queries.

    One more where the edition takes vouchers without a network.
    """
    stand, expo = till.stand, till.stand.expo
    offers = stand.offers.on_sale().in_till_order().select_related("product__producer")
    return {
        "stand": {
            "code": stand.code,
            "name": stand.name,
            "qris": stand.qris_image.url if stand.qris_image else None,
        },
        "expo": {
            "slug": expo.slug,
            "name": expo.name,
            "venue": expo.venue,
            "city": expo.city,
            "is_example": expo.is_example,
        },
        "cashiers": [
            {"id": cashier.pk, "name": cashier.name, "has_pin": bool(cashier.pin_hash)}
            for cashier in stand.cashiers.filter(is_active=True).order_by("name")
        ],
        "vouchers": vouchers_on_trust(stand),
        "offers": [
            {
                "id": offer.pk,
                "name": offer.product.name,
                "maker": offer.product.producer.name,
                "unit": offer.product.unit,
                "price_rupiah": offer.price_rupiah,
                "left": offer.stock,
                "photo": picture.small if (picture := offer.product.picture) else None,
                "order": offer.order,
            }
            for offer in offers
        ],
    }


def vouchers_on_trust(stand: Stand) -> dict[str, Any]:
    """How much in vouchers a till may take without asking, and what they may be worth."""
    rules = getattr(stand.expo, "voucher_rules", None)
    limit = rules.offline_limit_rupiah if rules else 0
    values: list[int] = []
    if limit:
        today = business_date(timezone.now())
        batches = VoucherBatch.objects.usable_at(stand, today)
        values = sorted(set(batches.values_list("value_rupiah", flat=True)))
    return {"offline_limit_rupiah": limit, "values": values}


def etag_of(state: dict[str, Any]) -> str:
    """Names a state: equal states have equal names."""
    return hashlib.sha256(canonical(state)).hexdigest()[:16]
