"""The programme of an edition as pages show it: by day, what is on now and what comes next."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from programme.models import Session
from stands.catalogue_version import kept

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from stands.catalogue_version import Editions
    from stands.models import Expo

# Of those that begin together no more are named as next.
MOST_NEXT = 3


@dataclass(frozen=True)
class DayPlan:
    """One day with its sessions; without a date those of which no source says the day."""

    date: dt.date | None
    sessions: Sequence[Session]


@dataclass(frozen=True)
class Moment:
    """What is on at an instant, and what begins next."""

    on_now: Sequence[Session]
    coming: Sequence[Session]

    def __bool__(self) -> bool:
        return bool(self.on_now or self.coming)


def sessions_of(expo: Expo) -> list[Session]:
    """All sessions with room and speakers, in the order of the schedule, as of the version."""
    return kept(expo, "sessions", lambda: list(Session.objects.at(expo).with_speakers()))


def by_day(sessions: Iterable[Session], today: dt.date) -> list[DayPlan]:
    """The same day by day; they come in that order.

    While days are still to come those that are over go behind them, so that today is on top.
    """
    plans = [DayPlan(date, list(those)) for date, those in groupby(sessions, lambda one: one.date)]
    to_come = [one for one in plans if one.date and one.date >= today]
    if not to_come:
        return plans
    over = [one for one in plans if one.date and one.date < today]
    return [*to_come, *over, *(one for one in plans if one.date is None)]


def moment_of(sessions: Sequence[Session], now: dt.datetime) -> Moment:
    """What is on, and those that begin together next; what was called off is neither."""
    held = [one for one in sessions if not one.is_cancelled]
    to_come = [(one.starts_at, one) for one in held if one.starts_at and one.starts_at > now]
    first = min((at for at, _one in to_come), default=None)
    coming = [one for at, one in to_come if at == first]
    return Moment([one for one in held if one.is_on_at(now)], coming[:MOST_NEXT])


def hour_of_schedule(editions: Editions, now: dt.datetime) -> int:
    """How many sessions have begun and ended by now: what shows of the hour beside the doors."""
    return bisect_right(_hours_of(editions.expo), now) if editions.expos else 0


def _hours_of(expo: Expo) -> tuple[dt.datetime, ...]:
    def read() -> tuple[dt.datetime, ...]:
        hours = Session.objects.filter(expo=expo).held().with_hours()
        pairs = hours.values_list("starts_at", "ends_at")
        return tuple(sorted({at for pair in pairs for at in pair if at is not None}))

    return kept(expo, "session-hours", read)
