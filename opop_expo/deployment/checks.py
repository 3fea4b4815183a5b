"""What `manage.py check --deploy` says beside what Django knows."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Tags, Warning, register

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.checks import CheckMessage


@register(Tags.security, deploy=True)
def privacy_has_a_contact(**options: Any) -> list[CheckMessage]:
    """Law 27 of 2022 lets people ask for their data: the page has to say whom."""
    if settings.PRIVACY_CONTACT:
        return []
    return [
        Warning(
            "PRIVACY_CONTACT is empty: the privacy page names nobody to write to.",
            hint="Give a mail address or a number, such as PRIVACY_CONTACT=data@expo.example.",
            id="opop_expo.W010",
        )
    ]


@register(Tags.security, deploy=True)
def proxies_are_named(**options: Any) -> list[CheckMessage]:
    """Without it the portal would send a visitor from HTTPS to HTTPS for ever."""
    if settings.TRUSTED_PROXIES or not settings.SECURE_SSL_REDIRECT:
        return []
    return [
        Warning(
            "TRUSTED_PROXIES names no proxy, so that every request looks like plain HTTP.",
            hint="Name the proxy that ends TLS, such as TRUSTED_PROXIES=127.0.0.1.",
            id="opop_expo.W001",
        )
    ]


@register(Tags.security, deploy=True)
def others_are_spoken_to_over_tls(**options: Any) -> list[CheckMessage]:
    """Whatever goes to another machine can be read and changed on the way, sales included."""
    open_ways = list(_open_ways())
    if not open_ways:
        return []
    return [
        Warning(
            f"Spoken to on another machine without TLS that is checked: {', '.join(open_ways)}.",
            hint=(
                "DATABASE_URL takes ?sslmode=verify-full&sslrootcert=…, CACHE_URL rediss://, "
                "S3_ENDPOINT https://, EMAIL_URL smtp+tls:// or smtp+ssl://."
            ),
            id="opop_expo.W011",
        )
    ]


def _open_ways() -> Iterator[str]:
    database = settings.DATABASES["default"]
    said = database.get("OPTIONS", {})
    place = str(said.get("host") or database.get("HOST") or "")
    if not _is_here(place) and said.get("sslmode") != "verify-full":
        yield "the database"
    cache = settings.CACHES["default"].get("LOCATION", "")
    if cache.startswith("redis://") and not _is_here(urlsplit(cache).hostname or ""):
        yield "Redis"
    store = settings.STORAGES["private"].get("OPTIONS", {}).get("endpoint_url") or ""
    if store.startswith("http://") and not _is_here(urlsplit(store).hostname or ""):
        yield "the object store"
    is_encrypted = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    if "smtp" in settings.EMAIL_BACKEND and not is_encrypted and not _is_here(settings.EMAIL_HOST):
        yield "the mail server"


def _is_here(place: str) -> bool:
    """Whether it is this machine: a socket, or its own address."""
    if place.startswith(("/", "@")) or place in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(place).is_loopback
    except ValueError:
        return False
