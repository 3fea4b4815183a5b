"""What a tablet sends again from an edition before, whose till had the prefix of the present one.

A prefix comes back in each edition. What is known already is answered as a repeat only by the till
that it came to first, since the stand belongs to what a request is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sales.models import CashMovement, CloseAmendment, DayClose, HeldClosing, HeldSale, Sale
from sales.requests import ReversalRequest, SaleRequest
from stands.models import Offer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from sales.models import Till
    from sales.tablet.protocol import Arrived

KNOWN = (
    (HeldSale, "sale_uuid", "stand_id"),
    (CashMovement, "pk", "till__stand_id"),
    (DayClose, "pk", "stand_id"),
    (CloseAmendment, "request_id", "close__stand_id"),
    (HeldClosing, "request_id", "till__stand_id"),
    # Last, so that the ledger's word counts.
    (Sale, "pk", "stand_id"),
)


def tills_meant(arrived: Iterable[Arrived], tills: Sequence[Till]) -> dict[UUID, Till]:
    """By UUID, the till that a thing of the outbox is meant for, where the prefix names several.

    That of the stand where it is known, else where its goods are offered, or where what it takes
    back was sold. Asks the database only where a prefix is there twice; what is not in the answer
    belongs to the newest.
    """
    twins: dict[str, dict[int, Till]] = {}
    for till in tills:
        twins.setdefault(till.prefix, {}).setdefault(till.stand_id, till)
    unclear = [one for one in arrived if len(twins.get(one.prefix, {})) > 1]
    if not unclear:
        return {}
    stands = _stands(unclear)
    return {
        one.request.uuid: twins[one.prefix][stand]
        for one in unclear
        if (stand := stands.get(one.request.uuid)) in twins[one.prefix] and stand is not None
    }


def _stands(arrived: Sequence[Arrived]) -> dict[UUID, int]:
    requests = [one.request for one in arrived]
    originals = {one.uuid: one.original_id for one in requests if isinstance(one, ReversalRequest)}
    goods = {
        one.uuid: one.lines[0].offer_id
        for one in requests
        if isinstance(one, SaleRequest) and one.lines
    }
    offered = dict(Offer.objects.filter(pk__in=goods.values()).values_list("pk", "stand_id"))
    stands = {uuid: offered[offer] for uuid, offer in goods.items() if offer in offered}
    uuids = {one.uuid for one in requests} | set(originals.values())
    for model, key, stand in KNOWN:
        rows = model._default_manager.filter(**{f"{key}__in": uuids})
        stands |= dict(rows.values_list(key, stand))
    for uuid, original in originals.items():
        if original in stands:
            stands.setdefault(uuid, stands[original])
    return stands
