"""A programme for tests: rooms, speakers and sessions of an edition."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import TYPE_CHECKING, Any

from programme.models import Room, Session, Speaker
from stands.clock import WIB
from tests.make import FRIDAY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stands.models import Expo

_numbers = count(1)


def make_room(*, expo: Expo, name: str = "Panggung utama", **more: Any) -> Room:
    """A room of an edition; the one there is under that name, if there is one."""
    room, _made = Room.objects.get_or_create(expo=expo, name=name, defaults=more)
    return room


def make_speaker(*, name: str = "Khofifah", about: str = "Gubernur Jawa Timur") -> Speaker:
    """Somebody who speaks; the one there is under that name, if there is one."""
    speaker, _made = Speaker.objects.get_or_create(name=name, about=about)
    return speaker


def at(hour: str, date: dt.date = FRIDAY) -> dt.datetime:
    """An hour in WIB, as `13.30`, on the first day unless said otherwise."""
    return dt.datetime.combine(date, dt.datetime.strptime(hour, "%H.%M").time(), WIB)  # noqa: DTZ007


def make_session(
    *,
    expo: Expo,
    title: str = "Talkshow ekspor",
    slug: str = "",
    kind: str = Session.Kind.TALKSHOW,
    date: dt.date | None = FRIDAY,
    hours: str | None = "09.00-10.30",
    speakers: Iterable[Speaker] = (),
    **more: Any,
) -> Session:
    """A talkshow on the first day from nine to half past ten, unless said otherwise."""
    starts, _dash, ends = (hours or "").partition("-")
    session = Session.objects.create(
        expo=expo,
        slug=slug or f"acara-{next(_numbers)}",
        kind=kind,
        title=title,
        date=date,
        starts_at=at(starts, date) if date and starts else None,
        ends_at=at(ends, date) if date and ends else None,
        **more,
    )
    session.speakers.set(speakers)
    return session
