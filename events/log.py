"""Writing to the log of who did what, and to that of what was erased for a person."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from events.models import WHOLE_ROW, Erasure, Event

if TYPE_CHECKING:
    from collections.abc import Iterator
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


def note_erasure(
    row: models.Model, *, request: UUID, part: str = WHOLE_ROW, **where: dict[str, Any]
) -> Erasure:
    """Note that something of a row is erased, where the triggers have no part in it.

    `where`: `spans` and `left`, as the model has them.
    """
    return Erasure.objects.create(**_noted(row, request, part), **where)


@contextmanager
def permit_erasure(
    row: models.Model, *, request: UUID, part: str, **where: dict[str, Any]
) -> Iterator[None]:
    """Note that a text of a row is erased, and let the triggers take that until the block ends.

    Inside a transaction. Where the block fails and somebody goes on all the same, the permit is
    still open and the transaction cannot be committed.
    """
    noted = _noted(row, request, part)
    erasure = Erasure.objects.create(**noted, **where, permit_id=Erasure.NOWHERE)
    yield
    Erasure.objects.filter(pk=erasure.pk).update(permit=None)


def _noted(row: models.Model, request: UUID, part: str) -> dict[str, Any]:
    return {"request": request, **Erasure.place_of(row), "part": part}
