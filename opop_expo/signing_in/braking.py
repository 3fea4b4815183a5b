"""Wrong passwords and codes make whoever tries wait, and nobody else.

A hall shares one address, so an address alone waits only after very many tries, and for minutes;
and a name is known to everybody, so a name alone is never locked for long. What is counted is an
account *from an address*. Beside it all strangers together are counted for an account, against one
who comes from many addresses. A browser that has signed in to the account before is no stranger: it
is counted by itself, whatever happens at its address or to its account.

A name that belongs to no account is counted in the same way, so that nobody can tell.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.crypto import salted_hmac

from events.log import log_event
from events.models import Attempt, Event
from events.throttle import (
    GrowingLimit,
    Limit,
    TooManyTriesError,
    address_of,
    book_growing_try,
    book_try,
    forgive,
)
from opop_expo.signing_in.devices import known_device

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
# One account from one address, or from one known device.
FROM_ONE_PLACE = GrowingLimit("login", free=5, first=MINUTE, longest=HOUR, within=DAY)
# One account, from all devices that it does not know.
FROM_ALL_STRANGERS = GrowingLimit(
    "login_all", free=30, first=MINUTE, longest=15 * MINUTE, within=DAY
)
# Codes of the second step, the same two.
CODES = GrowingLimit("code", free=5, first=MINUTE, longest=HOUR, within=DAY)
CODES_OF_STRANGERS = GrowingLimit("code_all", free=20, first=MINUTE, longest=HOUR, within=DAY)
LIMITS_OF_PASSWORDS = (FROM_ONE_PLACE, FROM_ALL_STRANGERS)
LIMITS = (*LIMITS_OF_PASSWORDS, CODES, CODES_OF_STRANGERS)
# Whatever the account. Wide enough for the wrong ones of a whole hall; each costs a hash.
FROM_ONE_ADDRESS = Limit("login_from", most=300, within=10 * MINUTE)


@dataclass(frozen=True)
class Try:
    """A try that was noted and is being judged."""

    user: User | None
    booked: tuple[tuple[GrowingLimit, str, Attempt, int], ...]
    address: str
    # Counted for the address alone; none for a known device.
    of_address: Attempt | None

    def was_right(self) -> None:
        """Forget what went wrong from this place; what strangers did elsewhere still counts."""
        (place_limit, place, _own, _number), *others = self.booked
        forgive(place_limit, place)
        for _limit, _key, own, _number in others:
            own.delete()
        if self.of_address is not None:
            self.of_address.delete()

    def was_wrong(self) -> None:
        """Leave it noted; say so in the log of the process, and in the books once it locks."""
        logger.warning(
            "Sign-in failed: account %s from %s", self.user.pk if self.user else "-", self.address
        )
        for limit, _key, _own, number in self.booked:
            if number == limit.free:
                log_event(
                    Event.Kind.SIGN_IN_LOCKED,
                    self.user.get_username() if self.user else "-",
                    data={"tries": number, "all_strangers": limit.scope.endswith("_all")},
                )


def note_password_try(request: HttpRequest, username: str, user: User | None) -> Try:
    """Note a password before it is judged. Raises TooManyTriesError."""
    name = str(user.pk) if user else f"?{salted_hmac('signing_in.name', username).hexdigest()[:24]}"
    return _note(request, name, user, FROM_ONE_PLACE, FROM_ALL_STRANGERS)


def note_code_try(request: HttpRequest, user: User) -> Try:
    """Note a code of the second step before it is judged. Raises TooManyTriesError."""
    return _note(request, str(user.pk), user, CODES, CODES_OF_STRANGERS)


def _note(
    request: HttpRequest, name: str, user: User | None, one: GrowingLimit, strangers: GrowingLimit
) -> Try:
    address = address_of(request)
    device = known_device(request, user)
    of_address = book_try(FROM_ONE_ADDRESS, address) if device is None else None
    if device is not None:
        keys = [(one, f"{name}:device {device.pk}")]
    else:
        keys = [(one, f"{name}:{address}"), (strangers, f"{name}:")]
    booked: list[tuple[GrowingLimit, str, Attempt, int]] = []
    for limit, key in keys:
        try:
            booked.append((limit, key, *book_growing_try(limit, key)))
        except TooManyTriesError:
            for own in (*(one[2] for one in booked), of_address):
                if own is not None:
                    own.delete()
            raise
    return Try(user, tuple(booked), address, of_address)


# --- seen and lifted ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lock:
    """What keeps somebody out for a while: from where, and until when."""

    # An address, a known device (`device 7`), or nothing for all strangers together.
    place: str
    until: dt.datetime
    tries: int


def locks_by_account() -> dict[int, list[Lock]]:
    """The locks that hold now, by the key of the account."""
    now, found = timezone.now(), dict[int, list[Lock]]()
    for limit in LIMITS:
        counted = (
            Attempt.objects.filter(scope=limit.scope, at__gt=now - limit.within)
            # Names without an account are of no use to anybody, and a flood of them costs nothing.
            .exclude(key__startswith="?")
            .values("key")
            .annotate(tries=Count("pk"), last=Max("at"))
            .filter(tries__gte=limit.free)
        )
        for row in counted:
            until = row["last"] + limit.wait_after(row["tries"])
            if until > now:
                account, _colon, place = row["key"].partition(":")
                found.setdefault(int(account), []).append(Lock(place, until, row["tries"]))
    return found


def lift_locks(user: User, limits: tuple[GrowingLimit, ...] = LIMITS) -> int:
    """Forget what was tried at an account, from everywhere; how many tries there were."""
    scopes = [limit.scope for limit in limits]
    lifted, _rows = Attempt.objects.filter(scope__in=scopes, key__startswith=f"{user.pk}:").delete()
    return lifted
