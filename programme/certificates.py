"""Certificates of attendance: a sheet for each person, with a code that anybody can check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from reportlab.lib.colors import HexColor

from programme.codes import in_groups
from programme.models import ParticipantKind
from stands.batik import draw_cloth
from stands.clock import WIB, clock_text
from stands.paper import (
    A4_LANDSCAPE,
    BRICK,
    CREAM,
    INK,
    INK_SOFT,
    PINE,
    PINE_MIDDLE,
    TURMERIC,
    WHITE,
    Paper,
)
from stands.paper_letters import can_draw

if TYPE_CHECKING:
    from collections.abc import Iterable

    from programme.models import Attendance, Session

WIDTH, HEIGHT = A4_LANDSCAPE
BAND = 64.0
LEFT = BAND + 20
MIDDLE_WIDTH = WIDTH - LEFT - 22
PAPER = HexColor("#fffdf8")
ON_PINE = HexColor("#dcebe2")
CLOTH = HexColor("#1b5a45")
EDGE_CLOTH = HexColor("#f0e3c8")
# Four of the people who spoke are named; of more, how many.
MOST_SPEAKERS = 4


def certificates_pdf(attendances: Iterable[Attendance], *, origin: str) -> bytes:
    """A sheet for each of them, in the reader's language.

    Each is one who came and whose name is known. `origin` is what the codes lead to.
    """
    paper = Paper(A4_LANDSCAPE, title=_("Sertifikat kehadiran"))
    for place, attendance in enumerate(attendances):
        if place:
            paper.next_page()
        _ground(paper)
        _band(paper, attendance, origin)
        _words(paper, attendance)
    return paper.finish()


def _ground(paper: Paper) -> None:
    paper.box(0, 0, WIDTH, HEIGHT, fill=PAPER)
    paper.box(0, 0, BAND, HEIGHT, fill=PINE)
    draw_cloth(paper, "kembang", 0, 0, BAND, HEIGHT, repeat=32, colour=CLOTH)
    # The cloth's selvedge, where it ends.
    paper.box(BAND, 0, 1.2, HEIGHT, fill=TURMERIC)
    draw_cloth(paper, "gringsing", WIDTH - 9, 0, 9, HEIGHT, repeat=9, colour=EDGE_CLOTH)


def _band(paper: Paper, attendance: Attendance, origin: str) -> None:
    expo = attendance.session.expo
    middle = BAND / 2
    paper.star(middle, 40, 37, colour=PINE)
    paper.star(middle, 40, 31, colour=TURMERIC, inner=CREAM)
    # A plain ground under words and code, so that both can be read.
    top = 70
    paper.box(9, top, BAND - 18, 30, fill=PINE, radius=3)
    name = paper.fitted(expo.name, width=BAND - 24, points=15, least=9, most_lines=2, bold=True)
    below = paper.write(middle, top + 5, name, bold=True, colour=WHITE, align="centre")
    place = f"{expo.venue}, {expo.city}"
    fitted = paper.fitted(place, width=BAND - 24, points=8.5, least=6.5, most_lines=2)
    paper.write(middle, below + 2, fitted, colour=ON_PINE, align="centre")
    code = attendance.certificate
    card, qr = HEIGHT - 82, 36
    paper.box(9, card, BAND - 18, 67, fill=WHITE, radius=3)
    paper.text(middle, card + 7, _("Periksa keasliannya"), points=8, bold=True, align="centre")
    link = f"{origin}{reverse('certificate', args=[code])}"
    paper.qr(middle - qr / 2, card + 9, qr, link)
    groups = in_groups(code)
    for line, part in enumerate((groups[:9], groups[10:])):
        paper.text(middle, card + 50.5 + line * 5, part, points=11, bold=True, align="centre")
    site = origin.partition("://")[2] + reverse("certificate_check")
    shown = paper.fitted(site, width=BAND - 22, points=6.5, least=4.5)
    paper.write(middle, card + 59.5, shown, colour=INK_SOFT, align="centre")


def _words(paper: Paper, attendance: Attendance) -> None:
    session = attendance.session
    y = 43.0
    _spaced(paper, LEFT, y, _("Sertifikat kehadiran").upper())
    paper.rule(LEFT, y + 5, LEFT + 24, colour=TURMERIC, thickness=1)
    paper.text(LEFT, y + 22, _("diberikan kepada"), points=12, colour=INK_SOFT)
    y = _name(paper, y + 26.5, attendance.name)
    whence = _whence(attendance)
    fitted = paper.fitted(whence, width=MIDDLE_WIDTH, points=13, least=9, most_lines=2)
    y = paper.write(LEFT, y + 1.5, fitted, colour=INK) + 13
    paper.text(LEFT, y, _took_part(session), points=12, colour=INK_SOFT)
    title = paper.fitted(
        _title(session), width=MIDDLE_WIDTH, points=23, least=13, most_lines=3, bold=True
    )
    y = paper.write(LEFT, y + 4.5, title, bold=True, colour=PINE_MIDDLE) + 3
    for line in _facts(session):
        fitted = paper.fitted(line, width=MIDDLE_WIDTH, points=12, least=9, most_lines=2)
        y = paper.write(LEFT, y, fitted, colour=INK) + 1.2
    _foot(paper, attendance)


def _name(paper: Paper, y: float, name: str) -> float:
    """The name, or a line to write it on where it is in letters that cannot be printed."""
    if can_draw(name):
        fitted = paper.fitted(
            name, width=MIDDLE_WIDTH, points=38, least=22, most_lines=2, bold=True
        )
        return paper.write(LEFT, y, fitted, bold=True, colour=PINE)
    paper.rule(LEFT, y + 14, LEFT + 150, colour=INK_SOFT)
    said = _("Nama ditulis tangan; yang tercatat terbaca lewat kode QR.")
    paper.text(LEFT, y + 18.5, said, points=8, colour=INK_SOFT)
    return y + 20


def _title(session: Session) -> str:
    """The title in the reader's language, else in the one whose letters can be printed."""
    titles = (session.title_text, session.title, session.title_en)
    return next((one for one in titles if one and can_draw(one)), session.title_text)


def _foot(paper: Paper, attendance: Attendance) -> None:
    expo = attendance.session.expo
    y = HEIGHT - 24
    paper.rule(LEFT, y, LEFT + MIDDLE_WIDTH)
    organisers = _("Panitia %(expo)s") % {"expo": expo.name}
    paper.text(LEFT, y + 6.5, organisers, points=10, bold=True, colour=PINE)
    valid = _("Kehadirannya dicatat di pintu acara. Sah tanpa tanda tangan selama kodenya dikenal.")
    paper.text(LEFT, y + 11.5, valid, points=8, colour=INK_SOFT)
    if expo.is_example:
        said = _("CONTOH: bukan sertifikat sungguhan")
        paper.pill(LEFT, 25, said, points=9, fill=BRICK, colour=WHITE)


def _spaced(paper: Paper, x: float, y: float, text: str) -> None:
    """Capitals with room between them."""
    for letter in text:
        paper.text(x, y, letter, points=13, bold=True, colour=PINE_MIDDLE)
        x += paper.width_of(letter, points=13, bold=True) + 1.1


def _whence(attendance: Attendance) -> str:
    """As what somebody came, and from where."""
    kind = str(ParticipantKind(attendance.kind).label)
    producer = attendance.producer
    name = producer.name if producer else attendance.organisation
    if not name or name.casefold().startswith(kind.casefold()):
        return name or kind
    return f"{kind} · {name}"


def _took_part(session: Session) -> str:
    if session.kind == session.Kind.OTHER:
        return _("telah mengikuti")
    kinds = {
        session.Kind.TALKSHOW: _("telah mengikuti talkshow"),
        session.Kind.TRAINING: _("telah mengikuti pelatihan"),
        session.Kind.CEREMONY: _("telah menghadiri upacara"),
        session.Kind.COMPETITION: _("telah mengikuti lomba"),
    }
    return kinds[session.Kind(session.kind)]


def _facts(session: Session) -> list[str]:
    """Who spoke, the day and hours, the room: as far as they are known."""
    facts = []
    speakers = [speaker.name for speaker in session.speakers.all()]
    if speakers:
        named = ", ".join(speakers[:MOST_SPEAKERS])
        more = len(speakers) - MOST_SPEAKERS
        if more > 0:
            named = ngettext(
                "%(names)s, dan %(n)s lainnya", "%(names)s, dan %(n)s lainnya", more
            ) % {"names": named, "n": more}
        facts.append(_("bersama %(names)s") % {"names": named})
    when = []
    if session.date:
        when.append(date_format(session.date, "l, j F Y"))
    if session.starts_at and session.ends_at:
        start, end = (at.astimezone(WIB) for at in (session.starts_at, session.ends_at))
        when.append(f"{clock_text(start.time())}–{clock_text(end.time())} WIB")
    if session.room:
        when.append(session.room.name_text)
    if when:
        facts.append(" · ".join(when))
    return facts
