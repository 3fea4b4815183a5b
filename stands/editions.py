"""Which edition the portal shows at its front door."""

from __future__ import annotations

from django.db import transaction

from stands.models import Expo


@transaction.atomic
def make_current(expo: Expo) -> None:
    """Show this edition and no longer the one before it."""
    Expo.objects.filter(is_current=True).exclude(pk=expo.pk).update(is_current=False)
    Expo.objects.filter(pk=expo.pk).update(is_current=True)
