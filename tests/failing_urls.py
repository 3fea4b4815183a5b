"""The portal's addresses, and in front of them some whose views fail with what they were told."""

from __future__ import annotations

import errno
import json
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from opop_expo import urls
from opop_expo.urls import urlpatterns as portal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

handler500 = urls.handler500


@csrf_exempt
@login_not_required
def fails(request: HttpRequest, code: str = "", how: str = "") -> HttpResponse:
    """Fail as an address says, with what came in at hand and in the words of the exception."""
    told = dict(request.POST.items())
    told |= json.loads(request.body) if request.content_type == "application/json" else {}
    match how:
        case "database":
            raise OperationalError("server closed the connection unexpectedly")
        case "disk":
            raise OSError(errno.ENOSPC, "No space left on device", "/srv/opop/media/x.webp")
        case "row":
            row = f'duplicate key "attempt_key"\nDETAIL:  Key (key)=({told.get("pin")}) exists.'
            raise IntegrityError(row)
        case "denied":
            raise PermissionDenied
        case "suspicious":
            raise SuspiciousOperation("unreadable")
        case _:
            try:
                int(f"{told.get('pin', code)}x")
            except ValueError as error:
                raise LookupError(f"{code} {told} nobody has {told.get('pin')}") from error
    raise AssertionError(how)


urlpatterns = [
    path("tiket/<str:code>/", fails),
    path("gagal/<str:how>/", fails),
    *portal,
]
