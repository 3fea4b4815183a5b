"""What stands around every view: a bound on bodies, a login for the window, a plain 404."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db import IntegrityError
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect

from opop_expo.views import not_found
from stands.catalogue_version import edition_at
from stands.closed_triggers import is_refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from stands.http import HtmxRequest


class PlainNotFoundMiddleware:
    """Show our own 404 page where DEBUG shows Django's, as the portal does in production.

    It stands outside CommonMiddleware, which first redirects an address without its last slash.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if response.status_code == 404 and is_page:
            return not_found(request)
        return response


class BodyLimitMiddleware:
    """Answer 413 in words to a body that no form of the portal can have, before reading it.

    Django bounds a form body as well, yet answers with a bare 400. Multipart bodies carry uploads
    and have a bound of their own.
    """

    def __init__(self, get_response: Callable[[HtmxRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HtmxRequest) -> HttpResponse:
        length = request.headers.get("content-length") or "0"
        is_upload = request.content_type == "multipart/form-data" and "/admin/" in request.path
        most = settings.UPLOAD_MAX_BYTES if is_upload else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if is_upload and request.path.endswith(settings.PHOTO_ZIP_PATH):
            # The other fields of the form lie beside the archive.
            most = settings.PHOTO_ZIP_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if length.isdigit() and int(length) > most:
            response: HttpResponse
            if request.content_type == "application/json":
                response = JsonResponse({"error": "too_large"}, status=413)
            else:
                response = render(request, "too_large.html", status=413)
            # The rest of the body is never read, so this connection cannot serve another request.
            response["Connection"] = "close"
            return response
        return self.get_response(request)


class UnreadableAddressMiddleware:
    """Answer 400 in words to an address with a NUL: PostgreSQL cannot even be asked for it."""

    def __init__(self, get_response: Callable[[HtmxRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HtmxRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return render(request, "400.html", status=400)
        return self.get_response(request)


class LoginByDefaultMiddleware(LoginRequiredMiddleware):
    """Require a login unless the view says otherwise, and then do not even ask who it is.

    Django's own looks at the user first. That reads the session, so that a public page would cost
    its queries and carry `Vary: Cookie`, which no shared cache can use.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        # Nobody may keep what comes of it, see opop_expo.guarding.headers.
        request.needs_login = True  # type: ignore[attr-defined]
        return super().process_view(request, view_func, view_args, view_kwargs)


class UnpublishedEditionMiddleware:
    """Answer 404 below the address of an edition that is not public yet, but to its organisers.

    Here and not in the views, so that no page of an edition can forget it, whatever app it belongs
    to. What names no edition in its address asks for Expo.objects.public().
    """

    def __init__(self, get_response: Callable[[HtmxRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HtmxRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "shows_unpublished", False):
            # In place of what the view said: its pages are for everybody, and kept.
            response["Cache-Control"] = "private, no-store"
            response["X-Robots-Tag"] = "noindex"
            for name in ("ETag", "Last-Modified"):
                del response[name]
        return response

    def process_view(
        self,
        request: HtmxRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> None:
        if "edition" not in view_kwargs:
            return
        # Of this address they may have been looked for before (stands.pages_at_hand).
        editions = getattr(request, "editions", None) or edition_at(view_kwargs["edition"])
        if editions is None or not editions.are_public:
            # Who may not see it cannot tell it from one that there is not.
            if not may_prepare(request) or editions is None:
                raise Http404
            request.shows_unpublished = True
        request.editions = editions


def may_prepare(request: HtmxRequest) -> bool:
    """Whether an organiser asks. Who has no session is not asked who they are."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.has_perm(
        "stands.view_expo"
    )


class ClosedEditionMiddleware:
    """Say why where the database refused to change a closed edition: a path that nobody thought of.

    Forms of a closed edition are shown without buttons, so hardly anybody comes here.
    """

    def __init__(self, get_response: Callable[[HtmxRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HtmxRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HtmxRequest, exception: Exception
    ) -> HttpResponse | JsonResponse | None:
        if not isinstance(exception, IntegrityError) or not is_refusal(exception):
            return None
        if request.content_type == "application/json":
            return JsonResponse({"error": "edition_closed"}, status=409)
        return render(request, "edition_closed.html", status=409)


class HtmxLoginMiddleware:
    """Turn the redirect of an expired login into one that htmx carries out for the whole window."""

    def __init__(self, get_response: Callable[[HtmxRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HtmxRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.htmx and response.status_code == 302:
            return HttpResponseClientRedirect(response["Location"])
        return response
