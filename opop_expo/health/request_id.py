"""Each request has an id: in every line logged of it, in its answer, on every error page."""

from __future__ import annotations

import base64
import os
import re
from contextvars import ContextVar, Token

from django.http import HttpRequest

HEADER = "X-Request-ID"
# What a proxy may call a request: nginx gives 32 hexadecimal digits, others a UUID.
WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}")

_current: ContextVar[tuple[str, HttpRequest] | None] = ContextVar("request", default=None)


def current_id() -> str:
    """The id of the request that is being answered; empty outside one."""
    current = _current.get()
    return current[0] if current else ""


def current_request() -> HttpRequest | None:
    """The request that is being answered."""
    current = _current.get()
    return current[1] if current else None


def begin(request: HttpRequest) -> Token[tuple[str, HttpRequest] | None]:
    """From here on this one is being answered; for the middleware alone."""
    return _current.set((id_of(request), request))


def end(token: Token[tuple[str, HttpRequest] | None]) -> None:
    """It has been answered."""
    _current.reset(token)


def id_of(request: HttpRequest) -> str:
    """The id that a trusted proxy gave, where it has the right form, else one made here.

    What anybody else says of it was taken away before (opop_expo.deployment.proxies).
    """
    given = request.headers.get("x-request-id", "")
    return str(given) if WELL_FORMED.fullmatch(given) else new_id()


def new_id() -> str:
    """60 random bits that can be said over a telephone: `K7QM-M5X4-ZT3B`, without 0, 1, 8 and 9."""
    signs = base64.b32encode(os.urandom(10)).decode()
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:12]}"
