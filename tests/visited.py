"""An edition to walk through as a visitor does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.ledger import make_running_expo
from tests.make import (
    make_category,
    make_credential,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_stand,
    make_zone,
)

if TYPE_CHECKING:
    from stands.models import Expo


def make_visited_expo() -> Expo:
    """Two stands in two zones: coffee and sold-out crisps at A12, a cap at B3."""
    expo = make_running_expo()
    coffee_maker = make_producer(pesantren=make_pesantren(slug="al-qodiri"))
    sukorejo = make_pesantren(
        name="Pondok Pesantren Salafiyah Syafi'iyah Sukorejo", slug="sukorejo"
    )
    other_maker = make_producer(name="Kopontren Sukorejo", pesantren=sukorejo)
    shared = [one for one in (coffee_maker.pesantren, sukorejo) if one]
    first = make_stand(expo=expo, code="A12", name="Pusat Kopi", pesantren=shared)
    second = make_stand(
        expo=expo,
        code="B3",
        name="Sukorejo",
        zone=make_zone(expo=expo, code="B", name="Busana", name_en="Fashion"),
        pesantren=[sukorejo],
    )
    for number, stand in enumerate([first, second]):
        stand.x, stand.y = 100 + 300 * number, 100
        stand.save(update_fields=["x", "y"])
    drink = make_category(slug="beverage", name="Minuman", name_en="Drinks")
    coffee = make_product(
        name="Kopi rempah", slug="kopi-rempah", producer=coffee_maker, category=drink
    )
    make_credential(product=coffee)
    make_offer(stand=first, product=coffee, price_rupiah=12_500)
    crisps = make_product(name="Keripik tempe", slug="keripik-tempe", producer=other_maker)
    make_offer(stand=first, product=crisps, stock=0)
    clothes = make_category(slug="fashion", name="Busana", name_en="Clothing")
    cap = make_product(name="Songkok", slug="songkok", producer=other_maker, category=clothes)
    make_offer(stand=second, product=cap, price_rupiah=45_000)
    return expo
