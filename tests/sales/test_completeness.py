"""Completeness: which numbers a tablet gave and the portal never saw."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sales.closing.completeness import missing_numbers, tills_of_tablets
from sales.models import HeldSale, Sale, Till
from sales.recording import record_reversal, record_sale
from sales.tablet.tills import claim_till
from tests.ledger import make_running_expo, make_sale, make_shop, reversal_request, sale_request

if TYPE_CHECKING:
    from sales.closing.completeness import TillNumbers
    from stands.models import Offer, Stand

pytestmark = pytest.mark.django_db


def make_till(stand: Stand) -> Till:
    """A till of a tablet that was paired just now."""
    key = uuid.uuid4()
    return claim_till(
        stand=stand, storage_id=key, credential_hash=hashlib.sha256(key.bytes).hexdigest()
    )


def sell(till: Till, offer: Offer, *counters: int, **other: Any) -> None:
    """Sales from the outbox under these counters."""
    for counter in counters:
        letter = "L" if other.get("training") else ""
        record_sale(
            stand=till.stand,
            cashier=None,
            request=sale_request(
                {offer: 1}, number=f"{till.prefix}-{letter}{counter:04d}", **other
            ),
            intake=Sale.Intake.OUTBOX,
            till=till,
        )


def report(till: Till, *, last: int, unsent: int = 0) -> TillNumbers:
    """What is missing once the tablet has said that."""
    Till.objects.filter(pk=till.pk).update(last_counter=last, unsent=unsent)
    [numbers] = missing_numbers([Till.objects.get(pk=till.pk)])
    return numbers


def test_nothing_is_missing_where_all_has_arrived() -> None:
    stand, (offer, _) = make_shop(code="A12")
    till = make_till(stand)
    sell(till, offer, 1, 2, 3)
    numbers = report(till, last=3)
    assert (numbers.last_counter, numbers.recorded, numbers.held) == (3, 3, 0)
    assert numbers.missing == ()
    assert numbers.is_complete


def test_till_that_never_sold_misses_nothing() -> None:
    stand, _ = make_shop()
    numbers = report(make_till(stand), last=0)
    assert (numbers.last_counter, numbers.recorded, numbers.missing_text) == (0, 0, "")
    assert numbers.is_complete


def test_missing_numbers_are_named_as_printed() -> None:
    stand, (offer, _) = make_shop(code="A12")
    till = make_till(stand)
    sell(till, offer, 1, 2, 4, 8)
    numbers = report(till, last=12, unsent=4)
    assert numbers.missing == ((3, 3), (5, 7), (9, 12))
    assert numbers.missing_text == "0003, 0005–0007, 0009–0012"
    assert (numbers.missing_count, numbers.unsent) == (8, 4)
    assert not numbers.is_complete


def test_highest_number_here_counts_where_the_tablet_reported_less() -> None:
    stand, (offer, _) = make_shop()
    till = make_till(stand)
    sell(till, offer, 1, 2, 4)
    numbers = report(till, last=3)
    assert (numbers.last_counter, numbers.missing) == (4, ((3, 3),))


def test_counters_of_more_than_four_digits_are_compared_as_numbers() -> None:
    stand, (offer, _) = make_shop()
    till = make_till(stand)
    sell(till, offer, 9_999, 10_000)
    assert report(till, last=0).missing == ((1, 9_998),)
    assert report(till, last=10_001).missing == ((1, 9_998), (10_001, 10_001))


def test_held_sale_has_arrived() -> None:
    stand, (offer, _) = make_shop()
    till = make_till(stand)
    sell(till, offer, 1)
    sell(till, offer, 2, sold_at=timezone.now() + dt.timedelta(days=2))
    numbers = report(till, last=2)
    assert (numbers.recorded, numbers.held, numbers.missing) == (1, 1, ())


def test_dismissed_sale_is_not_missing_either() -> None:
    stand, (offer, _) = make_shop()
    till = make_till(stand)
    sell(till, offer, 1, sold_at=timezone.now() + dt.timedelta(days=2))
    HeldSale.objects.update(state=HeldSale.State.DISMISSED)
    assert report(till, last=1).missing == ()


def test_number_that_another_till_delivered_counts_for_its_own() -> None:
    stand, (offer, _) = make_shop()
    till, other = make_till(stand), make_till(stand)
    record_sale(
        stand=stand,
        cashier=None,
        request=sale_request({offer: 1}, number=f"{other.prefix}-0001"),
        intake=Sale.Intake.OUTBOX,
        till=till,
    )
    assert HeldSale.objects.get().reason == HeldSale.Reason.OTHER_TILL
    assert report(till, last=0).held == 0
    assert report(other, last=1).missing == ()


def test_accepted_sale_with_a_suffix_counts_for_its_number() -> None:
    stand, (offer, _) = make_shop()
    till = make_till(stand)
    sell(till, offer, 1)
    record_sale(
        stand=stand,
        cashier=None,
        request=sale_request({offer: 1}, number=f"{till.prefix}-0001/2"),
        intake=Sale.Intake.HELD,
        till=till,
    )
    record_sale(
        stand=stand,
        cashier=None,
        request=sale_request({offer: 1}, number=f"{till.prefix}-0003/2"),
        intake=Sale.Intake.HELD,
        till=till,
    )
    numbers = report(till, last=3)
    assert Sale.objects.count() == 3
    assert (numbers.recorded, numbers.missing) == (2, ((2, 2),))


def test_training_counts_for_itself() -> None:
    stand, (offer, _) = make_shop()
    till = make_till(stand)
    sell(till, offer, 1, 2, training=True)
    assert report(till, last=2).missing == ((1, 2),)


def test_reversal_takes_a_number_like_a_sale() -> None:
    stand, (offer, _) = make_shop()
    till = make_till(stand)
    sell(till, offer, 1)
    back = reversal_request(Sale.objects.get())
    record_reversal(
        stand=stand,
        cashier=None,
        request=type(back)(**{**vars(back), "number": f"{till.prefix}-0002"}),
        intake=Sale.Intake.OUTBOX,
        till=till,
    )
    numbers = report(till, last=2)
    assert (numbers.recorded, numbers.missing) == (2, ())


def test_plain_form_has_no_tablet_to_wait_for() -> None:
    stand, (offer, _) = make_shop()
    make_sale(stand, {offer: 1})
    till = make_till(stand)
    assert tills_of_tablets(stand.expo) == [till]


@pytest.mark.parametrize("stands", [1, 3])
def test_any_number_of_tills_takes_four_queries(stands: int) -> None:
    expo = make_running_expo()
    for place in range(stands):
        stand, (offer, _) = make_shop(code=f"A{place + 1}", expo=expo)
        for _tablet in range(2):
            sell(make_till(stand), offer, 1, 3)
    tills = tills_of_tablets(expo)
    with CaptureQueriesContext(connection) as queries:
        numbers = missing_numbers(tills)
    assert [one.missing for one in numbers] == [((2, 2),)] * (2 * stands)
    assert len(queries) == 4
