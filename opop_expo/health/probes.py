"""`/livez` and `/readyz`: whether a process lives, and whether a node should be sent requests."""

from __future__ import annotations

import functools
import logging
import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from opop_expo.health.bounded import Bounded, NoAnswerError, wait_for
from opop_expo.health.disks import disks
from sales.models import HeldSale, SaleFlag

if TYPE_CHECKING:
    from concurrent.futures import Future

    from django.http import HttpRequest

logger = logging.getLogger(__name__)

OK, FAILING, NO_ANSWER = "ok", "failing", "no answer"


@require_safe
@login_not_required
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """Answer while the process lives. It asks nothing of anybody: a restart would not help them."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@login_not_required
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when this node can serve and 503 when it cannot, and why, within READY_SECONDS."""
    until = time.monotonic() + settings.READY_SECONDS
    asked = {"database": DATABASE.start(), "disk": DISK.start()}
    checks: dict[str, str] = {}
    for name, future in asked.items():
        checks |= _said(name, future, until - time.monotonic())
    # What waits for an organiser is no reason to send people elsewhere, and neither is a disk on
    # which there is room for today.
    is_ready = not (set(checks.values()) - {OK, "low", "waiting"})
    if not is_ready:
        logger.warning(
            "not ready: %s", ", ".join(f"{name} {word}" for name, word in checks.items())
        )
    body = {"status": "ready" if is_ready else "not ready", "checks": checks}
    return JsonResponse(body, status=200 if is_ready else 503)


def _said(name: str, future: Future[dict[str, str]], seconds: float) -> dict[str, str]:
    try:
        return wait_for(future, seconds)
    except NoAnswerError:
        return {name: NO_ANSWER}
    except Exception:  # its words could tell where the database is
        return {name: FAILING}


def check_database() -> dict[str, str]:
    """Whether it answers, has every migration of this code, and holds what waits for somebody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    missing = missing_migrations()
    if missing:
        return {"database": OK, "migrations": "missing"}
    waits = (
        HeldSale.objects.filter(state=HeldSale.State.WAITING).exists()
        or SaleFlag.objects.filter(settled_at=None).exists()
    )
    return {"database": OK, "migrations": OK, "backlog": "waiting" if waits else OK}


def check_disks() -> dict[str, str]:
    """Whether there is room wherever this node writes."""
    found = disks()
    if any(one.is_full for one in found):
        return {"disk": "full"}
    return {"disk": "low" if any(one.is_low for one in found) else OK}


def missing_migrations() -> list[str]:
    """What this code expects of the database and nobody has applied there."""
    applied = MigrationRecorder(connection).applied_migrations()
    return [f"{app}.{name}" for app, name in known_migrations() if (app, name) not in applied]


@functools.cache
def known_migrations() -> list[tuple[str, str]]:
    """Those that lie beside this code; they stay what they are while the process lives."""
    return sorted(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


DATABASE = Bounded(check_database)
DISK = Bounded(check_disks)
