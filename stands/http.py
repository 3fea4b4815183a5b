"""The types of a request after the middleware has seen it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request that says whether htmx sent it."""

    htmx: HtmxDetails


class SignedInRequest(HtmxRequest):
    """A request whose user is known, since the login is required by default."""

    user: User


def wants_fragment(request: HtmxRequest) -> bool:
    """Whether a part of the page answers: htmx asks, and not to restore a page of its history."""
    return bool(request.htmx) and not request.htmx.history_restore_request
