"""The portal's own time: the database's, so that it is the same on every node.

A sale is dated by the tablet's clock and by how far that is off the server's. A node whose clock is
wrong would move sales to another hour, and about midnight to another day.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

logger = logging.getLogger(__name__)

# Asked so seldom, and at once when the clock of this machine was set meanwhile.
SECONDS = 60.0
SET_BY = 1.0
# Further apart than this somebody should look at the machine's time service.
WORTH_A_WORD = 5.0
# Goes on while the machine sleeps. macOS has no such clock.
TICK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class _Known(NamedTuple):
    """The database's time at a tick of this machine, and how far its own clock was ahead then."""

    at: dt.datetime
    tick: float
    ahead: float


_known: _Known | None = None


def server_now() -> dt.datetime:
    """The present instant. On SQLite, which has no other machine, and in development our own."""
    if not settings.CLOCK_OF_DATABASE or connection.vendor != "postgresql":
        return timezone.now()
    known, tick = _known, time.clock_gettime(TICK)
    if known is None or tick - known.tick > SECONDS:
        return _ask()
    now = known.at + dt.timedelta(seconds=tick - known.tick)
    if abs((timezone.now() - now).total_seconds() - known.ahead) > SET_BY:
        return _ask()
    return now


def _ask() -> dt.datetime:
    global _known
    asked = time.clock_gettime(TICK)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        at: dt.datetime = cursor.fetchone()[0]
    tick = time.clock_gettime(TICK)
    at += dt.timedelta(seconds=(tick - asked) / 2)
    ahead = (timezone.now() - at).total_seconds()
    if abs(ahead) > WORTH_A_WORD and (_known is None or abs(_known.ahead - ahead) > SET_BY):
        logger.warning("The clock of this node is %.0f s off the database's", ahead)
    _known = _Known(at, tick, ahead)
    return at
