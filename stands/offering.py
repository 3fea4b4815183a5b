"""Changes of an offer by a person, in the admin or at a till: each that matters is logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from events.log import log_event
from events.models import Event
from stands.models import Offer
from stands.stock import set_stock

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from django.contrib.auth.models import AbstractBaseUser

    from stands.models import Stand

# More at once is a slip of the finger.
MOST_ADDED = 9_999


class OfferChangeRefusedError(Exception):
    """The change cannot be made; its text is for the person at the till. Nothing was changed."""


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


@transaction.atomic
def sell_out(offer: Offer, *, key: UUID, who: dict[str, str]) -> None:
    """Bring what is left to nought. `key` names this very change: repeated, it does nothing."""
    offer = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    if not _is_done(Event.Kind.STOCK_CHANGED, key):
        _change_stock(offer, 0, key=key, who=who)


@transaction.atomic
def add_stock(offer: Offer, quantity: Any, *, key: UUID, who: dict[str, str]) -> None:
    """Raise what is left by so many pieces. Below nought counts as nought: what was sold is gone.

    Raises OfferChangeRefusedError for an offer without a count, and for no number of pieces.
    """
    if type(quantity) is not int or not 1 <= quantity <= MOST_ADDED:
        raise OfferChangeRefusedError(_("Isi jumlah dari 1 sampai 9.999."))
    offer = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    if _is_done(Event.Kind.STOCK_CHANGED, key):
        return
    if offer.stock is None:
        raise OfferChangeRefusedError(
            _("Stok barang ini tidak dihitung, jadi tidak bisa ditambah.")
        )
    _change_stock(offer, max(offer.stock, 0) + quantity, key=key, who=who)


def _change_stock(offer: Offer, wanted: int, *, key: UUID, who: dict[str, str]) -> None:
    """Set what is left of an offer whose row is locked, so that no sale comes between."""
    seen, offer.stock = offer.stock, wanted
    offer.save(update_fields=["stock"])
    data = {"offer": offer.pk, "seen": seen, "wanted": wanted, "left": wanted}
    log_event(Event.Kind.STOCK_CHANGED, str(offer), data=data | who | {"key": str(key)})


@transaction.atomic
def put_in_order(stand: Stand, offer_ids: Any, *, key: UUID, who: dict[str, str]) -> None:
    """Order the tiles of a stand: the named offers first, in this order, then the others.

    Raises Offer.DoesNotExist for an offer of elsewhere, OfferChangeRefusedError for no list.
    """
    if not isinstance(offer_ids, list) or any(type(pk) is not int for pk in offer_ids):
        raise OfferChangeRefusedError(_("Urutan ini tidak bisa dibaca."))
    rows = stand.offers.select_for_update(of=("self",)).order_by("pk")
    offers = {offer.pk: offer for offer in rows}
    if _is_done(Event.Kind.ORDER_CHANGED, key):
        return
    if stand.expo.is_closed:
        raise OfferChangeRefusedError(_("Edisi ini sudah ditutup: isinya tidak bisa diubah lagi."))
    if not set(offer_ids) <= set(offers):
        raise Offer.DoesNotExist
    before = [offer.pk for offer in stand.offers.in_till_order()]
    wanted = list(dict.fromkeys([*offer_ids, *before]))
    for order, pk in enumerate(wanted):
        offers[pk].order = order
    Offer.objects.bulk_update(offers.values(), ["order"])
    log_event(
        Event.Kind.ORDER_CHANGED, str(stand), data={"order": wanted} | who | {"key": str(key)}
    )


def _is_done(kind: Event.Kind, key: UUID) -> bool:
    """Whether a change under this key was made; asked while what it changes is locked."""
    return Event.objects.filter(kind=kind, data__key=str(key)).exists()
