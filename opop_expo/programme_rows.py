"""Rows of an edition's files that say what happened there, as the values of a model."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from opop_expo.edition_files import MAX_NUMBER, MAX_ORDER
from programme.models import Session
from programme.scheduling import troubles_of
from stands.clock import WIB

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opop_expo.edition_files import Row

# Where a column has another name than the field that is troubled.
COLUMN_OF_TROUBLE = {"starts_at": "starts", "ends_at": "ends"}


def room(row: Row) -> dict[str, Any]:
    """A room; the edition and its place on the plan come from elsewhere."""
    return {
        "name": row.text("name"),
        "name_en": row.text("name_en"),
        "seats": row.whole("seats"),
        "order": row.required_whole("order", most=MAX_ORDER),
    }


def speaker(row: Row) -> dict[str, Any]:
    """Somebody who speaks."""
    return {
        "name": row.text("name"),
        "about": row.text("about"),
        "about_en": row.text("about_en"),
        "example_fields": row.text("example"),
    }


def session(row: Row) -> dict[str, Any]:
    """A session; the edition, room and speakers come from elsewhere."""
    date = row.date("date")
    starts_at, ends_at = (_instant(row, column, date) for column in ("starts", "ends"))
    if bool(row.text("starts")) != bool(row.text("ends")):
        row.complain("ends", _("Isi mulai dan selesai, atau kosongkan keduanya."))
    elif starts_at and ends_at and ends_at <= starts_at:
        row.complain("ends", _("Selesai harus setelah mulai."))
    return {
        "slug": row.text("slug"),
        "kind": row.choice("kind", Session.Kind),
        "title": row.text("title"),
        "title_en": row.text("title_en"),
        "description": row.text("description"),
        "description_en": row.text("description_en"),
        "date": date,
        "starts_at": starts_at,
        "ends_at": ends_at,
        # Of a past edition often nobody says it.
        "language": row.choice("language", Session.Language, required=False),
        "target_group": row.text("target_group"),
        "target_group_en": row.text("target_group_en"),
        "takes_registrations": row.is_yes("registrations"),
        "capacity": row.whole("capacity", most=MAX_NUMBER),
        "is_cancelled": row.is_yes("cancelled"),
        "reported_count": row.whole("reported_count"),
        "reported_unit": row.text("reported_unit"),
        "reported_unit_en": row.text("reported_unit_en"),
        "reported_by": row.text("reported_by"),
        "reported_by_en": row.text("reported_by_en"),
        "reported_on": row.date("reported_on"),
        "reported_sources": row.text("reported_sources"),
        "sources": row.text("sources"),
        "example_fields": row.text("example"),
    }


def check_sessions(rows: Iterable[Row], sessions: Mapping[str, Session]) -> None:
    """Say in the rows where a room or a speaker is in two places, or the day is none of them."""
    for row in rows:
        session = sessions.get(row.key)
        if row.is_bad or session is None:
            continue
        for field, words in troubles_of(session, list(session.speakers.all())):
            row.complain(COLUMN_OF_TROUBLE.get(field, field), words)


def _instant(row: Row, column: str, date: dt.date | None) -> dt.datetime | None:
    """The hour of a cell on that day, in WIB."""
    time = row.time(column)
    if time is None:
        return None
    if date is None:
        row.complain(column, _("Jam perlu tanggal."))
        return None
    return dt.datetime.combine(date, time, WIB)
