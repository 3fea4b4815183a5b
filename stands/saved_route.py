"""The saved list as a walk through the hall: where to stop, and what to look for at each stop."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from pesantren.models import Product
from stands import catalogue
from stands.models import Offer, Stand
from stands.published import show_as_published
from stands.saved_code import PRODUCT, STAND, Key
from stands.walking import walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stands.models import Expo, Zone
    from stands.saved import Saved


@dataclass(frozen=True)
class Item:
    """A saved product: at the stand where it is looked for, or at none."""

    product: Product
    offer: Offer | None
    is_done: bool
    # Codes of other stands that have it.
    elsewhere: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        return Key(PRODUCT, self.product.pk)

    @property
    def is_available(self) -> bool:
        """Whether there is something left of it there, as far as is known."""
        return self.offer is not None and not self.offer.is_sold_out


@dataclass
class Stop:
    """A stand to go to, with what to look for there; `place` counts from 1."""

    place: int
    stand: Stand
    is_saved: bool
    is_done: bool
    items: list[Item] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return Key(STAND, self.stand.pk)

    @property
    def is_finished(self) -> bool:
        """Whether everything wanted there is ticked off."""
        return (self.is_done or not self.is_saved) and all(item.is_done for item in self.items)


@dataclass(frozen=True)
class Route:
    """All of it, zone by zone in walking order."""

    zones: list[tuple[Zone, list[Stop]]]
    # Saved and on no stand of the edition: withdrawn, or not sold here any more.
    not_here: list[Item]
    # Keys that no row has: removed from the catalogue altogether.
    lost: int

    @property
    def stops(self) -> list[Stop]:
        return [stop for _zone, stops in self.zones for stop in stops]

    @property
    def items(self) -> list[Item]:
        """What is looked for at the stops."""
        return [item for stop in self.stops for item in stop.items]

    @property
    def available(self) -> list[Item]:
        return [item for item in self.items if item.is_available]

    @property
    def total_rupiah(self) -> int:
        """One of each that is available."""
        return sum(item.offer.price_rupiah for item in self.available if item.offer)

    @property
    def codes(self) -> str:
        """The codes of the stands, as an address takes them: `A1,B2`."""
        return ",".join(stop.stand.code for stop in self.stops)


def route_of(saved: Saved, expo: Expo) -> Route:
    """The walk to everything on the list; by six queries, however long it is."""
    wanted = {key.number for key in saved.keys if key.kind == PRODUCT}
    saved_stands = {key.number for key in saved.keys if key.kind == STAND}
    offers: dict[int, list[Offer]] = {}
    on_sale = list(_offers_of(wanted, expo))
    show_as_published(expo, [offer.product for offer in on_sale])
    for offer in on_sale:
        offers.setdefault(offer.product_id, []).append(offer)
    chosen = _choose(offers, saved_stands)
    stands = in_walking_order(expo, saved_stands | {offer.stand_id for offer in chosen.values()})
    stops = {
        stand.pk: Stop(
            place,
            stand,
            is_saved=stand.pk in saved_stands,
            is_done=Key(STAND, stand.pk) in saved.done,
        )
        for place, stand in enumerate(stands, start=1)
    }
    for offer in sorted(chosen.values(), key=lambda offer: offer.product.name_text):
        stops[offer.stand_id].items.append(
            Item(
                offer.product,
                offer,
                is_done=Key(PRODUCT, offer.product_id) in saved.done,
                elsewhere=tuple(
                    other.stand.code for other in offers[offer.product_id] if other is not offer
                ),
            )
        )
    missing = wanted - chosen.keys()
    not_here = [
        Item(product, None, is_done=Key(PRODUCT, product.pk) in saved.done)
        for product in _known(missing, expo)
    ]
    zones = [
        (zone, list(group))
        for zone, group in groupby(stops.values(), key=lambda stop: stop.stand.zone)
    ]
    lost = len(missing) - len(not_here) + len(saved_stands - stops.keys())
    return Route(zones, not_here, lost)


def in_walking_order(expo: Expo, keys: Iterable[int]) -> list[Stand]:
    """Those stands as one passes them, from the entrance along the aisles.

    Those that the plan does not have yet come last, zone by zone.
    """
    stands = list(Stand.objects.at(expo).filter(pk__in=keys))
    unplaced = [stand for stand in stands if not stand.is_placed]
    return walk(expo, [stand for stand in stands if stand.is_placed]) + unplaced


def exists_at(key: Key, expo: Expo) -> bool:
    """Whether there is such a thing at the edition, so that it can be saved."""
    if key.kind == STAND:
        return Stand.objects.at(expo).filter(pk=key.number).exists()
    return catalogue.products_known_at(expo).filter(pk=key.number).exists()


def names_of(keys: Iterable[Key], expo: Expo) -> list[str]:
    """What these are called, stands by their number first."""
    listed = list(keys)
    stands = Stand.objects.at(expo).filter(pk__in=[k.number for k in listed if k.kind == STAND])
    products = _known([key.number for key in listed if key.kind == PRODUCT], expo)
    return [*map(str, stands), *(product.name_text for product in products)]


def _offers_of(products: Iterable[int], expo: Expo) -> Iterable[Offer]:
    """What of these is on sale, the cheapest first."""
    offers = Offer.objects.on_sale().at(expo).filter(product__in=products)
    return offers.select_related("stand", "product__category", "product__producer").order_by(
        "price_rupiah", "stand__code"
    )


def _known(products: Iterable[int], expo: Expo) -> list[Product]:
    """Those with a page at the edition. No query for none."""
    found = list(catalogue.products_known_at(expo).filter(pk__in=products).with_maker().by_name())
    show_as_published(expo, found)
    return found


def _choose(offers: dict[int, list[Offer]], saved_stands: set[int]) -> dict[int, Offer]:
    """One stand for each product, so that there are few stops.

    First where some is left; then at a stand that was saved itself; then where more of the list is
    found; then where it costs least.
    """
    found_at = Counter(offer.stand_id for several in offers.values() for offer in several)
    return {
        product: min(
            several,
            key=lambda offer: (
                offer.is_sold_out,
                offer.stand_id not in saved_stands,
                -found_at[offer.stand_id],
                offer.price_rupiah,
            ),
        )
        for product, several in offers.items()
    }
