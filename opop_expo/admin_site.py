"""The organisers' admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from sales.totals import NOTHING, Grouping, TotalsFilter, sums_by
from sales.waiting import count_waiting
from stands.clock import business_date
from stands.models import Expo

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.template.response import TemplateResponse

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
        for app in apps:
            if app["app_label"] == "auth":
                app["name"] = _("Akun")
        known = {label: place for place, label in enumerate(ORDER)}
        return sorted(apps, key=lambda app: known.get(app["app_label"], len(known)))

    @method_decorator(never_cache)
    @login_not_required
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the portal's one login; who is signed in and no organiser is told so."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            return render(request, "opop_expo/for_organisers.html", status=403)
        asked = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        return redirect_to_login(asked, reverse("login"))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The front page, with what waits and what was sold today."""
        # The template calls them, so who may not see a figure causes no query for it.
        figures = {
            "waiting": waiting_now,
            "net_today": net_today,
        }
        return super().index(request, {**figures, **(extra_context or {})})


def waiting_now() -> int:
    """How many held sales and flags of the current edition wait for an organiser."""
    expo = Expo.objects.current()
    return count_waiting(expo) if expo else 0


def net_today() -> int:
    """What the current edition has sold today, in rupiah, less what was taken back."""
    expo = Expo.objects.current()
    if expo is None:
        return 0
    today = business_date(timezone.now())
    sums = sums_by(expo, Grouping.DAY, TotalsFilter(days=frozenset({today})))
    return sums.get(today, NOTHING).net_rupiah
