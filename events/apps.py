"""The log of who did what, under its Indonesian name in the admin."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """The app `events`."""

    name = "events"
    verbose_name = _("Catatan perubahan")
