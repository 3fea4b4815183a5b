"""Erasing again, after a restore from a backup, what was erased since that backup was made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import transaction
from django.db.models import UUIDField

from events.append_only import SEALED
from events.erasing import is_erased
from events.log import note_erasure
from events.models import WHOLE_ROW, Erasure
from opop_expo.privacy.emptying import EMPTY
from opop_expo.privacy.erasing import (
    empty_row,
    forget_what_was_made,
    seal_text,
    write_text,
)
from opop_expo.privacy.erasures_file import records
from opop_expo.privacy.register import tables
from opop_expo.privacy.terms import Replaced, replace_spans

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db import models


@transaction.atomic
def replay(file: Iterable[str], *, places: Collection[str] | None = None) -> tuple[int, int]:
    """Erase what a list names and this database does not: how many that were, how many are gone.

    A row that the backup does not have needs nothing now; where a tablet sends it again later,
    `replay_late` finds it. With `places` only rows of these tables are looked at.
    """
    by_table = {model._meta.db_table: model for model, _table in tables()}
    noted = Erasure.objects.order_by()
    if places is not None:
        noted = noted.filter(place__in=places)
    known = set(noted.values_list("request", "place", "row_key", "part"))
    done = gone = 0
    for one in records(file):
        request = UUID(one["request"])
        place, key, part = one["place"], one["row"], one["part"]
        if (places is not None and place not in places) or (request, place, key, part) in known:
            continue
        row = _row(by_table.get(place), key)
        if row is None:
            gone += 1
        else:
            _erase_again(row, part, one, request)
            known.add((request, place, key, part))
            done += 1
    if done:
        transaction.on_commit(forget_what_was_made, robust=True)
    return done, gone


def replay_late() -> int:
    """Erase what came after a restore: the backup did not have it, and a tablet sent it again.

    By the list of ERASURES_FILE, as often as one likes. Only rows whose keys were made elsewhere:
    any other key may be another row's in a database that was begun anew beside an old list.
    """
    path = Path(settings.ERASURES_FILE)
    if not path.exists():
        return 0
    with path.open(encoding="utf-8") as file:
        done, _gone = replay(file, places=made_elsewhere())
    return done


def made_elsewhere() -> set[str]:
    """The tables whose rows come with a key of their own, which no other row ever has."""
    return {
        model._meta.db_table for model, _table in tables() if isinstance(model._meta.pk, UUIDField)
    }


def _row(model: type[models.Model] | None, key: str) -> Any:
    if model is None:
        return None
    try:
        return model._base_manager.filter(pk=key).first()
    except (ValueError, ValidationError):
        return None


def _erase_again(row: models.Model, part: str, noted: dict[str, Any], request: UUID) -> None:
    if part == WHOLE_ROW:
        if row._meta.label in EMPTY:
            empty_row(row, request)
        return
    try:
        row._meta.get_field(part)
    except FieldDoesNotExist:
        return
    value = getattr(row, part)
    spans, left = noted.get("spans") or {}, noted.get("left") or {}
    if not value or (isinstance(value, str) and is_erased(value)):
        # Gone already; noted, so that the next list names it too.
        note_erasure(row, request=request, part=part, spans=spans, left=left)
    elif part in SEALED.get(row._meta.db_table, ()):
        seal_text(row, part, request)
    else:
        whole = spans or {"": [[0, len(value)]]}
        replaced = Replaced(replace_spans(value, whole, left), spans, left)
        write_text(row, part, replaced, request)
