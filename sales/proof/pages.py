"""The organisers' pages of proof: run the proof of the books, print a day's digest, compare one."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import segno
from django.contrib.auth.decorators import permission_required
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.log import log_event
from events.models import Event
from sales.models import LedgerHead
from sales.proof.day_digest import (
    CODE_LENGTH,
    Comparison,
    Printed,
    as_meant,
    compare,
    find_printed,
    in_groups,
    print_digest,
    printed_from,
    read_sequences,
)
from sales.proof.digest_paper import digest_pdf
from sales.proof.verifying import Proof, count_steps, steps
from stands.clock import business_date
from stands.models import Expo
from stands.organiser_page import admin_frame, all_expos, expos_at_work, wanted_expo
from stands.paper import pdf_response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

    from stands.http import SignedInRequest

MAY_SEE = permission_required("sales.view_ledgerhead", raise_exception=True)
LAST_RUNS = 5
# So many breaks are named in the log; the page that runs the proof names more.
NAMED_IN_LOG = 5
# Where the page is cut in two: what comes before is sent at once, the steps as they are done.
CUT = "<!-- steps -->"


@dataclass(frozen=True)
class Day:
    """A day of the edition, with the digests of it that were printed."""

    date: dt.date
    prints: list[Event]
    is_today: bool


@require_safe
@MAY_SEE
@never_cache
def ledger_proof(request: SignedInRequest) -> HttpResponse:
    """When the books were last proved and by whom, each stand's head, and the days to print."""
    expos = expos_at_work()
    expo = wanted_expo(expos, request.GET)
    runs = Event.objects.filter(kind=Event.Kind.LEDGER_VERIFIED).select_related("actor")
    heads = LedgerHead.objects.filter(stand__expo=expo, sequence__gt=0) if expo else []
    if expo:
        heads = heads.select_related("stand").order_by("stand__code")  # type: ignore[attr-defined]
    context = {
        "expos": expos,
        "expo": expo,
        "runs": list(runs.order_by("-pk")[:LAST_RUNS]),
        "heads": heads,
        "days": _days(expo) if expo else [],
        **admin_frame(request, _("Bukti buku penjualan"), expo),
    }
    return render(request, "sales/ledger_proof.html", context)


def _days(expo: Expo) -> list[Day]:
    """Those that have begun, the latest first."""
    today = business_date(timezone.now())
    prints: dict[str, list[Event]] = {}
    events = Event.objects.filter(kind=Event.Kind.DIGEST_PRINTED, data__expo=expo.pk)
    for event in events.select_related("actor").order_by("pk"):
        event.data["written"] = in_groups(event.data["code"])
        prints.setdefault(event.data["day"], []).append(event)
    return [
        Day(date, prints.get(date.isoformat(), []), date == today)
        for date in expo.days.filter(date__lte=today)
        .order_by("-date")
        .values_list("date", flat=True)
    ]


# --- proving --------------------------------------------------------------------------------------


@require_POST
@MAY_SEE
def prove_ledger(request: SignedInRequest) -> StreamingHttpResponse:
    """Run the proof and show each stand as it is done: one answer that grows, script or none."""
    frame = {
        **admin_frame(request, _("Bukti buku penjualan"), Expo.objects.current()),
        "count": count_steps(),
        "cut": mark_safe(CUT),  # noqa: S308, our own
    }
    before, _cut, after = render_to_string("sales/prove_ledger.html", frame, request).partition(CUT)
    response = StreamingHttpResponse(_proving(request, before, after))
    # A proxy passes on what is there.
    response["X-Accel-Buffering"] = "no"
    response["Cache-Control"] = "no-store"
    return response


def _proving(request: SignedInRequest, before: str, after: str) -> Iterator[str]:
    language = translation.get_language()
    yield before
    started = time.monotonic()
    stands = entries = more = 0
    breaks = []
    with translation.override(language):
        for step in steps():
            stands += step.stand is not None
            entries += step.entries
            breaks += step.breaks
            more += step.more
            yield render_to_string("sales/prove_ledger.html#step", {"step": step})
        proof = Proof(stands, entries, breaks, more)
        seconds = time.monotonic() - started
        log_event(
            Event.Kind.LEDGER_VERIFIED,
            _("utuh") if not breaks else str(breaks[0]),
            actor=request.user,
            data={
                "stands": stands,
                "entries": entries,
                "breaks": proof.count,
                "named": [[one.where, one.what] for one in breaks[:NAMED_IN_LOG]],
                "milliseconds": round(seconds * 1000),
            },
        )
        context = {"proof": proof, "seconds": f"{seconds:.1f}".replace(".", ",")}
        yield render_to_string("sales/prove_ledger.html#result", context)
    yield after


# --- printing -------------------------------------------------------------------------------------


@require_POST
@MAY_SEE
def print_day_digest(request: SignedInRequest) -> HttpResponse:
    """Take the digest of a day as it is now, and lead to its paper."""
    expo = wanted_expo(all_expos(), request.POST)
    day = _day(request.POST.get("hari"))
    if expo is None or day is None or day > business_date(timezone.now()):
        raise Http404
    printed = print_digest(expo, day, actor=request.user)
    return redirect("day_digest", printed.event.pk)


@require_safe
@MAY_SEE
@never_cache
def day_digest(request: SignedInRequest, digest_id: int) -> HttpResponse:
    """One printed digest, as a page that prints well."""
    printed = _printed(digest_id)
    link = request.build_absolute_uri(printed.digest.compare_path())
    context = {
        "printed": printed,
        "digest": printed.digest,
        "written_code": in_groups(printed.code),
        "qr": _qr(link),
        "compare_path": printed.digest.compare_path(),
        **admin_frame(request, _("Sidik hari"), printed.digest.expo),
    }
    return render(request, "sales/day_digest.html", context)


@require_safe
@MAY_SEE
def day_digest_pdf(request: SignedInRequest, digest_id: int) -> HttpResponse:
    """The same on paper."""
    printed = _printed(digest_id)
    link = request.build_absolute_uri(printed.digest.compare_path())
    name = f"sidik-{printed.digest.expo.slug}-{printed.digest.day.isoformat()}.pdf"
    return pdf_response(name, digest_pdf(printed, link))


def _printed(digest_id: int) -> Printed:
    events = Event.objects.filter(kind=Event.Kind.DIGEST_PRINTED).select_related("actor")
    event = get_object_or_404(events, pk=digest_id)
    return printed_from(event, get_object_or_404(Expo, pk=event.data["expo"]))


def _qr(link: str) -> str:
    """The link as a QR code, in SVG that needs no style."""
    svg = segno.make(link, error="m", micro=False).svg_inline(
        border=4, light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return mark_safe(svg)  # noqa: S308, made of numbers by segno


# --- comparing ------------------------------------------------------------------------------------


@require_safe
@MAY_SEE
@never_cache
def compare_digest(request: SignedInRequest) -> HttpResponse:
    """Whether today's ledger still gives the code of an old paper, and if not, at which stand."""
    typed = request.GET.get("kode", "")
    code = as_meant(typed)
    problem, comparison = "", None
    if typed:
        problem, comparison = _compared(request, code)
    context = {
        "typed": typed[:40],
        "written_code": in_groups(code),
        "problem": problem,
        "comparison": comparison,
        **admin_frame(request, _("Bandingkan sidik"), comparison.now.expo if comparison else None),
    }
    return render(request, "sales/compare_digest.html", context, status=422 if problem else 200)


def _compared(request: HttpRequest, code: str) -> tuple[str, Comparison | None]:
    if len(code) != CODE_LENGTH or not code.isalnum() or not code.isascii():
        return _("Kode ini tidak lengkap: ada 16 huruf dan angka di kertas."), None
    printed = find_printed(code)
    if request.GET.get("sampai"):
        # From the QR: the paper says itself what it covers.
        expo = Expo.objects.filter(slug=request.GET.get("edisi", "")).first()
        day = _day(request.GET.get("hari"))
        try:
            sequences = read_sequences(request.GET["sampai"])
        except ValueError:
            sequences = {}
        if expo is None or day is None or not sequences:
            return _("Alamat ini tidak lengkap. Pindai QR di kertas sekali lagi."), None
    elif printed:
        expo, day = printed.digest.expo, printed.digest.day
        sequences = printed.digest.sequences
    else:
        return _(
            "Tidak ada catatan tentang kertas dengan kode ini. Periksa lagi kodenya, atau pindai "
            "QR di kertas: untuk itu tidak perlu catatan."
        ), None
    return "", compare(code, expo=expo, day=day, sequences=sequences, printed=printed)


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None
