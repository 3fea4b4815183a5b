"""Whether anything has changed since a page was drawn, asked every few seconds by every open page.

The question carries what the page saw, signed when it was drawn for somebody who may see it. So
the answer costs one query and no login is looked up: whoever holds the token learns that something
changed and nothing else, and the figures themselves are asked for with the login.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.db.models import BigIntegerField, CharField, Count, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from sales.models import (
    DayClose,
    DrawerHead,
    HeldSale,
    LedgerHead,
    RunningTotal,
    SaleFlag,
    Till,
    Voucher,
)
from stands.clock import WIB, business_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable
    from django.http import HttpRequest

SALT = "figures"
# A page that was left open over night asks anew, and so needs its login.
LASTS_SECONDS = 12 * 60 * 60


def pulse_url(expo_id: int, seen: dict[str, int], day: dt.date | None = None) -> str:
    """Where a page that showed these numbers of an edition asks whether they have changed.

    `day` is the day that they are of, where that is another than today.
    """
    today = business_date(timezone.now())
    days = [one.isoformat() for one in (today, day or today)]
    token = signing.dumps([expo_id, *days, seen], salt=SALT)
    return f"{reverse('pulse')}?seen={token}"


@login_not_required
@require_safe
@never_cache
def pulse(request: HttpRequest) -> HttpResponse:
    """Say whether what the token saw is still so. A token that cannot be read has seen nothing."""
    response = HttpResponse(status=204)
    try:
        expo_id, today, day, seen = signing.loads(
            request.GET.get("seen", ""), salt=SALT, max_age=LASTS_SECONDS
        )
    except signing.BadSignature:
        return trigger_client_event(response, "figuresChanged", {})
    is_today = today == business_date(timezone.now()).isoformat()
    if not is_today or numbers(expo_id, seen, dt.date.fromisoformat(day)) != seen:
        return trigger_client_event(response, "figuresChanged", {})
    time = date_format(timezone.now().astimezone(WIB), _("H.i.s"))
    return trigger_client_event(response, "figuresUnchanged", {"time": time})


def numbers(expo_id: int, parts: Iterable[str], day: dt.date) -> dict[str, int]:
    """The number of each part, in one query; of closes those of that day."""
    queries = [_numbered(name, *PARTS[name](expo_id, day)) for name in parts]
    if not queries:
        return {}
    found = dict(queries[0].union(*queries[1:], all=True))
    return {name: found.get(name, 0) for name in parts}


def _numbered(name: str, rows: QuerySet[Any], number: Combinable) -> QuerySet[Any, Any]:
    numbered: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(part=Cast(Value(name), CharField()))
        .values_list("part")
        .annotate(number=Coalesce(number, 0, output_field=BigIntegerField()))
    )
    return numbered


# What a page may show, as a number that tells whether it has changed.
PARTS: dict[str, Callable[[int, dt.date], tuple[QuerySet[Any], Combinable]]] = {
    "ledger": lambda expo, day: (LedgerHead.objects.filter(stand__expo=expo), Sum("sequence")),
    "held": lambda expo, day: (
        HeldSale.objects.filter(stand__expo=expo, state=HeldSale.State.WAITING),
        Count("pk"),
    ),
    "flags": lambda expo, day: (
        SaleFlag.objects.filter(sale__expo=expo, settled_at=None),
        Count("pk"),
    ),
    "tablets": lambda expo, day: (
        Till.objects.filter(expo=expo, tablet__isnull=False, tablet__revoked_at=None),
        Count("tablet", distinct=True),
    ),
    "unsent": lambda expo, day: (Till.objects.filter(expo=expo), Sum("unsent")),
    "unsent_tills": lambda expo, day: (Till.objects.filter(expo=expo, unsent__gt=0), Count("pk")),
    "drawers": lambda expo, day: (DrawerHead.objects.filter(till__expo=expo), Sum("sequence")),
    "closed": lambda expo, day: (
        DayClose.objects.filter(stand__expo=expo, business_date=day),
        Count("pk"),
    ),
    # Tills that sold on that day and were not closed.
    "unclosed": lambda expo, day: (
        RunningTotal.objects.filter(expo=expo, business_date=day).unclosed(),
        Count("till", distinct=True),
    ),
    "vouchers": lambda expo, day: (
        Voucher.objects.filter(expo=expo).exclude(state=Voucher.State.VOID),
        Count("pk"),
    ),
    "redeemed": lambda expo, day: (
        Voucher.objects.filter(expo=expo, state=Voucher.State.REDEEMED),
        Count("pk"),
    ),
}
