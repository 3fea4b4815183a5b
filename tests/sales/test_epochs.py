"""Which epoch a tablet is told, and what is taken from one that knows another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sales.models import Sale, Tablet, Till
from sales.tablet.epochs import ask_all_again
from tests.ledger import make_shop
from tests.tablets import pair_tablet

if TYPE_CHECKING:
    from stands.models import Offer
    from tests.tablets import TestTablet

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


@pytest.fixture
def offer() -> Offer:
    return make_shop()[1][0]


@pytest.fixture
def tablet(offer: Offer) -> TestTablet:
    return pair_tablet(offer.stand)


def epoch_of(tablet: TestTablet) -> str:
    """What the tablet hears at a contact."""
    epoch: str = tablet.post("kabar", seen="").json()["epoch"]
    return epoch


def test_epoch_stays_until_all_are_asked_again(tablet: TestTablet) -> None:
    other = pair_tablet(tablet.till.stand)
    before = epoch_of(tablet), epoch_of(other)
    assert (epoch_of(tablet), epoch_of(other)) == before
    assert ask_all_again() == 2
    assert epoch_of(tablet) == epoch_of(other)
    assert epoch_of(tablet) not in before


def test_tablet_that_is_paired_again_keeps_its_epoch(tablet: TestTablet) -> None:
    before = epoch_of(tablet)
    again = pair_tablet(tablet.till.stand, storage_id=tablet.storage_id)
    assert again.till == tablet.till
    assert epoch_of(again) == before


def test_tablet_that_a_restore_has_lost_sends_again(tablet: TestTablet) -> None:
    before = epoch_of(tablet)
    Till.objects.all().delete()
    Tablet.objects.all().delete()
    again = pair_tablet(tablet.till.stand, storage_id=tablet.storage_id)
    assert epoch_of(again) != before


def test_nothing_is_taken_under_another_epoch(tablet: TestTablet, offer: Offer) -> None:
    sale = tablet.sale({offer: 1})
    for response in (
        tablet.post("penjualan", sale=sale, epoch="of before"),
        tablet.post("kiriman", sales=[sale], epoch="of before"),
    ):
        told = {"error": "epoch", "epoch": Tablet.objects.get().epoch}
        assert (response.status_code, response.json()) == (409, told)
    assert not Sale.objects.exists()
    assert tablet.post("penjualan", sale=sale, epoch=told["epoch"]).status_code == 201


def test_page_that_knows_no_epoch_is_taken_as_it_comes(tablet: TestTablet, offer: Offer) -> None:
    ask_all_again()
    assert tablet.post("penjualan", sale=tablet.sale({offer: 1})).status_code == 201


def test_what_a_tablet_could_not_keep_is_logged(
    tablet: TestTablet, caplog: pytest.LogCaptureFixture
) -> None:
    tablet.post("kabar", seen="", unkept=0)
    assert not caplog.records
    Tablet.objects.update(last_contact_at=None)
    tablet.post("kabar", seen="", unkept=3)
    assert "sent 3 entries that it could not keep" in caplog.text
    assert tablet.post("kabar", seen="", unkept="x").status_code == 400
