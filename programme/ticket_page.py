"""A ticket behind an address that nobody can guess: what it is good for, and calling it off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from programme.certificates import certificates_pdf
from programme.codes import in_groups, read_code
from programme.forgetting import withdraw_consent
from programme.models import Attendance, Registration
from programme.registering import AlreadyCameError, call_off, is_to_come, waiting_place
from stands.http import is_from_here
from stands.origin import public_origin
from stands.paper import pdf_response

if TYPE_CHECKING:
    from django.http import HttpRequest

QR_BORDER = 4  # modules of white around it, as the standard wants


@require_safe
@login_not_required
def ticket(request: HttpRequest, code: str) -> HttpResponse:
    """The ticket with its QR; on the waiting list it says which place."""
    registration = _registration(code)
    attendance = _attendance(registration)
    is_waiting = registration.state == Registration.State.WAITING
    session = registration.session
    is_over = session.has_ended_by(timezone.now()) or session.expo.closed_at is not None
    return _for_its_holder(
        render(
            request,
            "programme/ticket.html",
            {
                "expo": session.expo,
                "session": session,
                "registration": registration,
                "attendance": attendance,
                # Nobody is let in with it any more.
                "is_off": attendance is None and (session.is_cancelled or is_over),
                "place": waiting_place(registration) if is_waiting else 0,
                "code": in_groups(registration.ticket),
                "qr": _qr(f"{public_origin(request)}{reverse('ticket', args=[code])}"),
                "said": request.GET.get("batal", ""),
            },
        )
    )


@csrf_exempt
@require_POST
@login_not_required
def ticket_call_off(request: HttpRequest, code: str) -> HttpResponse:
    """Free the seat; whoever waits first has it then. Of what is over nothing is called off."""
    if not is_from_here(request):
        return HttpResponseForbidden(
            _("Permintaan ini tidak datang dari halaman kami."), content_type="text/plain"
        )
    registration = _registration(code)
    said = ""
    try:
        if is_to_come(registration.session, timezone.now()):
            call_off(registration)
    except AlreadyCameError:
        said = "?batal=sudah-masuk"
    response = redirect(f"{reverse('ticket', args=[registration.ticket])}{said}")
    response.status_code = 303
    return _for_its_holder(response)


@csrf_exempt
@require_POST
@login_not_required
def ticket_forget(request: HttpRequest, code: str) -> HttpResponse:
    """Withdraw the consent: who it was is forgotten, and an unused seat is free."""
    if not is_from_here(request):
        return HttpResponseForbidden(
            _("Permintaan ini tidak datang dari halaman kami."), content_type="text/plain"
        )
    registration = _registration(code)
    if registration.anonymised_at is None:
        withdraw_consent(registration)
    response = redirect("ticket", registration.ticket)
    response.status_code = 303
    return _for_its_holder(response)


@require_safe
@login_not_required
def ticket_certificate(request: HttpRequest, code: str) -> HttpResponse:
    """The certificate of whoever came with this ticket."""
    attendance = _attendance(_registration(code))
    if attendance is None or attendance.anonymised_at is not None:
        raise Http404
    pdf = certificates_pdf([attendance], origin=public_origin(request))
    return _for_its_holder(pdf_response(_("sertifikat.pdf"), pdf))


def _registration(code: str) -> Registration:
    found = Registration.objects.select_related("session__expo", "session__room", "producer")
    registration = found.filter(ticket=read_code(code)).first()
    if registration is None:
        raise Http404
    return registration


def _attendance(registration: Registration) -> Attendance | None:
    return (
        Attendance.objects.counted()
        .filter(registration=registration)
        .select_related("session__expo", "producer")
        .first()
    )


def _for_its_holder(response: HttpResponse) -> HttpResponse:
    """Whoever has the address has the ticket: it is told to no other site and kept by no cache."""
    # Under "no-referrer" a browser does not say where its forms come from, and they are refused.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    patch_cache_control(response, private=True, no_store=True)
    return response


def _qr(link: str) -> str:
    """The link as a QR code, in SVG that needs no style."""
    svg = segno.make(link, error="m", micro=False).svg_inline(
        border=QR_BORDER, light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return mark_safe(svg)  # noqa: S308, made of numbers by segno
