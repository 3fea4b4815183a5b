"""What every answer to htmx needs: a login page that fills the window and not a fragment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_htmx.http import HttpResponseClientRedirect

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from stands.http import HtmxRequest


class HtmxLoginMiddleware:
    """Turn the redirect of an expired login into one that htmx carries out for the whole window."""

    def __init__(self, get_response: Callable[..., HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HtmxRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.htmx and response.status_code == 302:
            return HttpResponseClientRedirect(response["Location"])
        return response
