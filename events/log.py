"""Writing to the log of who did what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from events.models import Event

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


def log_event(
    kind: Event.Kind,
    subject: str,
    *,
    actor: AbstractBaseUser | None = None,
    data: dict[str, Any] | None = None,
) -> Event:
    """Add one event, in the transaction of the change it tells of."""
    return Event.objects.create(
        kind=kind,
        subject=subject[:200],
        actor_id=actor.pk if actor else None,
        data=data or {},
    )
