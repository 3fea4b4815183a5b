"""Writing to the log of who did what, and to that of what was erased for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from events.models import Erasure, Event

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AbstractBaseUser
    from django.db import models


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


# The part of a row that is all of it.
WHOLE_ROW = "*"


def note_erasure(
    row: models.Model, *, request: UUID, part: str = WHOLE_ROW, spans: dict[str, Any] | None = None
) -> Erasure:
    """Note that something of a row is erased, before it is: the triggers ask for it."""
    return Erasure.objects.create(
        request=request,
        place=row._meta.db_table,
        row_key=str(row.pk).replace("-", ""),
        part=part,
        spans=spans or {},
    )
