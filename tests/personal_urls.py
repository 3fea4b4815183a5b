"""The portal's addresses, and beside them pages meant for everybody that read what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.urls import path

from opop_expo.urls import urlpatterns as portal
from stands.kept_pages import catalogue_page

if TYPE_CHECKING:
    from django.http import HttpRequest

    from stands.models import Expo


@login_not_required
@catalogue_page
def personal(request: HttpRequest, expo: Expo, what: str) -> HttpResponse:
    """Answer with something of the visitor."""
    response = HttpResponse(expo.name)
    match what:
        case "session":
            response.content = str(request.session.get("name"))
        case "user":
            response.content = str(request.user)
        case "token":
            response.content = get_token(request)
        case "message":
            response.content = str(list(messages.get_messages(request)))
        case "cookie":
            response.set_cookie("name", "value")
    return response


urlpatterns = [path("<edition:edition>/pribadi/<str:what>/", personal), *portal]
