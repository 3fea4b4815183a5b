"""Where a tablet is paired with a stand: type the code, or scan it; then say yes."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from events.throttle import TooManyTriesError, address_of, book_try
from sales.access import tablet_of
from sales.tablet.pairing import (
    WRONG_CODES,
    CodeUnusableError,
    as_meant,
    find_code,
    is_paired_by,
    use_code,
)
from sales.tablet.tills import COOKIE, LettersUsedUpError, present_till
from sales.views import TABLET_PAGE

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from sales.tablet.pairing import Paired

# As long as a browser keeps any cookie.
COOKIE_SECONDS = 400 * 24 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
@sensitive_post_parameters("code")
def pairing(request: HttpRequest) -> HttpResponse:
    """Ask for the code that an organiser has made."""
    typed = request.POST.get("code", "")
    code = as_meant(typed)
    if code:
        return redirect("pairing_confirm", code)
    status = 422 if request.method == "POST" else 200
    return render(request, "sales/pairing.html", {"typed": typed}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def pairing_confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Show what the code would pair. Only POST does it: messengers open links by themselves."""
    code = as_meant(code)
    try:
        if request.method == "POST":
            return _welcome(use_code(code, _storage_id(request)))
        return _question(request, code)
    except LettersUsedUpError:
        return render(request, "sales/pairing_refused.html", {"is_full": True}, status=409)
    except CodeUnusableError:
        tablet = tablet_of(request)
        if tablet is not None and is_paired_by(code, tablet):
            # The button was tapped twice, or this is the back button.
            return redirect(_tablet_page())
        return _unusable(request)


def _unusable(request: HttpRequest) -> HttpResponse:
    """Count the wrong code, now that it was judged: the right one passes, whoever guesses here."""
    try:
        book_try(WRONG_CODES, address_of(request))
    except TooManyTriesError as wait:
        minutes = -(-wait.retry_after // 60)
        refused = render(request, "sales/pairing_refused.html", {"minutes": minutes}, status=429)
        refused["Retry-After"] = str(wait.retry_after)
        return refused
    return render(request, "sales/pairing_refused.html", status=410)


def _question(request: HttpRequest, code: str) -> HttpResponse:
    tablet = tablet_of(request)
    now_at = present_till(tablet) if tablet and not tablet.is_revoked else None
    context = {"code": find_code(code), "now_at": now_at}
    return render(request, "sales/pairing_confirm.html", context)


def _welcome(paired: Paired) -> HttpResponse:
    """Lead to the till with the credential, which no script can read and no other site can send."""
    response = redirect(_tablet_page())
    response.set_cookie(
        COOKIE,
        paired.credential,
        max_age=COOKIE_SECONDS,
        path="/kasir/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def _storage_id(request: HttpRequest) -> uuid.UUID:
    """What the browser's storage calls itself; without JavaScript there is none, so a fresh one."""
    try:
        return uuid.UUID(request.POST.get("storage_id", ""))
    except ValueError:
        return uuid.uuid4()


def _tablet_page() -> str:
    return f"{TABLET_PAGE}en/" if get_language() == "en" else TABLET_PAGE
