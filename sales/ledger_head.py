"""The end of a stand's ledger: one row, which whoever writes there locks first."""

from __future__ import annotations

from contextlib import suppress
from string import ascii_uppercase
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction

from sales.models import LedgerHead, Till
from sales.prepared import prepared_cursor
from sales.renumbering import begin_after

if TYPE_CHECKING:
    from stands.models import Stand


def lock_head(stand: Stand) -> LedgerHead:
    """The end of the stand's ledger, locked until the transaction ends: one writer a stand.

    SQLite needs no row lock: its transactions are IMMEDIATE and take the one write lock at once.
    It is a statement of its own. PostgreSQL lets a statement see what was there when it began, and
    that is before it waited: what must be known of the stand is read by those that follow.
    """
    head = _locked(stand)
    if head is None:
        # The first sales of a stand meet here: one opens its ledger, the others wait and find it.
        with suppress(IntegrityError), transaction.atomic():
            _open_ledger(stand)
        head = _locked(stand)
    if head is None:
        raise LedgerHead.DoesNotExist(f"stand {stand.pk} has no ledger")
    return head


def _locked(stand: Stand) -> LedgerHead | None:
    if connection.vendor != "postgresql":
        heads = LedgerHead.objects.select_for_update(of=("self",)).select_related("web_till")
        return heads.filter(stand=stand).first()
    with prepared_cursor() as cursor:
        cursor.execute(LOCKING, [stand.pk])
        row = cursor.fetchone()
    if row is None:
        return None
    head = LedgerHead.from_db(connection.alias, HEAD, row)
    head.stand = stand
    return head


HEAD = [one.attname for one in LedgerHead._meta.concrete_fields]
# The till of the plain form is read where it is asked for: a tablet has its own.
LOCKING = f"SELECT {', '.join(HEAD)} FROM sales_ledgerhead WHERE stand_id = %s FOR UPDATE"  # noqa: S608


def _open_ledger(stand: Stand) -> None:
    """Begin the ledger of a stand, with the till that its plain form counts under."""
    letters = [Till.WEB, *(f"{Till.WEB}{letter}" for letter in ascii_uppercase)]
    taken = set(
        Till.objects.filter(
            expo_id=stand.expo_id,
            prefix__in=[f"{stand.code}-{letter}" for letter in letters],
        ).values_list("prefix", flat=True)
    )
    # Another stand had this code once and printed numbers under it.
    letter = next(one for one in letters if f"{stand.code}-{one}" not in taken)
    till = Till.objects.create(
        expo_id=stand.expo_id,
        stand=stand,
        letter=letter,
        prefix=f"{stand.code}-{letter}",
        name="Formulir",
    )
    LedgerHead.objects.create(stand=stand, web_till=till, web_counter=begin_after())
