"""After a restore the server gives no number that it may have given before: it may be printed.

Receipts of the plain form and papers of its drawer are numbered by the server. What it gave after
the backup is unknown there, so it counts on from further ahead; no tablet's number is moved, and
only those of tablets are looked through for gaps (sales.closing.completeness).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from events.models import Event
from sales.models import DrawerHead, LedgerHead, Till

if TYPE_CHECKING:
    from django.db.models import QuerySet

    # By field and key of a row, the last number that was given there.
    Given = dict[tuple[str, int], int]

# More than a plain form gives between two backups.
SKIPPED = 1_000
# Under this name the event of a restore says after which number new books begin.
BEGIN = "numbers_begin_after"


def _counters() -> list[tuple[str, QuerySet[LedgerHead] | QuerySet[DrawerHead]]]:
    drawers = DrawerHead.objects.filter(till__letter__startswith=Till.WEB)
    return [
        ("web_counter", LedgerHead.objects.all()),
        ("close_counter", drawers),
        ("movement_counter", drawers),
    ]


def numbers_given() -> Given:
    """What the default connection's database has given, as far as it has such tables."""
    there = connection.introspection.table_names()
    return {
        (field, key): number
        for field, rows in _counters()
        if rows.model._meta.db_table in there
        for key, number in rows.order_by().values_list("pk", field)
    }


def skip_numbers(given: Given) -> int:
    """Count on behind what is here and what another database gave; after which new books begin."""
    for field, rows in _counters():
        for key, number in rows.order_by().values_list("pk", field):
            last = max(number, given.get((field, key), 0))
            rows.filter(pk=key).update(**{field: last + SKIPPED})
    return max(given.values(), default=0) + SKIPPED


def begin_after() -> int:
    """After which number a new book begins: its like may be among what a restore lost."""
    restored = Event.objects.filter(kind=Event.Kind.BACKUP_RESTORED).first()
    return 0 if restored is None else int(restored.data.get(BEGIN, SKIPPED))
