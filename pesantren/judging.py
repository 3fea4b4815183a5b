"""Moving products between the states of the curation: with a reason, and written into the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from events.log import log_event
from events.models import Event
from pesantren.models import Product

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.auth.models import AbstractBaseUser

# Of one move. A page shows fewer; this keeps a made-up request bounded.
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Judged:
    """What became of the products that were judged."""

    moved: list[Product]
    # Somebody else had moved these since they were looked at: they stay where they are.
    moved_meanwhile: list[Product]


@transaction.atomic
def judge(
    seen: Mapping[int, str], *, state: str, reason: str, actor: AbstractBaseUser | None
) -> Judged:
    """Move products to `state`; `seen` is the state in which each was when the person decided.

    What is in that state already, or unknown, is passed over. Raises ValueError without a reason,
    for a state that there is not, and for more than MOST_AT_ONCE.
    """
    if not reason.strip() or state not in Product.State.values or len(seen) > MOST_AT_ONCE:
        raise ValueError("a judgement needs a known state, a reason, and not too many products")
    # In one order, so that two who judge the same products never wait for each other in a circle.
    locked = Product.objects.select_for_update().filter(pk__in=seen).order_by("pk")
    others = [product for product in locked if product.state != state]
    moved = [product for product in others if product.state == seen[product.pk]]
    for product in moved:
        log_event(
            Event.Kind.PRODUCT_JUDGED,
            product.name,
            actor=actor,
            data={
                "product": product.pk,
                "slug": product.slug,
                "from": product.state,
                "to": state,
                "reason": reason.strip(),
            },
        )
        product.state = state
    Product.objects.filter(pk__in=[product.pk for product in moved]).update(state=state)
    return Judged(moved, [product for product in others if product not in moved])
