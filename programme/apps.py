"""What happens at an edition, under its Indonesian name in the admin."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class ProgrammeConfig(AppConfig):
    """The app `programme`."""

    name = "programme"
    verbose_name = pgettext_lazy("bagian", "Acara")
