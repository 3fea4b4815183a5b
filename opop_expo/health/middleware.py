"""The outermost middleware: gives a request its id, and writes one line when it is answered."""

from __future__ import annotations

import logging
import re
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from opop_expo.health import request_id
from opop_expo.health.redacting import safe_path
from opop_expo.health.slow_queries import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

access = logging.getLogger("opop.access")

# The names in a query that look like ours; they may be made up as well, and there may be thousands.
NAMES = re.compile(r"(?:^|&)([a-z_]{1,12})=")
LOOKED_AT = 500


class RequestMiddleware:
    """What is logged within bears the id of the request, and so does its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.observe: Callable[[HttpRequest, HttpResponse, float], None] | None = None
        if settings.METRICS:
            # Only where wanted: importing it opens its files.
            from opop_expo.health.metrics import observe

            self.observe = observe

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        if request.path_info in settings.PROBES:
            ask_by_name(request)
        token = request_id.begin(request)
        try:
            watch = Watch(settings.SLOW_QUERY_MS) if settings.SLOW_QUERY_MS else None
            with connection.execute_wrapper(watch) if watch else nullcontext():
                response = self.get_response(request)
            seconds = time.perf_counter() - started
            response[request_id.HEADER] = request_id.current_id()
            try:
                if access.isEnabledFor(logging.INFO):
                    write_line(request, response, seconds, watch)
                if self.observe is not None:
                    self.observe(request, response, seconds)
            except Exception:
                # It has been answered, and is not to fail for want of a line or a figure.
                access.exception("an answer could not be told of")
        finally:
            request_id.end(token)
        return response


def ask_by_name(request: HttpRequest) -> None:
    """Let whoever watches ask a node by its number, which stands in no ALLOWED_HOSTS.

    Nothing of what these pages say depends on the host.
    """
    known = [host.lstrip(".") for host in settings.ALLOWED_HOSTS if host != "*"]
    if known:
        request.META["HTTP_HOST"] = known[0]


def write_line(
    request: HttpRequest, response: HttpResponse, seconds: float, watch: Watch | None
) -> None:
    """One line of an answer: no code, no value of a query or form, no address of a person."""
    # Asked for every few seconds; a line is written where they say that something is wrong.
    if request.path_info in settings.PROBES and response.status_code < 400:
        return
    match = request.resolver_match
    path = safe_path(request.path, leads_somewhere=match is not None)
    fields: dict[str, Any] = {
        "method": request.method,
        "path": path,
        "view": match.view_name if match else "",
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
    }
    if watch is not None:
        fields["queries"] = watch.count
    query = request.META.get("QUERY_STRING")
    if query:
        # What is asked for is anybody's own: a name, a code, an address that a login leads back to.
        fields["asked"] = sorted(set(NAMES.findall(query[:LOOKED_AT])))
    access.info("%s %s %s", request.method, path, response.status_code, extra={"fields": fields})
