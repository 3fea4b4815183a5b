"""What came of an edition, under its Indonesian name in the admin."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutcomesConfig(AppConfig):
    """The app `outcomes`."""

    name = "outcomes"
    verbose_name = _("Hasil")
