"""The frame's own pages: where a login leads, and what is said when something failed."""

from __future__ import annotations

import errno
import re
import sys
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from events.tally import DATABASE_ERROR, tally
from sales.models import Cashier
from stands.catalogue_version import edition_at

if TYPE_CHECKING:
    from django.http import HttpRequest

    from stands.catalogue_version import Editions
    from stands.http import SignedInRequest
    from stands.models import Expo

RETRY_AFTER_SECONDS = 5
# As opop_expo.urls.EditionConverter, where nothing more of the address was understood.
EDITION = re.compile(r"/(?:en/)?(\d{4}[a-z0-9-]*)/")


@require_safe
def after_login(request: SignedInRequest) -> HttpResponse:
    """Lead an organiser to the admin, who counts at a gate to the gates, a keeper to the till."""
    if request.user.is_staff:
        return redirect("admin:index")
    counts = request.user.has_perm("programme.add_gatecount")
    keeps = Cashier.objects.for_user(request.user).exists()
    return redirect("counter" if counts and not keeps else "till")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say what to do when a form came without its check value, in the reader's language."""
    return render(request, "csrf_failure.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that nothing lies at the address, in the frame of the edition that it begins with."""
    return render(request, "404.html", {"expo": _edition_of(request)}, status=404)


def _edition_of(request: HttpRequest) -> Expo | None:
    """The edition that the address begins with; None where the reader may not know of it."""
    begun = EDITION.match(request.path_info)
    if begun is None:
        return None
    editions: Editions | None = vars(request).get("editions") or edition_at(begun[1])
    may_see = editions and (editions.are_public or vars(request).get("shows_unpublished"))
    return editions.expo if editions and may_see else None


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the portal failed, that its database does not answer, or that its disk is full."""
    error = sys.exc_info()[1]
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return HttpResponse(render_to_string("507.html"), status=507)
    if isinstance(error, DatabaseError):
        tally(request, DATABASE_ERROR, type(error).__name__)
    if isinstance(error, (OperationalError, InterfaceError)):
        response = HttpResponse(render_to_string("503.html"), status=503)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    return HttpResponseServerError(render_to_string("500.html"))


@require_safe
@login_not_required
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead a browser that asks for the icon unprompted to the one that the pages name."""
    return redirect(static("img/star.svg"))
