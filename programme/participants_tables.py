"""What organisers take out of the attendance as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from programme.models import Attendance
from stands.clock import WIB

if TYPE_CHECKING:
    from collections.abc import Iterable

    from programme.attending import SessionCount
    from programme.models import Session

Row = list[str | int]


def session_rows(counts: Iterable[SessionCount]) -> list[Row]:
    """Each session with its four figures; one that is not known is an empty cell."""
    head: Row = [
        _("acara"),
        _("jenis"),
        _("tanggal"),
        _("kapasitas"),
        _("terdaftar"),
        _("daftar tunggu"),
        _("dihitung di pintu"),
        _("dilaporkan"),
        _("satuan yang dilaporkan"),
        _("dilaporkan oleh"),
    ]
    return [head, *(_session_row(one) for one in counts)]


def _session_row(one: SessionCount) -> Row:
    session = one.session

    def known(number: int | None) -> str | int:
        return "" if number is None else number

    return [
        session.title_text,
        str(session.get_kind_display()),
        session.date.isoformat() if session.date else "",
        known(session.capacity),
        one.registered if session.takes_registrations or one.registered else "",
        one.waiting if session.takes_registrations or one.waiting else "",
        one.came if one.was_counted else "",
        known(one.reported),
        session.reported_unit_text,
        session.reported_by_text,
    ]


def people_rows(session: Session) -> list[Row]:
    """Everybody who was let in, those taken back too, as they came."""
    head: Row = [
        _("nama"),
        _("sebagai"),
        _("pelaku usaha"),
        _("usaha atau lembaga"),
        _("cara"),
        _("keadaan tiket"),
        _("datang (WIB)"),
        _("jam HP salah"),
        _("dicatat oleh"),
        _("ditarik kembali"),
        _("kode sertifikat"),
    ]
    rows = Attendance.objects.of(session).select_related("producer", "recorded_by")
    return [head, *(_person_row(row) for row in rows)]


def _person_row(row: Attendance) -> Row:
    return [
        row.name,
        str(row.get_kind_display()),
        row.producer.name if row.producer else "",
        row.organisation,
        str(row.get_way_display()),
        str(row.get_ticket_state_display()) if row.ticket_state else "",
        f"{row.came_at.astimezone(WIB):%Y-%m-%d %H:%M:%S}",
        _("ya") if row.time_is_guessed else "",
        row.recorded_by.get_username(),
        _("ya") if row.withdrawn_at else "",
        row.certificate,
    ]
