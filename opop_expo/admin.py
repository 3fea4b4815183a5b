"""The frame's own lists in the admin."""

from __future__ import annotations

from django.contrib import admin

from events.admin import ReadOnlyAdmin
from opop_expo.models import PolicyReport


@admin.register(PolicyReport)
class PolicyReportAdmin(ReadOnlyAdmin):
    """What the Content-Security-Policy refused in visitors' browsers, most often first."""

    list_display = ["directive", "blocked", "route", "count", "last_at"]
    list_filter = ["directive", "last_at"]
    search_fields = ["blocked", "route"]
    fields = ["directive", "blocked", "route", "count", "first_at", "last_at"]

    class Media:
        css = {"all": ["css/policy_reports.css"]}
