"""The header by which a browser saves what it is sent under a name."""

from __future__ import annotations

from django.utils.http import content_disposition_header


def named(name: str, *, as_file: bool = True) -> str:
    """The value of Content-Disposition; without `as_file` the browser shows it if it can.

    Whatever the name is made of: what would end it is escaped, other letters as RFC 5987 has it.
    """
    return content_disposition_header(as_file, name) or ""
