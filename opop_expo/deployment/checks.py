"""What `manage.py check --deploy` says beside what Django knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.checks import Tags, Warning, register

if TYPE_CHECKING:
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
