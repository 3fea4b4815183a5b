"""A visitor's saved list: in two cookies, and nowhere else.

The list itself is signed and closed to scripts. Beside it lies what the buttons on kept pages, and
the list without a network, are drawn from: the same keys in plain letters, which the portal never
reads back.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.utils import timezone

from stands.clock import business_date
from stands.saved_code import MOST, Key, UnreadableCodeError, code_of, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from stands.models import Expo

# Of a list at an edition that is over or has no days yet, and after the last day of any other.
LASTS = dt.timedelta(days=60)


class ListFullError(Exception):
    """No more fits; `kept` is the list as far as it does, `left_out` says how many do not."""

    def __init__(self, kept: Saved, left_out: int) -> None:
        super().__init__(left_out)
        self.kept = kept
        self.left_out = left_out


@dataclass(frozen=True)
class Saved:
    """What one visitor saved at one edition, and which of it they have already been to."""

    keys: frozenset[Key] = frozenset()
    done: frozenset[Key] = frozenset()

    def with_keys(self, keys: Iterable[Key]) -> Saved:
        """The list with these as well; raises ListFullError."""
        new = sorted(set(keys) - self.keys)
        room = MOST - len(self.keys)
        added = replace(self, keys=self.keys | set(new[:room]))
        if len(new) > room:
            raise ListFullError(added, len(new) - room)
        return added

    def without(self, keys: Iterable[Key]) -> Saved:
        """The list without these."""
        gone = frozenset(keys)
        return Saved(self.keys - gone, self.done - gone)

    def ticked(self, key: Key, *, is_done: bool) -> Saved:
        """The same with that one ticked off or not; what is not on the list cannot be."""
        changed = self.done | {key} if is_done else self.done - {key}
        return replace(self, done=changed & self.keys)


def cookie_name(expo: Expo) -> str:
    """The list's own cookie."""
    return f"{settings.HOST_COOKIE}opop_simpan_{expo.slug}"


def look_name(expo: Expo) -> str:
    """The cookie that scripts read; static/js/saved.js knows its name from the page."""
    return f"{settings.HOST_COOKIE}opop_tersimpan_{expo.slug}"


def read_saved(request: HttpRequest, expo: Expo) -> Saved:
    """The list that the request brings along; an empty one where there is none or it is not ours.

    Signed with an older key that stands in SECRET_KEY_FALLBACKS it is still ours, and is signed
    with the present one when it is next written.
    """
    try:
        value = _signer().unsign(request.COOKIES.get(cookie_name(expo), ""))
        code, _dot, done = value.partition(".")
        keys = keys_of(code, edition=expo.slug)
        return Saved(keys, keys_of(done, edition=expo.slug) & keys)
    except (signing.BadSignature, UnreadableCodeError):
        return Saved()


def write_saved(response: HttpResponse, saved: Saved, expo: Expo) -> None:
    """Let the browser keep the list until a while after the edition. Needs with_span()."""
    if not saved.keys:
        response.delete_cookie(cookie_name(expo), samesite="Lax")
        response.delete_cookie(look_name(expo), samesite="Lax")
        return
    code, done = (code_of(keys, edition=expo.slug) for keys in (saved.keys, saved.done))
    shown, ticked = (".".join(map(str, sorted(keys))) for keys in (saved.keys, saved.done))
    if ticked:
        shown += f"~{ticked}"
    for name, value, is_closed in [
        (cookie_name(expo), _signer().sign(f"{code}.{done}"), True),
        (look_name(expo), shown, False),
    ]:
        response.set_cookie(
            name,
            value,
            max_age=lifetime(expo),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=is_closed,
            samesite="Lax",
        )


def lifetime(expo: Expo) -> dt.timedelta:
    """How long a list is kept that is written now. Needs with_span()."""
    today = business_date(timezone.now())
    last = max(today, expo.last_date) if expo.last_date else today
    return last - today + LASTS


def _signer() -> signing.Signer:
    return signing.Signer(salt="stands.saved")
