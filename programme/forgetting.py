"""Forgetting who took part, as the registration form promises; how many came stays."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from events.log import log_event
from events.models import Event
from programme.models import Attendance, Registration

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

# Six months after the session: long enough to hand out certificates, and no more. Law 27 of 2022 on
# personal data asks for a bound, and leaves which to who keeps them.
KEPT_FOR = dt.timedelta(days=183)


@transaction.atomic
def forget_participants(before: dt.datetime, *, actor: AbstractBaseUser | None = None) -> int:
    """Forget the names of everybody whose session was over by then; answer how many people.

    Kind and producer stay, since they are counted; names, contacts and what was written freely go.
    """
    now = timezone.now()
    registered = Registration.objects.to_forget(before).update(
        name="", contact="", organisation="", anonymised_at=now
    )
    came = Attendance.objects.to_forget(before).update(name="", organisation="", anonymised_at=now)
    if registered or came:
        log_event(
            Event.Kind.PARTICIPANTS_ANONYMISED,
            f"{registered + came}",
            actor=actor,
            data={"count": registered + came},
        )
    return registered + came
