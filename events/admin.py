"""The log in the admin, and how rows that are never changed are shown there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from events.models import Event

if TYPE_CHECKING:
    from django.http import HttpRequest


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to search and look at: nobody changes one here, not even a superuser."""

    actions = None
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def as_text(value: Any) -> str:
    """JSON in a form that a person can read."""
    text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
    return format_html('<pre class="json">{}</pre>', text)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """Who did what, newest first."""

    list_display = ["at", "kind", "subject", "actor"]
    list_display_links = ["at", "subject"]
    list_filter = ["kind", "at"]
    list_select_related = ["actor"]
    search_fields = ["subject", "actor__username"]
    date_hierarchy = "at"
    fields = ["at", "kind", "actor", "subject", "details"]
    readonly_fields = ["details"]

    @admin.display(description=_("rincian"))
    def details(self, event: Event) -> str:
        return as_text(event.data)
