"""What visitors look at of a stand, for the people who keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, Sum
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from sales.access import for_seller
from stands.clock import business_date
from stands.models import Offer, ViewCount
from stands.view_reads import most_seen

if TYPE_CHECKING:
    from django.http import HttpResponse

    from sales.access import Seller
    from stands.http import HtmxRequest


@require_safe
@for_seller
def stand_seen(request: HtmxRequest, seller: Seller) -> HttpResponse:
    """How often the stand's own page and the pages of what it sells were looked at."""
    stand, today = seller.stand, business_date(timezone.now())
    sold = Offer.objects.on_sale().filter(stand=stand).values("product")
    views = ViewCount.objects.filter(expo=stand.expo_id)
    own = views.filter(kind=ViewCount.Kind.STAND, subject=stand.pk)
    products = views.filter(kind=ViewCount.Kind.PRODUCT, subject__in=sold)
    today_only = Q(day=today)
    counts_today = {
        one.key: one.count for one in most_seen(products.filter(today_only), ViewCount.Kind.PRODUCT)
    }
    return render(
        request,
        "sales/stand_seen.html",
        {
            "here": "history",
            "seller": seller,
            "day": today,
            "stand_today": own.filter(today_only).aggregate(n=Sum("count"))["n"] or 0,
            "stand_all": own.aggregate(n=Sum("count"))["n"] or 0,
            "products_today": products.filter(today_only).aggregate(n=Sum("count"))["n"] or 0,
            "products": [
                (one, counts_today.get(one.key, 0))
                for one in most_seen(products, ViewCount.Kind.PRODUCT)
            ],
        },
    )
