"""What a view found out that somebody may want to count: noted here, counted by others.

It stands in the lowest app, since sales and visitors' pages note and only the frame counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

SALE, PAGE, DATABASE_ERROR = "sale", "page", "database error"


def tally(request: HttpRequest, what: str, how: str) -> None:
    """Note that one more of this kind came out so: a sale `recorded`, a page `made`."""
    vars(request).setdefault("tallies", []).append((what, how))


def tallied(request: HttpRequest) -> list[tuple[str, str]]:
    """All that was noted while this request was answered."""
    noted: list[tuple[str, str]] = vars(request).get("tallies", [])
    return noted
