"""Who makes what, under its Indonesian name in the admin."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PesantrenConfig(AppConfig):
    """The app `pesantren`."""

    name = "pesantren"
    verbose_name = _("Katalog")
