"""The visitor's pages of the programme: the schedule, one session, and both as calendar files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from programme.calendar_file import calendar_of
from programme.finding import ScheduleFilter
from programme.schedule import by_day, hour_of_schedule, moment_of, sessions_of
from stands.clock import business_date
from stands.file_names import named
from stands.http import wants_fragment, without_gaps
from stands.kept_pages import catalogue_page_by, detail_page, detail_page_by
from stands.origin import public_origin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from programme.models import Session
    from stands.http import HtmxRequest
    from stands.models import Expo


@require_safe
@login_not_required
@catalogue_page_by(hour_of_schedule)
def schedule(request: HtmxRequest, expo: Expo) -> HttpResponse:
    """The programme day by day, narrowed by what was asked for; on top what is on now and next."""
    if elsewhere := without_gaps(request):
        return elsewhere
    now, sessions = timezone.now(), sessions_of(expo)
    form, today = ScheduleFilter(request.GET, sessions=sessions), business_date(now)
    context = {
        "expo": expo,
        "form": form,
        "days": by_day(form.fitting, today),
        "today": today,
        "over": {one.pk for one in sessions if one.has_ended_by(now)},
        "on": {one.pk for one in sessions if one.is_on_at(now)},
        "sessions": sessions,
        "moment": moment_of(sessions, now),
        "untimed": sum(not one.has_hours for one in sessions),
    }
    if not wants_fragment(request):
        return render(request, "programme/schedule.html", context)
    response = render(request, "programme/schedule.html#answer", context)
    return push_url(response, f"{request.path}{form.query}")


@require_safe
@login_not_required
@detail_page_by(hour_of_schedule)
def session_detail(request: HttpRequest, expo: Expo, slug: str) -> HttpResponse:
    """One session: what, when, where, for whom, and how many were reported to have come."""
    now, session = timezone.now(), session_at(expo, slug)
    return render(
        request,
        "programme/session_detail.html",
        {
            "expo": expo,
            "session": session,
            "is_on": session.is_on_at(now),
            "is_over": session.has_ended_by(now),
        },
    )


@require_safe
@login_not_required
@detail_page
def session_calendar(request: HttpRequest, expo: Expo, slug: str) -> HttpResponse:
    """One session as a calendar file; 404 while its hours are unknown."""
    session = session_at(expo, slug)
    if not session.has_hours:
        raise Http404
    return calendar_file(request, expo, [session], f"{expo.slug}-{session.slug}")


@require_safe
@login_not_required
@detail_page
def schedule_calendar(request: HttpRequest, expo: Expo) -> HttpResponse:
    """All sessions with known hours as one calendar file."""
    return calendar_file(request, expo, sessions_of(expo), f"{expo.slug}-jadwal")


def session_at(expo: Expo, slug: str) -> Session:
    """The session of that address, with its edition at hand, or 404."""
    session = next((one for one in sessions_of(expo) if one.slug == slug), None)
    if session is None:
        raise Http404
    session.expo = expo
    return session


def calendar_file(
    request: HttpRequest, expo: Expo, sessions: Sequence[Session], name: str
) -> HttpResponse:
    """An answer that a phone hands to its calendar."""
    content = calendar_of(expo, sessions, origin=public_origin(request), now=timezone.now())
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = named(f"{name}.ics")
    return response
