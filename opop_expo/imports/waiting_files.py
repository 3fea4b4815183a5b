"""Uploads that nobody has confirmed yet: no address leads to them."""

from __future__ import annotations

from django.conf import settings

from outcomes.private import PrivateStorage


class WaitingStorage(PrivateStorage):
    """Below IMPORTS_ROOT, readable for the portal's own user alone."""

    @property
    def base_location(self) -> str:
        return str(settings.IMPORTS_ROOT)

    @property
    def location(self) -> str:
        return str(settings.IMPORTS_ROOT)
