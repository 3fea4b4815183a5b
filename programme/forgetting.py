"""Forgetting who took part, as the registration form promises; how many came stays."""

from __future__ import annotations

import datetime as dt
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from events.log import log_event, note_erasure
from events.models import Event
from programme.models import Attendance, Registration
from programme.registering import AlreadyCameError, call_off

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

# Six months after the session: long enough to hand out certificates, and no more. Law 27 of 2022 on
# personal data asks for a bound, and leaves which to who keeps them.
KEPT_FOR = dt.timedelta(days=183)


BATCH = 500


def forget_participants(before: dt.datetime, *, actor: AbstractBaseUser | None = None) -> int:
    """Forget the names of everybody whose session was over by then; answer how many people.

    Kind and producer stay, since they are counted; names, contacts and what was written freely go.
    """
    done = 0
    while some := forget_some_participants(before):
        done += some
    if done:
        log_event(Event.Kind.PARTICIPANTS_ANONYMISED, f"{done}", actor=actor, data={"count": done})
    return done


@transaction.atomic
def forget_some_participants(before: dt.datetime) -> int:
    """A batch of the same; 0 when all are forgotten."""
    keys = Registration.objects.to_forget(before).values_list("pk", flat=True)[:BATCH]
    came = Attendance.objects.to_forget(before).values_list("pk", flat=True)[:BATCH]
    return Registration.objects.forget(list(keys)) + Attendance.objects.forget(list(came))


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
    ends_at = registration.session.ends_at
    if ends_at is None or ends_at > timezone.now():
        with suppress(AlreadyCameError):
            call_off(registration)
    keys = list(registration.attendances.values_list("pk", flat=True))
    came = Attendance.objects.forget(keys)
    return bool(Registration.objects.forget([registration.pk]) + came)
