"""The one place that turns an instant into a day of the expo."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

# WIB, UTC+7 without summer time. Fixed here and not taken from TIME_ZONE: a business date must not
# move because somebody changed a setting.
WIB = ZoneInfo("Asia/Jakarta")


def business_date(at: dt.datetime) -> dt.date:
    """The day in East Java at the instant `at`, which must carry a time zone (ValueError)."""
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone has no business date")
    return at.astimezone(WIB).date()
