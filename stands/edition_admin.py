"""What belongs to an edition, in the admin: of one at a time, and read only once it is closed."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from stands.models import Expo, Offer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import ForeignKey
    from django.http import HttpRequest

CLOSED = _("Edisi ini sudah ditutup: isinya tidak bisa diubah lagi.")


class EditionFilter(admin.SimpleListFilter):
    """One edition, the current one until another is chosen: their rows look alike."""

    title = _("edisi")
    parameter_name = "edisi"
    way = ""  # from the rows to the stand that has the edition
    ALL = "semua"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        expos = Expo.objects.at_work().order_by("-is_current", "-slug").values_list("slug", "name")
        return [*expos, (self.ALL, str(_("Semua")))]

    def value(self) -> str | None:
        # The first is the current one.
        return super().value() or self.lookup_choices[0][0]

    def choices(self, changelist: Any) -> Iterator[Any]:
        # Django's own "all" comes first and would mean the current one.
        return islice(super().choices(changelist), 1, None)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == self.ALL:
            return queryset
        return queryset.filter(Q((f"{self.way}expo__slug", self.value())))


def is_of_closed(row: Any) -> bool:
    """Whether a row belongs to an edition that is closed, or is one."""
    if isinstance(row, Offer):
        row = row.stand
    expo = row if isinstance(row, Expo) else getattr(row, "expo", None)
    return expo is not None and expo.is_closed


class ClosedIsReadOnly:
    """For the admin of what belongs to an edition, and its lines: read only once that is closed.

    The database would refuse a change (stands.closed_triggers); so nobody is asked for one.
    """

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may: bool = super().has_change_permission(request, obj)  # type: ignore[misc]
        return may and not is_of_closed(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may: bool = super().has_delete_permission(request, obj)  # type: ignore[misc]
        return may and not is_of_closed(obj)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Nothing new is made for a closed edition."""
        if db_field.name == "expo":
            kwargs.setdefault("queryset", Expo.objects.filter(closed_at=None))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **more: Any) -> Any:
        """The form, and why it has no buttons."""
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if request.method == "GET" and is_of_closed(row):
            messages.info(request, CLOSED)
        return super().change_view(request, object_id, *args, **more)  # type: ignore[misc]


class ClosedHasNoLines(ClosedIsReadOnly):
    """The same for lines below an edition or a stand: none is added either."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may: bool = super().has_add_permission(request, obj)  # type: ignore[misc]
        return may and not is_of_closed(obj)
