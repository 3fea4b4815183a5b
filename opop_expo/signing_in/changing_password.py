"""A password is changed in one way: everything that the old one opened is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from events.log import log_event
from events.models import Event
from opop_expo.signing_in.braking import LIMITS_OF_PASSWORDS, lift_locks
from opop_expo.signing_in.devices import forget_factor
from opop_expo.signing_in.sessions import end_logins

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def change_password(user: User, password: str, *, by_link: bool, keep: str | None = None) -> None:
    """Set a password that was found good. All logins end but the one to keep."""
    user.set_password(password)
    user.save(update_fields=["password"])
    end_logins(user, but=keep)
    forget_factor(user)
    if by_link:
        # Who has the link is who they say, whatever strangers tried meanwhile. Of the second step
        # it says nothing: that one is there for the day on which somebody else reads the mail.
        lift_locks(user, LIMITS_OF_PASSWORDS)
    log_event(
        Event.Kind.PASSWORD_CHANGED, user.get_username(), actor=user, data={"by_link": by_link}
    )
