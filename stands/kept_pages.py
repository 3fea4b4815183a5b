"""Visitors' pages are kept ready, and asked for again they cost one query and a 304.

A page is the same for everybody, and stays the same while what it is made of does: the catalogue
version, the code, the language, the address, whether it is a fragment, and the hour as far as it
shows. All of that together is the key under which a page is kept and the ETag under which a browser
keeps it; so neither is ever stale, on any number of nodes.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
from functools import partial, wraps
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.utils.translation import get_language

from events.tally import PAGE, tally
from stands.catalogue_version import SECONDS, all_editions, edition_at
from stands.http import wants_fragment
from stands.pages_at_hand import LONGEST_PAGE, LONGEST_QUERY, MadeOf, accepts_gzip
from stands.release import release

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from typing import TypeAlias

    from stands.catalogue_version import Editions
    from stands.http import HtmxRequest
    from stands.models import Expo

    View: TypeAlias = Callable[..., HttpResponse]
    # What more of the hour shows in a page, of the editions that it is made of. Asked before each
    # answer, so it must cost no query as long as nothing has changed.
    MoreOfTheHour: TypeAlias = Callable[[Editions, dt.datetime], object]

logger = logging.getLogger(__name__)

VARIES_BY = ["HX-Request", "HX-History-Restore-Request", "Accept-Encoding"]
# Below this a header costs more than it saves.
LEAST_TO_COMPRESS = 1024


class KeptPage(NamedTuple):
    """A page as it goes out to whom reads gzip, and what of its headers the view has set.

    Kept that way alone: who does not read it is rare, and thousands of pages as they are would be
    hundreds of megabytes in each process.
    """

    headers: dict[str, str]
    body: bytes


def nothing_more(_editions: Editions, _now: dt.datetime) -> object:
    """Most pages show of the hour only whether the doors are open."""
    return None


def catalogue_page(view: View) -> View:
    """Make a view of an edition and more into one of its address and more, or 404.

    The view answers the same to everybody: no session, no user, no CSRF token, no message. The
    address has the argument `edition`; the view gets the edition with its days in its place.
    """
    return catalogue_page_by(nothing_more)(view)


def catalogue_page_by(hour: MoreOfTheHour) -> Callable[[View], View]:
    """The same for a page that also changes at other hours than those of the doors."""

    def decorate(view: View) -> View:
        @wraps(view)
        def of_address(request: HtmxRequest, edition: str, **rest: str) -> HttpResponse:
            # The frame has read it to see whether it is public (opop_expo.middleware).
            editions = getattr(request, "editions", None) or edition_at(edition)
            if editions is None:
                raise Http404
            if not editions.are_public:
                return view(request, editions.expo, **rest)
            return _answer(
                request,
                editions,
                hour,
                lambda: view(request, editions.expo, **rest),
                look=partial(edition_at, edition),
            )

        return of_address

    return decorate


def detail_page(view: View) -> View:
    """The same for a view that reads nothing of the query.

    What a messenger hangs on a shared address (fbclid, utm_source) makes no other page of it.
    """
    return detail_page_by(nothing_more)(view)


def detail_page_by(hour: MoreOfTheHour) -> Callable[[View], View]:
    """The same for such a page that also changes at other hours than those of the doors."""

    def decorate(view: View) -> View:
        kept = catalogue_page_by(hour)(view)

        @wraps(view)
        def of_path(request: HtmxRequest, edition: str, **rest: str) -> HttpResponse:
            request.META["QUERY_STRING"] = ""
            request.GET = QueryDict()
            return kept(request, edition, **rest)

        return of_path

    return decorate


def needs_stands(view: View) -> View:
    """Of an edition whose hall is not known here, say so in place of a page without anything."""

    @wraps(view)
    def of_edition(request: HtmxRequest, expo: Expo, **rest: str) -> HttpResponse:
        if not expo.has_stands:
            has_ended = expo.has_ended_by(timezone.now())
            context = {"expo": expo, "has_ended": has_ended}
            return render(request, "stands/no_catalogue.html", context)
        return view(request, expo, **rest)

    return of_edition


def portal_page(view: View) -> View:
    """The same for a view of all editions, which changes whenever one of them does."""
    return portal_page_by(nothing_more)(view)


def portal_page_by(hour: MoreOfTheHour) -> Callable[[View], View]:
    """Of all editions, and at other hours as well."""

    def decorate(view: View) -> View:
        @wraps(view)
        def of_all(request: HtmxRequest, **rest: str) -> HttpResponse:
            editions = getattr(request, "editions", None) or all_editions()
            make = partial(view, request, **rest)
            return _answer(request, editions, hour, make, look=all_editions)

        return of_all

    return decorate


def keep_ready(
    request: HtmxRequest,
    editions: Editions,
    make: Callable[[], HttpResponse],
    also: tuple[object, ...],
) -> HttpResponse:
    """The same for a view that has looked itself whether its page may be kept.

    `also` is what the page is made of beside the catalogue.
    """
    return _answer(request, editions, lambda _editions, _now: also, make)


def _answer(
    request: HtmxRequest,
    editions: Editions,
    hour: MoreOfTheHour,
    make: Callable[[], HttpResponse],
    *,
    look: Callable[[], Editions | None] | None = None,
) -> HttpResponse:
    """304 where the browser has the page, else the page kept, else the one made now.

    `look` finds the editions again; without it each answer comes this way.
    """

    def phase_at(editions: Editions, now: dt.datetime) -> tuple[object, ...]:
        return release(), editions.phase(now), hour(editions, now)

    is_gzipped = accepts_gzip(request)
    phase = phase_at(editions, timezone.now())
    key = _key(request, editions, phase)
    etag = f'W/"{key}"'
    changed_at = editions.version.changed_at
    answer = get_conditional_response(request, etag, changed_at)
    if answer is None:
        kept = cache.get(key)
        if kept is None:
            made = make()
            tally(request, PAGE, "made")
            if made.status_code != 200:
                return made
            if not _is_for_everybody(request, made):
                made["Cache-Control"] = "private, no-store"
                return made
            kept = _keep(request, key, made)
        else:
            tally(request, PAGE, "kept")
        answer = _as_read(kept, is_gzipped=is_gzipped)
        if look is not None:
            made_of = MadeOf(look, phase_at, editions.expos, editions.version, phase, etag)
            vars(answer)["made_of"] = made_of
    answer["ETag"] = etag
    if changed_at is not None:
        answer["Last-Modified"] = http_date(changed_at)
    # Keep it, and ask each time whether it still holds.
    answer["Cache-Control"] = "no-cache"
    if settings.PAGE_COPY_SECONDS:
        answer["X-Accel-Expires"] = str(settings.PAGE_COPY_SECONDS)
    patch_vary_headers(answer, VARIES_BY)
    return answer


def _key(request: HtmxRequest, editions: Editions, phase: tuple[object, ...]) -> str:
    """All that a page is made of."""
    parts = (
        *(expo.pk for expo in editions.expos),
        editions.version.number,
        phase,
        get_language(),
        # Whole addresses stand in a page; ALLOWED_HOSTS says which hosts there are.
        request.scheme,
        request.get_host(),
        request.get_full_path(),
        wants_fragment(request),
    )
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def _keep(request: HtmxRequest, key: str, made: HttpResponse) -> KeptPage:
    headers, body = dict(made.items()), made.content
    # No secret stands in these pages, so nobody learns one from how small they get.
    if len(body) >= LEAST_TO_COMPRESS:
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, compresslevel=6, mtime=0)
    kept = KeptPage(headers, body)
    if len(body) <= LONGEST_PAGE and len(request.META.get("QUERY_STRING", "")) <= LONGEST_QUERY:
        cache.set(key, kept, SECONDS)
    return kept


def _as_read(kept: KeptPage, *, is_gzipped: bool) -> HttpResponse:
    """The answer with a kept page, for whom does or does not read gzip."""
    headers, body = dict(kept.headers), kept.body
    if not is_gzipped and headers.pop("Content-Encoding", ""):
        body = gzip.decompress(body)
    return HttpResponse(body, headers=headers)


def _is_for_everybody(request: HtmxRequest, made: HttpResponse) -> bool:
    """Whether nothing of one visitor went into the page; where something did, the log says so."""
    is_personal = (
        bool(made.cookies)
        or request.session.accessed
        or bool(request.META.get("CSRF_COOKIE_NEEDS_UPDATE"))
        or getattr(get_messages(request), "used", False)
        or "Cookie" in made.get("Vary", "")
    )
    if is_personal:
        logger.error("%s is meant for everybody and read what is one visitor's", request.path)
    return not is_personal
