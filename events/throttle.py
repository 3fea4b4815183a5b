"""How often one place may try something before it must wait, in the database.

Wrong codes and PINs are tries, and so is what a stranger sends in. It stands in the lowest app, so
that the till and the visitors' pages count in the same way.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Max
from django.utils import timezone

from events.models import Attempt

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True)
class Limit:
    """At most so many tries of one kind, by one key, within a while."""

    scope: str
    most: int
    within: dt.timedelta


@dataclass(frozen=True)
class GrowingLimit:
    """Some tries free; after each further one a wait that doubles, up to the longest."""

    scope: str
    free: int
    first: dt.timedelta
    longest: dt.timedelta
    # A try is forgotten after this long.
    within: dt.timedelta

    def wait_after(self, tries: int) -> dt.timedelta:
        """How long to wait after so many wrong ones."""
        if tries < self.free:
            return dt.timedelta(0)
        # Beyond a few doublings it is the longest in any case.
        doubled = 2.0 ** min(tries - self.free, 20)
        return min(self.first * doubled, self.longest)


class TooManyTriesError(Exception):
    """Has to wait; `retry_after` says how many seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after

    @property
    def minutes(self) -> int:
        """The same in whole minutes, one at least, as people are told it."""
        return max(1, round(self.retry_after / 60))


def book_try(limit: Limit, key: str) -> Attempt:
    """Note a try before it is judged; delete the row if it was right. Raises TooManyTriesError.

    Noted first, since many tries at the same moment would all pass a count that was taken before.
    Rows that count no longer are cleared away in passing.
    """
    now = timezone.now()
    since = now - limit.within
    Attempt.objects.filter(scope=limit.scope, at__lte=since).delete()
    booked = Attempt.objects.create(scope=limit.scope, key=key[:100], at=now)
    tries = Attempt.objects.filter(scope=limit.scope, key=booked.key)
    if tries.count() > limit.most:
        # What was refused unseen does not make the wait longer.
        booked.delete()
        oldest = tries.order_by("at").values_list("at", flat=True).first() or now
        raise TooManyTriesError(max(1, round((oldest + limit.within - now).total_seconds())))
    return booked


def book_tries(*tries: tuple[Limit, str]) -> None:
    """The same by several keys: where one of them has to wait, the try counts by none of them."""
    booked: list[Attempt] = []
    try:
        for limit, key in tries:
            booked.append(book_try(limit, key))
    except TooManyTriesError:
        for one in booked:
            one.delete()
        raise


def book_growing_try(limit: GrowingLimit, key: str) -> tuple[Attempt, int]:
    """The same with waits that grow; also says the how manieth it is. Raises TooManyTriesError."""
    now = timezone.now()
    Attempt.objects.filter(scope=limit.scope, at__lte=now - limit.within).delete()
    booked = Attempt.objects.create(scope=limit.scope, key=key[:100], at=now)
    others = Attempt.objects.filter(scope=limit.scope, key=booked.key).exclude(pk=booked.pk)
    found = others.aggregate(tries=Count("pk"), last=Max("at"))
    if found["tries"] >= limit.free:
        free_at = found["last"] + limit.wait_after(found["tries"])
        if now < free_at:
            # What was refused unseen does not make the wait longer.
            booked.delete()
            raise TooManyTriesError(max(1, round((free_at - now).total_seconds())))
    return booked, found["tries"] + 1


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, as far as it can be known; of IPv6 a customer's network."""
    # What a proxy says of it is there already, see opop_expo.deployment.proxies.
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)


def forgive(limit: Limit | GrowingLimit, key: str) -> None:
    """Forget what was tried by this key: it was right in the end."""
    Attempt.objects.filter(scope=limit.scope, key=key[:100]).delete()
