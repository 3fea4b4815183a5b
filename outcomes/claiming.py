"""Writing claims: recorded, corrected, counted, and one of each figure published.

Every write locks the edition's row first, so that two organisers never publish two claims of one
figure; the database's own constraint stands behind that.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from events.log import log_event
from events.models import Event
from outcomes.counting import QUERIES, Query, count
from outcomes.models import Claim, ClaimQuerySet, FinancingScheme
from outcomes.tracing import changes, in_language, state_of
from stands.models import Expo

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

    from pesantren.changed_meanwhile import Seen

# What a counted claim says of who says it.
BY_THIS_SYSTEM = "Sistem OPOP Expo"


class ClaimRefused(Exception):  # noqa: N818, the outcome is a refusal and not a failure of ours
    """It is not written, for a reason that a person can read."""


@dataclass(frozen=True)
class Said:
    """What a claim says, checked for its shape. An amount is whole rupiah."""

    figure: str
    said_by: str
    basis: str = Claim.Basis.REPORTED
    value: int | None = None
    date: dt.date | None = None
    scheme: FinancingScheme | None = None
    unit: str = ""
    unit_en: str = ""
    text: str = ""
    text_en: str = ""
    detail: str = ""
    detail_en: str = ""
    sources: str = ""
    said_on: dt.date | None = None
    order: int = 0


def record_claim(expo: Expo, said: Said, *, actor: AbstractBaseUser) -> Claim:
    """Write a claim. One that says the same is there once, however often it is sent."""
    with transaction.atomic():
        locked = lock(expo)
        same = Claim.objects.filter(expo=locked, **_what_is_said(said)).first()
        if same is not None:
            return same
        claim = Claim(expo=locked, made_by_id=actor.pk, **_values(said))
        claim.full_clean()
        claim.save()
        _log_change(claim, {}, actor)
    return claim


def correct_claim(
    claim: Claim, said: Said, *, actor: AbstractBaseUser, seen: Seen | None = None
) -> Claim:
    """Let a claim say something else, with what it said before in the log.

    What this system counted is not corrected but counted again. A published claim that moves to a
    figure that has one is refused by the constraint, as a ValidationError. Raises ClaimRefused, and
    ChangedMeanwhileError where it says something else than whoever corrects it has `seen`.
    """
    with transaction.atomic():
        lock(claim.expo)
        there = Claim.objects.get(pk=claim.pk)
        if there.basis == Claim.Basis.COUNTED:
            raise ClaimRefused(_("Angka yang dihitung sistem tidak diubah tangan. Hitung ulang."))
        if seen is not None:
            seen.refuse(there)
        before = state_of(there)
        # Its place among the others is given by the files of the edition.
        for name, value in _what_is_said(said).items():
            setattr(there, name, value)
        there.full_clean()
        there.save()
        _log_change(there, before, actor)
    return there


def remove_claim(claim: Claim, *, actor: AbstractBaseUser) -> None:
    """Take away a claim that was entered by mistake; the log keeps what it said.

    Raises ClaimRefused for a published one, and for one from the files of the edition.
    """
    with transaction.atomic():
        lock(claim.expo)
        there = Claim.objects.filter(pk=claim.pk).first()
        if there is None:
            return
        if there.is_published:
            raise ClaimRefused(_("Klaim ini sedang diterbitkan. Terbitkan yang lain dulu."))
        if there.code:
            raise ClaimRefused(_("Klaim ini berasal dari berkas edisi, jadi tetap ada."))
        before = state_of(there)
        data = {"claim": there.pk, "removed": True, "changed": changes(before, {})}
        log_event(Event.Kind.CLAIM_CHANGED, subject_of(there), actor=actor, data=data)
        there.delete()


def publish_claim(claim: Claim, *, actor: AbstractBaseUser) -> Claim:
    """Let the results give this claim as the figure, in place of the one that they gave before.

    A statement is published beside the others of its kind. Publishing twice changes nothing.
    """
    with transaction.atomic():
        lock(claim.expo)
        there = Claim.objects.get(pk=claim.pk)
        if there.is_published:
            return there
        before = None
        if not there.is_statement:
            before = siblings(there).published().first()
            siblings(there).published().update(is_published=False)
        Claim.objects.filter(pk=there.pk).update(is_published=True)
        there.is_published = True
        _log_published(there, before, actor)
    return there


def withdraw_claim(claim: Claim, *, actor: AbstractBaseUser) -> Claim:
    """Publish none of its figure: the results then say nothing of it."""
    with transaction.atomic():
        lock(claim.expo)
        there = Claim.objects.get(pk=claim.pk)
        if there.is_published:
            Claim.objects.filter(pk=there.pk).update(is_published=False)
            there.is_published = False
            _log_published(there, there, actor)
    return there


def count_now(
    expo: Expo,
    name: str,
    *,
    actor: AbstractBaseUser,
    date: dt.date | None = None,
    scheme: FinancingScheme | None = None,
) -> Claim | None:
    """Ask a query of outcomes.counting and keep its answer as a claim; None if it counts nothing.

    There is one claim of a query for an edition, a day or a scheme, brought up to date. A published
    one whose count has changed stays, and the new count lies beside it until it is published.
    Raises NotCountableError.
    """
    with transaction.atomic():
        locked = lock(expo)
        value = count(locked, name, date=date, scheme=scheme)
        if value is None:
            return None
        asked, now = QUERIES[name], timezone.now()
        mine = Claim.objects.filter(
            expo=locked, query=name, date=date, scheme=scheme, basis=Claim.Basis.COUNTED
        )
        there = mine.filter(value=value).order_by("-is_published").first()
        there = there or mine.filter(is_published=False).first()
        if there is not None:
            mine.filter(is_published=False).exclude(pk=there.pk).delete()
        else:
            there = Claim(expo=locked, figure=asked.figure, date=date, scheme=scheme, query=name)
            there.made_by_id = actor.pk
        before = state_of(there) if there.pk else {}
        there.value, there.counted_at, there.basis = value, now, Claim.Basis.COUNTED
        there.said_by = BY_THIS_SYSTEM
        there.example_fields = "*" if locked.is_example else ""
        there.unit = _unit("id", asked, value)
        there.unit_en = _unit("en", asked, value)
        there.detail, there.detail_en = (in_language(one, asked.what) for one in ("id", "en"))
        there.full_clean()
        there.save()
        if state_of(there) != before:
            _log_change(there, before, actor)
    return there


def _unit(language: str, asked: Query, value: int) -> str:
    with translation.override(language):
        return asked.unit_of(value)


def siblings(claim: Claim) -> ClaimQuerySet:
    """The claims of the same figure, of the edition or the same day or scheme: itself too."""
    return Claim.objects.filter(
        expo=claim.expo_id, figure=claim.figure, date=claim.date, scheme=claim.scheme_id
    )


def lock(expo: Expo) -> Expo:
    """The edition's row, which no other transaction writes claims of meanwhile.

    Sales, which only refer to the edition, pass: a count may take a while.
    """
    return Expo.objects.select_for_update(no_key=True).get(pk=expo.pk)


def subject_of(claim: Claim) -> str:
    """How the log calls a claim: its edition and figure, in Indonesian whoever reads."""
    return f"{claim.expo.slug}: {in_language('id', claim.Figure(claim.figure).label)}"


def _log_change(claim: Claim, before: dict[str, Any], actor: AbstractBaseUser) -> None:
    changed = changes(before, state_of(claim))
    if changed:
        data = {"claim": claim.pk, "changed": changed}
        log_event(Event.Kind.CLAIM_CHANGED, subject_of(claim), actor=actor, data=data)


def _log_published(claim: Claim, before: Claim | None, actor: AbstractBaseUser) -> None:
    old = {} if before is None else {"value": before.value, "said_by": before.said_by}
    new = {"value": claim.value, "said_by": claim.said_by} if claim.is_published else {}
    data = {"claim": claim.pk, "changed": changes(old, new), "published": claim.is_published}
    log_event(Event.Kind.CLAIM_PUBLISHED, subject_of(claim), actor=actor, data=data)


def _what_is_said(said: Said) -> dict[str, Any]:
    return {name: value for name, value in _values(said).items() if name != "order"}


def _values(said: Said) -> dict[str, Any]:
    return {one.name: getattr(said, one.name) for one in fields(said)}
