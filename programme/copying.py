"""Copying where sessions are held and visitors counted to another edition; never who came."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from stands.copying import copied

if TYPE_CHECKING:
    from stands.models import Expo


def copy_programme(source: Expo, target: Expo, *, rooms: bool, gates: bool) -> Counter[str]:
    """Copy rooms and gates; how many of each. Within the caller's transaction."""
    made: Counter[str] = Counter()
    if rooms:
        # A room is where it was on the plan, if the plan was copied before.
        places = {(one.kind, one.order): one.pk for one in target.plan_features.all()}
        for room in source.rooms.select_related("place"):
            place = room.place and places.get((room.place.kind, room.place.order))
            copied(room, expo_id=target.pk, place_id=place)
            made["rooms"] += 1
    if gates:
        made["gates"] = len([copied(gate, expo_id=target.pk) for gate in source.gates.all()])
    return made
