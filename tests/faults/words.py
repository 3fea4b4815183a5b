"""What a person may read of a failure: words, and never the inside of the portal."""

from __future__ import annotations

import json
import re

# Of a traceback, of Django's page for developers, of drivers and of servers in front.
INSIDE = re.compile(
    rb"Traceback|File &quot;/|File \"/|site-packages|OperationalError|InterfaceError|psycopg"
    rb"|sqlite3|DJANGO_SETTINGS_MODULE|Exception Type|INSERT INTO|gunicorn|nginx|Errno",
    re.IGNORECASE,
)


def complaints(address: str, status: int, headers: dict[str, str], body: bytes) -> list[str]:
    """What is wrong with an answer, whatever its status: nothing, for one that a person may see."""
    found = [f"shows {match!r}" for match in sorted(set(INSIDE.findall(body)))]
    if status >= 400:
        found += [f"says nothing: {one}" for one in _without_words(headers, body)]
    return [f"{address}: {status} {one}" for one in found]


def _without_words(headers: dict[str, str], body: bytes) -> list[str]:
    """A failure is a page with a heading, in Indonesian, or an object with a name for it."""
    kind = headers.get("content-type", "")
    if kind.startswith("application/json"):
        content = json.loads(body)
        return [] if isinstance(content, dict) and content.get("error") else ["no name in the JSON"]
    text = body.decode("utf-8", "replace")
    if not kind.startswith("text/html"):
        return [f"a {kind or 'nameless'} of {len(body)} bytes"]
    return [what for what in ('lang="id"', "<h1>", "<p>") if what not in text]
