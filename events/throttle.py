"""How often one place may try something before it must wait, in the database.

Wrong codes and PINs are tries, and so is what a stranger sends in. It stands in the lowest app, so
that the till and the visitors' pages count in the same way.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

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


class TooManyTriesError(Exception):
    """Has to wait; `retry_after` says how many seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


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


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, as far as it can be known; of IPv6 a customer's network."""
    # What a proxy says of it is there already, see opop_expo.deployment.proxies.
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)


def forgive(limit: Limit, key: str) -> None:
    """Forget what was tried by this key: it was right in the end."""
    Attempt.objects.filter(scope=limit.scope, key=key[:100]).delete()
