"""The example edition's visitors: two gates, and taps made up for the days that are over."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from opop_expo.example_edition import LONGEST_BACK
from programme.counting import Tap, count_taps
from programme.models import Gate, GateCount
from programme.outbox import Moment
from stands.clock import WIB, business_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import User

    from stands.models import Expo, ExpoDay

# Name in both languages, and how many of ten come in there.
GATES = [("Pintu Utama", "Main gate", 7), ("Pintu Parkir", "Car park gate", 3)]
# Taps an hour at all gates, from eight o'clock on.
RUSH = [14, 22, 30, 34, 38, 26, 24, 30, 36, 32, 24, 26, 18, 8]
FIRST_HOUR = 8
SHARE_TAKEN_BACK = 0.02


def add_visitors(expo: Expo, *, now: dt.datetime, actor: User) -> None:
    """The gates, and the taps of every day that is over; once each."""
    gates = [
        (Gate.objects.get_or_create(expo=expo, name=name, defaults=_about(place))[0], share)
        for place, (name, _english, share) in enumerate(GATES)
    ]
    for day in expo.days.filter(
        date__lt=business_date(now), date__gte=business_date(now) - LONGEST_BACK
    ):
        if not GateCount.objects.filter(gate__expo=expo, date=day.date).exists():
            count_taps(list(_taps(day, gates, expo.slug)), by=actor)


def _about(place: int) -> dict[str, str | int]:
    return {"name_en": GATES[place][1], "order": place}


def _taps(day: ExpoDay, gates: list[tuple[Gate, int]], slug: str) -> Iterator[Tap]:
    """What was struck on that day, some of it taken back a moment later."""
    chance = random.Random(f"{slug}/{day.date}/gates")  # noqa: S311, nothing here is secret
    for hour, taps in enumerate(RUSH, start=FIRST_HOUR):
        for number in range(taps):
            [(gate, _share)] = chance.choices(gates, [share for _gate, share in gates])
            step = chance.choice([1, 1, 1, 1, 5])
            at = dt.datetime.combine(day.date, dt.time(hour, chance.randrange(60)), WIB)
            key = uuid5(NAMESPACE_URL, f"{slug}/{day.date}/gates/{hour}/{number}")
            yield Tap(key, gate.pk, step, Moment(at))
            if chance.random() < SHARE_TAKEN_BACK:
                undo = uuid5(NAMESPACE_URL, f"{slug}/{day.date}/gates/{hour}/{number}/undo")
                yield Tap(undo, gate.pk, -step, Moment(at + dt.timedelta(seconds=20)), key)
