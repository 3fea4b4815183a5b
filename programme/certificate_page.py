"""Where anybody checks a certificate: it says the name and the session, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from programme.codes import in_groups, read_code
from programme.models import Attendance

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LONGEST = 200


@require_safe
@login_not_required
@never_cache
def certificate_check(request: HttpRequest) -> HttpResponse:
    """A field for the code on a certificate; a code that can be one leads to its page."""
    typed = request.GET.get("kode", "")[:LONGEST]
    code = read_code(typed)
    if code:
        return redirect("certificate", code)
    return _page(request, {"typed": typed}, status=422 if typed else 200)


@require_safe
@login_not_required
@never_cache
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a certificate with that code was given, to whom and for which session."""
    known = read_code(code)
    found = Attendance.objects.select_related("session__expo", "session__room", "producer")
    attendance = found.filter(certificate=known).first() if known else None
    if attendance is None:
        return _page(request, {"typed": code[:LONGEST], "is_unknown": True}, status=422)
    return _page(
        request,
        {
            "attendance": attendance,
            "session": attendance.session,
            "expo": attendance.session.expo,
            "code": in_groups(attendance.certificate),
        },
    )


def _page(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    response = render(request, "programme/certificate.html", context, status=status)
    # A name stands here for whoever holds the certificate, and for no search engine.
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
