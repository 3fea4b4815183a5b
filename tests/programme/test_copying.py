"""Rooms copied to another edition lie on that edition's plan."""

from __future__ import annotations

import pytest

from programme.copying import copy_programme
from programme.models import Room
from stands.models import PlanFeature
from tests.make import make_expo
from tests.programmes import make_room

pytestmark = pytest.mark.django_db


def test_room_is_copied_to_its_place_on_the_other_plan() -> None:
    old = make_expo()
    new = make_expo(slug="2021", name="OPOP Expo 2021", is_current=False)
    old_stage, stage = (
        PlanFeature.objects.create(expo=expo, kind="stage", x=0, y=0, width=9, height=9, order=3)
        for expo in (old, new)
    )
    make_room(expo=old, place=old_stage, seats=120)
    make_room(expo=old, name="Aula")

    made = copy_programme(old, new, rooms=True, gates=False)

    assert made == {"rooms": 2}
    assert set(Room.objects.filter(expo=new).values_list("name", "place", "seats")) == {
        ("Panggung utama", stage.pk, 120),
        ("Aula", None, None),
    }
