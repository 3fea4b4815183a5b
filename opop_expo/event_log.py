"""The organisers' page on who did what: found by kind, person, day and words, and taken out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.models import Event
from opop_expo.event_words import Fact, facts_of
from stands.clock import WIB, business_date
from stands.models import Expo
from stands.organiser_page import admin_frame
from stands.tables_out import csv_response, xlsx_response

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.http import HttpResponse, QueryDict

    from stands.http import SignedInRequest

PAGE = 50
MOST_ROWS = 50_000
MAY_SEE = permission_required("events.view_event", raise_exception=True)
# Nobody in particular: a tablet, or a command.
NOBODY = "-"


@dataclass(frozen=True)
class Chosen:
    """What is filtered for."""

    kind: str = ""
    person: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    words: str = ""

    @property
    def query(self) -> str:
        """The same in an address."""
        given = {
            "jenis": self.kind,
            "siapa": self.person,
            "dari": self.first.isoformat() if self.first else "",
            "sampai": self.last.isoformat() if self.last else "",
            "q": self.words,
        }
        return urlencode({key: value for key, value in given.items() if value})

    def events(self) -> QuerySet[Event]:
        """The events, newest first. A day begins and ends in East Java."""
        wanted = Q()
        if self.kind:
            wanted &= Q(kind=self.kind)
        if self.person:
            is_nobody = self.person == NOBODY
            wanted &= Q(actor=None) if is_nobody else Q(actor__username=self.person)
        if self.first:
            wanted &= Q(at__gte=dt.datetime.combine(self.first, dt.time(), WIB))
        if self.last:
            after = self.last + dt.timedelta(days=1)
            wanted &= Q(at__lt=dt.datetime.combine(after, dt.time(), WIB))
        for word in self.words.split():
            wanted &= Q(subject__icontains=word) | Q(actor__username__icontains=word)
        return Event.objects.filter(wanted).select_related("actor").order_by("-at", "-pk")


@dataclass(frozen=True)
class Line:
    """An event with what it tells."""

    event: Event
    facts: list[Fact]


@require_safe
@MAY_SEE
@never_cache
def event_log(request: SignedInRequest) -> HttpResponse:
    """Who did what, day by day."""
    chosen = chosen_from(request.GET)
    page = Paginator(chosen.events(), PAGE).get_page(request.GET.get("hal"))
    lines = [Line(event, facts_of(event)) for event in page]
    days = [
        (day, list(some)) for day, some in groupby(lines, lambda line: business_date(line.event.at))
    ]
    context = {
        "chosen": chosen,
        "kinds": Event.Kind.choices,
        # Who has ever done anything; events are many, people few.
        "people": User.objects.filter(
            pk__in=Event.objects.exclude(actor=None).order_by().values("actor").distinct()
        ).order_by("username"),
        "nobody": NOBODY,
        "page": page,
        "days": days,
        "today": business_date(timezone.now()),
        **admin_frame(request, _("Catatan perubahan"), Expo.objects.current()),
    }
    return render(request, "opop_expo/event_log.html", context)


@require_safe
@MAY_SEE
def event_log_csv(request: SignedInRequest) -> HttpResponse:
    """What the filter shows, as CSV."""
    return csv_response("catatan-perubahan.csv", table(chosen_from(request.GET)))


@require_safe
@MAY_SEE
def event_log_xlsx(request: SignedInRequest) -> HttpResponse:
    """What the filter shows, as a spreadsheet."""
    rows = table(chosen_from(request.GET))
    return xlsx_response("catatan-perubahan.xlsx", _("Catatan perubahan"), rows)


def table(chosen: Chosen) -> Iterator[Sequence[str | int]]:
    """Heading and rows of an export."""
    yield [_("Waktu (WIB)"), _("Jenis"), _("Perihal"), _("Pelaku"), _("Rincian")]
    for event in chosen.events()[:MOST_ROWS].iterator(chunk_size=1_000):
        facts = "; ".join(
            f"{fact.label}: {fact.before} → {fact.after}"
            if fact.before
            else f"{fact.label}: {fact.after}"
            for fact in facts_of(event)
        )
        yield [
            f"{event.at.astimezone(WIB):%Y-%m-%d %H:%M:%S}",
            str(event.get_kind_display()),
            event.subject,
            event.actor.get_username() if event.actor else "",
            facts,
        ]


def chosen_from(given: QueryDict) -> Chosen:
    """What an address filters for; what cannot be read filters for nothing."""
    kind = given.get("jenis", "")
    return Chosen(
        kind=kind if kind in Event.Kind.values else "",
        person=given.get("siapa", "")[:150],
        first=_date(given.get("dari")),
        last=_date(given.get("sampai")),
        words=given.get("q", "").replace("\x00", "")[:100],
    )


def _date(text: str | None) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text or "")
    except ValueError:
        return None
    # Beyond these an instant has no day in another time zone.
    return day if 1 < day.year < 9999 else None
