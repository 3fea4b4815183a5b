"""Check-in at `/hadir/`: the page, and what a phone or tablet keeps of it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from programme.attending import came_to
from programme.check_in_state import sessions_near
from programme.check_in_texts import check_in_texts
from programme.check_in_views import MAY_LET_IN
from programme.device_page import DevicePage
from programme.door_form import let_in_by_name, let_in_without_registration
from programme.models import Registration
from programme.registration_forms import ParticipantForm
from stands.words import fold

if TYPE_CHECKING:
    from programme.models import Session
    from stands.http import SignedInRequest

MOST_FOUND = 20
PAGE = DevicePage(
    name="opop-hadir",
    parts=[
        "js/check_in/*.js",
        "js/counter/words.js",
        "js/till/camera.js",
        "vendor/qr/decode.js",
        "css/counter.css",
        "css/check_in.css",
        "img/visitor-192.png",
        "img/visitor-512.png",
    ],
    code=[
        "programme/check_in_page.py",
        "programme/check_in_texts.py",
        "programme/device_page.py",
        "templates/programme/check_in.html",
    ],
)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY_LET_IN, raise_exception=True)
@never_cache
def check_in(request: SignedInRequest, language: str = "id") -> HttpResponse:
    """Check-in. Without JavaScript each person is a form; with it the page records by itself."""
    with translation.override(language):
        session = _wanted_session(request)
        form = ParticipantForm(request.POST if "tanpa_daftar" in request.POST else None)
        if request.method == "POST" and session is None:
            # Called off, closed or long over since the page was opened.
            messages.error(
                request, _("Belum ada yang dicatat: acara itu tidak ada lagi di sini. Pilih lagi.")
            )
            return redirect(request.path)
        if request.method == "POST" and session is not None:
            if "hadir" in request.POST:
                let_in_by_name(request, session, request.POST["hadir"])
            elif form.is_valid():
                let_in_without_registration(request, session, form)
            if not form.errors:
                return redirect(f"{request.path}?acara={session.pk}")
        return render(
            request,
            "programme/check_in.html",
            {
                **_frame(language),
                "is_live": True,
                "form": form,
                "session": session,
                "sessions": [] if session else sessions_near(),
                "came": came_to(session) if session else 0,
                "found": _found(session, request.GET.get("cari", "")) if session else [],
                "sought": request.GET.get("cari", ""),
                "key": request.POST.get("key") or uuid.uuid4(),
            },
            status=422 if form.errors else 200,
        )


def _wanted_session(request: HttpRequest) -> Session | None:
    wanted = request.POST.get("acara") or request.GET.get("acara") or ""
    return next((one for one in sessions_near() if str(one.pk) == wanted), None)


def _found(session: Session, text: str) -> list[Registration]:
    """Those whose name or business has these letters in it."""
    wanted = fold(text)
    if not wanted:
        return []
    rows = Registration.objects.of(session).filter(anonymised_at=None).select_related("producer")
    return [
        row
        for row in rows.prefetch_related("attendances")
        if wanted in fold(f"{row.name} {row.producer or row.organisation}")
    ][:MOST_FOUND]


def _frame(language: str) -> dict[str, Any]:
    english = language == "en"
    return {
        "language": language,
        "texts": check_in_texts(),
        "version": PAGE.version,
        "modules": [one for one in PAGE.modules if "/qr/" not in one],
        "here": reverse("check_in_en" if english else "check_in"),
        "other": reverse("check_in" if english else "check_in_en"),
        "list_url": reverse("check_in_list", args=[0]),
    }


@login_not_required
@require_safe
@cache_control(no_cache=True)
def check_in_kept(request: HttpRequest, language: str = "id") -> HttpResponse:
    """The page as a device keeps it: the same for everybody, with nobody's name in it."""
    with translation.override(language):
        return render(request, "programme/check_in.html", _frame(language))


@login_not_required
@require_safe
@cache_control(no_cache=True)
def check_in_worker(request: HttpRequest) -> HttpResponse:
    """The service worker of the page."""
    pages = {
        reverse("check_in"): reverse("check_in_kept"),
        reverse("check_in_en"): reverse("check_in_kept_en"),
    }
    return PAGE.worker(pages, more=[reverse("check_in_manifest")])


@login_not_required
@require_safe
@cache_control(no_cache=True)
def check_in_manifest(request: HttpRequest) -> HttpResponse:
    """Lets check-in be put on the device's home screen and fill it."""
    return PAGE.manifest(
        start=reverse("check_in"), name=_("Penerima tamu OPOP Expo"), short_name=_("Hadir OPOP")
    )
