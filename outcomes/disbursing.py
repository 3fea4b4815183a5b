"""Writing schemes and disbursements, each change with old and new in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from events.log import log_event
from events.models import Event
from outcomes.models import Disbursement, FinancingScheme
from outcomes.tracing import changes, state_of
from stands.models import Expo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.auth.models import AbstractBaseUser

    from pesantren.changed_meanwhile import Seen


def record_disbursement(
    key: UUID, values: Mapping[str, Any], *, actor: AbstractBaseUser
) -> Disbursement:
    """Write a disbursement, once for each key. Raises ValidationError."""
    with transaction.atomic():
        scheme = _locked(values["scheme"])
        there = Disbursement.objects.filter(key=key).first()
        if there is not None:
            return there
        row = Disbursement(key=key, made_by_id=actor.pk, **values)
        row.full_clean()
        row.save()
        _log(row, scheme, {}, actor)
    return row


def correct_disbursement(
    row: Disbursement,
    values: Mapping[str, Any],
    *,
    actor: AbstractBaseUser,
    seen: Seen | None = None,
) -> Disbursement:
    """Let a disbursement say something else.

    Raises ValidationError, and ChangedMeanwhileError where it says something else than whoever
    corrects it has `seen`.
    """
    with transaction.atomic():
        scheme = _locked(row.scheme)
        there = Disbursement.objects.select_related("scheme", "producer").get(pk=row.pk)
        if seen is not None:
            seen.refuse(there)
        before = state_of(there)
        for name, value in values.items():
            setattr(there, name, value)
        there.full_clean()
        there.save()
        _log(there, scheme, before, actor)
    return there


def remove_disbursement(row: Disbursement, *, reason: str, actor: AbstractBaseUser) -> None:
    """Take away what was entered by mistake; the log keeps what it said, and why it went."""
    with transaction.atomic():
        scheme = _locked(row.scheme)
        there = Disbursement.objects.filter(pk=row.pk).select_related("scheme", "producer").first()
        if there is None:
            return
        data = {"removed": True, "reason": reason, "changed": changes(state_of(there), {})}
        log_event(Event.Kind.DISBURSEMENT_CHANGED, _subject(there, scheme), actor=actor, data=data)
        there.delete()


def write_scheme(
    expo: Expo,
    scheme: FinancingScheme | None,
    values: Mapping[str, Any],
    *,
    actor: AbstractBaseUser,
    seen: Seen | None = None,
) -> FinancingScheme:
    """Make a scheme, or let one say something else. Raises as `correct_disbursement` does."""
    with transaction.atomic():
        Expo.objects.select_for_update(no_key=True).get(pk=expo.pk)
        there = FinancingScheme(expo=expo)
        if scheme is not None:
            there = FinancingScheme.objects.get(pk=scheme.pk)
            if seen is not None:
                seen.refuse(there)
        before = state_of(there) if there.pk else {}
        for name, value in values.items():
            setattr(there, name, value)
        there.full_clean()
        there.save()
        changed = changes(before, state_of(there))
        if changed:
            subject = f"{expo.slug}: {there.name}"
            data = {"changed": changed}
            log_event(Event.Kind.SCHEME_CHANGED, subject, actor=actor, data=data)
    return there


def _locked(scheme: FinancingScheme) -> FinancingScheme:
    """The scheme's row: what is sent twice at once comes one after the other."""
    found = FinancingScheme.objects.select_for_update(of=("self",)).select_related("expo")
    return found.get(pk=scheme.pk)


def _subject(row: Disbursement, scheme: FinancingScheme) -> str:
    return f"{scheme.expo.slug}: {row.recipient_text}"


def _log(
    row: Disbursement, scheme: FinancingScheme, before: dict[str, Any], actor: AbstractBaseUser
) -> None:
    changed = changes(before, state_of(row))
    if changed:
        data = {"disbursement": row.pk, "changed": changed}
        log_event(Event.Kind.DISBURSEMENT_CHANGED, _subject(row, scheme), actor=actor, data=data)
