"""Forget who took part in sessions of long ago, as the form promises."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from programme.forgetting import KEPT_FOR, forget_participants

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """`manage.py anonymise_participants`: let a timer run it once a day."""

    help = "Remove names and contacts of participants six months after their session."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=KEPT_FOR.days, help="other than 183")

    def handle(self, *args: Any, **options: Any) -> None:
        before = timezone.now() - dt.timedelta(days=options["days"])
        count = forget_participants(before)
        self.stdout.write(_("Peserta yang dihapus data dirinya: %(n)s.") % {"n": count})
