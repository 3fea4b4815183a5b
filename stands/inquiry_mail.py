"""Mails of inquiries: written down with the inquiry, sent when they can be, never lost."""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from stands.models import InquiryMail
from stands.plain_text import one_line, plain_text

if TYPE_CHECKING:
    from stands.models import Inquiry

logger = logging.getLogger(__name__)

# Whoever tries is done by then, or has died with it.
AGAIN_AFTER = dt.timedelta(minutes=5)
MOST_AT_ONCE = 200
# After a week of every five minutes nobody will take it; the admin shows it as unsent.
MOST_TRIES = 2_000


def send_waiting(inquiry: Inquiry | None = None, *, at_once: bool = False) -> tuple[int, int]:
    """Send what is owed, of one inquiry or of all; answer how many went out and how many did not.

    Each is claimed before it is sent, so that of two who send at the same time one does. What was
    claimed and not finished is tried again after a while, `at_once` without waiting.
    """
    now = timezone.now()
    waiting = InquiryMail.objects.filter(sent_at=None, tries__lt=MOST_TRIES)
    if inquiry is not None:
        waiting = waiting.filter(inquiry=inquiry)
    if not at_once:
        waiting = waiting.filter(Q(tried_at=None) | Q(tried_at__lte=now - AGAIN_AFTER))
    waiting = waiting.select_related(
        "producer",
        "answer",
        "inquiry__expo",
        "inquiry__product__producer",
        "inquiry__stand",
        "inquiry__producer",
        "inquiry__pesantren",
    )
    sent = failed = 0
    for mail in waiting.order_by("pk")[:MOST_AT_ONCE]:
        claimed = InquiryMail.objects.filter(pk=mail.pk, sent_at=None, tried_at=mail.tried_at)
        if not claimed.update(tried_at=now, tries=F("tries") + 1):
            continue
        try:
            message_of(mail).send()
        except (smtplib.SMTPRecipientsRefused, ValueError):
            # This address alone, which a server or the library does not take.
            logger.warning("mail %s of an inquiry was refused", mail.pk)
            failed += 1
        except (OSError, smtplib.SMTPException) as error:
            # The server is away: it is away for the others too.
            logger.warning(
                "mail %s of an inquiry did not go out: %s", mail.pk, type(error).__name__
            )
            failed += 1
            break
        else:
            InquiryMail.objects.filter(pk=mail.pk).update(sent_at=timezone.now())
            sent += 1
    return sent, failed


def message_of(mail: InquiryMail) -> EmailMessage:
    """The letter itself: to the maker and the organisers in Indonesian, to the writer in theirs."""
    inquiry = mail.inquiry
    with translation.override(inquiry.language if mail.answer else "id"):
        if mail.answer:
            subject = _("Jawaban atas minat Anda: %(what)s")
            template, to = "stands/mail/answer.txt", [inquiry.contact]
        elif mail.producer:
            subject = _("Minat kerja sama: %(what)s")
            template, to = "stands/mail/maker.txt", [mail.producer.inquiry_email]
        else:
            subject = _("Minat kerja sama: %(what)s")
            template, to = "stands/mail/organiser.txt", settings.INQUIRY_EMAIL
        what = one_line(str(inquiry.subject))
        context = {
            "expo": one_line(inquiry.expo.name),
            "name": one_line(inquiry.name),
            "organisation": one_line(inquiry.organisation),
            "contact": one_line(inquiry.contact),
            "message": plain_text(inquiry.message),
            "answer": plain_text(mail.answer.text) if mail.answer else "",
            "what": what,
            "desk": inquiry.site + reverse("inquiry_detail", args=[inquiry.pk]),
        }
        return EmailMessage(
            subject % {"what": what},
            render_to_string(template, context),
            to=to,
            reply_to=_reply_to(mail),
        )


def _reply_to(mail: InquiryMail) -> list[str]:
    """Where an answer goes: from the maker to the writer, from the writer to the organisers."""
    if mail.answer:
        return list(settings.INQUIRY_EMAIL)
    return [mail.inquiry.contact] if mail.inquiry.has_email else []
