"""Erasing again, after a restore from a backup, what was erased since that backup was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import transaction

from events.append_only import SEALED
from events.erasing import is_erased
from events.log import WHOLE_ROW, note_erasure
from events.models import Erasure
from opop_expo.privacy.emptying import EMPTY
from opop_expo.privacy.erasing import (
    empty_row,
    forget_what_was_made,
    seal_text,
    write_text,
)
from opop_expo.privacy.erasures_file import records
from opop_expo.privacy.register import tables
from opop_expo.privacy.terms import replace_spans

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db import models


@transaction.atomic
def replay(file: Iterable[str]) -> tuple[int, int]:
    """Erase what a list names and this database does not: how many that were, how many are gone.

    A row that the backup does not have needs nothing.
    """
    by_table = {model._meta.db_table: model for model, _table in tables()}
    done = gone = 0
    for one in records(file):
        request = UUID(one["request"])
        place, key, part = one["place"], one["row"], one["part"]
        if Erasure.objects.filter(request=request, place=place, row_key=key, part=part).exists():
            continue
        row = _row(by_table.get(place), key)
        if row is None:
            gone += 1
        else:
            _erase_again(row, part, one.get("spans") or {}, request)
            done += 1
    if done:
        transaction.on_commit(forget_what_was_made, robust=True)
    return done, gone


def _row(model: type[models.Model] | None, key: str) -> Any:
    if model is None:
        return None
    try:
        return model._base_manager.filter(pk=key).first()
    except (ValueError, ValidationError):
        return None


def _erase_again(row: models.Model, part: str, spans: Any, request: UUID) -> None:
    if part == WHOLE_ROW:
        if row._meta.label in EMPTY:
            empty_row(row, request)
        return
    try:
        row._meta.get_field(part)
    except FieldDoesNotExist:
        return
    value = getattr(row, part)
    if not value or (isinstance(value, str) and is_erased(value)):
        # Gone already; noted, so that the next list names it too.
        note_erasure(row, request=request, part=part, spans=spans)
    elif part in SEALED.get(row._meta.db_table, ()):
        seal_text(row, part, request)
    else:
        whole = spans or {"": [[0, len(value)]]}
        write_text(row, part, replace_spans(value, whole), spans, request)
