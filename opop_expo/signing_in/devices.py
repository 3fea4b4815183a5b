"""Browsers from which a person has signed in before.

One is told by a random token in a cookie, of which the hash is kept beside the account. It opens
nothing by itself: what it is good for is that somebody else's wrong passwords do not lock its owner
out, and, where the owner wished so, that the second step is left out for two weeks.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from opop_expo.signing_in.models import KnownDevice

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

KEPT = dt.timedelta(days=180)
WITHOUT_FACTOR = dt.timedelta(days=14)

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"),
            ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"),
            ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("CrOS", "ChromeOS"),
           ("Windows", "Windows"), ("Macintosh", "Mac"), ("Linux", "Linux"))  # fmt: skip


def known_device(request: HttpRequest, user: User | None) -> KnownDevice | None:
    """The browser that asks, if the person has signed in from it in the last half year."""
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME)
    # Asked for a stranger as well, so that it takes as long.
    return KnownDevice.objects.filter(
        user_id=user.pk if user else 0,
        token_hash=_hash(token or ""),
        seen_at__gt=timezone.now() - KEPT,
    ).first()


def skips_factor(request: HttpRequest, user: User) -> bool:
    """Whether the person wished not to be asked for the second step in this browser."""
    device = known_device(request, user)
    until = device.factor_until if device else None
    return until is not None and until > timezone.now()


def remember(
    request: HttpRequest, response: HttpResponse, user: User, *, without_factor: bool = False
) -> None:
    """Know the browser from now on. Those that were not seen for long are forgotten in passing."""
    now = timezone.now()
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    if not re.fullmatch(r"[\w-]{43}", token):
        token = secrets.token_urlsafe(32)
    KnownDevice.objects.filter(user=user, seen_at__lte=now - KEPT).delete()
    values: dict[str, dt.datetime] = {"seen_at": now}
    if without_factor:
        values["factor_until"] = now + WITHOUT_FACTOR
    KnownDevice.objects.update_or_create(user=user, token_hash=_hash(token), defaults=values)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        token,
        max_age=int(KEPT.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def forget_factor(user: User) -> None:
    """Ask for the second step again, everywhere."""
    KnownDevice.objects.filter(user=user).update(factor_until=None)


def device_words(request: HttpRequest) -> str:
    """`Chrome, Android`: what its owner knows a device by, and no more of it."""
    agent = request.headers.get("User-Agent", "")
    found = [
        next((name for sign, name in signs if sign in agent), "") for signs in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(word for word in found if word)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
