"""The one way to prove a password, whatever page or command asks."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend

from opop_expo.accounts import DEMO_PASSWORD

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest

logger = logging.getLogger(__name__)


class PortalBackend(ModelBackend):
    """Django's own, to which the demo's password, printed in this repository, is never right."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **others: Any,
    ) -> User | None:
        """The account, unless the password is wrong, or the demo's outside the demo."""
        user = super().authenticate(request, username=username, password=password, **others)
        if user is None or password != DEMO_PASSWORD or settings.DEBUG:
            return user
        logger.error(
            "Sign-in refused: account %s has the password of the demo, which everybody knows. "
            "Give it another one: manage.py let_in %s",
            user.pk,
            user.get_username(),
        )
        return None
