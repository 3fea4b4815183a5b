"""How long a login lasts: bounded from its beginning, and sooner when nobody uses it.

A session of Django's in the database, with the columns of `PortalSession`. Both bounds lie in its
`expire_date`, which Django asks for anyway, so that holding them costs no query; being used is
noted at most ten times within the idle bound.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest

    from opop_expo.signing_in.models import PortalSession

# Keys in a session.
SINCE, CONFIRMED, IDLE, DEVICE, FACTOR = (
    "signed_in_at",
    "confirmed_at",
    "idle_seconds",
    "device",
    "factor_at",
)
NOTED_AFTER = 0.1


@dataclass(frozen=True)
class Bounds:
    """The longest that a login lasts, and the longest that it may lie unused."""

    absolute: dt.timedelta
    idle: dt.timedelta


def bounds_for(user: User) -> Bounds:
    """An organiser's login is worth more than a keeper's, who must not be thrown out of a day."""
    kind = "STAFF" if user.is_staff else "OTHERS"
    return Bounds(*getattr(settings, f"SESSION_BOUNDS_{kind}"))


class SessionStore(db.SessionStore):
    """Django's own, with the columns beside the data and both bounds in the date of expiry."""

    @classmethod
    def get_model_class(cls) -> type[PortalSession]:
        from opop_expo.signing_in.models import PortalSession

        return PortalSession

    def create_model_instance(self, data: dict[str, Any]) -> PortalSession:
        """The row of these data."""
        stamp_login(data)
        row: Any = super().create_model_instance(data)
        now = timezone.now()
        if SESSION_KEY in data:
            row.user_id = int(data[SESSION_KEY])
            row.signed_in_at = dt.datetime.fromtimestamp(data[SINCE], dt.UTC)
        row.device = data.get(DEVICE, "")
        row.seen_at = now
        if IDLE in data:
            row.expire_date = min(row.expire_date, now + dt.timedelta(seconds=data[IDLE]))
        return row  # type: ignore[no-any-return]

    def load(self) -> dict[str, Any]:
        """The data, and a note that they were used where the last one is a while ago."""
        row: Any = self._get_session_from_db()  # type: ignore[attr-defined]
        if row is None:
            return {}
        data: dict[str, Any] = self.decode(row.session_data)
        if IDLE in data:
            self._note_use(row, dt.timedelta(seconds=data[IDLE]), data)
        return data

    def _note_use(self, row: PortalSession, idle: dt.timedelta, data: dict[str, Any]) -> None:
        now = timezone.now()
        if now - row.seen_at < idle * NOTED_AFTER:
            return
        ends = now + idle
        if "_session_expiry" in data:
            ends = min(ends, dt.datetime.fromisoformat(data["_session_expiry"]))
        self.get_model_class().objects.filter(pk=row.pk).update(expire_date=ends, seen_at=now)


def begin(request: HttpRequest, user: User, *, device: str, by_factor: bool) -> None:
    """Stamp the session of somebody who has just signed in."""
    now, bounds = timezone.now(), bounds_for(user)
    request.session[SINCE] = request.session[CONFIRMED] = now.timestamp()
    request.session[IDLE] = bounds.idle.total_seconds()
    request.session[DEVICE] = device[:60]
    if by_factor:
        request.session[FACTOR] = now.timestamp()
    request.session.set_expiry(now + bounds.absolute)


def end_logins(user: User, *, but: str | None = None) -> int:
    """End all of a person's logins, or all but one; how many there were."""
    from opop_expo.signing_in.models import PortalSession

    ended, _rows = PortalSession.objects.filter(user=user).exclude(pk=but or "").delete()
    return ended


def stamp_login(data: dict[str, Any]) -> None:
    """A login begins when its session first names somebody, whoever wrote that there."""
    if SESSION_KEY in data and SINCE not in data:
        data[SINCE] = data[CONFIRMED] = timezone.now().timestamp()
