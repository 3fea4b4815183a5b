"""A hall copied to another edition: all that was asked for, and nothing of the old one touched."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from stands.copying import HallParts, copy_hall
from stands.models import Expo, Offer, PlanFeature, Stand
from tests.make import make_expo, make_offer, make_pesantren, make_product, make_stand, make_zone

if TYPE_CHECKING:
    from pesantren.models import Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Expo:
    """Two stands in two zones: one shared and placed, with three offers; a plan with one area."""
    expo = make_expo()
    zone = make_zone(expo=expo, code="B", name="Busana", name_en="Fashion")
    both = [make_pesantren(), make_pesantren()]
    shared = make_stand(expo=expo, code="A1", name="Pusat Air", pesantren=both)
    shared.x, shared.y, shared.rotation, shared.qris_image = 100, 200, 90, "qris/a1.png"
    shared.example_fields = "zone"
    shared.save()
    make_stand(expo=expo, code="B1", zone=zone)
    water = make_offer(stand=shared, price_rupiah=4_000, stock=12)
    Offer.objects.filter(pk=water.pk).update(order=3, example_fields="price_rupiah")
    Offer.objects.filter(pk=make_offer(stand=shared, stock=5).pk).update(withdrawn=True)
    make_offer(stand=shared, product=withdrawn_product())
    feature = {"x": 0, "y": 0, "width": 600, "height": 400}
    PlanFeature.objects.create(expo=expo, kind="zone", zone=zone, outline="0,0 9,0 9,9", **feature)
    PlanFeature.objects.create(expo=expo, kind="entrance", order=2, name="Utara", **feature)
    return expo


def withdrawn_product() -> Product:
    return make_product(name="Sabun", state="withdrawn")


def make_target() -> Expo:
    return make_expo(slug="2027", name="OPOP Expo 2027", days=(), is_current=False)


def test_hall_comes_along_with_places_pesantren_and_prices(source: Expo) -> None:
    target = make_target()

    made = copy_hall(source, target, HallParts())

    assert made == Counter(zones=2, plan_features=2, stands=2, offers=1)
    stand = Stand.objects.get(expo=target, code="A1")
    assert (stand.name, stand.x, stand.y, stand.rotation) == ("Pusat Air", 100, 200, 90)
    assert stand.example_fields == "zone"
    assert stand.zone.expo == target
    old = Stand.objects.get(expo=source, code="A1")
    assert set(stand.pesantren.all()) == set(old.pesantren.all())
    assert stand.pesantren.count() == 2
    offer = stand.offers.get()
    assert (offer.price_rupiah, offer.order, offer.stock) == (4_000, 3, None)
    assert offer.example_fields == "price_rupiah"
    area = PlanFeature.objects.get(expo=target, kind="zone")
    assert area.zone is not None
    assert (area.zone.expo, area.zone.code, area.outline) == (target, "B", "0,0 9,0 9,9")


def test_code_that_buyers_pay_into_is_not_taken_over(source: Expo) -> None:
    target = make_target()

    copy_hall(source, target, HallParts())

    assert not Stand.objects.get(expo=target, code="A1").qris_image
    assert Stand.objects.get(expo=source, code="A1").qris_image


@pytest.mark.parametrize(("left", "copied"), [(12, 12), (0, 0), (-3, 0), (None, None)])
def test_stock_is_kept_where_it_is_asked_for(
    source: Expo, left: int | None, copied: int | None
) -> None:
    target = make_target()
    Offer.objects.at(source).update(stock=left)

    copy_hall(source, target, HallParts(stock=True))

    assert Offer.objects.at(target).get().stock == copied


@pytest.mark.parametrize(
    ("parts", "made"),
    [
        (HallParts(stands=False, plan=False), {}),
        (HallParts(stands=False), {"zones": 2, "plan_features": 2}),
        (HallParts(plan=False, offers=False), {"zones": 2, "stands": 2}),
        (HallParts(plan=False, withdrawn=True), {"zones": 2, "stands": 2, "offers": 3}),
    ],
)
def test_only_what_was_asked_for_is_copied(
    source: Expo, parts: HallParts, made: dict[str, int]
) -> None:
    target = make_target()

    assert copy_hall(source, target, parts) == Counter(made)

    assert target.zones.count() == made.get("zones", 0)
    assert target.stands.count() == made.get("stands", 0)
    assert Offer.objects.at(target).count() == made.get("offers", 0)
    assert target.plan_features.count() == made.get("plan_features", 0)
