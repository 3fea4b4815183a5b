"""Let somebody in again who is locked out, from the server itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from events.log import log_event
from events.models import Event
from opop_expo.signing_in import factor, sessions
from opop_expo.signing_in.braking import lift_locks
from opop_expo.signing_in.password_links import hand_out_link

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """`manage.py let_in NAME`: the way back for the only superuser, too."""

    help = (
        "Lift the locks of an account; with --reset-factor take its second factor away and end its "
        "logins; with --link print a link, good for three days, to choose a password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reset-factor", action="store_true")
        parser.add_argument("--link", action="store_true")

    @transaction.atomic
    def handle(
        self, *args: Any, username: str, reset_factor: bool, link: bool, **options: Any
    ) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account {username!r}.")
        if not user.is_active:
            raise CommandError(f"The account {username!r} is switched off.")
        if lifted := lift_locks(user):
            log_event(Event.Kind.SIGN_IN_UNLOCKED, username)
        self.stdout.write(f"Locks lifted: {lifted} tries forgotten.")
        if reset_factor:
            had_one = factor.remove(user, actor=None)
            ended = sessions.end_logins(user)
            said = "taken away" if had_one else "there was none"
            self.stdout.write(f"Second factor: {said}. Logins ended: {ended}.")
        if link:
            path = hand_out_link(user, actor=None)
            self.stdout.write(f"To choose a password: {settings.PUBLIC_ORIGIN}{path}")
