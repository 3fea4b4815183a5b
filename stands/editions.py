"""Which editions visitors see, and which of them the portal shows at its front door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from events.log import log_event
from events.models import Event
from stands.models import Expo

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class NotPublicError(Exception):
    """The edition is still being prepared."""


@transaction.atomic
def make_current(expo: Expo) -> None:
    """Show this edition at the front door, and no longer the one before it.

    Raises NotPublicError where visitors may not see it at all.
    """
    lock_editions()
    if not Expo.objects.public().filter(pk=expo.pk).exists():
        raise NotPublicError
    _show(expo)


@transaction.atomic
def publish_edition(expo: Expo, *, actor: AbstractBaseUser | None) -> bool:
    """Let visitors see the edition, at the front door too; False if they do already.

    It cannot be taken back: from now on its address may be printed.
    """
    lock_editions()
    if Expo.objects.public().filter(pk=expo.pk).exists():
        return False
    before = Expo.objects.filter(is_current=True).first()
    Expo.objects.filter(pk=expo.pk).update(is_public=True)
    _show(expo)
    data = {"edition": expo.slug, "shown_before": before.name if before else ""}
    log_event(Event.Kind.EDITION_PUBLISHED, expo.name, actor=actor, data=data)
    return True


def lock_editions() -> None:
    """Let one at a time change which edition is shown; who only points at one does not wait."""
    editions = Expo.objects.select_for_update(no_key=True).order_by("pk")
    list(editions.values_list("pk", flat=True))


def _show(expo: Expo) -> None:
    Expo.objects.filter(is_current=True).exclude(pk=expo.pk).update(is_current=False)
    Expo.objects.filter(pk=expo.pk).update(is_current=True)
