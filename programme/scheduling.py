"""Writing a session: on a day of its edition, and no room and no speaker in two places at once.

Two organisers who plan at once queue for the row of their edition, then for the speakers, who may
be wanted at another edition as well. Both locks let sales and visitors pass.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from events.log import log_event
from events.models import Event
from programme.models import Session, Speaker
from programme.registering import fill_seats
from stands.clock import WIB, business_date, clock_text
from stands.models import Expo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.contrib.auth.models import AbstractBaseUser

# What the log tells before and after, in this order.
TOLD = [
    "title", "kind", "date", "starts_at", "ends_at", "room", "language", "target_group",
    "takes_registrations", "capacity", "is_cancelled", "reported_count", "reported_by",
]  # fmt: skip


class Trouble(NamedTuple):
    """Why a session cannot be held so, and the field that says it."""

    field: str
    words: str


def save_session(
    session: Session, speakers: Iterable[Speaker] | None, *, actor: AbstractBaseUser | None
) -> None:
    """Write a session with its speakers, None for those it has, and note in the log what changed.

    Raises ValidationError, by field, where it cannot be held so; nothing was written then.
    """
    with transaction.atomic():
        if speakers is None:
            speakers = session.speakers.all()
        wanted = sorted(set(speakers), key=lambda who: who.pk)
        queue_for(session.expo, wanted)
        troubles = troubles_of(session, wanted)
        if troubles:
            raise ValidationError({trouble.field: trouble.words for trouble in troubles})
        before = _told_of(Session.objects.filter(pk=session.pk).first())
        if not session.slug:
            session.slug = free_slug(session)
        session.save()
        session.speakers.set(wanted)
        # More seats are theirs who wait.
        fill_seats(session)
        after = _told_of(session)
        changes = {name: [before.get(name, ""), after[name]] for name in after}
        changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
        if changes:
            data = {"edition": session.expo.name, "fields": changes}
            log_event(Event.Kind.SESSION_CHANGED, session.title, actor=actor, data=data)


def queue_for(expo: Expo, speakers: Iterable[Speaker]) -> None:
    """Wait until nobody else plans with this edition or these speakers; within a transaction."""
    Expo.objects.select_for_update(no_key=True).get(pk=expo.pk)
    keys = [who.pk for who in speakers]
    list(Speaker.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))


def troubles_of(session: Session, speakers: Sequence[Speaker]) -> list[Trouble]:
    """Why a session cannot be held so; one that was called off is in nobody's way."""
    troubles = _troubles_of_day(session)
    if session.room and session.room.expo_id != session.expo_id:
        troubles.append(Trouble("room", _("Ruang ini milik edisi lain.")))
    if session.is_cancelled or session.starts_at is None or session.ends_at is None:
        return troubles
    others = _at_the_same_time(session)
    if session.room:
        clash = others.filter(room=session.room).first()
        if clash is not None:
            words = _("%(room)s sudah dipakai %(other)s.")
            names = {"room": session.room.name_text, "other": told(clash)}
            troubles.append(Trouble("room", words % names))
    for who in speakers:
        clash = others.filter(speakers=who).first()
        if clash is not None:
            words = _("%(speaker)s sudah berbicara di %(other)s.")
            names = {"speaker": who.name, "other": told(clash)}
            troubles.append(Trouble("speakers", words % names))
    return troubles


def told(session: Session) -> str:
    """A session with its day and hours, so that it is found on the list."""
    title = f"“{session.title_text}”"
    if session.date is None:
        return title
    text = f"{title}, {date_format(session.date, 'l, j F Y')}"
    if session.starts and session.ends:
        text += f", {clock_text(session.starts)}–{clock_text(session.ends)} WIB"
    return text


def free_slug(session: Session) -> str:
    """An address for a new session: its title, with a number where another has that already."""
    stem = slugify(session.title)[:70].strip("-") or "acara"
    taken = set(
        Session.objects.filter(expo=session.expo, slug__startswith=stem)
        .exclude(pk=session.pk)
        .values_list("slug", flat=True)
    )
    names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _troubles_of_day(session: Session) -> list[Trouble]:
    troubles = []
    if (session.starts_at is None) != (session.ends_at is None):
        troubles.append(Trouble("ends_at", _("Isi mulai dan selesai, atau kosongkan keduanya.")))
    elif session.starts_at and session.ends_at and session.ends_at <= session.starts_at:
        troubles.append(Trouble("ends_at", _("Selesai harus setelah mulai.")))
    if session.date is None:
        if session.starts_at or session.ends_at:
            troubles.append(Trouble("date", _("Acara yang berjam perlu tanggal.")))
        return troubles
    days = [day.date for day in session.expo.all_days]
    # One whose day was taken out of the edition can still be called off.
    if session.date not in days and not session.is_cancelled:
        listed = ", ".join(date_format(day, "l, j F Y") for day in days)
        words = _("Tanggal ini di luar edisi. Harinya: %(days)s.")
        troubles.append(Trouble("date", words % {"days": listed or "–"}))
    hours = [at for at in (session.starts_at, session.ends_at) if at is not None]
    if any(business_date(at) != session.date for at in hours):
        troubles.append(Trouble("date", _("Jam acara harus pada tanggal itu juga.")))
    return troubles


def _at_the_same_time(session: Session) -> Any:
    """Sessions that are held while this one is; one may begin when another ends."""
    others = Session.objects.held().with_hours().exclude(pk=session.pk)
    return others.filter(starts_at__lt=session.ends_at, ends_at__gt=session.starts_at).order_by(
        "starts_at", "pk"
    )


def _told_of(session: Session | None) -> dict[str, str]:
    """What the log tells of it: texts, hours in WIB."""
    if session is None:
        return {}
    values = {name: _text(getattr(session, name)) for name in TOLD}
    people = session.speakers.order_by("name").values_list("name", flat=True)
    return values | {"speakers": ", ".join(people)}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("ya") if value else _("tidak")
    return f"{value.astimezone(WIB):%H.%M}" if isinstance(value, dt.datetime) else str(value)
