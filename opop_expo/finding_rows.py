"""What a field of the admin offers while somebody types, with what tells rows of one name apart.

A makanan zone there is at each edition, and two makers may sell under one name at one stand.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Model, QuerySet

from pesantren.models import Pesantren, Producer, Product
from stands.models import Stand, Zone

# The way from a row to what tells it apart.
APART: dict[type[Model], str] = {
    Stand: "expo",
    Zone: "expo",
    Product: "producer",
    Producer: "pesantren",
    Pesantren: "regency",
}


class RowsToldApart(AutocompleteJsonView):
    """Django's own answer; nothing new is made at an edition that is closed."""

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        way = APART.get(rows.model)
        if way == "expo":
            rows = rows.filter(expo__closed_at=None)
        return rows.select_related(way) if way else rows

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        shown = super().serialize_result(obj, to_field_name)  # type: ignore[misc]  # not in the stubs
        way = APART.get(type(obj))
        apart = getattr(obj, way) if way else None
        return {**shown, "text": f"{shown['text']} · {apart}"} if apart else shown
