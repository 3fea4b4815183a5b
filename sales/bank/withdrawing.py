"""Withdrawing a file of the bank that was taken over by mistake: of another account, read wrongly.

Nothing is removed. A row says that it was withdrawn, by whom and why; what was found by its lines
is taken back as it is one by one, and stays to be read. The same file can be taken over again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from events.log import log_event
from events.models import Event
from sales.bank.checking import NAMED, NOTE_LENGTH, CheckRefused, revocation
from sales.bank.importing import hold_edition
from sales.models import BankFormat, BankMatch, BankStatement, BankWithdrawal, PaymentCheck

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db import models


@dataclass(frozen=True)
class Undone:
    """What is taken back with a file."""

    # Lines that were said to be payments, lines that were explained otherwise.
    matched: int
    other: int
    # What nobody has seen at the bank then.
    payments: int

    @property
    def as_shown(self) -> str:
        """In one word: what a person looked at is what may be taken back."""
        return f"{self.matched}-{self.other}-{self.payments}"


def undone_with(statement: BankStatement) -> Undone:
    """What would be taken back with this file now."""
    kinds = dict(_findings(statement).order_by().values_list("kind").annotate(count=Count("pk")))
    return Undone(
        matched=kinds.get(BankMatch.Kind.PAYMENTS.value, 0),
        other=kinds.get(BankMatch.Kind.OTHER.value, 0),
        payments=_checks(statement).count(),
    )


def files_that_left_out(statement: BankStatement) -> models.QuerySet[BankStatement]:
    """Files in force that came later and left out lines that were there: perhaps of this one."""
    later = BankStatement.objects.in_force().filter(expo=statement.expo_id, pk__gt=statement.pk)
    return later.filter(known_count__gt=0)


def withdraw_statement(
    statement: BankStatement, *, actor: User, reason: str, shown: str
) -> BankWithdrawal:
    """Withdraw a file and take back what was found by it. Raises CheckRefused.

    `shown` is what the person was told would be taken back.
    """
    if not reason.strip():
        raise CheckRefused(_("Tulis alasannya."))
    with transaction.atomic():
        hold_edition(statement.expo)
        # Whoever matches one of its lines, or takes a match back, holds it too.
        BankStatement.objects.select_for_update(no_key=True, of=("self",)).get(pk=statement.pk)
        if BankWithdrawal.objects.filter(statement=statement).exists():
            raise CheckRefused(_("Berkas mutasi ini sudah ditarik. Tidak ada yang diubah."))
        undone = undone_with(statement)
        if undone.as_shown != shown:
            raise CheckRefused(
                _("Pencocokannya sudah berubah sejak halaman dibuka. Lihat dulu, lalu ulangi.")
            )
        return _withdraw(statement, undone, actor, reason.strip()[:NOTE_LENGTH])


def _withdraw(statement: BankStatement, undone: Undone, actor: User, reason: str) -> BankWithdrawal:
    now = timezone.now()
    named = list(_findings(statement).order_by("pk").values_list("pk", flat=True)[:NAMED])
    # Before the matches: afterwards it could not be told which were in force.
    _checks(statement).update(**revocation(actor, reason, now))
    _findings(statement).update(**revocation(actor, reason, now))
    # Or the next file of the kind would be read wrongly in the same way, and said to be known.
    BankFormat.objects.filter(
        heading_hash=statement.heading_hash, columns=statement.columns
    ).delete()
    withdrawal = BankWithdrawal.objects.create(
        statement=statement,
        reason=reason,
        matched_count=undone.matched,
        other_count=undone.other,
        payment_count=undone.payments,
        made_by=actor,
        made_at=now,
    )
    log_event(
        Event.Kind.BANK_WITHDRAWN,
        statement.name,
        actor=actor,
        data={
            "statement": statement.pk,
            "edition": statement.expo.slug,
            "file_hash": statement.file_hash,
            "lines": statement.line_count,
            "matched": undone.matched,
            "other": undone.other,
            "reopened": undone.payments,
            "findings": named,
            "reason": reason,
        },
    )
    return withdrawal


def _findings(statement: BankStatement) -> models.QuerySet[BankMatch]:
    return BankMatch.objects.filter(line__statement=statement, revoked_at=None)


def _checks(statement: BankStatement) -> models.QuerySet[PaymentCheck]:
    return PaymentCheck.objects.filter(match__line__statement=statement, revoked_at=None)
