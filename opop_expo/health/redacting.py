"""What may be written of an address or an exception without telling a code, a token or a person.

It needs no settings, since gunicorn writes lines before Django has any.
"""

from __future__ import annotations

import json
import re
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpRequest

HIDDEN = "***"
LONGEST_MESSAGE = 500

# Addresses whose last word opens something: what follows each of these words is not written down.
# tests/health/test_redacting.py goes through all addresses and knows of each argument what it is.
SECRET_PARTS = re.compile(
    r"(?<=/)(?P<before>"
    r"kasir/pasang"  # a pairing code
    r"|masuk/tautan"  # the link under which somebody chooses a password
    r"|(?<!kasir/)nota"  # the token of a receipt
    r"|tiket"  # the code of a ticket
    r"|sertifikat"  # that of a certificate
    r"|\d{4}[a-z0-9-]*/simpanan"  # a visitor's list
    r")/(?P<secret>[^/\s?#'\"<>]+)"
)
# What else looks like a code where an address leads nowhere: long, or letters and digits mixed.
CODE_LIKE = re.compile(r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[A-Za-z0-9_=-]{6,}|[A-Za-z0-9_=-]{20,}")
# A query may hold anything: a search, a code, the address that a login leads back to.
QUERY = re.compile(r"(?<=\S)\?[^\s'\"<>]*=[^\s'\"<>]*")
# A mail server that refuses a letter names whom it was for.
MAIL_ADDRESS = re.compile(r"[^\s@<>'\"(){},;:]+@[^\s@<>'\"(){},;:]+")
# PostgreSQL quotes the row that it refuses, SQLite and Python what they could not read.
DETAIL = re.compile(r"^(DETAIL|CONTEXT|HINT|STATEMENT|QUERY):.*", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(
    r"(?P<named>\b(?:column|relation|table|constraint|index|type|function|schema|extension)\s+)?"
    r"(?<!\w)(?:'[^'\n]*'|\"[^\"\n]*\")"
)
# Shorter ones are words that stand in any message.
LEAST_SECRET = 4


def safe_path(path: str, *, leads_somewhere: bool = True) -> str:
    """An address without the codes in it; of one that leads nowhere without all that may be one."""
    path = SECRET_PARTS.sub(rf"\g<before>/{HIDDEN}", path)
    if leads_somewhere:
        return path
    return "/".join(HIDDEN if CODE_LIKE.fullmatch(part) else part for part in path.split("/"))


def safe_text(text: str) -> str:
    """A text that may hold addresses, without their codes, what their queries ask, and people."""
    if "/" in text:
        text = QUERY.sub(f"?{HIDDEN}", text)
        text = SECRET_PARTS.sub(rf"\g<before>/{HIDDEN}", text)
    if "@" in text:
        text = MAIL_ADDRESS.sub(HIDDEN, text)
    return text


def safe_exception(error: BaseException, came_in: Iterable[str] = ()) -> str:
    """An exception and those behind it: where, of which kind, and its words without any value.

    The lines of a traceback are the portal's own; only messages are made of what came in.
    """
    came_in = sorted({one for one in came_in if len(one) >= LEAST_SECRET}, key=len, reverse=True)
    parts: list[str] = []
    seen: set[int] = set()
    left: BaseException | None = error
    while left is not None and id(left) not in seen:
        seen.add(id(left))
        frames = "".join(traceback.format_tb(left.__traceback__))
        parts.append(f"{frames}{kind_of(left)}: {safe_message(str(left), came_in)}")
        left = left.__cause__ or (None if left.__suppress_context__ else left.__context__)
    return "\nwhich came of:\n".join(parts)


def kind_of(error: BaseException) -> str:
    """The name of its class, with the module of those that Python does not bring."""
    kind = type(error)
    own = kind.__module__ == "builtins"
    return kind.__qualname__ if own else f"{kind.__module__}.{kind.__qualname__}"


def safe_message(message: str, came_in: Iterable[str] = ()) -> str:
    """The words of an exception, without what it quotes, what came in, and the row it tells of."""
    message = DETAIL.sub(HIDDEN, message)
    for one in came_in:
        message = message.replace(one, HIDDEN)
    message = QUOTED.sub(lambda found: found[0] if found["named"] else HIDDEN, message)
    return safe_text(message).strip()[:LONGEST_MESSAGE]


def values_in(request: HttpRequest) -> Iterator[str]:
    """Whatever a request brought that a message might repeat: fields, cookies, codes, JSON."""
    if request.resolver_match is not None:
        yield from (str(one) for one in request.resolver_match.kwargs.values())
    yield from request.COOKIES.values()
    # What was read already: reading it now could fail, or wait for the rest of it.
    if hasattr(request, "_post"):
        yield from (value for _name, values in request.POST.lists() for value in values)
    if hasattr(request, "_body") and request.content_type == "application/json":
        try:
            yield from leaves(json.loads(request.body))
        except (ValueError, RecursionError):
            yield request.body.decode(errors="replace")


def leaves(content: object) -> Iterator[str]:
    """All texts and numbers in what was JSON."""
    if isinstance(content, dict):
        content = list(content.values())
    if isinstance(content, list):
        for one in content:
            yield from leaves(one)
    else:
        yield str(content)
