"""The organisers' pages of who takes part: all sessions in figures, and one with its people."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from programme.attending import counts_by_kind, counts_by_producer, counts_by_session
from programme.certificates import certificates_pdf
from programme.checking_in import withdraw
from programme.door_form import let_in_by_name, let_in_without_registration, read_key
from programme.models import Attendance, Registration, Session
from programme.participants_tables import people_rows, session_rows
from programme.registering import (
    AlreadyCameError,
    call_off,
    fill_seats,
    is_to_come,
    seats_of,
)
from programme.registration_forms import ParticipantForm
from stands.organiser_page import admin_frame, all_expos, expos_at_work, require, wanted_expo
from stands.origin import public_origin
from stands.paper import pdf_response
from stands.tables_out import csv_response, xlsx_response

if TYPE_CHECKING:
    from django.http import HttpResponse

    from stands.http import SignedInRequest
    from stands.models import Expo

VIEW, ADD, CHANGE = (f"programme.{verb}_attendance" for verb in ("view", "add", "change"))


@require_safe
@permission_required(VIEW, raise_exception=True)
@never_cache
def participants(request: SignedInRequest) -> HttpResponse:
    """Each session with how many registered, wait, came and were reported."""
    expos = expos_at_work()
    expo = wanted_expo(expos, request.GET)
    counts = counts_by_session(expo) if expo else []
    return render(
        request,
        "programme/participants.html",
        admin_frame(request, _("Peserta acara"), expo)
        | {
            "expos": expos,
            "expo": expo,
            "counts": counts,
            "kinds": counts_by_kind(expo) if expo else [],
            "producers": counts_by_producer(expo) if expo else [],
            "query": urlencode({"edisi": expo.slug}) if expo else "",
        },
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def participants_table(request: SignedInRequest, kind: str) -> HttpResponse:
    """The same as a file."""
    expo = _expo(request)
    rows = session_rows(counts_by_session(expo))
    name = f"peserta-{expo.slug}.{kind}"
    return csv_response(name, rows) if kind == "csv" else xlsx_response(name, "Peserta", rows)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@never_cache
def session_participants(request: SignedInRequest, session_id: int) -> HttpResponse:
    """Who registered and who came; without a script also the way to let somebody in."""
    session = _session(session_id)
    form = ParticipantForm()
    if request.method == "POST":
        if "tanpa_daftar" not in request.POST:
            return _act(request, session)
        require(request, ADD)
        form = ParticipantForm(request.POST)
        if form.is_valid():
            let_in_without_registration(request, session, form)
            return redirect("session_participants", session.pk)
    came = Attendance.objects.of(session).select_related("producer", "recorded_by")
    return render(
        request,
        "programme/session_participants.html",
        admin_frame(request, str(session), session.expo)
        | {
            "expo": session.expo,
            "session": session,
            "seats": seats_of(session),
            "is_to_come": is_to_come(session, timezone.now()),
            "registrations": Registration.objects.of(session)
            .select_related("producer")
            .prefetch_related("attendances"),
            "attendances": came,
            "came": came.counted().count(),
            "kinds": counts_by_kind(session.expo, session=session),
            "producers": counts_by_producer(session.expo, session=session),
            "form": form,
            "key": request.POST.get("key") or uuid.uuid4(),
            "list_url": f"{reverse('participants')}?{urlencode({'edisi': session.expo.slug})}",
        },
        status=422 if form.errors else 200,
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def session_participants_table(
    request: SignedInRequest, session_id: int, kind: str
) -> HttpResponse:
    """Who came to a session, by name, as a file."""
    session = _session(session_id)
    rows = people_rows(session)
    name = f"peserta-{session.expo.slug}-{session.slug}.{kind}"
    return csv_response(name, rows) if kind == "csv" else xlsx_response(name, "Peserta", rows)


@require_safe
@permission_required(VIEW, raise_exception=True)
def session_certificates(request: SignedInRequest, session_id: int) -> HttpResponse:
    """The certificates of all who came to a session, a sheet each."""
    session = _session(session_id)
    came = (
        Attendance.objects.of(session)
        .counted()
        .filter(anonymised_at=None)
        .select_related("producer", "session__expo", "session__room")
        .prefetch_related("session__speakers")
        .order_by("name", "pk")
    )
    if not came:
        raise Http404
    pdf = certificates_pdf(came, origin=public_origin(request))
    return pdf_response(f"sertifikat-{session.expo.slug}-{session.slug}.pdf", pdf)


def _act(request: SignedInRequest, session: Session) -> HttpResponse:
    """One of the buttons: came, withdraw, call off, or fill the free seats."""
    given = request.POST
    if "hadir" in given:
        require(request, ADD)
        let_in_by_name(request, session, given.get("hadir", ""))
    elif "tarik" in given:
        require(request, CHANGE)
        row = get_object_or_404(Attendance, pk=read_key(given["tarik"]), session=session)
        if withdraw(row, actor=request.user):
            messages.success(request, _("Kehadiran ditarik kembali dan tidak dihitung lagi."))
    elif "batal" in given:
        require(request, "programme.change_registration")
        registration = get_object_or_404(
            Registration.objects.select_related("session"),
            pk=read_key(given["batal"]),
            session=session,
        )
        _call_off(request, registration)
    elif "isi" in given:
        require(request, "programme.change_registration")
        _say_moved_up(request, len(fill_seats(session)))
    return redirect("session_participants", session.pk)


def _call_off(request: SignedInRequest, registration: Registration) -> None:
    try:
        moved_up = call_off(registration)
    except AlreadyCameError:
        messages.error(request, _("Tidak dibatalkan: orang ini sudah tercatat hadir."))
        return
    messages.success(request, _("Pendaftaran dibatalkan."))
    _say_moved_up(request, len(moved_up))


def _say_moved_up(request: SignedInRequest, count: int) -> None:
    if count:
        said = ngettext(
            "%(n)s orang dari daftar tunggu sekarang mendapat tempat.",
            "%(n)s orang dari daftar tunggu sekarang mendapat tempat.",
            count,
        )
        messages.info(request, said % {"n": count})


def _session(session_id: int) -> Session:
    found = Session.objects.select_related("expo", "room").with_speakers()
    return get_object_or_404(found, pk=session_id)


def _expo(request: SignedInRequest) -> Expo:
    expo = wanted_expo(all_expos(), request.GET)
    if expo is None:
        raise Http404
    return expo
