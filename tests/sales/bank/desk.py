"""Where the money at the bank is checked, and sales whose payments are to be found there."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from tests.ledger import make_sale

if TYPE_CHECKING:
    from sales.models import Sale
    from stands.models import Offer, Stand

PAGE = "/admin/sales/bank/"
NOW = timezone.now().replace(microsecond=0)
MINUTE = dt.timedelta(minutes=1)


def paid(stand: Stand, offer: Offer, *, ago: int = 0, method: str = "qris", n: int = 1) -> Sale:
    """A sale of so many pieces, so many minutes ago."""
    return make_sale(stand, {offer: n}, method=method, sold_at=NOW - ago * MINUTE)
