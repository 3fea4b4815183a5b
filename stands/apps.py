"""Where and when, under its Indonesian name in the admin."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StandsConfig(AppConfig):
    """The app `stands`."""

    name = "stands"
    verbose_name = _("Pameran")
