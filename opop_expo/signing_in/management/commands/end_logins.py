"""End the logins of one person, or of everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from events.log import log_event
from events.models import Event
from opop_expo.signing_in.devices import forget_factor
from opop_expo.signing_in.models import PortalSession
from opop_expo.signing_in.sessions import end_logins

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """`manage.py end_logins NAME`, or `--all` after a leak. Tablets stay paired."""

    help = "End the logins of an account, or with --all of every account. Tablets stay paired."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", nargs="?", default="")
        parser.add_argument("--all", action="store_true", dest="everybody")

    @transaction.atomic
    def handle(self, *args: Any, username: str, everybody: bool, **options: Any) -> None:
        if everybody == bool(username):
            raise CommandError("Name an account, or give --all.")
        if everybody:
            for user in User.objects.filter(pk__in=PortalSession.objects.values("user")):
                forget_factor(user)
            ended, _rows = PortalSession.objects.all().delete()
        else:
            found = User.objects.filter(username=username).first()
            if found is None:
                raise CommandError(f"There is no account {username!r}.")
            forget_factor(found)
            ended = end_logins(found)
        log_event(Event.Kind.LOGINS_ENDED, username or "*", data={"ended": ended})
        self.stdout.write(f"Logins ended: {ended}.")
