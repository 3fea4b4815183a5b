"""Gates, and the taps that were counted there, in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from events.admin import ReadOnlyAdmin
from pesantren.changed_meanwhile import SeenAdmin, SeenModelForm
from pesantren.typed_numbers import NUMBER_FIELDS
from programme.models import Gate, GateCount
from stands.edition_admin import EditionFilter
from stands.models import Expo

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class GateEditionFilter(EditionFilter):
    """The edition of the gate that a tap was counted at."""

    way = "gate__"


@admin.register(Gate)
class GateAdmin(SeenAdmin, admin.ModelAdmin):
    """Where visitors are counted. One at which anybody was counted stays."""

    form = SeenModelForm
    list_display = ["name", "name_en", "expo", "order"]
    list_editable = ["order"]
    formfield_overrides = NUMBER_FIELDS
    list_filter = [EditionFilter]
    list_select_related = ["expo"]
    search_fields = ["name", "name_en"]
    fields = ["expo", ("name", "name_en"), "order"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        expo = Expo.objects.current()
        return {"expo": expo.pk if expo else None, **super().get_changeform_initial_data(request)}

    def get_readonly_fields(self, request: HttpRequest, obj: Gate | None = None) -> list[str]:
        # Its counts belong to the edition it was made for.
        return ["expo"] if obj else []


@admin.register(GateCount)
class GateCountAdmin(ReadOnlyAdmin):
    """Every tap, the newest first. Sums are at 'Pengunjung'."""

    list_display = [
        "counted_at",
        "gate",
        "step",
        "date",
        "hour",
        "time_is_guessed",
        "counted_by",
        "received_at",
    ]
    list_filter = [GateEditionFilter, "gate", "date", "time_is_guessed"]
    list_select_related = ["gate", "counted_by"]
    search_fields = ["=id", "counted_by__username"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[GateCount]:
        taps: QuerySet[GateCount] = super().get_queryset(request)
        return taps.order_by("-counted_at", "-pk")
