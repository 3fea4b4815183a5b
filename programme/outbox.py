"""What the outbox of somebody's device sends: who may, how it is read, and how it is answered.

`static/js/outbox/` is the other side. A device sends what has happened, some at a time; each thing
is answered for itself, and leaves the device only when it was taken (docs/outbox.md).
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseError
from django.http import JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from stands.database_faults import outbox_answer
from stands.http import is_from_here
from stands.server_clock import server_now
from stands.strict_json import (
    MILLISECOND,
    UnreadableError,
    clock_offset_ms,
    read_count,
    read_instant,
    read_json,
    read_whole,
    strict_uuid,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from django.contrib.auth.models import User
    from django.http import HttpRequest

    from stands.http import SignedInRequest

T = TypeVar("T")

MAX_ITEMS = 100
# A clock that is so little ahead is only not quite right.
AHEAD = dt.timedelta(minutes=5)
# What is said to lie further back was more likely said by a clock that began anew.
OLDEST = dt.timedelta(days=30)


class ItemRefusedError(Exception):
    """One thing that is never taken, with the reason in the reader's language."""


class Status(StrEnum):
    """What became of one thing. The device lets go of the first three."""

    RECORDED = "recorded"
    REPLAYED = "replayed"
    # Known from elsewhere: another device was first.
    ALREADY = "already"
    REFUSED = "refused"
    # Something that it needs has not come yet: the device sends it again.
    LATER = "later"


@dataclass(frozen=True)
class Answer:
    """What became of one thing, and why; `more` goes to the device as it is."""

    status: Status
    message: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def is_taken(self) -> bool:
        """Whether the device may let go of it."""
        return self.status in {Status.RECORDED, Status.REPLAYED, Status.ALREADY}


@dataclass(frozen=True)
class Moment:
    """When something happened, as far as anybody knows."""

    at: dt.datetime
    # The device's clock cannot be believed: `at` is the latest at which it can have happened.
    is_guessed: bool = False
    # What that clock said, where it is past. A device may really have lain in a drawer.
    said: dt.datetime | None = None

    def settled(
        self, *, is_likely: Callable[[dt.datetime], bool], closed_at: dt.datetime | None
    ) -> Moment:
        """A guess, by what is known of where it happened; what a clock knows stays as it is.

        What the clock said counts where it `is_likely`. Nobody can have been anywhere after the
        edition was closed.
        """
        if not self.is_guessed:
            return self
        if self.said is not None and is_likely(self.said):
            return Moment(self.said)
        at = self.at if closed_at is None else min(self.at, closed_at)
        return Moment(at, is_guessed=True)


@dataclass(frozen=True)
class Item:
    """One thing that happened, at a moment by the device's clock as it was corrected."""

    uuid: UUID
    moment: Moment
    content: dict[str, Any]

    @property
    def at(self) -> dt.datetime:
        """When it happened, or the latest at which it can have."""
        return self.moment.at

    @property
    def is_guessed(self) -> bool:
        """Whether the device's clock cannot be believed."""
        return self.moment.is_guessed

    def take(self, name: str, read: Callable[[Any], T]) -> T:
        """A field of it. Raises ItemRefusedError where that cannot be read."""
        try:
            return read(self.content[name])
        except (KeyError, TypeError, ValueError, OverflowError):
            raise ItemRefusedError(_("Isian ini tidak bisa dibaca.")) from None


@dataclass(frozen=True)
class Batch:
    """What came in one request: an item each, or at once the answer to what is none."""

    user: User
    received_at: dt.datetime
    items: list[Item | Answer]
    # What the page sends beside them.
    content: dict[str, Any]

    def answered(self, answers: Sequence[Answer], *, state: object = None) -> JsonResponse:
        """The response: an answer for each, in order, and what the page shows beside them."""
        sent = self.content["items"]
        said = [
            {
                "uuid": one.get("uuid") if isinstance(one, dict) else None,
                "status": answer.status.value,
                "message": answer.message,
                **answer.more,
            }
            for one, answer in zip(sent, answers, strict=True)
        ]
        return JsonResponse({"server_at": _written(server_now()), "answers": said, "state": state})


def for_outbox(
    permission: str,
) -> Callable[
    [Callable[[SignedInRequest, Batch], JsonResponse]], Callable[[HttpRequest], JsonResponse]
]:
    """Give the view what an outbox sent under a login that has the permission.

    In place of a CSRF token, which goes stale in a kept page: the session's cookie, that other
    sites' posts do not carry, a header that they cannot set, and the browser's own word on where
    the request comes from. Nobody is led to the login: the page says that it is needed.
    """

    def decorate(
        view: Callable[[SignedInRequest, Batch], JsonResponse],
    ) -> Callable[[HttpRequest], JsonResponse]:
        @csrf_exempt
        @login_not_required
        @never_cache
        @require_POST
        @functools.wraps(view)
        def guarded(request: Any) -> JsonResponse:
            if request.headers.get("X-Opop-Outbox") != "1" or not is_from_here(request):
                return refusal(403, "origin")
            if request.content_type != "application/json":
                return refusal(415, "json_wanted")
            language = request.headers.get("X-Opop-Language", "")
            try:
                with translation.override(language if language == "en" else "id"):
                    if not request.user.is_authenticated:
                        return refusal(401, "sign_in")
                    if not request.user.has_perm(permission):
                        return refusal(403, "permission")
                    return view(request, read_batch(request.body, user=request.user))
            except UnreadableError:
                return refusal(400, "unreadable")
            except DatabaseError as error:
                return outbox_answer(request, error)

        return guarded

    return decorate


def refusal(status: int, error: str) -> JsonResponse:
    """An answer to the request as a whole, that the page knows by name."""
    return JsonResponse({"error": error}, status=status)


def read_batch(body: bytes, *, user: User) -> Batch:
    """What came, item by item. Raises UnreadableError where it is no request of an outbox."""
    now = server_now()
    content = read_json(body)
    items = content.get("items")
    if not isinstance(items, list) or len(items) > MAX_ITEMS:
        raise UnreadableError("no list of items")
    try:
        measured_ms = clock_offset_ms(read_instant(content.get("sent_at")), now)
    except (TypeError, ValueError, OverflowError) as error:
        raise UnreadableError("no time of sending") from error
    ages = _ages(content.get("ages"), len(items))
    read = [_item_or_answer(*one, measured_ms, now) for one in zip(items, ages, strict=True)]
    return Batch(user, now, read, content)


def _ages(sent: Any, count: int) -> list[dt.timedelta]:
    """How long ago each happened at least, by a clock of the page that nobody can set; else nought.

    Beside the items and not in them: what was written when something happened is sent as it is.
    """
    found = sent if isinstance(sent, list) and len(sent) == count else [None] * count
    return [_age(one) for one in found]


def _age(sent: Any) -> dt.timedelta:
    try:
        return min(read_count(sent) * MILLISECOND, OLDEST)
    except (TypeError, ValueError):
        return dt.timedelta()


def _item_or_answer(
    content: Any, age: dt.timedelta, measured_ms: int, now: dt.datetime
) -> Item | Answer:
    try:
        return _read_item(content, age, measured_ms, now)
    except ItemRefusedError as refused:
        return Answer(Status.REFUSED, str(refused))


def _read_item(content: Any, age: dt.timedelta, measured_ms: int, now: dt.datetime) -> Item:
    unreadable = ItemRefusedError(_("Isian ini tidak bisa dibaca."))
    if not isinstance(content, dict):
        raise unreadable
    try:
        key = strict_uuid(content["uuid"])
        device_at = read_instant(content["device_at"])
        offset = content.get("clock_offset_ms")
        used_ms = measured_ms if offset is None else read_whole(offset)
        at = device_at + used_ms * MILLISECOND
    except (KeyError, TypeError, ValueError, OverflowError):
        raise unreadable from None
    return Item(key, _moment(at, age, now), content)


def _moment(at: dt.datetime, age: dt.timedelta, now: dt.datetime) -> Moment:
    """When it was. What happened is never refused because of a clock (docs/outbox.md)."""
    if now - OLDEST <= at <= now + AHEAD:
        return Moment(at)
    return Moment(now - age, is_guessed=True, said=at if at < now else None)


def _written(at: dt.datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
