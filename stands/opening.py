"""Whether the hall is open, and if not, when it opens: what a page says of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from stands.clock import business_date

if TYPE_CHECKING:
    from stands.models import Expo, ExpoDay

State = Literal["open", "under way", "today", "tomorrow", "later", "ended", "unknown"]


@dataclass(frozen=True)
class Opening:
    """The state at a moment, and the day that it is about.

    It changes at midnight, when the doors open and when they close, and at no other time: the pages
    that show it are kept in between.
    """

    state: State
    day: ExpoDay | None = None
    # Whether a day of the edition is over or under way, so that it opens *again*.
    has_begun: bool = False


def opening_at(expo: Expo, now: dt.datetime) -> Opening:
    """What is to be said of the doors at `now`. Needs the edition's days, and no query then."""
    today, next_day = expo.day_at(now), expo.next_day_after(now)
    date = business_date(now)
    has_begun = any(
        day.date < date or (day.date == date and day.has_closed_by(now)) for day in expo.all_days
    )
    if today is not None and today.is_open_at(now):
        return Opening("open", today)
    if today is not None and today.opens is None:
        return Opening("under way", today)
    if next_day is not None:
        away = (next_day.date - date).days
        state: State = "today" if away == 0 else "tomorrow" if away == 1 else "later"
        return Opening(state, next_day, has_begun)
    return Opening("ended", expo.all_days[-1]) if expo.all_days else Opening("unknown")
