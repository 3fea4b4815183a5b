"""A page that this process gave out a moment ago is given out again before anything else is asked.

On its way out a kept page (stands.kept_pages) passes sessions, languages, logins and forms, none of
which has a say in it, and that costs several times what the page does. So what came out at the end
is remembered by the address that it was asked under, and asked again it costs what it must: whether
the catalogue, its editions and the hour are still those that it was made of.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response

from events.tally import PAGE, tally

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from django.http import HttpRequest
    from django.urls import ResolverMatch

    from stands.catalogue_version import Editions, Version
    from stands.models import Expo

# Both languages of a full hall, some ten kilobytes each; and so many bytes of all together, for
# whoever asks for long pages under addresses that nobody else asks for.
MOST_PAGES, MOST_BYTES = 2_000, 32 * 1024 * 1024
# Longer ones are answered and not kept, so that the bound on their number bounds their size.
LONGEST_PAGE, LONGEST_QUERY = 256 * 1024, 300
OF_THE_BODY = {"Content-Type", "Content-Length", "Content-Encoding"}
ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")


class Address(NamedTuple):
    """All of a request that can make another page of it."""

    scheme: str | None
    host: str | None
    # What stands for the host where somebody names none.
    server: tuple[str | None, str | None]
    path: str
    query: str | None
    part: tuple[str | None, str | None]
    is_gzipped: bool


class MadeOf(NamedTuple):
    """What a page was made of, and how to look whether that still holds."""

    look: Callable[[], Editions | None]
    phase: Callable[[Editions, dt.datetime], tuple[object, ...]]
    expos: Sequence[Expo]
    version: Version
    was: tuple[object, ...]
    etag: str

    def still_holds(self, editions: Editions) -> bool:
        """Whether a page made now of these editions would be the same."""
        return (
            # The very rows: they are read anew after every change.
            editions.expos is self.expos
            and editions.version == self.version
            and editions.are_public
            and self.phase(editions, timezone.now()) == self.was
        )


class _AtHand(NamedTuple):
    made_of: MadeOf
    match: ResolverMatch | None
    headers: dict[str, str]
    body: bytes


class _Shelf:
    """The pages by address; those longest not asked for make room."""

    def __init__(self) -> None:
        self.pages: OrderedDict[Address, _AtHand] = OrderedDict()
        self.bytes = 0
        self._lock = threading.Lock()

    def get(self, address: Address) -> _AtHand | None:
        with self._lock:
            if address in self.pages:
                self.pages.move_to_end(address)
            return self.pages.get(address)

    def put(self, address: Address, page: _AtHand) -> None:
        with self._lock:
            self._drop(address)
            self.pages[address] = page
            self.bytes += len(page.body)
            while len(self.pages) > MOST_PAGES or self.bytes > MOST_BYTES:
                self._drop(next(iter(self.pages)))

    def drop(self, address: Address) -> None:
        with self._lock:
            self._drop(address)

    def _drop(self, address: Address) -> None:
        page = self.pages.pop(address, None)
        if page is not None:
            self.bytes -= len(page.body)

    def clear(self) -> None:
        with self._lock:
            self.pages.clear()
            self.bytes = 0


_shelf = _Shelf()


def forget() -> None:
    """Begin with none. Only tests need to: each begins with another database."""
    _shelf.clear()


def accepts_gzip(request: HttpRequest) -> bool:
    """Whether the browser takes a page that is compressed."""
    return bool(ACCEPTS_GZIP.search(request.headers.get("accept-encoding", "")))


def address_of(request: HttpRequest) -> Address | None:
    """Under what a request would find its page; None where it asks for something else."""
    meta = request.META
    if request.method != "GET" or meta.get("CONTENT_LENGTH") not in (None, "", "0"):
        return None
    return Address(
        request.scheme,
        meta.get("HTTP_HOST"),
        (meta.get("SERVER_NAME"), meta.get("SERVER_PORT")),
        request.path,
        meta.get("QUERY_STRING"),
        (meta.get("HTTP_HX_REQUEST"), meta.get("HTTP_HX_HISTORY_RESTORE_REQUEST")),
        accepts_gzip(request),
    )


def answer_again(request: HttpRequest, address: Address) -> HttpResponse | None:
    """The page, or 304 where the browser has it; None where it must be asked for the long way."""
    page = _shelf.get(address)
    if page is None:
        return None
    made_of = page.made_of
    editions = made_of.look()
    if editions is None or not made_of.still_holds(editions):
        _shelf.drop(address)
        if editions is not None:
            # For the long way, which would ask the database the same again.
            vars(request)["editions"] = editions
        return None
    # Lines and figures are written by view.
    request.resolver_match = page.match
    answer: Any = get_conditional_response(request, made_of.etag, made_of.version.changed_at)
    if answer is None:
        tally(request, PAGE, "kept")
        return HttpResponse(page.body, headers=page.headers)
    for name, value in page.headers.items():
        if name not in OF_THE_BODY:
            answer[name] = value
    response: HttpResponse = answer
    return response


def remember(request: HttpRequest, address: Address, response: HttpResponse) -> None:
    """Take note of what came out, where it is a page for everybody."""
    made_of: MadeOf | None = getattr(response, "made_of", None)
    if made_of is None or response.status_code != 200 or response.cookies:
        return
    is_long = len(response.content) > LONGEST_PAGE
    if is_long or len(address.query or "") > LONGEST_QUERY or "Cookie" in response.get("Vary", ""):
        return
    headers = dict(response.items())
    _shelf.put(address, _AtHand(made_of, request.resolver_match, headers, response.content))
