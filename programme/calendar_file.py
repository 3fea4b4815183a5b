"""Sessions as a calendar file (RFC 5545), for the calendar on a visitor's phone.

What has no hours is left out: a calendar can only lie about it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from stands.clock import WIB
from stands.plain_text import one_line, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from programme.models import Session
    from stands.models import Expo

# How often a calendar that follows the file may ask for it again.
ASK_AGAIN = dt.timedelta(hours=1)


def calendar_of(expo: Expo, sessions: Iterable[Session], *, origin: str, now: dt.datetime) -> bytes:
    """The file, in the reader's language; `now` is when it was made.

    Of a closed edition it is as of the closing, and so the same file for ever.
    """
    made = (expo.closed_at or now).astimezone(dt.UTC).replace(microsecond=0)
    calendar = Calendar()
    language = (get_language() or "id").upper()
    calendar.add("prodid", f"-//OPOP Expo//Jadwal//{language}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    # What calendars show as the name: the first is the older habit, and still the more common one.
    calendar.add("x-wr-calname", one_line(expo.name))
    calendar.add("name", one_line(expo.name))
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    for session in sessions:
        if session.starts_at and session.ends_at:
            event = _event(expo, session, session.starts_at, session.ends_at)
            event.add("dtstamp", made)
            event.add("url", origin + reverse("session_detail", args=[expo.slug, session.slug]))
            calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(expo: Expo, session: Session, starts_at: dt.datetime, ends_at: dt.datetime) -> Event:
    event = Event()
    # The same for ever, in both languages: whoever imports the file again has it once.
    event.add("uid", f"{expo.slug}.{session.slug}@opop-expo")
    event.add("dtstart", starts_at.astimezone(WIB))
    event.add("dtend", ends_at.astimezone(WIB))
    title = session.title_text
    if session.is_cancelled:
        title = _("Dibatalkan: %(title)s") % {"title": title}
    event.add("summary", one_line(title))
    event.add("status", "CANCELLED" if session.is_cancelled else "CONFIRMED")
    room = session.room.name_text if session.room else ""
    event.add("location", one_line(", ".join(filter(None, [room, expo.venue, expo.city]))))
    event.add("description", _description(session))
    event.add("categories", [str(session.get_kind_display())])
    return event


def _description(session: Session) -> str:
    people = ", ".join(str(who) for who in session.speakers.all())
    lines = [
        session.description_text,
        _("Pembicara: %(names)s") % {"names": people} if people else "",
        _("Untuk: %(group)s") % {"group": session.target_group_text}
        if session.target_group
        else "",
    ]
    return plain_text("\n".join(filter(None, lines)))
