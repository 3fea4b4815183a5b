"""Which till a tablet sells at: one for each storage, with a letter that nobody had before."""

from __future__ import annotations

import hashlib
import secrets
from string import ascii_uppercase
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from sales.models import Tablet, Till
from sales.models.tills import new_epoch
from stands.models import Stand

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator

COOKIE = f"{settings.SECURE_COOKIE}opop_till"


def credential_hash(credential: str) -> str:
    """What is kept of a credential: with 256 random bits behind it, a plain SHA-256 is enough."""
    return hashlib.sha256(credential.encode()).hexdigest()


@transaction.atomic
def claim_till(
    *, stand: Stand, storage_id: uuid.UUID, credential_hash: str, name: str = ""
) -> Till:
    """Give the tablet with this storage its till at the stand, and bind the credential to it.

    A storage that numbered at this stand before goes on with its own till. Any other gets the next
    letter that was never used there: nobody knows which numbers another storage has given.
    """
    # One at a time for a stand, so that two tablets never get one letter.
    stand = Stand.objects.select_for_update(of=("self",)).get(pk=stand.pk)
    now = timezone.now()
    tablet, _created = Tablet.objects.update_or_create(
        storage_id=storage_id,
        defaults={
            "credential_hash": credential_hash,
            "paired_at": now,
            "revoked_at": None,
            "epoch": new_epoch(),
        },
    )
    till = tablet.tills.filter(stand=stand).order_by("-claimed_at").first()
    if till is None:
        letter = next(_free_letters(stand))
        prefix = f"{stand.code}-{letter}"
        till = Till(expo_id=stand.expo_id, stand=stand, letter=letter, prefix=prefix)
    till.stand = stand
    till.tablet = tablet
    till.claimed_at = now
    till.is_active = True
    till.name = name or till.name
    till.save()
    return till


def move_credential(tablet: Tablet, *, storage_id: uuid.UUID) -> Till:
    """Let a new storage under a known credential go on at the same stand, as a tablet of its own.

    The credential goes with it. The old storage is gone with whatever it still held, and its row
    stays, so that the organiser sees what is missing of it.
    """
    with transaction.atomic():
        till = present_till(tablet)
        moving = tablet.credential_hash
        tablet.credential_hash = credential_hash(secrets.token_urlsafe(32))
        tablet.revoked_at = timezone.now()
        tablet.save(update_fields=["credential_hash", "revoked_at"])
        return claim_till(
            stand=till.stand, storage_id=storage_id, credential_hash=moving, name=till.name
        )


def present_till(tablet: Tablet) -> Till:
    """The till that the tablet claimed last, with its stand and edition."""
    tills = tablet.tills.select_related("stand__expo").order_by("-claimed_at", "-pk")
    till = tills.first()
    if till is None:
        raise Till.DoesNotExist(f"tablet {tablet.pk} has no till")
    return till


def _free_letters(stand: Stand) -> Iterator[str]:
    """Letters in order that neither this stand nor this stand code ever had.

    W belongs to the plain form and L to training, so no tablet begins with either.
    """
    used = {
        *Till.objects.filter(stand=stand).values_list("letter", flat=True),
        *(
            prefix.rpartition("-")[2]
            for prefix in Till.objects.filter(
                expo_id=stand.expo_id, prefix__startswith=f"{stand.code}-"
            ).values_list("prefix", flat=True)
        ),
    }
    first = [one for one in ascii_uppercase if one not in (Till.WEB, Till.TRAINING)]
    pairs = (f"{one}{other}" for one in first for other in ascii_uppercase)
    return (letter for letter in (*first, *pairs) if letter not in used)
