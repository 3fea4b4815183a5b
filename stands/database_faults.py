"""What a device's outbox is told where the database fails: wait, or send the others first."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError
from django.http import JsonResponse

from events.tally import DATABASE_ERROR, tally

if TYPE_CHECKING:
    from django.db import Error as DatabaseError
    from django.http import HttpRequest

logger = logging.getLogger(__name__)

# Long enough for a lock to pass, short enough for a queue of customers.
RETRY_AFTER_SECONDS = 2
# No OperationalError to psycopg: a server that takes over just now writes nothing yet (25006), a
# transaction took too long (25P03, 25P04), and a statement that this connection prepared is of
# before a migration, or of another server behind a pooler (0A000, 26000, 42P05): until it ends.
LATER = frozenset({"25006", "25P03", "25P04", "0A000", "26000", "42P05"})
PROGRAM_LIMIT_EXCEEDED = "54"


def outbox_answer(request: HttpRequest, error: DatabaseError) -> JsonResponse:
    """The answer to a request that the database ended: 503 where it passes by itself, else 500.

    What a request brings is recorded in one transaction, so either nothing of it was or all, and
    sent again it is recorded once.
    """
    tally(request, DATABASE_ERROR, type(error).__name__)
    if not passes_by_itself(error):
        # Like any fault of ours: the device sends what is behind this one without it.
        logger.error("the database refused what a device sent", exc_info=error)
        return JsonResponse({"error": "fault"}, status=500)
    response = JsonResponse({"error": "busy"}, status=503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def passes_by_itself(error: DatabaseError) -> bool:
    """Whether the same request may fare better in a moment: locked for too long, or gone.

    psycopg has lock timeouts, deadlocks, serialization failures, cancelled statements and lost
    connections as OperationalError, and there too what is too large for any attempt.
    """
    state = getattr(error.__cause__, "sqlstate", None) or ""
    if state in LATER:
        return True
    is_too_large = state.startswith(PROGRAM_LIMIT_EXCEEDED)
    return isinstance(error, (OperationalError, InterfaceError)) and not is_too_large
