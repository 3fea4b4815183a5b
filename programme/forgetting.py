"""Forgetting who took part, as the registration form promises; how many came stays."""

from __future__ import annotations

import datetime as dt
import uuid
from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from events.log import note_erasure
from programme.models import Attendance, Registration
from programme.registering import AlreadyCameError, call_off

# Six months after the session: long enough to hand out certificates, and no more. Law 27 of 2022 on
# personal data asks for a bound, and leaves which to who keeps them.
KEPT_FOR = dt.timedelta(days=183)


@transaction.atomic
def withdraw_consent(registration: Registration) -> None:
    """The holder of a ticket wants to be forgotten: noted, so that a restore forgets them too."""
    note_erasure(registration, request=uuid.uuid4())
    forget_holder(registration)


@transaction.atomic
def forget_holder(registration: Registration) -> bool:
    """Forget whoever holds a ticket; answer whether it is new.

    A seat for what is still to come is free for the next; that they came is counted all the same.
    """
    if not registration.session.has_ended_by(timezone.now()):
        with suppress(AlreadyCameError):
            call_off(registration)
    # First, since it waits for a door that has read the name; then who came by it is there.
    forgotten = Registration.objects.forget([registration.pk])
    keys = list(registration.attendances.values_list("pk", flat=True))
    return bool(forgotten + Attendance.objects.forget(keys))
