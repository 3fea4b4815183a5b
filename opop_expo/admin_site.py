"""The organisers' admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from opop_expo import dashboard
from opop_expo.finding_rows import RowsToldApart
from opop_expo.signing_in.confirming import confirmed_if_dangerous
from opop_expo.signing_in.factor import is_satisfied
from stands.http import wants_fragment
from stands.models import Expo

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.template.response import TemplateResponse

    from stands.http import HtmxRequest

# What an organiser opens most comes first; Django would sort by name.
ORDER = ["sales", "stands", "programme", "pesantren", "events", "auth", "opop_expo"]


class OrganiserSite(AdminSite):
    """Django's admin under the expo's name."""

    site_header = _("OPOP Expo · Panitia")
    site_title = _("OPOP Expo")
    index_title = _("Meja panitia")
    # The header names the edition and leads to it.
    site_url = None
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
        names = {"auth": _("Akun"), "opop_expo": _("Sistem")}
        for app in apps:
            app["name"] = names.get(app["app_label"], app["name"])
        known = {label: place for place, label in enumerate(ORDER)}
        return sorted(apps, key=lambda app: known.get(app["app_label"], len(known)))

    def has_permission(self, request: HttpRequest) -> bool:
        """An organiser who has shown all that the portal asks of one."""
        return super().has_permission(request) and is_satisfied(request, request.user)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Every page of the admin comes through here; a few ask for the password again."""
        return super().admin_view(confirmed_if_dangerous(view), cacheable)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Rows for a field that finds them, told apart where they share a name."""
        found: Any = RowsToldApart.as_view(admin_site=self)(request)
        return cast("HttpResponse", found)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the page on which everybody changes their own password."""
        return redirect("own_password")

    @method_decorator(never_cache)
    @login_not_required
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the portal's one login; who is signed in and no organiser is told so."""
        if self.has_permission(request):
            return redirect("admin:index")
        if isinstance(request.user, User) and request.user.is_staff:
            # Signed in before a second step was asked for: from the beginning, then.
            logout(request)
        if request.user.is_authenticated:
            return render(request, "opop_expo/for_organisers.html", status=403)
        asked = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        return redirect_to_login(asked, reverse("login"))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The front page: today, what waits, and below it everything that can be edited."""
        response = super().index(
            request, {**dashboard.context(request.user), **(extra_context or {})}
        )
        if wants_fragment(cast("HtmxRequest", request)):
            response.template_name = "admin/index.html#figures"
        patch_vary_headers(response, ["HX-Request"])
        return response
