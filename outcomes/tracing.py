"""What the log keeps of a row of outcomes: what it said before, and what it says now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Mapping

# Keys, times of writing and who wrote stand in the log anyway.
SILENT = {
    "id", "key", "expo", "made_at", "made_by", "code", "order", "counted_at", "inquiry",
    "agreement", "document_sha256",
}  # fmt: skip


def state_of(row: models.Model) -> dict[str, Any]:
    """What a row says, as it can be kept in the log; rows that it points at by their names."""
    found: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name in SILENT:
            continue
        value = getattr(row, field.attname)
        if isinstance(field, models.ForeignKey):
            value = in_language("id", getattr(row, field.name) or "")
        elif not isinstance(value, (bool, int, str, type(None))):
            value = str(value)
        found[field.name] = value
    return found


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Old and new of each field that changed; what is empty on both sides is not told."""
    return {
        name: [before.get(name), after.get(name)]
        for name in {**before, **after}
        if (before.get(name) or None) != (after.get(name) or None)
    }


def in_language(language: str, text: Any) -> str:
    """A text in one language, whatever the reader's."""
    with translation.override(language):
        return str(text)
