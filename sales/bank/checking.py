"""What people find at the bank: payments seen or not there, lines matched, findings taken back.

Nothing here touches the ledger. A payment has one finding in force and a line one match, which the
database holds; who comes second is told so.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.log import log_event
from events.models import Event
from sales.models import BankMatch, BankStatement, BankWithdrawal, Payment, PaymentCheck

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from django.contrib.auth.models import User

    from sales.models import BankLine

NOTE_LENGTH = 200
# Keys in the log, so that an entry stays readable.
NAMED = 200

Outcome = PaymentCheck.Outcome


class CheckRefused(Exception):  # noqa: N818, the outcome is a refusal and not a failure of ours
    """It cannot be noted so, or was noted already; nothing was written."""


def mark_seen(payments: Sequence[Payment], *, actor: User, note: str = "") -> int:
    """Note payments as seen at the bank, ticked by hand; answer how many. Raises CheckRefused."""
    with _one_finding_each(), transaction.atomic():
        _take_back_absence(payments, actor, _("Kemudian terlihat di rekening."))
        _check(payments, Outcome.SEEN, actor, note)
        _log(Outcome.SEEN, payments, actor, note)
    return len(payments)


def mark_absent(payments: Sequence[Payment], *, actor: User, note: str) -> int:
    """Note payments as not at the bank, with a note; answer how many. Raises CheckRefused."""
    if not note.strip():
        raise CheckRefused(_("Tulis catatannya: sudah dicari di mana, atau siapa yang ditanya."))
    with _one_finding_each(), transaction.atomic():
        _check(payments, Outcome.ABSENT, actor, note)
        _log(Outcome.ABSENT, payments, actor, note)
    return len(payments)


def match_line(
    line: BankLine, payments: Sequence[Payment], *, actor: User, note: str = ""
) -> BankMatch:
    """Say which payments a line is; a difference needs a note. Raises CheckRefused."""
    if not payments:
        raise CheckRefused(_("Pilih pembayarannya."))
    if any(one.sale.expo_id != line.expo_id for one in payments):
        raise ValueError("a payment of another edition")
    difference = line.amount_rupiah - sum(one.amount_rupiah for one in payments)
    if difference and not note.strip():
        raise CheckRefused(_("Jumlahnya tidak sama. Tulis catatan tentang selisihnya."))
    with _one_finding_each(), transaction.atomic():
        _refuse_withdrawn([line])
        match = _match(line, BankMatch.Kind.PAYMENTS, difference, actor, note)
        _take_back_absence(payments, actor, _("Kemudian terlihat di mutasi."))
        _check(payments, Outcome.SEEN, actor, "", match)
        _log(Outcome.SEEN, payments, actor, note, line=line, difference=difference)
    return match


def match_pairs(pairs: Iterable[tuple[BankLine, Payment]], *, actor: User) -> int:
    """Match lines with one payment each, of the same amount, all or none; answer how many.

    Raises CheckRefused.
    """
    pairs = list(pairs)
    now = timezone.now()
    with _one_finding_each(), transaction.atomic():
        payments = [payment for _line, payment in pairs]
        if any(line.amount_rupiah != payment.amount_rupiah for line, payment in pairs):
            raise ValueError("a pair of two amounts")
        _refuse_withdrawn([line for line, _payment in pairs])
        matches = BankMatch.objects.bulk_create(
            BankMatch(
                line=line,
                kind=BankMatch.Kind.PAYMENTS,
                difference_rupiah=0,
                made_by=actor,
                made_at=now,
            )
            for line, _payment in pairs
        )
        _take_back_absence(payments, actor, _("Kemudian terlihat di mutasi."))
        PaymentCheck.objects.bulk_create(
            PaymentCheck(
                payment=payment,
                outcome=Outcome.SEEN,
                match=match,
                checked_by=actor,
                checked_at=now,
            )
            for match, payment in zip(matches, payments, strict=True)
        )
        if pairs:
            _log(Outcome.SEEN, payments, actor, _("cocok sendiri: nilai dan waktu"))
    return len(pairs)


def explain_line(line: BankLine, *, actor: User, note: str) -> BankMatch:
    """Say that a line is no payment at a till, and what it is. Raises CheckRefused."""
    if not note.strip():
        raise CheckRefused(_("Tulis uang apa ini."))
    with _one_finding_each(), transaction.atomic():
        _refuse_withdrawn([line])
        match = _match(line, BankMatch.Kind.OTHER, line.amount_rupiah, actor, note)
        log_event(
            Event.Kind.BANK_CHECKED,
            f"{line}: {match.get_kind_display()}",
            actor=actor,
            data={"line": line.pk, "amount_rupiah": line.amount_rupiah, "note": match.note},
        )
    return match


@transaction.atomic
def revoke_match(match: BankMatch, *, actor: User, reason: str) -> None:
    """Take a match back, and with it what was seen by it. Raises CheckRefused."""
    # Whoever withdraws the file takes back the same rows, in another order.
    _hold_files([match.line])
    _revoke(BankMatch, match.pk, actor, reason)
    PaymentCheck.objects.filter(match=match, revoked_at=None).update(**_revocation(actor, reason))
    _log_revocation(str(match.line), {"match": match.pk, "reason": reason}, actor)


@transaction.atomic
def revoke_check(check: PaymentCheck, *, actor: User, reason: str) -> None:
    """Take back what was ticked by hand. Raises CheckRefused; a match is taken back as a whole."""
    if check.match_id is not None:
        raise CheckRefused(_("Ini hasil pencocokan. Cabut pencocokannya di baris mutasi."))
    _revoke(PaymentCheck, check.pk, actor, reason)
    number = check.payment.sale.number
    _log_revocation(number, {"check": check.pk, "reason": reason}, actor)


@transaction.atomic
def revoke_checks(payments: Sequence[Payment], *, actor: User, reason: str) -> int:
    """Take back what was ticked by hand for all of these, or none; how many. Raises CheckRefused.

    Who noted a whole day at once by mistake takes it back at once.
    """
    if not reason.strip():
        raise CheckRefused(_("Tulis alasannya."))
    found = PaymentCheck.objects.filter(payment__in=payments, match=None, revoked_at=None)
    if found.update(**_revocation(actor, reason)) != len(payments):
        raise CheckRefused(
            _("Sebagian baru saja dicabut. Tidak ada yang diubah; muat ulang halaman.")
        )
    number = len(payments)
    subject = ngettext("%(n)s pembayaran", "%(n)s pembayaran", number) % {"n": number}
    data: dict[str, object] = {
        "payments": [payment.pk for payment in payments[:NAMED]],
        "count": number,
        "amount_rupiah": sum(payment.amount_rupiah for payment in payments),
        "reason": reason.strip()[:NOTE_LENGTH],
    }
    _log_revocation(subject, data, actor)
    return number


# --- rows ---------------------------------------------------------------------------------------


@contextmanager
def _one_finding_each() -> Iterator[None]:
    """Turn the database's refusal of a second finding into words."""
    try:
        yield
    except IntegrityError as error:
        raise CheckRefused(
            _("Orang lain baru saja memeriksa ini. Tidak ada yang diubah; muat ulang halaman.")
        ) from error


def _hold_files(lines: Sequence[BankLine]) -> set[int]:
    """Let nobody withdraw the files of these lines meanwhile; answer which they are."""
    keys = {line.statement_id for line in lines}
    files = BankStatement.objects.filter(pk__in=keys).order_by("pk")
    list(files.select_for_update(no_key=True).values_list("pk"))
    return keys


def _refuse_withdrawn(lines: Sequence[BankLine]) -> None:
    """Hold the files of these lines. Raises CheckRefused if one was withdrawn."""
    keys = _hold_files(lines)
    if BankWithdrawal.objects.filter(statement__in=keys).exists():
        raise CheckRefused(_("Berkas mutasi ini sudah ditarik. Tidak ada yang diubah."))


def _check(
    payments: Sequence[Payment],
    outcome: PaymentCheck.Outcome,
    actor: User,
    note: str,
    match: BankMatch | None = None,
) -> None:
    now = timezone.now()
    PaymentCheck.objects.bulk_create(
        PaymentCheck(
            payment=payment,
            outcome=outcome,
            match=match,
            note=note.strip()[:NOTE_LENGTH],
            checked_by=actor,
            checked_at=now,
        )
        for payment in payments
    )


def _match(
    line: BankLine, kind: BankMatch.Kind, difference: int, actor: User, note: str
) -> BankMatch:
    return BankMatch.objects.create(
        line=line,
        kind=kind,
        difference_rupiah=difference,
        note=note.strip()[:NOTE_LENGTH],
        made_by=actor,
    )


def _take_back_absence(payments: Sequence[Payment], actor: User, reason: str) -> None:
    PaymentCheck.objects.filter(
        payment__in=payments, outcome=Outcome.ABSENT, revoked_at=None
    ).update(**_revocation(actor, reason))


def _revoke(model: type[BankMatch] | type[PaymentCheck], pk: int, actor: User, reason: str) -> None:
    if not reason.strip():
        raise CheckRefused(_("Tulis alasannya."))
    rows = model._default_manager.filter(pk=pk, revoked_at=None)
    if not rows.update(**_revocation(actor, reason)):
        raise CheckRefused(_("Ini sudah dicabut. Tidak ada yang diubah."))


def _revocation(actor: User, reason: str) -> dict[str, object]:
    return revocation(actor, reason, timezone.now())


def revocation(actor: User, reason: str, at: dt.datetime) -> dict[str, object]:
    """What a finding says of itself once it is taken back."""
    return {
        "revoked_at": at,
        "revoked_by": actor,
        "revocation": reason.strip()[:NOTE_LENGTH],
    }


def _log(
    outcome: PaymentCheck.Outcome,
    payments: Sequence[Payment],
    actor: User,
    note: str,
    *,
    line: BankLine | None = None,
    difference: int = 0,
) -> None:
    log_event(
        Event.Kind.BANK_CHECKED,
        ngettext("%(n)s pembayaran: %(what)s", "%(n)s pembayaran: %(what)s", len(payments))
        % {"n": len(payments), "what": outcome.label},
        actor=actor,
        data={
            "outcome": outcome.value,
            "payments": [payment.pk for payment in payments[:NAMED]],
            "count": len(payments),
            "amount_rupiah": sum(payment.amount_rupiah for payment in payments),
            "line": line.pk if line else None,
            "difference_rupiah": difference,
            "note": note.strip()[:NOTE_LENGTH],
        },
    )


def _log_revocation(subject: str, data: dict[str, object], actor: User) -> None:
    log_event(
        Event.Kind.BANK_CHECKED,
        _("%(subject)s: dicabut") % {"subject": subject},
        actor=actor,
        data=data,
    )
