"""Writing inquiries: received once, answered, moved, and forgotten after a while.

The log says who moved an inquiry and where to. It never says who wrote or what, since nothing in it
can be taken out again.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from events import consent
from events.log import log_event, note_erasure
from events.models import Event
from pesantren.models import Pesantren, Producer, Product
from stands.inquiry_mail import send_waiting
from stands.models import Inquiry, InquiryAnswer, InquiryMail, Offer, Stand

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.contrib.auth.models import AbstractBaseUser

    from stands.models import Expo

# What an inquiry can be about.
Subject = Product | Stand | Producer | Pesantren
# Who wrote is kept for so long after the inquiry was last touched: a year of talks, and no more.
# Law 27 of 2022 on personal data asks for a bound, and leaves which to who keeps them.
KEPT_FOR = dt.timedelta(days=365)
# A stand that many share does not mean a mail for each of them.
MOST_MAKERS = 10

# Where an inquiry can go from where it is; one that was ended can be taken up again.
NEXT: dict[str, list[Inquiry.State]] = {
    Inquiry.State.INTEREST: [
        Inquiry.State.TALK,
        Inquiry.State.CLOSED,
        Inquiry.State.DECLINED,
    ],
    Inquiry.State.TALK: [Inquiry.State.CLOSED, Inquiry.State.DECLINED],
    Inquiry.State.CLOSED: [Inquiry.State.TALK],
    Inquiry.State.DECLINED: [Inquiry.State.TALK],
}


class MovedMeanwhileError(Exception):
    """Somebody else has answered it, or it has been anonymised."""


@dataclass(frozen=True)
class Written:
    """What was filled in, checked for its shape."""

    name: str
    organisation: str
    contact: str
    message: str


def inquiry_id(form: UUID, about: Subject, written: Written) -> UUID:
    """The number of what one form sent: the same for the same words, another for others."""
    parts = (type(about).__name__, str(about.pk), written.name, written.organisation)
    return uuid.uuid5(form, "\0".join((*parts, written.contact, written.message)))


def receive_inquiry(
    *, key: UUID, expo: Expo, about: Subject, written: Written, language: str, site: str
) -> Inquiry:
    """Keep an inquiry and the mails that it owes, once for each key; then try to send them.

    Nothing that happens to a mail comes back to whoever wrote.
    """
    with transaction.atomic():
        inquiry, is_new = Inquiry.objects.get_or_create(
            pk=key,
            defaults={
                "expo": expo,
                "product": about if isinstance(about, Product) else None,
                "stand": about if isinstance(about, Stand) else None,
                "producer": about if isinstance(about, Producer) else None,
                "pesantren": about if isinstance(about, Pesantren) else None,
                "name": written.name,
                "organisation": written.organisation,
                "contact": written.contact,
                "message": written.message,
                "consent_version": consent.VERSION,
                "language": language,
                "site": site,
            },
        )
        if is_new:
            owed: list[Producer | None] = [None] if settings.INQUIRY_EMAIL else []
            owed += makers_to_tell(about)
            InquiryMail.objects.bulk_create(
                InquiryMail(inquiry=inquiry, producer=producer) for producer in owed
            )
            transaction.on_commit(lambda: send_waiting(inquiry), robust=True)
    return inquiry


def makers_to_tell(about: Subject) -> list[Producer]:
    """The makers it concerns who take inquiries by mail, each address once."""
    makers: Iterable[Producer]
    if isinstance(about, Product):
        makers = [about.producer]
    elif isinstance(about, Producer):
        makers = [about]
    elif isinstance(about, Stand):
        offers = Offer.objects.on_sale().filter(stand=about)
        makers = Producer.objects.filter(products__offers__in=offers).distinct()
    else:
        makers = Producer.objects.filter(pesantren=about)
    found = {maker.inquiry_email.lower(): maker for maker in makers if maker.inquiry_email}
    return list(found.values())[:MOST_MAKERS]


@transaction.atomic
def answer_inquiry(
    inquiry: Inquiry,
    *,
    seen: str,
    state: str,
    text: str,
    by_mail: bool,
    actor: AbstractBaseUser,
) -> InquiryAnswer:
    """Note or send an answer, and move the inquiry; raises MovedMeanwhileError.

    `seen` is the state in which the person saw it.
    """
    mine = Inquiry.objects.filter(pk=inquiry.pk, state=seen, anonymised_at=None)
    if not mine.update(state=state, touched_at=timezone.now()):
        raise MovedMeanwhileError
    answer = InquiryAnswer.objects.create(
        inquiry=inquiry,
        actor_id=actor.pk,
        text=text,
        is_mail=by_mail,
        state_before=seen,
        state_after=state,
    )
    log_event(
        Event.Kind.INQUIRY_MOVED,
        str(inquiry.subject),
        actor=actor,
        data={"inquiry": str(inquiry.pk), "from": seen, "to": state}
        | ({"is_mail": True} if by_mail else {}),
    )
    if by_mail:
        InquiryMail.objects.create(inquiry=inquiry, answer=answer)
        transaction.on_commit(lambda: send_waiting(inquiry), robust=True)
    return answer


@transaction.atomic
def forget_writer(inquiry: Inquiry, *, actor: AbstractBaseUser) -> bool:
    """The writer wants to be forgotten: noted, so that a restore forgets them too."""
    if inquiry.anonymised_at is not None:
        return False
    note_erasure(inquiry, request=uuid.uuid4())
    return bool(anonymise([inquiry], actor=actor))


@transaction.atomic
def anonymise(inquiries: Iterable[Inquiry], *, actor: AbstractBaseUser | None = None) -> int:
    """Forget who wrote these and what was written; what they were about stays. Answer how many."""
    now = timezone.now()
    keys = [inquiry.pk for inquiry in inquiries]
    count = Inquiry.objects.filter(pk__in=keys, anonymised_at=None).update(
        name="", organisation="", contact="", message="", anonymised_at=now
    )
    if count:
        InquiryAnswer.objects.filter(inquiry__in=keys).update(text="")
        InquiryMail.objects.filter(inquiry__in=keys, sent_at=None).delete()
        log_event(Event.Kind.INQUIRIES_ANONYMISED, f"{count}", actor=actor, data={"count": count})
    return count
