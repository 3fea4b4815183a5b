"""Links under which somebody chooses a password: for a new account, or for one that was forgotten.

Good once, since they are made from the password that there was, and not for long. Nobody types a
password for somebody else.
"""

from __future__ import annotations

import datetime as dt
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.core.mail import send_mail
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from events.log import log_event
from events.models import Event
from stands.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

logger = logging.getLogger(__name__)

SALT = "signing_in.password_link"
# Handed over by a person, or sent by mail to whoever asked for it.
HANDED, MAILED = "h", "m"
LASTS = {HANDED: dt.timedelta(days=3), MAILED: dt.timedelta(minutes=30)}
# Nobody has as many accounts under one address.
MOST_LETTERS = 3

# A letter takes as long as the mail server likes. Whoever asks must not see by the time whether
# there was anything to send, so another thread sends it.
letters = ThreadPoolExecutor(max_workers=1, thread_name_prefix="letters")


def make_link(user: User, kind: str) -> str:
    """The path of a link for this account, in the language of now."""
    token = signing.dumps([user.pk, kind, _fingerprint(user)], salt=SALT, compress=False)
    return reverse("password_link", args=[token])


def hand_out_link(user: User, *, actor: User | None) -> str:
    """The path of a link that an organiser gives to somebody; the log says so."""
    log_event(Event.Kind.PASSWORD_LINK_MADE, user.get_username(), actor=actor)
    return make_link(user, HANDED)


def read_link(token: str) -> User | None:
    """Whose link it is, if it is still good."""
    try:
        key, kind, fingerprint = signing.loads(token, salt=SALT, max_age=max(LASTS.values()))
        signing.loads(token, salt=SALT, max_age=LASTS[kind])
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        return None
    user = User.objects.filter(pk=key, is_active=True).first()
    if user is None or not constant_time_compare(_fingerprint(user), fingerprint):
        return None
    return user


def _fingerprint(user: User) -> str:
    """Another one as soon as the password is another, or somebody signs in.

    And as soon as the account becomes an organiser's: who handed out the link might not have.
    """
    last = user.last_login.isoformat() if user.last_login else ""
    may = f"{user.is_staff:d}{user.is_superuser:d}"
    known = f"{user.pk}/{user.password}/{last}/{may}/{user.email}"
    return salted_hmac(SALT, known).hexdigest()[:32]


def accounts_called(typed: str) -> list[User]:
    """The active accounts under that name or address which have an address to write to."""
    found = User.objects.filter(Q(username=typed) | Q(email__iexact=typed), is_active=True)
    return list(found.exclude(email="").order_by("pk")[:MOST_LETTERS])


def send_links(users: Iterable[User], origin: str) -> None:
    """Write to each of them, behind the back of the request."""
    for user in users:
        context = {
            "name": one_line(user.get_username()),
            "link": f"{origin}{make_link(user, MAILED)}",
        }
        text = render_to_string("signing_in/password_link_letter.txt", context)
        letters.submit(_send, _("Kata sandi baru untuk OPOP Expo"), text, user.email)


def _send(subject: str, text: str, to: str) -> None:
    try:
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [to])
    except OSError as refused:
        logger.error("A letter with a link for a password was not sent: %s", refused)
