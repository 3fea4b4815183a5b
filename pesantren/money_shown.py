"""Money in the admin that its reader may not change: written as money, not as a bare number."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets

from pesantren.money import rupiah

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model
    from django.http import HttpRequest


class MoneyIsShown:
    """For an admin, or its lines, of rows that have amounts.

    Django shows the numbers of who may only look as they are: `12000`.
    """

    model: type[Model]
    # Fields of the form alone, which nobody looks at.
    only_to_change: tuple[str, ...] = ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets: Any = super().get_fieldsets(request, obj)  # type: ignore[misc]
        if self._may_write(request, obj):
            return fieldsets
        return [
            (name, {**options, "fields": self._to_look_at(options["fields"])})
            for name, options in fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields: Any = super().get_readonly_fields(request, obj)  # type: ignore[misc]
        if self._may_write(request, obj):
            return fields
        sets: Any = super().get_fieldsets(request, obj)  # type: ignore[misc]
        amounts = [name for name in flatten_fieldsets(sets) if _is_amount(name)]
        return [*fields, *(shown(self.model, name) for name in amounts)]

    def _may_write(self, request: HttpRequest, obj: Any) -> bool:
        desk: Any = self
        may: bool = desk.has_change_permission(request, obj) or (
            obj is None and desk.has_add_permission(request)
        )
        return may

    def _to_look_at(self, fields: Any) -> list[Any]:
        return [
            self._to_look_at(one)
            if isinstance(one, (list, tuple))
            else shown(self.model, one)
            if _is_amount(one)
            else one
            for one in fields
            if one not in self.only_to_change
        ]


def _is_amount(name: Any) -> bool:
    return isinstance(name, str) and name.endswith("_rupiah")


@cache
def shown(model: type[Model], name: str) -> Callable[[Any], str]:
    """The amount of a row under the name of its field; the same callable each time it is asked."""

    @admin.display(description=model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    def amount(row: Any) -> str:
        return rupiah(getattr(row, name))

    amount.__name__ = name
    return amount
