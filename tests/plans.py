"""Halls for tests: stands and features with a place on the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stands.models import PlanFeature, Stand
from tests.make import make_expo, make_stand, make_zone

if TYPE_CHECKING:
    from stands.models import Expo, Zone


def place(stand: Stand, x: int, y: int, width: int = 80, height: int = 60) -> Stand:
    """Give a stand its place."""
    stand.x, stand.y, stand.width, stand.height = x, y, width, height
    stand.save(update_fields=["x", "y", "width", "height"])
    return stand


def make_feature(expo: Expo, kind: str, x: int, y: int, **more: Any) -> PlanFeature:
    """A feature of 80 × 60 units unless said otherwise."""
    return PlanFeature.objects.create(
        expo=expo, kind=kind, x=x, y=y, **{"width": 80, "height": 60, **more}
    )


def make_hall(*, slug: str = "2020", is_current: bool = True) -> Expo:
    """Stands A1, A2, A3 in a row and B1 across the aisle, a toilet, and a door below."""
    expo = make_expo(slug=slug, is_current=is_current)
    drinks = make_zone(expo=expo, code="B", name="Minuman", name_en="Drinks")
    for number in (1, 2, 3):
        stand = make_stand(expo=expo, code=f"A{number}", name=f"Kedai {number}")
        place(stand, 100 * number, 200)
    place(make_stand(expo=expo, code="B1", name="Kopi Santri", zone=drinks), 900, 200)
    make_area(expo, drinks, 850, 150, 200, 200)
    make_feature(expo, PlanFeature.Kind.HALL, 20, 20, width=1160, height=760)
    make_feature(expo, PlanFeature.Kind.TOILET, 300, 60)
    make_feature(expo, PlanFeature.Kind.ENTRANCE, 540, 760, width=120, height=20)
    return expo


def make_area(expo: Expo, zone: Zone, x: int, y: int, width: int, height: int) -> PlanFeature:
    """The area of a zone."""
    kind = PlanFeature.Kind.ZONE
    return make_feature(expo, kind, x, y, width=width, height=height, zone=zone)
