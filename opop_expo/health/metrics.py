"""Figures of what was answered, kept over all processes of a node; imported only where wanted.

The library chooses where it keeps them as it is imported, by PROMETHEUS_MULTIPROC_DIR: files there,
one for each process, or its own memory without it.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from prometheus_client import Counter, Histogram

from events.tally import DATABASE_ERROR, PAGE, SALE, tallied

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# From a page that is kept to what a proxy no longer waits for.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

REQUESTS = Counter(
    "opop_requests", "Answers by method, view and status.", ["method", "view", "status"]
)
SECONDS = Histogram(
    "opop_request_seconds", "How long an answer took, by view.", ["view"], buckets=BUCKETS
)
TALLIES = {
    SALE: Counter("opop_sales", "What became of sales that came in.", ["status"]),
    PAGE: Counter("opop_kept_pages", "Visitors' pages that were kept, or made anew.", ["how"]),
    DATABASE_ERROR: Counter(
        "opop_database_errors", "Requests that an error of the database ended.", ["kind"]
    ),
}


def observe(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Count an answer. What nobody made a page for has one name, whatever was asked for."""
    match = request.resolver_match
    view = match.view_name if match else "-"
    method = request.method if request.method in METHODS else "other"
    requests_of(method or "", view, response.status_code).inc()
    seconds_of(view).observe(seconds)
    for what, how in tallied(request):
        TALLIES[what].labels(how).inc()


@functools.cache
def requests_of(method: str, view: str, status: int) -> Counter:
    """The counter of these, found once; views and statuses are few."""
    return REQUESTS.labels(method, view, status)


@functools.cache
def seconds_of(view: str) -> Histogram:
    """The histogram of a view, found once."""
    return SECONDS.labels(view)
