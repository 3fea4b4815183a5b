"""Changes of what is left of an offer, such that nothing sold meanwhile is overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from events.log import log_event
from events.models import Event
from stands.models import Offer

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


@transaction.atomic
def set_stock(
    offer: Offer, *, seen: int | None, wanted: int | None, actor: AbstractBaseUser | None
) -> bool:
    """Bring what is left from what a person `seen` to what they `wanted`; None is unlimited.

    A number moves by the difference, so that a sale made since then stays subtracted. Answers
    whether it was done: not when somebody else has switched between limited and unlimited since.
    """
    if wanted == seen:
        return True
    offers = Offer.objects.filter(pk=offer.pk, stock__isnull=seen is None)
    if seen is None or wanted is None:
        changed = offers.update(stock=wanted)
    else:
        changed = offers.update(stock=F("stock") + (wanted - seen))
    offer.refresh_from_db(fields=["stock"])
    if not changed:
        return False
    log_event(
        Event.Kind.STOCK_CHANGED,
        str(offer),
        actor=actor,
        data={"offer": offer.pk, "seen": seen, "wanted": wanted, "left": offer.stock},
    )
    return True
