"""Stands that a new edition has too many of, such as copies of last year's, go again.

Only before visitors see the edition: from then on addresses of stands may be printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from events.log import log_event
from events.models import Event
from stands.editions import lock_editions
from stands.models import Offer, Stand

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.contrib.auth.models import AbstractBaseUser


class RemovalRefused(Exception):  # noqa: N818, the outcome is a refusal and not a failure of ours
    """One of the stands stays, and so do all; the message tells a person why."""


@transaction.atomic
def remove_stands(keys: Collection[int], *, actor: AbstractBaseUser | None) -> int:
    """Remove stands with what they offer, all of them or none; how many. Raises RemovalRefused."""
    lock_editions()
    stands = list(Stand.objects.filter(pk__in=keys).select_related("expo").order_by("code"))
    refuse_public(stands)
    Offer.objects.filter(stand__in=stands).delete()
    for stand in stands:
        try:
            with transaction.atomic():
                Stand.objects.filter(pk=stand.pk).delete()
        except ProtectedError as error:
            kinds = {str(type(row)._meta.verbose_name) for row in error.protected_objects}
            text = _("%(stand)s tidak bisa dihapus: sudah ada yang tercatat di sana (%(what)s).")
            words = text % {"stand": stand, "what": ", ".join(sorted(kinds))}
            raise RemovalRefused(words) from error
        data = {"edition": stand.expo.slug, "stand": stand.code}
        log_event(Event.Kind.STAND_REMOVED, str(stand), actor=actor, data=data)
    return len(stands)


def refuse_public(stands: Collection[Stand]) -> None:
    """Raise RemovalRefused where visitors have seen any of them."""
    if any(stand.expo.is_public for stand in stands):
        raise RemovalRefused(
            _("Edisinya sudah terbit, jadi alamat stannya mungkin sudah dicetak: stan tetap ada.")
        )
