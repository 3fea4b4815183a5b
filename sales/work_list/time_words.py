"""Instants and spans of time in plain words."""

from __future__ import annotations

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from pesantren.money import thousands
from stands.clock import WIB

MINUTE_MS = 60_000
UNITS_MS = (24 * 60 * MINUTE_MS, 60 * MINUTE_MS, MINUTE_MS)


def day_and_hour(at: dt.datetime) -> str:
    """An instant in East Java, `25 November 2026 pukul 14.02`."""
    local = at.astimezone(WIB)
    return _("%(day)s pukul %(hour)s") % {
        "day": date_format(local, "j F Y"),
        "hour": f"{local:%H:%M}" if get_language() == "en" else f"{local:%H.%M}",
    }


def span(milliseconds: int) -> str:
    """How long, in its two largest units: `1 hari 2 menit`."""
    rest = round(abs(milliseconds) / MINUTE_MS) * MINUTE_MS
    days, rest = divmod(rest, UNITS_MS[0])
    hours, rest = divmod(rest, UNITS_MS[1])
    minutes = rest // MINUTE_MS
    parts = [
        ngettext("%(n)s hari", "%(n)s hari", days) % {"n": thousands(days)} if days else "",
        ngettext("%(n)s jam", "%(n)s jam", hours) % {"n": hours} if hours else "",
        ngettext("%(n)s menit", "%(n)s menit", minutes) % {"n": minutes} if minutes else "",
    ]
    return " ".join([part for part in parts if part][:2]) or _("kurang dari satu menit")
