"""The organisers' admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin import AdminSite
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from stands.models import Expo

if TYPE_CHECKING:
    from django.http import HttpRequest

# What an organiser opens most comes first; Django would sort by name.
ORDER = ["sales", "stands", "pesantren", "events", "auth"]


class OrganiserSite(AdminSite):
    """Django's admin under the expo's name."""

    site_header = _("OPOP Expo · Panitia")
    site_title = _("OPOP Expo")
    index_title = _("Meja panitia")
    # Lists and inlines need the width; the header leads to what is opened most.
    enable_nav_sidebar = False

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        # Lazy, since the login page and answers to scripts name no edition.
        current = SimpleLazyObject(Expo.objects.order_by("-is_current", "-slug").first)
        return {**super().each_context(request), "current_expo": current}

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        apps = super().get_app_list(request, app_label)
        known = {label: place for place, label in enumerate(ORDER)}
        return sorted(apps, key=lambda app: known.get(app["app_label"], len(known)))
