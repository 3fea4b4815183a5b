"""The frame's own start, and the admin under the portal's own site class."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """Lets `manage.py check --deploy` know what the portal asks of a machine in production."""

    name = "opop_expo"
    verbose_name = _("Portal")
    default = True

    def ready(self) -> None:
        from opop_expo.deployment import checks  # noqa: F401, registers them


class AdminConfig(admin_apps.AdminConfig):
    """Django's admin with the organisers' front page."""

    default = False
    default_site = "opop_expo.admin_site.OrganiserSite"
