"""Writing notices: made once, changed while they stand, closed, answered, hidden by organisers.

The log says which notice an organiser hid and why. It never says whom to call.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from events import consent
from events.log import log_event
from events.models import Event
from pesantren.models import Interest, Notice

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AbstractBaseUser

    from pesantren.models import Category, Producer


# A contact is kept for so long after it was last confirmed, as that of an inquiry is.
KEPT_FOR = dt.timedelta(days=365)


class ChangedMeanwhileError(Exception):
    """Somebody else has closed, hidden or shown it."""


@dataclass(frozen=True)
class Contact:
    """How to reach whoever writes; empty without their consent."""

    whatsapp: str = ""
    email: str = ""
    allowed: bool = False

    @property
    def fields(self) -> dict[str, str | bool]:
        """The columns that hold it."""
        if not self.allowed:
            return {"whatsapp": "", "email": "", "contact_allowed": False, "consent_version": ""}
        return {
            "whatsapp": self.whatsapp,
            "email": self.email,
            "contact_allowed": True,
            "consent_version": consent.VERSION,
        }


@dataclass(frozen=True)
class Written:
    """What a notice says, checked for its shape."""

    producer: Producer
    direction: str
    topic: str
    category: Category | None
    text: str
    contact: Contact

    @property
    def parts(self) -> tuple[str, ...]:
        """All of it as words, in a fixed order."""
        category = str(self.category.pk) if self.category else ""
        contact = self.contact.fields
        return (
            str(self.producer.pk),
            self.direction,
            self.topic,
            category,
            self.text,
            *(str(contact[name]) for name in sorted(contact)),
        )


def notice_id(form: UUID, actor: AbstractBaseUser, written: Written) -> UUID:
    """The number of what one form sent: the same for the same words, another for others."""
    return uuid.uuid5(form, "\0".join((str(actor.pk), *written.parts)))


def make_notice(
    *, key: UUID, written: Written, actor: AbstractBaseUser, is_example: bool
) -> Notice:
    """Put up a notice, once for each key."""
    notice, _is_new = Notice.objects.get_or_create(
        pk=key,
        defaults={
            "producer": written.producer,
            "direction": written.direction,
            "topic": written.topic,
            "category": written.category,
            "text": written.text,
            "is_example": is_example,
            "made_by_id": actor.pk,
            **written.contact.fields,
        },
    )
    return notice


def change_notice(notice: Notice, written: Written) -> None:
    """Say it otherwise; raises ChangedMeanwhileError if it was closed."""
    changed = Notice.objects.filter(pk=notice.pk, closed_at=None).update(
        producer=written.producer,
        direction=written.direction,
        topic=written.topic,
        category=written.category,
        text=written.text,
        changed_at=timezone.now(),
        **written.contact.fields,
    )
    if not changed:
        raise ChangedMeanwhileError


def close_notice(notice: Notice) -> bool:
    """Take it down and forget its contact; answer whether it stood until now."""
    closed = Notice.objects.filter(pk=notice.pk, closed_at=None).update(
        closed_at=timezone.now(), **Contact().fields
    )
    return bool(closed)


def answer_notice(
    notice: Notice, *, producer: Producer, text: str, contact: Contact, actor: AbstractBaseUser
) -> bool:
    """Leave word that a maker is interested, one for each maker; answer whether it is new."""
    _interest, is_new = Interest.objects.get_or_create(
        notice=notice,
        producer=producer,
        defaults={"text": text, "made_by_id": actor.pk, **contact.fields},
    )
    return is_new


@transaction.atomic
def hide_notice(notice: Notice, *, reason: str, actor: AbstractBaseUser) -> None:
    """Take a notice out of participants' sight, with a reason that its maker reads.

    Raises ChangedMeanwhileError if it is hidden already.
    """
    shown = Notice.objects.filter(pk=notice.pk, hidden_at=None)
    if not shown.update(hidden_at=timezone.now(), hidden_reason=reason):
        raise ChangedMeanwhileError
    log_event(
        Event.Kind.NOTICE_HIDDEN,
        notice.producer.name,
        actor=actor,
        data={"notice": str(notice.pk), "reason": reason},
    )


@transaction.atomic
def show_notice(notice: Notice, *, actor: AbstractBaseUser) -> None:
    """Let participants see it again; raises ChangedMeanwhileError if they do."""
    hidden = Notice.objects.filter(pk=notice.pk).exclude(hidden_at=None)
    if not hidden.update(hidden_at=None, hidden_reason=""):
        raise ChangedMeanwhileError
    log_event(
        Event.Kind.NOTICE_SHOWN, notice.producer.name, actor=actor, data={"notice": str(notice.pk)}
    )
