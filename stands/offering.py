"""Changes of an offer by a person: each that matters to a till is logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from events.log import log_event
from events.models import Event
from stands.models import Offer
from stands.stock import set_stock

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.contrib.auth.models import AbstractBaseUser


@transaction.atomic
def change_offer(
    offer: Offer,
    *,
    fields: Collection[str],
    seen_stock: int | None,
    actor: AbstractBaseUser | None,
) -> bool:
    """Save the named fields of an offer and nothing else; its stock moves as `set_stock` does.

    Answers whether the stock could be changed as wanted.
    """
    before = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    # An empty list saves nothing, so the stock as it was seen is never written.
    offer.save(update_fields=[name for name in fields if name != "stock"])
    if before.price_rupiah != offer.price_rupiah:
        log_event(
            Event.Kind.PRICE_CHANGED,
            str(offer),
            actor=actor,
            data={
                "offer": offer.pk,
                "old_rupiah": before.price_rupiah,
                "new_rupiah": offer.price_rupiah,
            },
        )
    if offer.withdrawn and not before.withdrawn:
        log_event(Event.Kind.OFFER_WITHDRAWN, str(offer), actor=actor, data={"offer": offer.pk})
    return set_stock(offer, seen=seen_stock, wanted=offer.stock, actor=actor)
