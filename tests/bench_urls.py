"""The portal's addresses, and beside them two views of the same frame that do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpResponse
from django.urls import path

from opop_expo.urls import urlpatterns as portal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


class CountQueriesMiddleware:
    """Say in a header how many statements a request sent to the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = 0

        def count(execute: Callable[..., object], *arguments: object) -> object:
            nonlocal sent
            sent += 1
            return execute(*arguments)

        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response["X-Queries"] = str(sent)
        return response


@login_not_required
def nothing(request: HttpRequest) -> HttpResponse:
    """Answer a constant to anybody."""
    return HttpResponse("nothing")


def nothing_for_keepers(request: HttpRequest) -> HttpResponse:
    """Answer a constant to somebody who has logged in."""
    return HttpResponse("nothing")


urlpatterns = [
    path("tetap/", nothing),
    path("tetap-masuk/", nothing_for_keepers),
    *portal,
]
