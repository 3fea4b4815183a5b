"""Shorter ways through the frame, for the few addresses that a full hall asks for all day.

A login, a session, a language and a form are asked of every request, and cost more than most of
what is answered here. What needs none of them goes past them: a page that was given out a moment
ago, and what tablets send.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.db import IntegrityError
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.urls import Resolver404, resolve
from django.utils import translation

from opop_expo.middleware import BodyLimitMiddleware, ClosedEditionMiddleware
from stands import pages_at_hand

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.urls import ResolverMatch

# What is sent there says by itself who sends it, and in which language the answer is wanted.
STRAIGHT = ("/kasir/tablet/", "/dilihat/")


class PagesAtHandMiddleware:
    """Give out a visitors' page again as it went out before (stands.pages_at_hand)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = pages_at_hand.address_of(request)
        if address is None:
            return self.get_response(request)
        response = pages_at_hand.answer_again(request, address)
        if response is None:
            response = self.get_response(request)
            pages_at_hand.remember(request, address, response)
        return response


class StraightMiddleware:
    """Take what is sent to some addresses to its view, past sessions, languages and logins.

    Only to a view that says of itself that it wants neither a login nor a form's token; the bound
    on bodies, the host and the refusals of a closed edition stand on this way as well.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.closed = ClosedEditionMiddleware(self._view)
        way: Any = convert_exception_to_response(self._view)
        for middleware in (XFrameOptionsMiddleware, BodyLimitMiddleware, CommonMiddleware):
            outer: Any = middleware(way)
            way = convert_exception_to_response(outer)
        self.straight: Callable[[HttpRequest], HttpResponse] = way

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not request.path_info.startswith(STRAIGHT):
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        view = match.func
        if getattr(view, "login_required", True) or not getattr(view, "csrf_exempt", False):
            return self.get_response(request)
        request.resolver_match = match
        # The thread may have answered in another one before.
        translation.activate(settings.LANGUAGE_CODE)
        return self.straight(request)

    def _view(self, request: HttpRequest) -> HttpResponse:
        match: ResolverMatch = request.resolver_match  # type: ignore[assignment]
        try:
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except IntegrityError as error:
            refusal = self.closed.process_exception(request, error)  # type: ignore[arg-type]
            if refusal is None:
                raise
            return refusal
        return response
