"""The admin under the portal's own site class."""

from __future__ import annotations

from django.contrib.admin import apps as admin_apps


class AdminConfig(admin_apps.AdminConfig):
    """Django's admin with the organisers' front page."""

    default = False
    default_site = "opop_expo.admin_site.OrganiserSite"
