"""Writing partnerships: recorded, moved from interest to contract, and their document kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from events.log import log_event
from events.models import Event
from outcomes.documents import delete_document, digest_of, save_document
from outcomes.models import Agreement, AgreementParty
from outcomes.tracing import changes, state_of
from stands.models import Expo, Inquiry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from django.contrib.auth.models import AbstractBaseUser

    from pesantren.changed_meanwhile import Seen
    from pesantren.models import Pesantren, Producer

State = Agreement.State
# Where a partnership can go from where it is: onward, to its end, and a step back that corrects.
NEXT: dict[str, list[State]] = {
    State.INTEREST: [State.TALK, State.REPORTED, State.SIGNED, State.CONTRACT, State.ENDED],
    State.TALK: [State.REPORTED, State.SIGNED, State.CONTRACT, State.ENDED, State.INTEREST],
    State.REPORTED: [State.SIGNED, State.CONTRACT, State.ENDED, State.TALK],
    State.SIGNED: [State.CONTRACT, State.ENDED, State.REPORTED, State.TALK],
    State.CONTRACT: [State.ENDED, State.SIGNED],
    State.ENDED: [State.TALK, State.REPORTED, State.SIGNED, State.CONTRACT],
}


@dataclass(frozen=True)
class PartyGiven:
    """One of those who agreed, as the form gives it."""

    producer: Producer | None = None
    pesantren: Pesantren | None = None
    company: str = ""
    country: str = ""
    signatory: str = ""


def record_agreement(
    key: UUID,
    *,
    expo: Expo,
    values: Mapping[str, Any],
    parties: Iterable[PartyGiven],
    actor: AbstractBaseUser,
    inquiry: Inquiry | None = None,
) -> Agreement:
    """Write a partnership, once for each key and once for each inquiry. Raises ValidationError."""
    with transaction.atomic():
        Expo.objects.select_for_update(no_key=True).get(pk=expo.pk)
        there = Agreement.objects.filter(key=key).first()
        if there is None and inquiry is not None:
            there = Agreement.objects.filter(inquiry=inquiry).first()
        if there is not None:
            return there
        agreement = Agreement(key=key, expo=expo, inquiry=inquiry, made_by_id=actor.pk, **values)
        agreement.full_clean()
        agreement.save()
        _write_parties(agreement, parties)
        _log(agreement, {}, actor)
    return agreement


def change_agreement(
    agreement: Agreement,
    *,
    seen: Seen | None,
    values: Mapping[str, Any],
    parties: Iterable[PartyGiven],
    actor: AbstractBaseUser,
) -> Agreement:
    """Let a partnership say something else or move on.

    Raises ValidationError, and ChangedMeanwhileError where it says something else than whoever
    changes it has `seen`.
    """
    with transaction.atomic():
        there = lock(agreement)
        if seen is not None:
            seen.refuse(there)
        before = _told(there)
        for name, value in values.items():
            setattr(there, name, value)
        there.full_clean()
        there.save()
        _write_parties(there, parties)
        _log(there, before, actor)
    return there


def keep_document(agreement: Agreement, content: bytes, *, actor: AbstractBaseUser) -> None:
    """Keep a document that was looked through, in place of the one before."""
    name = save_document(content)
    try:
        with transaction.atomic():
            _put_document(agreement, name, digest_of(content), actor)
    except BaseException:
        delete_document(name)
        raise


def remove_document(agreement: Agreement, *, actor: AbstractBaseUser) -> None:
    """Take the document away; the log keeps its digest."""
    with transaction.atomic():
        if lock(agreement).document:
            _put_document(agreement, "", "", actor)


def note_reading(agreement: Agreement, *, actor: AbstractBaseUser) -> None:
    """Write down who opened the document."""
    data = {"agreement": agreement.pk, "hash": agreement.document_sha256}
    log_event(Event.Kind.DOCUMENT_READ, subject_of(agreement), actor=actor, data=data)


def lock(agreement: Agreement) -> Agreement:
    """The agreement's row, which nobody else writes meanwhile."""
    found = Agreement.objects.select_for_update(of=("self",)).select_related("expo")
    return found.get(pk=agreement.pk)


def subject_of(agreement: Agreement) -> str:
    """How the log calls a partnership."""
    return f"{agreement.expo.slug}: {agreement.name}"


def _put_document(agreement: Agreement, name: str, digest: str, actor: AbstractBaseUser) -> None:
    there = lock(agreement)
    old_name, old_digest = there.document.name, there.document_sha256
    there.document.name, there.document_sha256 = name, digest
    there.save(update_fields=["document", "document_sha256"])
    changed = {"document": [old_digest[:16] or None, digest[:16] or None]}
    data = {"agreement": there.pk, "changed": changed, "hash": digest or old_digest}
    log_event(Event.Kind.AGREEMENT_CHANGED, subject_of(there), actor=actor, data=data)
    transaction.on_commit(lambda: delete_document(old_name or ""), robust=True)


def _write_parties(agreement: Agreement, parties: Iterable[PartyGiven]) -> None:
    """Let these be the parties, in this order; rows that stay the same stay."""
    there = list(agreement.parties.all())
    given = list(parties)
    for row, party in zip(there, given, strict=False):
        for name in ("producer", "pesantren", "company", "country", "signatory"):
            setattr(row, name, getattr(party, name))
        row.full_clean()
        row.save()
    for row in there[len(given) :]:
        row.delete()
    for party in given[len(there) :]:
        row = AgreementParty(agreement=agreement, order=0, **vars(party))
        row.full_clean()
        row.save()


def _told(agreement: Agreement) -> dict[str, Any]:
    """What the log keeps: the partnership and the names of its parties, not who signed for them."""
    rows = AgreementParty.objects.filter(agreement=agreement)
    parties = [str(one) for one in rows.select_related("producer", "pesantren")]
    told = {name: value for name, value in state_of(agreement).items() if name != "document"}
    return told | {"parties": ", ".join(parties)}


def _log(agreement: Agreement, before: dict[str, Any], actor: AbstractBaseUser) -> None:
    changed = changes(before, _told(agreement))
    moved = changed.pop("state", None)
    data: dict[str, Any] = {"agreement": agreement.pk, "changed": changed}
    if moved and moved[0]:
        data |= {"from": moved[0], "to": moved[1]}
    elif moved:
        data["state"] = moved[1]
    if changed or moved:
        log_event(Event.Kind.AGREEMENT_CHANGED, subject_of(agreement), actor=actor, data=data)
