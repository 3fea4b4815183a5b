"""What an edition publishes of its visitors and of who came to its sessions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from outcomes.models import Claim
from outcomes.results_claims import Claims, addresses_in, claim_figure, counted, said, words
from outcomes.results_content import Figure, Section, Source
from programme.gate_counts import counted_by_hour
from programme.models import Attendance, Session

if TYPE_CHECKING:
    import datetime as dt

    from stands.models import Expo

FIGURE = Claim.Figure


def visitors_section(expo: Expo, claims: Claims) -> Section:
    """Visitors as they were counted at the gates, and as somebody said, each as what it is."""
    gates = _at_the_gates(expo)
    typed = _typed(claims)
    figures = [claims.settle(FIGURE.VISITORS, gates)]
    if gates is not None and figures[0].sources != gates.sources:
        figures.append(gates)
    if typed is not None:
        figures.append(typed)
    return Section("visitors", tuple(figures))


def _at_the_gates(expo: Expo) -> Figure | None:
    """All taps of the edition's days less those taken back, summed from days, these from hours."""
    wanted = {day.date for day in expo.all_days}
    days: dict[dt.date, Counter[int]] = {}
    for one in counted_by_hour(expo):
        if one.date in wanted:
            days.setdefault(one.date, Counter())[one.hour] += one.people
    if not days:
        return None
    return Figure(
        "visitors_gates",
        sum(hours.total() for hours in days.values()),
        sources=counted("visitors"),
        parts=tuple(
            Figure(
                day.isoformat(),
                hours.total(),
                parts=tuple(Figure(f"hour-{hour:02d}", n) for hour, n in sorted(hours.items())),
            )
            for day, hours in days.items()
        ),
    )


def _typed(claims: Claims) -> Figure | None:
    """What was said of single days. It is not summed: a day may be missing, or be a guess."""
    days = claims.by_day(FIGURE.VISITORS)
    parts = [
        claim_figure(told[0], day.isoformat())
        for day, told in days.items()
        if told[0].is_published and told[0].basis != Claim.Basis.COUNTED
    ]
    return Figure("visitors_by_day", parts=tuple(parts)) if parts else None


# --- sessions -------------------------------------------------------------------------------------


def sessions_section(expo: Expo, claims: Claims, now: dt.datetime, today: dt.date) -> Section:
    """The sessions that have begun, each with who came as counted and as reported."""
    begun = Q(date__lt=today) | Q(date=today, starts_at=None) | Q(starts_at__lte=now)
    # One without a day may have been held, but for an edition that is still to come.
    if not expo.all_days or expo.all_days[0].date <= today:
        begun |= Q(date=None)
    sessions = list(Session.objects.at(expo).held().filter(begun))
    counts = dict(
        Attendance.objects.counted()
        .filter(session__in=[one.pk for one in sessions])
        .values_list("session")
        .annotate(n=Count("pk"))
        .order_by()
    )
    figures: list[Figure] = []
    if sessions:
        # Those of which it is known how many came stand first.
        sessions.sort(key=lambda one: one.pk not in counts and one.reported_count is None)
        own = Figure(
            FIGURE.SESSIONS,
            len(sessions),
            sources=counted("sessions_begun"),
            parts=tuple(_session(one, counts.get(one.pk), claims) for one in sessions),
        )
        figures.append(claims.settle(FIGURE.SESSIONS, own))
        if not figures[0].parts:
            figures.append(_renamed(own))
    came = Figure(
        FIGURE.ATTENDANCE,
        sum(counts.values()),
        sources=counted("attendance"),
    )
    if counts or claims.about(FIGURE.ATTENDANCE):
        figures.append(claims.settle(FIGURE.ATTENDANCE, came if counts else None))
    return Section("sessions", tuple(figures))


def _renamed(own: Figure) -> Figure:
    """The sessions recorded here, beside the number that somebody gave."""
    return Figure("sessions_recorded", own.value, sources=own.sources, parts=own.parts)


def _session(session: Session, came: int | None, claims: Claims) -> Figure:
    parts = []
    if came is not None:
        parts.append(Figure("counted", came, sources=counted("attendance_of_session")))
    if session.reported_count is not None:
        parts.append(
            Figure(
                "reported",
                session.reported_count,
                unit=words(session.reported_unit, session.reported_unit_en),
                sources=(said(session.reported_by, session.reported_sources, session.reported_on),),
            )
        )
    return Figure(
        key=session.slug,
        name=words(session.title, session.title_en),
        text=None,
        detail=words(session.description, session.description_en),
        marks=(
            str(session.kind),
            *((session.date.isoformat(),) if session.date else ()),
            *(("example",) if session.example_fields else ()),
        ),
        sources=_said_of(session, claims),
        parts=tuple(parts),
    )


def _said_of(session: Session, claims: Claims) -> tuple[Source, ...]:
    """Who says that it was held; what this system ran itself stands in its own schedule."""
    addresses = addresses_in(session.sources)
    if not addresses:
        return counted("schedule")
    if session.sources == session.reported_sources:
        who, when = session.reported_by, session.reported_on
        return (said(who, session.sources, when, who_en=session.reported_by_en),)
    return (said(claims.who_says_at(addresses), session.sources),)
