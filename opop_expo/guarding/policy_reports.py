"""What browsers report that the Content-Security-Policy refused: counted, and nothing else kept.

A report is a stranger's word, and names the page with all that is secret in its address. So of each
only three things are taken: the directive, where the refused thing came from (its origin at most),
and which of our addresses the page has, as the URL configuration writes it. A slip of ours shows as
one row with a large count; the table has a bound, whatever is sent.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.translation import get_language_from_path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from opop_expo.models import PolicyReport
from stands.counting_views import PATIENCE_MS, Tap, in_a_hurry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest

# One report has some 1 KB; the newer way sends several at once.
MOST_BYTES, MOST_AT_ONCE = 16 * 1024, 10
MOST_ROWS, KEPT_FOR = 300, dt.timedelta(days=30)
# What the refused thing came from where it has no origin, in the words of the standard.
# https://www.w3.org/TR/CSP3/#deprecated-serialize-violation
KEYWORDS = {
    *("inline", "eval", "wasm-eval", "trusted-types-policy", "trusted-types-sink", "self"),
    *("data", "blob", "filesystem", "about"),
    *("chrome-extension", "moz-extension", "safari-web-extension"),
}
DIRECTIVE = re.compile(r"[a-z-]{1,40}")
ORIGIN = re.compile(r"[a-z][a-z0-9+.-]{0,20}(://[a-z0-9.:\[\]-]{1,80})?", re.IGNORECASE)
OTHER = "?"

TAP = Tap(per_second=2, at_once=20)


class Refused(NamedTuple):
    """What is counted together."""

    directive: str
    blocked: str
    route: str


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def policy_report(request: HttpRequest) -> HttpResponse:
    """Take what a browser reports. Nobody reads the answer, so it is the same for all: 204."""
    length = request.headers.get("Content-Length") or "0"
    if length.isdecimal() and int(length) <= MOST_BYTES and TAP.lets_through():
        count(refused_in(request.body, host=request.get_host()))
    return HttpResponse(status=204)


def latest_reports(since: dt.timedelta = KEPT_FOR) -> QuerySet[PolicyReport]:
    """What was refused lately, most often first; for organisers' pages."""
    return PolicyReport.objects.filter(last_at__gt=timezone.now() - since).order_by("-count", "pk")


def refused_in(body: bytes, *, host: str) -> list[Refused]:
    """The reports in a body of either form, of pages of ours; what is none is left aside."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return []
    match told:
        case {"csp-report": dict(report)}:
            reports = [_refused(report, host, "effective-directive", "blocked-uri", "document-uri")]
        case [*many]:
            reports = [
                _refused(one["body"], host, "effectiveDirective", "blockedURL", "documentURL")
                for one in many[:MOST_AT_ONCE]
                if isinstance(one, dict)
                and one.get("type") == "csp-violation"
                and isinstance(one.get("body"), dict)
            ]
        case _:
            return []
    return [one for one in reports if one is not None]


def _refused(
    report: dict[str, Any], host: str, directive: str, blocked: str, document: str
) -> Refused | None:
    # Older browsers name the directive by another word.
    named = str(report.get(directive) or report.get("violated-directive") or "").partition(" ")[0]
    try:
        page = urlsplit(str(report.get(document, "")))
    except ValueError:
        return None
    ours = {host, urlsplit(settings.PUBLIC_ORIGIN).netloc} - {""}
    if page.netloc not in ours or not DIRECTIVE.fullmatch(named):
        return None
    return Refused(named, _origin(str(report.get(blocked, ""))), _route(page.path))


def _origin(blocked: str) -> str:
    """An origin, a scheme alone, or one of the standard's words: never a path, which may tell."""
    if blocked in KEYWORDS:
        return blocked
    try:
        parts = urlsplit(blocked)
    except ValueError:
        return OTHER
    is_place = parts.scheme in ("http", "https", "ws", "wss") and parts.netloc
    origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if is_place else parts.scheme
    return origin if ORIGIN.fullmatch(origin) else OTHER


def _route(path: str) -> str:
    """Which address of ours it is, as it is written: `nota/<receipt_token:token>/`, no token."""
    try:
        with translation.override(get_language_from_path(path) or settings.LANGUAGE_CODE):
            return f"/{resolve(path).route}"[:200]
    except Resolver404:
        return OTHER


def count(refused: Iterable[Refused]) -> None:
    """Add each to its row. Never waits long: a sale that holds the database goes first."""
    rows = sorted(Counter(refused).items())
    if not rows:
        return
    try:
        with in_a_hurry(), transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
            for one, times in rows:
                _add(one, times)
    except OperationalError:
        return


def _add(one: Refused, times: int) -> None:
    if _raise(one, times):
        return
    # A table that is full, of made-up origins as it may be, still counts.
    known = one if _has_room() else Refused(OTHER, OTHER, OTHER)
    new = PolicyReport(**known._asdict(), count=0)
    PolicyReport.objects.bulk_create([new], ignore_conflicts=True)
    _raise(known, times)


def _raise(one: Refused, times: int) -> bool:
    row = PolicyReport.objects.filter(**one._asdict())
    return row.update(count=F("count") + times, last_at=timezone.now()) > 0


def _has_room() -> bool:
    """Whether a new row may be made; those not seen for long go first."""
    PolicyReport.objects.filter(last_at__lt=timezone.now() - KEPT_FOR).delete()
    return PolicyReport.objects.count() < MOST_ROWS
