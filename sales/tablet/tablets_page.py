"""The organisers' page on tills and tablets: what is missing, who was heard; pair and revoke."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import segno
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import reswap, retarget

from pesantren.money import thousands
from sales.closing.completeness import TillNumbers, missing_numbers, tills_of_tablets
from sales.models import PairingCode, Tablet, Till
from sales.tablet.pairing import as_written, make_code, revoke, seconds_left
from stands.clock import WIB
from stands.http import wants_fragment
from stands.models import Expo, Stand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse

    from stands.http import SignedInRequest

# A clock that is further off is flagged with every sale.
CLOCK_OFF_MS = 2 * 60 * 1000
# A tablet that is looked at asks every few seconds.
HEARD_SECONDS = 60
# So many runs of missing numbers are named.
NAMED = 5
NAME_LENGTH = 60
# What waits so long in a tablet that is heard does not get here by itself.
STUCK = dt.timedelta(minutes=10)
# Where a browser runs a service worker without HTTPS.
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
QR_BORDER = 4  # modules of white around it, as the standard wants


@dataclass(frozen=True)
class TillRow:
    """A till of a tablet: who numbers under it, and what is still to come."""

    till: Till
    numbers: TillNumbers
    # The till at which its tablet sells now, if that is another one.
    moved_to: Till | None
    now: dt.datetime

    @property
    def tablet(self) -> Tablet | None:
        """The one tablet that numbers under it."""
        return self.till.tablet

    @property
    def is_paired(self) -> bool:
        """Whether a tablet may send for it."""
        return self.tablet is not None and not self.tablet.is_revoked

    @property
    def sells(self) -> bool:
        """Whether its tablet sells under it now."""
        return self.is_paired and self.moved_to is None

    @property
    def clock_minutes(self) -> int:
        """By how many minutes the tablet's clock is off: positive is fast; 0 up to two minutes."""
        offset = self.tablet.clock_offset_ms if self.sells and self.tablet else None
        return -round(offset / 60_000) if offset and abs(offset) > CLOCK_OFF_MS else 0

    @property
    def clock_minutes_off(self) -> int:
        """The same without its sign."""
        return abs(self.clock_minutes)

    @property
    def heard_now(self) -> bool:
        """Whether its tablet speaks to the portal at this moment."""
        heard = self.tablet.last_contact_at if self.tablet else None
        return heard is not None and (self.now - heard).total_seconds() <= HEARD_SECONDS

    @property
    def contact_text(self) -> str:
        """When its tablet last told of this till: the hour today, else the date."""
        if self.till.last_contact_at is None:
            return _("belum pernah tersambung")
        at = self.till.last_contact_at.astimezone(WIB)
        is_today = at.date() == self.now.astimezone(WIB).date()
        return _("kontak terakhir %(when)s") % {
            "when": date_format(at, _("H.i") if is_today else "j M")
        }

    @property
    def gap_text(self) -> str:
        """What is missing: held by the tablet as it says, and beyond that."""
        parts = []
        if self.till.unsent:
            parts.append(
                ngettext("%(n)s belum terkirim", "%(n)s belum terkirim", self.till.unsent)
                % {"n": thousands(self.till.unsent)}
            )
        if self.lost_count:
            text = ngettext("%(n)s nomor hilang", "%(n)s nomor hilang", self.lost_count)
            parts.append(text % {"n": thousands(self.lost_count)} + self._which())
        return ", ".join(parts)

    def _which(self) -> str:
        # Only where none of them can be one that the tablet still holds.
        if self.till.unsent:
            return ""
        text = self.numbers.missing_text
        if len(self.numbers.missing) > NAMED:
            text = ", ".join(text.split(", ")[:NAMED]) + " …"
        return f" ({text})"

    @property
    def last_number(self) -> str:
        """The highest number that the portal knows of it, as it is printed; empty before any."""
        last = self.numbers.last_counter
        return f"{self.till.prefix}-{last:04d}" if last else ""

    @property
    def lost_count(self) -> int:
        """How many numbers are missing beyond those that its tablet says it still holds."""
        return max(0, self.numbers.missing_count - self.till.unsent)

    @property
    def is_complete(self) -> bool:
        """Whether everything that it gave a number to has come in."""
        return self.numbers.is_complete

    @property
    def trouble_text(self) -> str:
        """Why what its tablet holds does not get here, as far as the tablet says; else empty."""
        tablet = self.tablet
        if tablet is None or not self.sells:
            return ""
        parts = []
        if tablet.refused:
            text = ngettext("%(n)s ditolak portal", "%(n)s ditolak portal", tablet.refused)
            parts.append(text % {"n": thousands(tablet.refused)})
        if tablet.owes:
            parts.append(_("tidak bisa mengirim ulang yang hilang waktu server dipulihkan"))
        since = tablet.waits_since
        if since and self.heard_now and self.now - since > STUCK:
            at = since.astimezone(WIB)
            is_today = at.date() == self.now.astimezone(WIB).date()
            parts.append(
                _("tersambung, tetapi yang tertua menunggu sejak %(when)s")
                % {"when": date_format(at, _("H.i") if is_today else "j M")}
            )
        return ", ".join(parts)

    @property
    def may_lose(self) -> bool:
        """Whether the browser may clear the tablet's storage by itself."""
        return self.sells and self.tablet is not None and self.tablet.storage_persists is False


@dataclass(frozen=True)
class StandTills:
    """A stand with the tills of its tablets, by letter."""

    stand: Stand
    rows: list[TillRow]


@dataclass(frozen=True)
class Overview:
    """What the page shows of one edition."""

    stands: list[StandTills]
    incomplete: list[TillRow]
    # Those whose tablet cannot send all it holds.
    stuck: list[TillRow]
    tills: int
    complete: int
    unsent: int
    paired: int
    heard: int

    @property
    def without(self) -> int:
        """How many stands have no tablet that sells there."""
        return sum(not any(row.sells for row in place.rows) for place in self.stands)

    def narrowed(self, stand: Stand | None, *, gaps_only: bool) -> list[StandTills]:
        """One stand or all, and of these perhaps only the tills with something missing."""
        places = [one for one in self.stands if stand in (None, one.stand)]
        if not gaps_only:
            return places
        behind = [(one.stand, [row for row in one.rows if not row.is_complete]) for one in places]
        return [StandTills(place, rows) for place, rows in behind if rows]


@require_safe
@permission_required("sales.view_tablet", raise_exception=True)
@never_cache
@vary_on_headers("HX-Request")
def tablets(request: SignedInRequest) -> HttpResponse:
    """Every till of an edition. The figures ask for themselves again every 15 seconds."""
    expos = list(Expo.objects.at_work().order_by("-is_current", "-slug"))
    expo = _wanted(expos, request)
    now = timezone.now()
    places = list(Stand.objects.at(expo)) if expo else []
    chosen = next((stand for stand in places if stand.code == request.GET.get("stan")), None)
    seen = overview(expo, places, now=now) if expo else None
    gaps_only = request.GET.get("tampil") == "kurang"
    context: dict[str, Any] = {
        "expos": expos,
        "expo": expo,
        "places": places,
        "chosen": chosen,
        "gaps_only": gaps_only,
        "overview": seen,
        "shown": seen.narrowed(chosen, gaps_only=gaps_only) if seen else [],
        "now": now.astimezone(WIB),
        "query": request.GET.urlencode(),
    }
    template = "sales/tablets.html"
    if wants_fragment(request):
        whole = request.htmx.target != "figures"
        template += "#tablets" if whole else "#figures"
    else:
        context |= _admin_context(request, _("Kasir dan tablet"), expo)
    return render(request, template, context)


def overview(expo: Expo, places: Iterable[Stand], *, now: dt.datetime) -> Overview:
    """Read the tills of an edition's tablets with what is missing; the plain form has none."""
    tills = tills_of_tablets(expo)
    # The till that each tablet claimed last, wherever that is.
    latest: dict[int | None, Till] = {}
    for till in Till.objects.filter(tablet__tills__in=tills).distinct().order_by("claimed_at"):
        latest[till.tablet_id] = till
    rows = [
        TillRow(
            till=till,
            numbers=numbers,
            moved_to=latest[till.tablet_id] if latest[till.tablet_id] != till else None,
            now=now,
        )
        for till, numbers in zip(tills, missing_numbers(tills), strict=True)
    ]
    by_stand = {pk: list(some) for pk, some in groupby(rows, key=lambda row: row.till.stand_id)}
    selling = [row for row in rows if row.sells]
    return Overview(
        stands=[StandTills(stand, by_stand.get(stand.pk, [])) for stand in places],
        incomplete=[row for row in rows if not row.is_complete],
        stuck=[row for row in rows if row.trouble_text],
        tills=len(rows),
        complete=sum(row.is_complete for row in rows),
        unsent=sum(row.till.unsent for row in rows),
        paired=len(selling),
        heard=sum(row.heard_now for row in selling),
    )


# --- pairing ------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.add_pairingcode", raise_exception=True)
@never_cache
def pair_tablet(request: SignedInRequest, stand_id: int) -> HttpResponse:
    """Make a code for one tablet at a stand. The code is seen on this one page and never again."""
    stand = get_object_or_404(Stand.objects.select_related("expo"), pk=stand_id)
    context = {
        **_admin_context(request, _("Pasangkan tablet"), stand.expo),
        "stand": stand,
        "list_url": _list_of(stand),
    }
    if request.method != "POST":
        return render(request, "sales/pair_tablet.html", context)
    name = request.POST.get("name", "")[:NAME_LENGTH]
    row, code = make_code(stand=stand, name=name, actor=request.user)
    link = request.build_absolute_uri(reverse("pairing_confirm", args=[code]))
    return render(
        request,
        "sales/pair_tablet.html",
        context
        | {
            "row": row,
            "code": as_written(code),
            "qr": _qr(link),
            "typed_at": request.build_absolute_uri(reverse("pairing")),
            "insecure": not (request.is_secure() or request.get_host().startswith(LOCAL_HOSTS)),
            "countdown": _countdown(seconds_left(row)),
        },
    )


@require_GET
@permission_required("sales.add_pairingcode", raise_exception=True)
@never_cache
def code_state(request: SignedInRequest, code_id: int) -> HttpResponse:
    """What became of a code: how long it lasts, or the till that came of it."""
    codes = PairingCode.objects.select_related("stand__expo", "till")
    row = get_object_or_404(codes, pk=code_id)
    left = seconds_left(row)
    context = {"row": row, "stand": row.stand, "countdown": _countdown(left)}
    if left and row.used_at is None:
        return render(request, "sales/pair_tablet.html#code_state", context)
    # Over: the code and its QR leave the screen with it.
    done = render(request, "sales/pair_tablet.html#code_done", context)
    return reswap(retarget(done, "#code"), "innerHTML")


def _countdown(seconds: int) -> str:
    return _("%(minutes)s menit %(seconds)s detik lagi") % {
        "minutes": seconds // 60,
        "seconds": f"{seconds % 60:02d}",
    }


def _qr(link: str) -> str:
    """The link as a QR code, in SVG that needs no style."""
    svg = segno.make(link, error="m", micro=False).svg_inline(
        border=QR_BORDER, light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return mark_safe(svg)  # noqa: S308, made of numbers by segno


# --- revoking -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.change_tablet", raise_exception=True)
@never_cache
def revoke_tablet(request: SignedInRequest, tablet_id: int) -> HttpResponse:
    """Say what revoking does, and do it when that is confirmed."""
    tablet = get_object_or_404(Tablet, pk=tablet_id)
    tills = list(tablet.tills.select_related("stand__expo").order_by("-claimed_at"))
    if not tills:
        raise Http404
    till = tills[0]
    if request.method == "POST":
        if revoked := revoke(tablet, actor=request.user):
            messages.success(request, _("%(till)s sudah dicabut.") % {"till": revoked})
        else:
            messages.warning(
                request,
                _("%(till)s sudah tidak terpasang, jadi tidak ada yang dicabut.") % {"till": till},
            )
        return redirect(_list_of(till.stand))
    return render(
        request,
        "sales/revoke_tablet.html",
        {
            **_admin_context(request, _("Cabut tablet"), till.stand.expo),
            "tablet": tablet,
            "till": till,
            "unsent": sum(one.unsent for one in tills),
            "list_url": _list_of(till.stand),
        },
    )


# --- both ---------------------------------------------------------------------------------------


def _wanted(expos: list[Expo], request: SignedInRequest) -> Expo | None:
    """The edition that the address names, else the current one; None before there is any."""
    slug = request.GET.get("edisi")
    if not slug:
        return expos[0] if expos else None
    for expo in expos:
        if expo.slug == slug:
            return expo
    raise Http404


def _list_of(stand: Stand) -> str:
    return f"{reverse('tablets')}?{urlencode({'edisi': stand.expo.slug, 'stan': stand.code})}"


def _admin_context(request: SignedInRequest, title: str, expo: Expo | None) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": title, "current_expo": expo}
