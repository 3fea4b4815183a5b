"""Copying a hall: zones, stands in their places, the plan, and what is offered, to another edition.

Of the edition it comes from nothing is written, and nothing that was sold is copied.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models

if TYPE_CHECKING:
    from stands.models import Expo, Offer, PlanFeature, Stand, Zone

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class HallParts:
    """What of a hall is copied. Zones come along with whatever lies in them."""

    # With their places and their pesantren.
    stands: bool = True
    # All of the plan that is no stand.
    plan: bool = True
    # Price and place on the till; of stands that are copied.
    offers: bool = True
    # What was left of each; else the stock is not counted until somebody enters it.
    stock: bool = False
    # Also what was taken off sale.
    withdrawn: bool = False
    # The code that buyers pay into: whose it is has to be looked at anew for each edition.
    qris: bool = False


def copy_hall(source: Expo, target: Expo, parts: HallParts) -> Counter[str]:
    """Copy these parts to an edition that has none of them yet; how many rows of each were made.

    Within the caller's transaction.
    """
    made: Counter[str] = Counter()
    zones: dict[int, Zone] = {}
    if parts.stands or parts.plan:
        zones = {zone.pk: copied(zone, expo_id=target.pk) for zone in source.zones.all()}
        made["zones"] = len(zones)
    if parts.plan:
        for feature in source.plan_features.all():
            _copy_feature(feature, target, zones)
            made["plan_features"] += 1
    if parts.stands:
        for stand in source.stands.prefetch_related("pesantren", "offers__product"):
            copy = _copy_stand(stand, target, zones, parts)
            made["stands"] += 1
            if parts.offers:
                offers = [one for one in stand.offers.all() if _is_wanted(one, parts)]
                for offer in offers:
                    copied(offer, stand_id=copy.pk, stock=_stock(offer) if parts.stock else None)
                made["offers"] += len(offers)
    return made


def _copy_feature(feature: PlanFeature, target: Expo, zones: dict[int, Zone]) -> PlanFeature:
    zone = zones[feature.zone_id].pk if feature.zone_id else None
    return copied(feature, expo_id=target.pk, zone_id=zone)


def _copy_stand(stand: Stand, target: Expo, zones: dict[int, Zone], parts: HallParts) -> Stand:
    changes: dict[str, Any] = {"expo_id": target.pk, "zone_id": zones[stand.zone_id].pk}
    if not parts.qris:
        changes["qris_image"] = ""
    copy = copied(stand, **changes)
    copy.pesantren.set(stand.pesantren.all())
    return copy


def _stock(offer: Offer) -> int | None:
    """What was left. More sold than was known to be there leaves nothing."""
    return None if offer.stock is None else max(offer.stock, 0)


def _is_wanted(offer: Offer, parts: HallParts) -> bool:
    return parts.withdrawn or not offer.is_withdrawn


def copied(row: M, **changes: Any) -> M:
    """A new row with the same content, but for what changes."""
    fields = (one for one in row._meta.concrete_fields if not one.primary_key)
    content = {one.attname: getattr(row, one.attname) for one in fields}
    return type(row)._default_manager.create(**content | changes)
