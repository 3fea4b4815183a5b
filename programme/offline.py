"""The programme in what a visitor's phone keeps of an edition: each session, and all as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from programme.finding import UNKNOWN, text_of
from programme.schedule import sessions_of
from stands.offline import Parts, Section, folded

if TYPE_CHECKING:
    from django.http import HttpRequest

    from programme.models import Session
    from stands.models import Expo
    from stands.offline import Line

TEMPLATE = "programme/offline.html"
PATH = "jadwal/"


def schedule_section(request: HttpRequest, expo: Expo) -> Section:
    """The schedule for the copy, in the reader's language."""
    sessions = sessions_of(expo)
    parts = Parts(request, {"expo": expo}, TEMPLATE)
    if not sessions:
        return Section(PATH, pages={PATH: (_("Jadwal acara"), parts.render("none"))})
    return Section(
        PATH,
        pages={
            f"{PATH}{one.slug}/": (one.title_text, parts.render("session", session=one))
            for one in sessions
        },
        listed=(_("Jadwal acara"), parts.render("list")),
        lines=[_line(one, parts) for one in sessions],
    )


def _line(session: Session, parts: Parts) -> Line:
    day = session.date.isoformat() if session.date else UNKNOWN
    tags = [f"day={day}", f"kind={session.kind}"]
    words = folded(text_of(session), session.title_text)
    return f"{PATH}{session.slug}/", words, tags, parts.render("line", session=session)
