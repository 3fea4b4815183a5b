"""Visitors as they were counted at the gates: by gate, day and hour. Each figure is one query.

A day on which nobody counted is absent, and not nought.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q, Sum

from programme.models import Gate, GateCount
from stands.clock import clock_text

if TYPE_CHECKING:
    from stands.models import Expo


@dataclass(frozen=True)
class HourCount:
    """One hour at one gate."""

    gate_id: int
    date: dt.date
    hour: int
    people: int
    # So many of them under a clock that was wrong: this is the latest hour that it can have been.
    guessed: int = 0

    @property
    def name(self) -> str:
        """`08.00`, in English `08:00`."""
        return clock_text(dt.time(self.hour))


@dataclass(frozen=True)
class DayCount:
    """One day at all gates."""

    date: dt.date
    people: int
    gates: int
    # When the last of it arrived.
    received_at: dt.datetime


@dataclass(frozen=True)
class GateToday:
    """One gate now: the people of the day and of one hour of it."""

    today: int
    hour: int


@dataclass(frozen=True)
class Counted:
    """All days of an edition together; None where nobody has counted yet."""

    people: int | None
    days: int


def counted_by_hour(expo: Expo) -> tuple[HourCount, ...]:
    """Every hour at every gate, in order."""
    rows = (
        GateCount.objects.filter(gate__expo=expo)
        .values("gate_id", "date", "hour")
        .annotate(
            people=Sum("step"), guessed=Sum("step", filter=Q(time_is_guessed=True), default=0)
        )
        .order_by("date", "hour", "gate__order", "gate__name", "gate_id")
    )
    return tuple(
        HourCount(row["gate_id"], row["date"], row["hour"], row["people"], row["guessed"])
        for row in rows
    )


def counted_by_day(expo: Expo) -> dict[dt.date, DayCount]:
    """Every day that was counted, days outside the edition too."""
    rows = (
        GateCount.objects.filter(gate__expo=expo)
        .values("date")
        .annotate(
            people=Sum("step"), gates=Count("gate", distinct=True), received_at=Max("received_at")
        )
        .order_by("date")
    )
    return {
        row["date"]: DayCount(row["date"], row["people"], row["gates"], row["received_at"])
        for row in rows
    }


def counted_in_all(expo: Expo) -> Counted:
    """The people of the edition's own days: what was counted on another day is no visit to it."""
    found = GateCount.objects.filter(gate__expo=expo, date__in=expo.days.values("date")).aggregate(
        people=Sum("step"), days=Count("date", distinct=True)
    )
    return Counted(found["people"], found["days"])


def counted_on(expo: Expo, date: dt.date) -> int | None:
    """The people of one day; None where nobody has counted."""
    found = GateCount.objects.filter(gate__expo=expo, date=date).aggregate(people=Sum("step"))
    people: int | None = found["people"]
    return people


def gates_today(expo: Expo, date: dt.date, hour: int) -> dict[int, GateToday]:
    """Each gate of the edition on that day and in that hour, nought where nobody has come."""
    on_day = Q(counts__date=date)
    rows = (
        Gate.objects.filter(expo=expo)
        .annotate(
            today=Sum("counts__step", filter=on_day),
            in_hour=Sum("counts__step", filter=on_day & Q(counts__hour=hour)),
        )
        .values_list("pk", "today", "in_hour")
    )
    return {pk: GateToday(today or 0, in_hour or 0) for pk, today, in_hour in rows}
