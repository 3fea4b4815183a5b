"""What a tablet says of itself is kept: last contact, last numbers, how much it still holds."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING

from django.db.models import F
from django.db.models.functions import Greatest

from sales.ledger_rows import Said
from sales.models import Tablet, Till
from stands.server_clock import server_now

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sales.tablet.protocol import Arrived, Envelope

logger = logging.getLogger(__name__)

# Eighty tablets speak every five seconds; what says nothing new is written this seldom.
WRITTEN_EVERY = dt.timedelta(seconds=10)


def tills_of(tablet: Tablet) -> dict[str, Till]:
    """The tablet's tills by prefix, the present one first, with stand, edition and its rules."""
    return by_prefix(_all_of(tablet))


def all_at_hand(tablet: Tablet) -> list[Till]:
    """Every till of the tablet, the present one first.

    Where they came with the tablet, that: recording asks less of the stand.
    """
    return tablet.tills_at_hand or _all_of(tablet)


def by_prefix(tills: Iterable[Till]) -> dict[str, Till]:
    """The newest of each prefix: the same stand code in two editions gives the same twice."""
    found: dict[str, Till] = {}
    for till in tills:
        found.setdefault(till.prefix, till)
    return found


def _all_of(tablet: Tablet) -> list[Till]:
    tills = tablet.tills.select_related("stand__expo__voucher_rules")
    return list(tills.order_by("-claimed_at", "-pk"))


def reports_of(
    tills: dict[str, Till], envelope: Envelope, *, arrived: Iterable[Arrived] = ()
) -> dict[int, Said]:
    """What the envelope says of each till, where it is new or the last contact is a while ago.

    The last counter never goes down, and a number that arrived counts as given.
    """
    now = server_now()
    counters: dict[str, int] = {}
    for one in arrived:
        if not one.training:
            counters[one.prefix] = max(counters.get(one.prefix, 0), one.counter)
    said = {}
    for prefix, till in tills.items():
        report = envelope.tills.get(prefix)
        last = max(counters.get(prefix, 0), report.last if report else 0)
        unsent = report.unsent if report else till.unsent
        is_new = last > till.last_counter or unsent != till.unsent
        if is_new or (report and _is_stale(till.last_contact_at, now)):
            said[till.pk] = Said(till.pk, last, unsent, now)
            till.last_counter = max(till.last_counter, last)
    return said


def note_report(tablet: Tablet, envelope: Envelope, said: dict[int, Said]) -> None:
    """Write down what the tablet says of itself, and what of its tills is not written yet."""
    now = server_now()
    if envelope.unkept and _is_stale(tablet.last_contact_at, now):
        logger.warning(
            "tablet %s sent %d entries that it could not keep for a restore",
            tablet.pk,
            envelope.unkept,
        )
    told = {
        "app_version": envelope.app_version,
        "storage_persists": envelope.storage_persists,
        "refused": envelope.refused,
        "owes": envelope.owes,
    }
    if _is_stale(tablet.last_contact_at, now) or any(
        getattr(tablet, name) != value for name, value in told.items()
    ):
        Tablet.objects.filter(pk=tablet.pk).update(
            **told,
            waits_since=now - envelope.waits if envelope.waits else None,
            clock_offset_ms=envelope.offset_ms(now),
            last_contact_at=now,
        )
    for one in said.values():
        if not one.is_written:
            Till.objects.filter(pk=one.till_id).update(
                last_counter=Greatest(F("last_counter"), one.last),
                unsent=one.unsent,
                last_contact_at=one.at,
            )


def _is_stale(at: dt.datetime | None, now: dt.datetime) -> bool:
    return at is None or now - at > WRITTEN_EVERY
