"""Signing in as an app of its own, since it has tables of its own."""

from __future__ import annotations

from django.apps import AppConfig


class SigningInConfig(AppConfig):
    """Its checks are registered when Django starts."""

    name = "opop_expo.signing_in"
    label = "signing_in"

    def ready(self) -> None:
        from opop_expo.signing_in import checks  # noqa: F401, registers them
