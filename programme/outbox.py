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

from stands.clock import WIB, clock_text
from stands.database_faults import outbox_answer
from stands.http import is_from_here
from stands.server_clock import server_now
from stands.strict_json import (
    MILLISECOND,
    UnreadableError,
    clock_offset_ms,
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
OLDEST_DAYS = 30


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
class Item:
    """One thing that happened, `at` by the device's clock as it was corrected."""

    uuid: UUID
    at: dt.datetime
    content: dict[str, Any]

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
    return Batch(user, now, [_item_or_answer(one, measured_ms, now) for one in items], content)


def _item_or_answer(content: Any, measured_ms: int, now: dt.datetime) -> Item | Answer:
    try:
        return _read_item(content, measured_ms, now)
    except ItemRefusedError as refused:
        return Answer(Status.REFUSED, str(refused))


def _read_item(content: Any, measured_ms: int, now: dt.datetime) -> Item:
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
    check_time(at, now)
    return Item(key, at, content)


def check_time(at: dt.datetime, now: dt.datetime) -> None:
    """Refuse what has not happened yet, or long ago: a clock was wrong. Raises ItemRefusedError."""
    if at > now + AHEAD:
        raise ItemRefusedError(
            _("Waktunya di masa depan (%(when)s WIB). Jam HP ini salah.") % {"when": _when(at)}
        )
    if at < now - dt.timedelta(days=OLDEST_DAYS):
        raise ItemRefusedError(
            _("Waktunya lebih dari %(days)s hari lalu (%(when)s WIB). Jam HP ini salah.")
            % {"days": OLDEST_DAYS, "when": _when(at)}
        )


def _when(at: dt.datetime) -> str:
    local = at.astimezone(WIB)
    return f"{local:%d/%m/%Y} {clock_text(local.time())}"


def _written(at: dt.datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
