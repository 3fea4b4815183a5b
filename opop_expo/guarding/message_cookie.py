"""Messages under a cookie's name that only this host can have set."""

from __future__ import annotations

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class HostCookieStorage(CookieStorage):
    """Django's, named like the other cookies."""

    cookie_name = f"{settings.HOST_COOKIE}messages"


class MessageStorage(FallbackStorage):
    """A cookie, and the session for what is too long for one."""

    storage_classes = (HostCookieStorage, SessionStorage)
