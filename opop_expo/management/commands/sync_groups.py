"""Give the groups their permissions."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from opop_expo.roles import sync_groups


class Command(BaseCommand):
    """`manage.py sync_groups`: run it after each deploy."""

    help = "Give each role exactly the permissions that the code names."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in sync_groups().items():
            self.stdout.write(_("Grup %(name)s: %(count)s izin.") % {"name": name, "count": count})
