"""Where somebody registers for a session, and what is left of its seats."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseForbidden
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from events.throttle import Limit, TooManyTriesError, address_of, book_tries
from programme.attending import came_to
from programme.models import Registration, Session
from programme.producers_named import makers_shown, producers_like
from programme.registering import (
    RegistrationClosedError,
    is_open,
    register,
    registration_id,
    seats_of,
)
from programme.registration_forms import NONE_OF_THEM, RegistrationForm
from stands.http import is_from_here

if TYPE_CHECKING:
    from django.http import HttpRequest

# One person registers for some sessions; a hall, whose network shares one address, for many.
BY_PERSON = Limit("registration", most=20, within=dt.timedelta(hours=1))
BY_ADDRESS = Limit("registration-address", most=400, within=dt.timedelta(hours=1))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def session_registration(request: HttpRequest, edition: str, slug: str) -> HttpResponse:
    """A few fields; whoever sends them has a ticket, or a place on the waiting list."""
    session = _session(edition, slug)
    status = 200
    trouble = ""
    form = RegistrationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not is_from_here(request):
            return HttpResponseForbidden(
                _("Permintaan ini tidak datang dari halaman kami."), content_type="text/plain"
            )
        # A program is led on as well, so that it does not try otherwise.
        if form.is_from_a_program:
            return redirect("expo_home", session.expo.slug)
        if not form.is_valid():
            status = 422
        else:
            try:
                return _to_ticket(_register(request, session, form))
            except RegistrationClosedError:
                status = 409
            except TooManyTriesError as wait:
                status = 429
                trouble = _wait(wait)
    return render(
        request,
        "programme/session_registration.html",
        {
            "expo": session.expo,
            "session": session,
            "seats": seats_of(session),
            "is_open": is_open(session, timezone.now()),
            "form": form,
            "none_of_them": NONE_OF_THEM,
            "trouble": trouble,
        },
        status=status,
    )


@require_safe
@login_not_required
@never_cache
def session_producers(request: HttpRequest, edition: str, slug: str) -> HttpResponse:
    """Producers that may be meant by what was typed so far, to choose from."""
    _session(edition, slug)
    return render(
        request,
        "programme/_producers_offered.html",
        {
            "offered": producers_like(request.GET.get("organisation", "")[:120], makers_shown()),
            "none_of_them": NONE_OF_THEM,
        },
    )


@require_safe
@login_not_required
@never_cache
def session_seats(request: HttpRequest, edition: str, slug: str) -> HttpResponse:
    """What is left, who waits and who came, as of now: the session's page is kept without it."""
    session = _session(edition, slug)
    return render(
        request,
        "programme/_session_seats.html",
        {
            "session": session,
            "seats": seats_of(session),
            "is_open": is_open(session, timezone.now()),
            "came": came_to(session),
        },
    )


def _register(request: HttpRequest, session: Session, form: RegistrationForm) -> Registration:
    who = form.participant
    key = registration_id(form.form_key, session, who)
    # Sent again, it is no further one.
    known = Registration.objects.filter(pk=key).first()
    if known is not None:
        return known
    person = f"{who.contact or who.name} {who.organisation}".lower()
    person = salted_hmac("programme.registration", person).hexdigest()
    book_tries((BY_ADDRESS, address_of(request)), (BY_PERSON, person))
    return register(key=key, session=session, who=who, language=get_language() or "id")


def _wait(wait: TooManyTriesError) -> str:
    return ngettext(
        "Sudah banyak pendaftaran dari Anda. Isian ini belum terkirim; tunggu %(n)s"
        " menit, lalu kirim lagi.",
        "Sudah banyak pendaftaran dari Anda. Isian ini belum terkirim; tunggu %(n)s"
        " menit, lalu kirim lagi.",
        wait.minutes,
    ) % {"n": wait.minutes}


def _to_ticket(registration: Registration) -> HttpResponse:
    response = redirect("ticket", registration.ticket)
    response.status_code = 303
    return response


def _session(edition: str, slug: str) -> Session:
    found = Session.objects.select_related("expo", "room")
    return get_object_or_404(found, expo__slug=edition, expo__is_public=True, slug=slug)
