"""The types of a request after the middleware has seen it, and what can be told of its sender."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import urlencode

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django_htmx.middleware import HtmxDetails

    from stands.catalogue_version import Editions


class HtmxRequest(HttpRequest):
    """A request that says whether htmx sent it."""

    htmx: HtmxDetails
    # Set by opop_expo.middleware where the address names an edition.
    editions: Editions
    shows_unpublished: bool


class SignedInRequest(HtmxRequest):
    """A request whose user is known, since the login is required by default."""

    user: User


def wants_fragment(request: HtmxRequest) -> bool:
    """Whether a part of the page answers: htmx asks, and not to restore a page of its history."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def is_from_here(request: HttpRequest) -> bool:
    """Whether the portal's own page sent it, as far as the browser says.

    In place of a CSRF token, which a kept page cannot carry. Every browser of the last years says
    where a POST comes from, and no page can make it say otherwise; one that says nothing passes.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc == request.get_host() or origin in settings.CSRF_TRUSTED_ORIGINS


def without_gaps(request: HtmxRequest) -> HttpResponseRedirect | None:
    """The way to the same address without the empty fields that a plain form sends, if it has any.

    So that a list has one address however it was asked for. What htmx asks is named in its answer.
    """
    pairs = [(name, value) for name, values in request.GET.lists() for value in values]
    if request.htmx or all(value for _name, value in pairs):
        return None
    query = urlencode([pair for pair in pairs if pair[1]])
    return HttpResponseRedirect(f"{request.path}?{query}".rstrip("?"))
