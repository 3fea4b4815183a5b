"""One tablet at the same stand code in two editions: both its tills have one prefix."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from sales.models import HeldClosing, HeldSale, Sale, Till
from sales.tablet.receiving import read_file
from stands.models import Expo
from tests.exports import sealed
from tests.ledger import make_running_expo, make_shop
from tests.tablets import TestTablet, pair_tablet

if TYPE_CHECKING:
    from stands.models import Offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def before() -> tuple[TestTablet, Offer]:
    """The tablet of the last edition."""
    stand, [offer, _other] = make_shop(expo=make_running_expo(slug="2025-uji"))
    return pair_tablet(stand), offer


@pytest.fixture
def now(before: tuple[TestTablet, Offer]) -> tuple[TestTablet, Offer]:
    """The same tablet in the present one."""
    Expo.objects.update(is_current=False)
    tablet, _offer = before
    Till.objects.update(claimed_at=timezone.now() - dt.timedelta(days=1))
    stand, [offer, _other] = make_shop(expo=make_running_expo(slug="2026-uji"))
    again = pair_tablet(stand, storage_id=tablet.storage_id)
    assert again.till.prefix == tablet.till.prefix
    again.given = 100
    return again, offer


def statuses(tablet: TestTablet, *sales: object) -> list[str]:
    answer = tablet.post("kiriman", sales=list(sales)).json()
    return [one["status"] for one in answer["answers"]]


def test_it_sells_at_the_newest_stand(now: tuple[TestTablet, Offer]) -> None:
    tablet, offer = now
    told = tablet.post("kabar", seen="").json()
    assert [one["id"] for one in told["state"]["offers"]][:1] == [offer.pk]
    assert statuses(tablet, tablet.sale({offer: 1})) == ["recorded"]
    assert Sale.objects.get().stand == offer.stand


def test_what_it_sent_before_is_known_at_the_older(
    before: tuple[TestTablet, Offer], request: pytest.FixtureRequest
) -> None:
    old, old_offer = before
    sale, lost = old.sale({old_offer: 2}), old.sale({old_offer: 1})
    back = old.reversal(sale)
    cash = {
        "kind": "cash",
        "uuid": "6d3b6b6e-3a3a-4c39-9d61-3c9f0e3f9a11",
        "number": f"{old.till.prefix}-K0001",
        "device_at": timezone.now().isoformat(),
        "clock_offset_ms": None,
        "cashier_id": None,
        "movement": "out",
        "amount_rupiah": 1_000,
        "reason": "parkir",
    }
    assert statuses(old, sale, back, cash) == ["recorded"] * 3
    lost_back = old.reversal(lost)

    tablet, offer = request.getfixturevalue("now")
    sent = statuses(tablet, sale, back, cash, lost, lost_back, tablet.sale({offer: 1}))

    assert sent == ["replayed"] * 3 + ["recorded"] * 3
    assert not HeldSale.objects.exists()
    assert not HeldClosing.objects.exists()
    assert Sale.objects.at_stand(offer.stand).count() == 1
    assert Sale.objects.at_stand(old_offer.stand).count() == 4


def test_what_is_carried_goes_the_same_way(
    before: tuple[TestTablet, Offer], request: pytest.FixtureRequest
) -> None:
    old, old_offer = before
    waiting = old.sale({old_offer: 1})
    tablet, offer = request.getfixturevalue("now")
    envelope = {
        "format": "opop-till-1",
        "sent_at": timezone.now().isoformat(),
        "storage_id": str(tablet.storage_id),
        "sales": [waiting, tablet.sale({offer: 1})],
    }
    delivery = read_file(sealed(envelope))
    assert [one.till for one in delivery.items] == [old.till, tablet.till]
