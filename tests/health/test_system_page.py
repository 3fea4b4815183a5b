"""The page of the system's state: what somebody should look at, and how each part is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event
from opop_expo.health import nodes
from opop_expo.health.logs import NODE_NAME
from opop_expo.models import ErrorSeen, NodeReport, PolicyReport
from sales.models import Tablet, Till
from stands.clock import business_date
from stands.models import InquiryMail
from tests.inquiries import make_inquiry
from tests.ledger import make_shop
from tests.participants import make_organiser
from tests.tablets import pair_tablet

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

GB = 1024**3
WELL = {"portal": "0.1.0", "python": "3.11.7", "django": "5.2.19"}


@pytest.fixture
def citra(client: Client) -> Client:
    """Citra organises."""
    client.force_login(make_organiser())
    return client


def make_report(*, node: str = "aula-1", process: int = 7, ago: float = 10, **more: Any) -> None:
    """A process that reported so many seconds ago."""
    now = timezone.now()
    fields = {
        "started_at": now - dt.timedelta(hours=3),
        "seen_at": now - dt.timedelta(seconds=ago),
        "versions": WELL,
        "disks": [["media", 40 * GB, 80 * GB, True]],
    }
    NodeReport.objects.create(node=node, process=process, **fields | more)


def make_backup(*, ago: dt.timedelta = dt.timedelta(minutes=9), **more: Any) -> None:
    """A backup that was made so long ago, whole unless it is said otherwise."""
    data = {"verified": True, "bytes": 5_000_000, "seconds": 4, "problem": ""} | more
    Event.objects.create(
        kind=Event.Kind.BACKUP_MADE, subject="2026-11-26T01-00", at=timezone.now() - ago, data=data
    )


def make_error(**more: Any) -> ErrorSeen:
    fields = {
        "day": business_date(timezone.now()),
        "kind": "ValueError",
        "place": "sales/totals/sums.py:42 daily_totals",
        "view": "daily_totals",
        "count": 3,
        "last_at": timezone.now(),
        "node": "aula-1",
        "request_ids": ["K7QM-M5X4-ZT3B"],
    }
    return ErrorSeen.objects.create(**fields | more)


def test_portal_that_is_well_says_so(citra: Client) -> None:
    make_shop()
    make_report()
    make_report(process=8)
    make_backup()
    text = citra.get("/admin/sistem/").text
    assert "Semuanya baik" in text
    assert "2 proses" in text
    assert "portal 0.1.0 · Python 3.11.7 · Django 5.2.19" in text
    assert "40,0 GB kosong dari 80,0 GB" in text.replace("\xa0", " ")
    assert "dipulihkan ke tempat percobaan dan utuh" in text
    assert "semua sudah diterapkan" in text
    assert 'href="/admin/sales/tablet/"' in text


@pytest.mark.parametrize(("minutes", "is_old"), [(55, False), (65, True)])
def test_backup_that_is_old_is_a_concern(citra: Client, minutes: int, *, is_old: bool) -> None:
    make_backup(ago=dt.timedelta(minutes=minutes))
    text = citra.get("/admin/sistem/").text
    assert ("Cadangan teruji yang terakhir dibuat" in text) is is_old


def test_what_is_not_well_stands_first(citra: Client, settings: Any) -> None:
    settings.DISK_MIN_FREE_MB, settings.DISK_LOW_FREE_MB = 200, 2048
    stand, _offers = make_shop()
    pair_tablet(stand)
    Till.objects.update(unsent=12)
    Tablet.objects.update(refused=1)
    make_report(disks=[["private", 100, 80 * GB, True], ["backups", 100, 90 * GB, True]])
    make_report(node="aula-2", versions=WELL | {"portal": "0.1.1"}, disks=[["media", GB, GB, True]])
    make_report(node="aula-3", ago=3_600)
    make_backup(verified=False, problem="The disk of the backups is full.")
    make_error()
    MigrationRecorder(connection).record_unapplied("opop_expo", "0001_initial")
    text = citra.get("/admin/sistem/").text
    for words in [
        "10 hal perlu dilihat",
        "1 perubahan basis data belum diterapkan",
        "opop_expo.0001_initial",
        "Ruang di node aula-1 habis",
        "cadangan:",
        "Ruang di node aula-2 menipis",
        "Node aula-3 berhenti melapor",
        "versi yang berbeda",
        "Cadangan terakhir gagal",
        "The disk of the backups is full.",
        "Belum ada cadangan yang sudah diuji",
        "3 kesalahan hari ini",
        "1 tablet tidak bisa mengirim semua penjualannya",
        "tidak ada tablet yang tersambung",
    ]:
        assert words in text, words
    # What endangers today's sales comes before the rest.
    assert text.index("Belum ada cadangan yang sudah diuji") < text.index("Node aula-3")


def test_error_is_shown_with_the_codes_under_which_the_log_has_it(citra: Client) -> None:
    make_error()
    make_error(day=business_date(timezone.now()) - dt.timedelta(days=1), view="ticket", count=1_500)
    text = citra.get("/admin/sistem/").text
    assert text.index("daily_totals</code>") < text.index("ticket</code>")
    assert "<code>K7QM-M5X4-ZT3B</code>" in text
    assert "1.500×" in text


def test_mail_that_waits_for_long_is_a_concern(citra: Client) -> None:
    stand, _offers = make_shop()
    inquiry = make_inquiry(expo=stand.expo, product=None, stand=stand)
    inquiry.received_at = timezone.now() - dt.timedelta(hours=2)
    inquiry.save()
    InquiryMail.objects.create(inquiry=inquiry, tries=24)
    text = citra.get("/admin/sistem/").text
    assert "lebih dari satu jam belum terkirim" in text
    InquiryMail.objects.update(sent_at=timezone.now())
    assert "Semua sudah terkirim." in citra.get("/admin/sistem/").text


def test_reports_of_browsers_are_for_who_may_see_them(citra: Client) -> None:
    PolicyReport.objects.create(
        directive="script-src-elem", blocked="https://iklan.example", route="produk/", count=41
    )
    assert "https://iklan.example" in citra.get("/admin/sistem/").text
    user = make_organiser("dewi")
    user.groups.clear()
    user.user_permissions.add(Permission.objects.get(codename="view_nodereport"))
    citra.force_login(user)
    assert "https://iklan.example" not in citra.get("/admin/sistem/").text


def test_page_is_two_clicks_away_and_speaks_english(citra: Client) -> None:
    make_shop()
    assert 'href="/admin/sistem/"' in citra.get("/admin/").text
    assert 'href="/en/admin/sistem/"' in citra.get("/en/admin/").text


def test_page_costs_no_more_with_more_of_everything(citra: Client) -> None:
    make_shop()

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            citra.get("/admin/sistem/")
        return len(seen)

    make_report()
    make_error()
    citra.get("/admin/sistem/")
    few = cost()
    for number in range(3):
        make_report(node=f"lain-{number}")
        make_error(kind=f"Error{number}")
    assert cost() == few <= 25


def test_node_tells_of_itself_as_the_page_reads_it(citra: Client) -> None:
    nodes.report(timezone.now())
    text = citra.get("/admin/sistem/").text
    assert NODE_NAME in text
    assert "1 proses" in text
