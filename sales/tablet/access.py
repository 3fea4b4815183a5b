"""Who may speak to the tablet's addresses: a paired tablet, from the portal's own page."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseError
from django.http import JsonResponse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from events.throttle import TooManyTriesError
from sales.tablet.protocol import read_envelope
from sales.tablet.tills import (
    COOKIE,
    LettersUsedUpError,
    NotPairedError,
    RevokedError,
    find_tablet,
    move_credential,
)
from stands.database_faults import outbox_answer
from stands.http import is_from_here
from stands.strict_json import UnreadableError, read_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from sales.models import Tablet
    from sales.tablet.protocol import Envelope

P = ParamSpec("P")


def refusal(status: int, error: str, **more: object) -> JsonResponse:
    """An answer that the tablet knows by name."""
    return JsonResponse({"error": error, **more}, status=status)


def for_tablet(
    view: Callable[Concatenate[HttpRequest, Tablet, Envelope, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Give the view the paired tablet and what it says of itself; all others get a reason.

    In place of the login and of a CSRF token, which would both go stale in a kept page: a
    credential in a cookie that other sites' pages do not send, a header that they cannot set, and
    the browser's own word on where the request comes from.
    """

    @csrf_exempt
    @login_not_required
    @never_cache
    @require_POST
    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        # No form anywhere can set the header, and the rest is the browser's own word.
        if request.headers.get("X-Opop-Till") != "1" or not is_from_here(request):
            return refusal(403, "origin")
        if request.content_type != "application/json":
            return refusal(415, "json_wanted")
        try:
            envelope = read_envelope(read_json(request.body))
        except UnreadableError:
            return refusal(400, "unreadable")
        language = request.headers.get("X-Opop-Language", "")
        try:
            with translation.override(language if language == "en" else "id"):
                tablet = _tablet(request, envelope)
                if isinstance(tablet, JsonResponse):
                    return tablet
                return view(request, tablet, envelope, *args, **kwargs)
        except DatabaseError as error:
            return outbox_answer(request, error)

    return guarded


def _tablet(request: HttpRequest, envelope: Envelope) -> Tablet | JsonResponse:
    """The paired tablet that speaks, under its present storage, or why there is none."""
    credential = request.COOKIES.get(COOKIE, "")
    tablet = find_tablet(credential) if credential else None
    if tablet is None:
        return refusal(401, "not_paired")
    if tablet.is_revoked:
        return refusal(403, "revoked")
    if tablet.storage_id == envelope.storage_id:
        return tablet
    try:
        return move_credential(tablet, storage_id=envelope.storage_id).tablet or tablet
    except NotPairedError:
        return refusal(401, "not_paired")
    except RevokedError:
        return refusal(403, "revoked")
    except LettersUsedUpError:
        return refusal(409, "letters")
    except TooManyTriesError as wait:
        response = refusal(429, "too_many", retry_after=wait.retry_after)
        response["Retry-After"] = str(wait.retry_after)
        return response
