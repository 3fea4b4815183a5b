"""The one place that turns an instant into a day of the expo, and an hour into text."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

# WIB, UTC+7 without summer time. Fixed here and not taken from TIME_ZONE: a business date must not
# move because somebody changed a setting.
WIB = ZoneInfo("Asia/Jakarta")


def business_date(at: dt.datetime) -> dt.date:
    """The day in East Java at the instant `at`, which must carry a time zone (ValueError)."""
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone has no business date")
    return at.astimezone(WIB).date()


def clock_text(time: dt.time) -> str:
    """An hour as Indonesian writes it, `09.00`, or as English does, `09:00`."""
    return f"{time:%H:%M}" if get_language() == "en" else f"{time:%H.%M}"
