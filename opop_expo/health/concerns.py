"""What of the portal's health somebody should look at now, in words and with the way there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opop_expo.health.state import differ
from pesantren.money import thousands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opop_expo.health.system_page import SystemState

# `send_inquiries` runs every five minutes.
MAIL_WITHIN = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Concern:
    """One thing that is not as it should be; a grave one endangers what is sold today."""

    words: str
    is_grave: bool
    # The part of the page that tells more.
    anchor: str


def concerns(state: SystemState) -> list[Concern]:
    """All of them, the grave ones first."""
    found = [*_of_nodes(state), *_of_disks(state), *_of_backups(state), *_of_the_rest(state)]
    return sorted(found, key=lambda one: not one.is_grave)


def _of_nodes(state: SystemState) -> Iterator[Concern]:
    if state.missing_migrations:
        text = ngettext(
            "%(n)s perubahan basis data belum diterapkan: jalankan migrate.",
            "%(n)s perubahan basis data belum diterapkan: jalankan migrate.",
            len(state.missing_migrations),
        )
        yield Concern(text % {"n": len(state.missing_migrations)}, True, "database")
    if not any(node.is_up for node in state.nodes):
        yield Concern(_("Belum ada node yang melapor dalam tiga menit terakhir."), False, "nodes")
    for node in state.nodes:
        if not node.is_up:
            yield Concern(
                _("Node %(name)s berhenti melapor.") % {"name": node.name}, False, "nodes"
            )
    if differ(state.nodes):
        words = _("Node menjalankan versi yang berbeda: pembaruan mungkin baru setengah jalan.")
        yield Concern(words, False, "nodes")


def _of_disks(state: SystemState) -> Iterator[Concern]:
    for node in state.nodes:
        if node.is_up and any(disk.is_full for disk in node.disks):
            words = _("Ruang di node %(name)s habis: ia tidak menerima permintaan lagi.")
            yield Concern(words % {"name": node.name}, True, "nodes")
        elif node.is_up and any(disk.is_low for disk in node.disks):
            words = _("Ruang di node %(name)s menipis.")
            yield Concern(words % {"name": node.name}, False, "nodes")


def _of_backups(state: SystemState) -> Iterator[Concern]:
    last, whole = state.last_backup, state.last_whole_backup
    if last is not None and last.problem:
        yield Concern(_("Cadangan terakhir gagal."), True, "backup")
    if whole is None:
        yield Concern(_("Belum ada cadangan yang sudah diuji."), True, "backup")
    elif state.now - whole.at > dt.timedelta(minutes=settings.BACKUP_WITHIN_MINUTES):
        ago = timesince(whole.at, state.now)
        words = _("Cadangan teruji yang terakhir dibuat %(ago)s yang lalu.") % {"ago": ago}
        yield Concern(words, True, "backup")


def _of_the_rest(state: SystemState) -> Iterator[Concern]:
    if state.errors_today:
        text = ngettext(
            "%(n)s kesalahan hari ini.", "%(n)s kesalahan hari ini.", state.errors_today
        )
        yield Concern(text % {"n": thousands(state.errors_today)}, False, "errors")
    oldest = state.mail.oldest_at
    if oldest is not None and state.now - oldest > MAIL_WITHIN:
        yield Concern(_("Ada surat yang lebih dari satu jam belum terkirim."), False, "mail")
    if state.tablets_stuck:
        text = ngettext(
            "%(n)s tablet tidak bisa mengirim semua penjualannya.",
            "%(n)s tablet tidak bisa mengirim semua penjualannya.",
            state.tablets_stuck,
        )
        yield Concern(text % {"n": thousands(state.tablets_stuck)}, False, "tablets")
    if state.unsent and not state.tablets_heard:
        words = _("Ada penjualan yang masih di tablet, dan tidak ada tablet yang tersambung.")
        yield Concern(words, False, "tablets")
