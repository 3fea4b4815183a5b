"""The organisers' admin."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class OrganiserSite(AdminSite):
    """Django's admin under the expo's name."""

    site_header = _("OPOP Expo · Panitia")
    site_title = _("OPOP Expo")
    index_title = _("Meja panitia")
