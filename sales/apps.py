"""What was sold, under its Indonesian name in the admin."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SalesConfig(AppConfig):
    """The app `sales`."""

    name = "sales"
    verbose_name = _("Penjualan")
