"""Each process that serves tells of itself once a minute, in a thread that no request waits for."""

from __future__ import annotations

import datetime as dt
import logging
import os
import threading
import time
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connections
from django.utils import timezone

from opop_expo.health.disks import disk_of_backups, disks
from opop_expo.health.errors import ERRORS, ErrorsSeen, forget_old_errors
from opop_expo.health.logs import NODE_NAME
from opop_expo.health.probes import known_migrations
from opop_expo.health.versions import versions
from opop_expo.models import NodeReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    WSGI = Callable[[dict[str, Any], Any], Iterable[bytes]]

logger = logging.getLogger(__name__)

# An error is written so soon, unless another one comes first.
GATHER_SECONDS = 5
# One that has not been heard for so long serves no more, and is forgotten later.
HEARD_WITHIN = dt.timedelta(minutes=3)
KEPT_FOR = dt.timedelta(days=2)


class Reporting:
    """The portal, and beside it a thread that begins with the first request of each process.

    Not before: a server may load the portal first and divide into processes then.
    """

    def __init__(self, application: WSGI) -> None:
        self.application = application
        self.process = 0
        logging.getLogger().addHandler(ErrorsSeen(logging.ERROR))

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self.process != os.getpid():
            self.process = os.getpid()
            if settings.NODE_REPORT_SECONDS:
                threading.Thread(
                    target=keep_reporting, args=[timezone.now()], daemon=True, name="node-report"
                ).start()
        return self.application(environ, start_response)


def keep_reporting(started_at: dt.datetime) -> None:
    """Report now and then while the process lives; a database that is gone is waited for."""
    # As this code has them: what lies there later may be of the next version.
    known_migrations()
    last_problem = ""
    while True:
        try:
            report(started_at)
        except Exception as error:
            # Told once and not every minute; nor as an error, which would be noted in turn.
            problem = type(error).__name__
            if problem != last_problem:
                logger.warning("this process could not report of itself: %s", problem)
            last_problem = problem
        else:
            last_problem = ""
        finally:
            connections.close_all()
        ERRORS.some.wait(settings.NODE_REPORT_SECONDS)
        time.sleep(GATHER_SECONDS)


def report(started_at: dt.datetime) -> None:
    """Write down that this process lives, and which errors it has seen."""
    now = timezone.now()
    row = NodeReport(
        node=NODE_NAME[:100],
        process=os.getpid(),
        started_at=started_at,
        seen_at=now,
        versions=versions(),
        disks=[astuple(one) for one in [*disks(), *disk_of_backups()]],
    )
    NodeReport.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["node", "process"],
        update_fields=["started_at", "seen_at", "versions", "disks"],
    )
    NodeReport.objects.filter(seen_at__lt=now - KEPT_FOR).delete()
    ERRORS.write()
    forget_old_errors()
