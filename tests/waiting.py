"""What waits for an organiser, made the way it comes to wait: a paired tablet sends it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from sales.models import HeldSale, SaleFlag
from sales.vouchers.codes import new_code
from sales.vouchers.issuing import void_voucher
from stands.models import Offer
from tests.tablets import pair_tablet
from tests.vouchers import make_voucher

if TYPE_CHECKING:
    from collections.abc import Callable

    from stands.models import Stand
    from tests.tablets import TestTablet

Reason, Kind = HeldSale.Reason, SaleFlag.Kind

# No stand has so many offers.
NO_OFFER = 987_654_321


def sent(tablet: TestTablet, sale: dict[str, Any]) -> dict[str, Any]:
    """What the portal answers to one sale."""
    answer: dict[str, Any] = tablet.post("penjualan", sale=sale).json()
    return answer


def make_held(
    reason: HeldSale.Reason, stand: Stand, *, tablet: TestTablet | None = None, quantity: int = 2
) -> HeldSale:
    """A sale or reversal that waits for this reason, of `quantity` pieces of the first offer."""
    tablet = tablet or pair_tablet(stand)
    offer = stand.offers.in_till_order()[0]
    came = HELD[reason](tablet, offer, quantity)
    answer = sent(tablet, came)
    assert answer["reason"] == reason, answer
    return HeldSale.objects.filter(sale_uuid=uuid.UUID(came["uuid"])).latest("pk")


def _other_content(tablet: TestTablet, offer: Offer, quantity: int) -> dict[str, Any]:
    first = tablet.sale({offer: 1})
    sent(tablet, first)
    return tablet.sale({offer: quantity}, uuid=first["uuid"], number=first["number"])


def _future(tablet: TestTablet, offer: Offer, quantity: int) -> dict[str, Any]:
    return tablet.sale({offer: quantity}, device_at=_days(2), clock_offset_ms=0)


def _too_old(tablet: TestTablet, offer: Offer, quantity: int) -> dict[str, Any]:
    return tablet.sale({offer: quantity}, device_at=_days(-40), clock_offset_ms=0)


def _over_reversal(tablet: TestTablet, offer: Offer, quantity: int) -> dict[str, Any]:
    sale = tablet.sale({offer: quantity})
    sent(tablet, sale)
    sent(tablet, tablet.reversal(sale, 1))
    return tablet.reversal(sale, quantity)


def _original_held(tablet: TestTablet, offer: Offer, quantity: int) -> dict[str, Any]:
    sale = _future(tablet, offer, quantity)
    sent(tablet, sale)
    return tablet.reversal(sale, 1)


def _original_unknown(tablet: TestTablet, offer: Offer, quantity: int) -> dict[str, Any]:
    return tablet.reversal(tablet.sale({offer: quantity}), 1)


def _number_taken(tablet: TestTablet, offer: Offer, quantity: int) -> dict[str, Any]:
    first = tablet.sale({offer: 1})
    sent(tablet, first)
    return tablet.sale({offer: quantity}, number=first["number"])


def _other_till(tablet: TestTablet, offer: Offer, quantity: int) -> dict[str, Any]:
    return tablet.sale({offer: quantity}, number="Z99-Z-0004")


def _offer_unknown(tablet: TestTablet, offer: Offer, quantity: int) -> dict[str, Any]:
    sale = tablet.sale({offer: quantity})
    sale["lines"][0]["offer_id"] = NO_OFFER
    return sale


HELD: dict[HeldSale.Reason, Callable[[TestTablet, Offer, int], dict[str, Any]]] = {
    Reason.OTHER_CONTENT: _other_content,
    Reason.FUTURE: _future,
    Reason.TOO_OLD: _too_old,
    Reason.OVER_REVERSAL: _over_reversal,
    Reason.ORIGINAL_HELD: _original_held,
    Reason.ORIGINAL_UNKNOWN: _original_unknown,
    Reason.NUMBER_TAKEN: _number_taken,
    Reason.OTHER_TILL: _other_till,
    Reason.OFFER_UNKNOWN: _offer_unknown,
}


def make_flag(
    kind: SaleFlag.Kind, stand: Stand, *, tablet: TestTablet | None = None, quantity: int = 3
) -> SaleFlag:
    """A recorded sale with this flag, of `quantity` pieces of the first offer."""
    tablet = tablet or pair_tablet(stand)
    offer = stand.offers.in_till_order()[0]
    sale = FLAGGED[kind](tablet, offer, quantity)
    answer = sent(tablet, sale)
    assert kind in answer["flags"], answer
    return SaleFlag.objects.get(sale=sale["uuid"], kind=kind)


def _price_differed(tablet: TestTablet, offer: Offer, quantity: int) -> dict[str, Any]:
    amount = quantity * (offer.price_rupiah - 5_000)
    sale = tablet.sale({offer: quantity})
    sale["lines"][0]["unit_price_rupiah"] -= 5_000
    sale["payments"] = [{"method": "cash", "amount_rupiah": amount, "tendered_rupiah": amount}]
    return sale


def _offer_withdrawn(tablet: TestTablet, offer: Offer, quantity: int) -> dict[str, Any]:
    Offer.objects.filter(pk=offer.pk).update(withdrawn=True)
    return tablet.sale({offer: quantity})


def _stock_below_zero(tablet: TestTablet, offer: Offer, quantity: int) -> dict[str, Any]:
    Offer.objects.filter(pk=offer.pk).update(stock=0)
    return tablet.sale({offer: quantity})


def _outside_days(tablet: TestTablet, offer: Offer, quantity: int) -> dict[str, Any]:
    return tablet.sale({offer: quantity}, device_at=_days(-9), clock_offset_ms=0)


def _clock_off(tablet: TestTablet, offer: Offer, quantity: int) -> dict[str, Any]:
    ahead = dt.timedelta(days=1, minutes=2)
    return tablet.sale(
        {offer: quantity},
        device_at=(timezone.now() + ahead).isoformat(),
        clock_offset_ms=-round(ahead / dt.timedelta(milliseconds=1)),
    )


def _voucher_clash(tablet: TestTablet, offer: Offer, quantity: int) -> dict[str, Any]:
    voucher, code = make_voucher(offer.stand.expo, value_rupiah=1_000_000)
    void_voucher(voucher, actor=voucher.batch.made_by, reason="hilang")
    return _by_voucher(tablet, offer, quantity, code)


def _voucher_invalid(tablet: TestTablet, offer: Offer, quantity: int) -> dict[str, Any]:
    return _by_voucher(tablet, offer, quantity, new_code())


def _voucher_cashed(tablet: TestTablet, offer: Offer, quantity: int) -> dict[str, Any]:
    _voucher, code = make_voucher(offer.stand.expo, value_rupiah=1_000_000)
    sale = _by_voucher(tablet, offer, quantity, code)
    sent(tablet, sale)
    return tablet.reversal(sale, 1)


def _by_voucher(tablet: TestTablet, offer: Offer, quantity: int, code: str) -> dict[str, Any]:
    amount = quantity * offer.price_rupiah
    payment = {"method": "voucher", "amount_rupiah": amount, "voucher": code}
    return tablet.sale({offer: quantity}, payments=[payment])


FLAGGED: dict[SaleFlag.Kind, Callable[[TestTablet, Offer, int], dict[str, Any]]] = {
    Kind.PRICE_DIFFERED: _price_differed,
    Kind.OFFER_WITHDRAWN: _offer_withdrawn,
    Kind.STOCK_BELOW_ZERO: _stock_below_zero,
    Kind.OUTSIDE_DAYS: _outside_days,
    Kind.CLOCK_OFF: _clock_off,
    Kind.VOUCHER_CLASH: _voucher_clash,
    Kind.VOUCHER_INVALID: _voucher_invalid,
    Kind.VOUCHER_CASHED: _voucher_cashed,
}


def _days(number: int) -> str:
    return (timezone.now() + dt.timedelta(days=number)).isoformat()
