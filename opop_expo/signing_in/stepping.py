"""What lies between a right password and being in: the second step, for whoever has one.

Between the two nobody is signed in. Whose password it was lies in an anonymous session, for ten
minutes, with what ends it when the password changes meanwhile.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.db import transaction
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from events.log import log_event
from events.models import Event
from opop_expo.signing_in import devices, factor, sessions

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

BACKEND = "opop_expo.signing_in.backend.PortalBackend"
PENDING = "pending"
LASTS = dt.timedelta(minutes=10)


def next_step(request: HttpRequest, user: User, wanted: str) -> HttpResponse:
    """Lead who has proved the password on: to the second step, or in."""
    asks = settings.SECOND_FACTOR != factor.OFF and factor.has_factor(user)
    if asks and devices.skips_factor(request, user):
        return come_in(request, user, wanted, by_factor=True)
    if not asks and not factor.must_have_factor(user):
        return come_in(request, user, wanted)
    request.session.flush()
    request.session[PENDING] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": timezone.now().timestamp(),
        "next": wanted,
    }
    return redirect("sign_in_code" if asks else "factor_set_up")


def pending_user(request: HttpRequest) -> User | None:
    """Whose password was right a moment ago, in this browser."""
    pending = request.session.get(PENDING)
    if not pending or timezone.now().timestamp() - pending["at"] > LASTS.total_seconds():
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), pending["hash"]):
        return None
    return user


def pending_next(request: HttpRequest) -> str:
    """Where they wanted to go."""
    return str(request.session.get(PENDING, {}).get("next", ""))


@transaction.atomic
def come_in(
    request: HttpRequest,
    user: User,
    wanted: str,
    *,
    by_factor: bool = False,
    skip_factor_here: bool = False,
) -> HttpResponse:
    """Sign in under a new session key, and go where the person wanted."""
    request.session.pop(PENDING, None)
    login(request, user, backend=BACKEND)
    sessions.begin(request, user, device=devices.device_words(request), by_factor=by_factor)
    log_event(
        Event.Kind.SIGNED_IN,
        user.get_username(),
        actor=user,
        data={"device": devices.device_words(request), "by_factor": by_factor},
    )
    response = redirect(safe_next(request, wanted))
    devices.remember(request, response, user, without_factor=skip_factor_here)
    return response


def safe_next(request: HttpRequest, wanted: str) -> str:
    """The address that was asked for, if it is one of ours."""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else resolve_url("after_login")
