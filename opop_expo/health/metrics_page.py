"""`/metrics`: figures for Prometheus, for whoever has the token or asks from a given address."""

from __future__ import annotations

import ipaddress
import os
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.throttle import address_of
from opop_expo.health.bounded import Bounded
from opop_expo.health.state import Stored, read_stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest
    from prometheus_client.core import GaugeMetricFamily


@require_safe
@login_not_required
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """What this node has answered, and what the database tells of all of them."""
    if not settings.METRICS:
        raise Http404
    if not may_read(request):
        raise PermissionDenied
    # Only where metrics are wanted: see opop_expo.health.metrics.
    from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    told = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(told)  # type: ignore[no-untyped-call]
    else:
        told.register(REGISTRY)
    told.register(StoredFigures())
    return HttpResponse(generate_latest(told), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """Whether who asks has the token, or an address that was given."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and constant_time_compare(given, settings.METRICS_TOKEN):
        return True
    try:
        address: Any = ipaddress.ip_network(address_of(request), strict=False)
    except ValueError:
        return False
    # Of IPv6 a customer's network of 64 bits is known, no single address.
    return any(
        address.version == known.version and address.subnet_of(known)
        for known in settings.METRICS_ADDRESSES
    )


STORED: Bounded[Stored] = Bounded(read_stored)


class StoredFigures:
    """What the database tells, read when asked for; without an answer only that there is none."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures, in Prometheus's form."""
        from prometheus_client.core import GaugeMetricFamily as Gauge

        try:
            stored = STORED.answer(settings.READY_SECONDS)
        except Exception:  # whatever it is, the node's own figures are told
            yield Gauge("opop_database_up", "Whether the database answered just now.", value=0)
            return
        yield Gauge("opop_database_up", "Whether the database answered just now.", value=1)
        unsent = Gauge("opop_tablet_unsent", "What a tablet said it holds.", labels=["till"])
        silent = Gauge("opop_tablet_silent_seconds", "Since it was heard.", labels=["till"])
        for till in stored.tills:
            unsent.add_metric([till.prefix], till.unsent)
            if till.heard_at is not None:
                seconds = (timezone.now() - till.heard_at).total_seconds()
                silent.add_metric([till.prefix], seconds)
        yield from (unsent, silent)
        for name, words, value in (
            ("opop_held_sales", "Sales that wait for an organiser.", stored.held),
            ("opop_open_flags", "Flags that nobody has settled.", stored.flags),
            ("opop_mail_waiting", "Mail that has not gone out.", stored.mail.waiting),
            (
                "opop_errors_today",
                "The portal's own errors since midnight.",
                stored.errors_today,
            ),
            ("opop_processes", "Processes that reported lately, of all nodes.", stored.processes),
        ):
            yield Gauge(name, words, value=value)
        if stored.backup_at is not None:
            age = (timezone.now() - stored.backup_at).total_seconds()
            yield Gauge("opop_backup_age_seconds", "Since the last verified backup.", value=age)
