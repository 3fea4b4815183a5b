"""What the gate counter shows beside its own taps: the gates, and what all phones counted today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from programme.gate_counts import GateToday, gates_today
from programme.models import Gate, GateCount
from stands.clock import WIB, business_date
from stands.models import Expo

if TYPE_CHECKING:
    import datetime as dt

    from django.contrib.auth.models import User

NOBODY = GateToday(0, 0)


def counter_state(*, now: dt.datetime, user: User) -> dict[str, Any]:
    """The current edition's gates with their figures of this day and hour, for the page to keep."""
    expo = Expo.objects.current()
    date, hour = business_date(now), now.astimezone(WIB).hour
    gates = list(Gate.objects.filter(expo=expo)) if expo else []
    figures = gates_today(expo, date, hour) if expo and gates else {}
    return {
        "user": user.get_short_name() or user.get_username(),
        "expo": expo and {"name": expo.name, "is_example": expo.is_example},
        "date": date.isoformat(),
        "hour": hour,
        "all_today": sum(one.today for one in figures.values()),
        "is_expo_day": expo is not None and expo.day_at(now) is not None,
        "gates": [
            {
                "id": gate.pk,
                "name": gate.name,
                "name_en": gate.name_en,
                "today": figures.get(gate.pk, NOBODY).today,
                "in_hour": figures.get(gate.pk, NOBODY).hour,
            }
            for gate in gates
        ],
    }


def last_tap(*, gate: Gate, user: User, now: dt.datetime) -> GateCount | None:
    """The last tap of this person at this gate today that nobody took back."""
    return GateCount.objects.standing().at(gate, business_date(now)).by(user).first()
