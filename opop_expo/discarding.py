"""An edition that was prepared by mistake goes again, as long as nobody was shown it or used it.

Its address is free afterwards. What anybody else has written for it, such as a tablet, a voucher or
a registration, keeps it: the database refuses, and nothing goes.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import ProtectedError

from events.log import log_event
from events.models import Event
from programme.models import Gate, Room, Session
from sales.models import Cashier
from stands.editions import lock_editions
from stands.models import Expo, ExpoDay, Offer, PlanFeature, Stand, Zone

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser
    from django.db.models import Model, QuerySet


class DiscardRefusedError(Exception):
    """It is public, or something was written for it; `used` says what, in words of the screen."""

    def __init__(self, used: list[str]) -> None:
        super().__init__(used)
        self.used = used


def prepared_rows(expo: Expo) -> list[QuerySet[Model]]:
    """All that organisers prepare of an edition, in an order in which it can go."""
    return [
        Session.objects.filter(expo=expo),
        Room.objects.filter(expo=expo),
        Gate.objects.filter(expo=expo),
        Offer.objects.at(expo),
        Cashier.objects.filter(stand__expo=expo),
        PlanFeature.objects.filter(expo=expo),
        Stand.objects.filter(expo=expo),
        Zone.objects.filter(expo=expo),
        ExpoDay.objects.filter(expo=expo),
        Expo.objects.filter(pk=expo.pk),
    ]


@transaction.atomic
def discard_edition(expo: Expo, *, actor: AbstractBaseUser | None) -> None:
    """Remove an edition that is still being prepared, with its hall. Raises DiscardRefusedError."""
    lock_editions()
    if not Expo.objects.filter(pk=expo.pk, is_public=False).exists():
        raise DiscardRefusedError([])
    gone: Counter[str] = Counter()
    for rows in prepared_rows(expo):
        try:
            with transaction.atomic():
                gone.update({str(rows.model._meta.verbose_name): rows.count()})
                rows.delete()
        except ProtectedError as error:
            kinds = {str(type(row)._meta.verbose_name) for row in error.protected_objects}
            raise DiscardRefusedError(sorted(kinds)) from error
    data = {"edition": expo.slug, "counts": {name: n for name, n in gone.items() if n}}
    log_event(Event.Kind.EDITION_DISCARDED, expo.name, actor=actor, data=data)
