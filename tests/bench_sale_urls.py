"""The portal's addresses, and a bare view that inserts the rows of a sale and checks nothing."""

from __future__ import annotations

import json
import random
import uuid
from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import JsonResponse
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt

from opop_expo.urls import urlpatterns as portal
from sales.models import EReceipt, Payment, Sale, SaleLine, Till
from stands.clock import business_date
from stands.models import Offer

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse


@csrf_exempt
@login_not_required
def plain_sale(request: HttpRequest) -> HttpResponse:
    """Insert sale, lines, payment and receipt as anybody would, in one transaction.

    No device, no repeat, no sequence, no chain, no stock, no totals. What is read of a till and its
    goods is at hand.
    """
    content = json.loads(request.body)["sale"]
    till = _till(content["number"].rpartition("-")[0])
    goods = _goods(till.stand_id)
    sold_at = _instant(content["device_at"])
    total = sum(line["quantity"] * line["unit_price_rupiah"] for line in content["lines"])
    with transaction.atomic():
        sale = Sale.objects.create(
            id=uuid.UUID(content["uuid"]),
            expo_id=till.expo_id,
            stand_id=till.stand_id,
            till_id=till.pk,
            cashier_id=content["cashier_id"],
            sequence=random.randrange(2**40, 2**60),
            number=f"X{random.randrange(10**18)}",
            note=content["note"],
            training=content["training"],
            intake=Sale.Intake.OUTBOX,
            total_rupiah=total,
            sold_at=sold_at,
            device_at=sold_at,
            received_at=timezone.now(),
            business_date=business_date(sold_at),
            fingerprint="0" * 64,
            previous_hash="0" * 64,
            hash="0" * 64,
        )
        SaleLine.objects.bulk_create(
            SaleLine(
                sale=sale,
                position=position,
                offer=(offer := goods[line["offer_id"]]),
                product=offer.product,
                producer_id=offer.product.producer_id,
                pesantren_id=offer.product.producer.pesantren_id,
                product_name=offer.product.name,
                unit=offer.product.unit,
                unit_price_rupiah=line["unit_price_rupiah"],
                quantity=line["quantity"],
                amount_rupiah=line["quantity"] * line["unit_price_rupiah"],
            )
            for position, line in enumerate(content["lines"], start=1)
        )
        for position, one in enumerate(content["payments"], start=1):
            Payment.objects.create(sale=sale, position=position, **one)
        EReceipt.objects.create(sale=sale, token_hash=uuid.uuid4().hex * 2)
    return JsonResponse({"uuid": str(sale.pk), "status": "recorded"}, status=201)


def _instant(text: str) -> datetime:
    at = parse_datetime(text)
    assert at is not None
    return at


@cache
def _till(prefix: str) -> Till:
    return Till.objects.get(prefix=prefix)


@cache
def _goods(stand_id: int) -> dict[int, Any]:
    offers = Offer.objects.filter(stand_id=stand_id).select_related("product__producer")
    return {offer.pk: offer for offer in offers}


urlpatterns = [*portal, path("jual-saja/", plain_sale)]
