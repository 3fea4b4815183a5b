"""What comes late at a closed edition is still recorded: it has happened."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

import pytest

from sales.models import CloseAmendment, SaleFlag, Settlement
from sales.proof.verifying import verify_ledger
from sales.vouchers.settling import due_to, settle
from stands.closing_edition import close_edition
from stands.models import Expo, Inquiry, Offer, ViewCount
from tests.closings import make_recount, sent_close
from tests.inquiries import filled_in
from tests.ledger import make_running_expo
from tests.make import make_offer, make_product, make_stand
from tests.redeemed import spend
from tests.tablets import TestTablet, pair_tablet
from tests.vouchers import make_finance, make_vouchers

if TYPE_CHECKING:
    from django.test import Client

BROWSER = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0"

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer() -> Offer:
    """Ten bags of coffee at a stand of an edition that is running."""
    stand = make_stand(expo=make_running_expo(), code="A1")
    return make_offer(stand=stand, product=make_product(slug="kopi"), stock=10)


@pytest.fixture
def tablet(offer: Offer) -> TestTablet:
    return pair_tablet(offer.stand)


def close(offer: Offer) -> None:
    close_edition(offer.stand.expo, actor=None)


def left(offer: Offer) -> int | None:
    return Offer.objects.get(pk=offer.pk).stock


def test_a_sale_out_of_an_outbox_is_recorded_and_lowers_the_stock(
    tablet: TestTablet, offer: Offer
) -> None:
    sale = tablet.sale({offer: 3})
    close(offer)

    answer = tablet.post("penjualan", sale=sale)

    assert answer.status_code == 201, answer.content
    assert left(offer) == 7
    assert verify_ledger().breaks == []
    assert not SaleFlag.objects.filter(kind=SaleFlag.Kind.OFFER_WITHDRAWN).exists()


def test_a_reversal_is_recorded_and_raises_it(tablet: TestTablet, offer: Offer) -> None:
    sale = tablet.sale({offer: 3})
    tablet.post("penjualan", sale=sale)
    close(offer)

    answer = tablet.post("penjualan", sale=tablet.reversal(sale))

    assert answer.status_code == 201, answer.content
    assert left(offer) == 8


def test_a_till_is_closed_and_closed_again(tablet: TestTablet, offer: Offer) -> None:
    close(offer)

    answer = tablet.post("penjualan", sale=sent_close(tablet, {10_000: 1}))
    assert answer.status_code == 201, answer.content
    make_recount(tablet.till)

    assert CloseAmendment.objects.count() == 1


def test_a_voucher_is_spent_and_settled(offer: Offer) -> None:
    [(_voucher, code)] = make_vouchers(offer.stand.expo)
    close(offer)
    spend(offer.stand, code, {offer: 2})
    expo = Expo.objects.get(pk=offer.stand.expo_id)
    due = due_to(offer.stand, expo)

    settle(
        offer.stand,
        expo=expo,
        count=len(due.shares),
        total_rupiah=due.total_rupiah,
        received_by="Aminah",
        actor=make_finance(),
    )

    assert due.total_rupiah == 50_000
    assert Settlement.objects.count() == 1


def test_views_are_counted_and_inquiries_arrive(client: Client, offer: Offer) -> None:
    close(offer)
    expo, product = offer.stand.expo, offer.product
    seen = json.dumps([[f"{expo.pk}.product.{product.pk}", 0]])
    headers = {"Origin": "http://testserver", "User-Agent": BROWSER}

    client.post("/dilihat/", seen, content_type="text/plain", headers=headers)
    client.post(f"/{expo.slug}/minat/?produk=kopi", filled_in())

    assert Inquiry.objects.count() == 1
    assert ViewCount.objects.count() == 1


def test_goods_are_not_put_in_order_and_the_tablet_is_told_why(
    tablet: TestTablet, offer: Offer
) -> None:
    close(offer)
    answer = tablet.post("barang", change="order", offer_ids=[offer.pk], key=str(uuid.uuid4()))

    assert answer.status_code == 422
    assert "ditutup" in answer.content.decode()
