"""Two organisers at one held sale: one decision counts, and without its lock two would."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import Error as DatabaseError

from events.models import Event
from sales.checking import SaleRefused
from sales.models import HeldSale, Sale, SaleFlag
from sales.proof.verifying import verify_ledger
from sales.work_list import deciding
from sales.work_list.deciding import (
    DecisionRefused,
    accept_held,
    dismiss_held,
    reverse_as_organiser,
    settle_flag,
)
from tests.concurrency.test_recording_races import at_once, deferred_transactions
from tests.ledger import make_sale, make_shop, reversal_request
from tests.tablets import pair_tablet
from tests.waiting import make_flag, make_held, sent

if TYPE_CHECKING:
    from collections.abc import Callable

    from stands.models import Stand

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


def organisers(number: int) -> list[User]:
    return [User.objects.create_user(f"panitia{index}", is_staff=True) for index in range(number)]


def ends(work: Callable[[int], Any], number: int) -> Counter[str]:
    """How the attempts ended: 'done', or the name of the refusal."""

    def one(index: int) -> str:
        try:
            work(index)
        except (DecisionRefused, SaleRefused, DatabaseError) as refused:
            return type(refused).__name__
        return "done"

    return Counter(at_once(number, one))


def test_eight_acceptances_are_one_entry() -> None:
    stand, _offers = make_shop()
    people = organisers(8)
    for reason in (HeldSale.Reason.OTHER_TILL, HeldSale.Reason.OTHER_CONTENT):
        held = make_held(reason, stand)
        before = Sale.objects.count()
        ended = ends(lambda index, held=held: accept_held(held, actor=people[index]), 8)  # type: ignore[misc]
        assert ended == {"done": 1, "DecisionRefused": 7}
        assert Sale.objects.count() == before + 1
        assert Event.objects.filter(data__held=held.pk).count() == 1
    assert verify_ledger().breaks == []


def test_accepted_or_dismissed_and_never_both() -> None:
    stand, _offers = make_shop()
    people = organisers(2)
    for _round in range(ROUNDS):
        held = make_held(HeldSale.Reason.OTHER_TILL, stand, tablet=pair_tablet(stand))

        def work(index: int, held: HeldSale = held) -> None:
            if index:
                dismiss_held(held, actor=people[1], reason="salah kirim")
            else:
                accept_held(held, actor=people[0])

        before = Sale.objects.count()
        assert ends(work, 2) == {"done": 1, "DecisionRefused": 1}
        held.refresh_from_db()
        accepted = held.state == HeldSale.State.ACCEPTED
        assert Sale.objects.count() == before + accepted
        assert (held.sale is not None) == accepted
        assert Event.objects.get(data__held=held.pk).actor == held.decided_by
    assert verify_ledger().breaks == []


def test_without_its_lock_one_held_sale_could_be_decided_twice() -> None:
    """The negative control: accepted and dismissed at once, both believing to be the first."""
    stand, _offers = make_shop()
    people = organisers(2)
    both = 0
    for _round in range(100):
        held = make_held(HeldSale.Reason.OTHER_TILL, stand, tablet=pair_tablet(stand))

        def unlocked(row: HeldSale) -> HeldSale:
            return HeldSale.objects.select_related("stand", "till", "cashier").get(pk=row.pk)

        def work(index: int, held: HeldSale = held) -> None:
            if index:
                dismiss_held(held, actor=people[1], reason="salah kirim")
            else:
                accept_held(held, actor=people[0])

        with mock.patch.object(deciding, "_waiting", unlocked), deferred_transactions():
            ended = ends(work, 2)
        both += ended["done"] == 2
        if both:
            break
    assert both


def test_acceptances_at_two_stands_that_want_one_number_get_two() -> None:
    first, _offers = make_shop(code="A1")
    second, _offers = make_shop(code="A2", expo=first.expo)
    people = organisers(2)
    for _round in range(ROUNDS):
        rows = [
            make_held(HeldSale.Reason.OTHER_TILL, place, tablet=pair_tablet(place))
            for place in (first, second)
        ]
        ended = ends(lambda index, rows=rows: accept_held(rows[index], actor=people[index]), 2)  # type: ignore[misc]
        assert ended == {"done": 2}
    numbers = Sale.objects.values_list("number", flat=True)
    assert len(set(numbers)) == len(numbers) == 2 * ROUNDS
    assert verify_ledger().breaks == []


def test_tablet_that_sends_again_during_the_decision_records_nothing_more() -> None:
    stand, _offers = make_shop()
    people = organisers(1)
    tablet = pair_tablet(stand)
    sale = tablet.sale({stand.offers.in_till_order()[0]: 1}, number="Z9-Z-0001")
    sent(tablet, sale)
    held = HeldSale.objects.get()

    def work(index: int) -> None:
        if index:
            assert sent(tablet, sale)["status"] in ("held", "replayed")
        else:
            accept_held(held, actor=people[0])

    assert ends(work, 4) == {"done": 4}
    assert Sale.objects.count() == 1
    assert verify_ledger().breaks == []


def settle_or_reverse(stand: Stand) -> tuple[SaleFlag, Callable[[int], None]]:
    flag = make_flag(SaleFlag.Kind.PRICE_DIFFERED, stand, tablet=pair_tablet(stand))
    people = (
        organisers(3)
        if not User.objects.filter(username="panitia2").exists()
        else list(User.objects.filter(username__startswith="panitia").order_by("username"))
    )
    request = reversal_request(flag.sale)

    def work(index: int) -> None:
        if index == 0:
            reverse_as_organiser(flag.sale, request, actor=people[0], flag=flag)
        else:
            settle_flag(flag, actor=people[index], resolution=SaleFlag.Resolution.ACCEPTED)

    return flag, work


def test_flag_is_settled_once_and_a_reversal_too_late_is_not_made() -> None:
    stand, _offers = make_shop()
    for _round in range(ROUNDS):
        flag, work = settle_or_reverse(stand)
        assert ends(work, 3) == {"done": 1, "DecisionRefused": 2}
        flag.refresh_from_db()
        corrected = flag.resolution == SaleFlag.Resolution.CORRECTED
        assert flag.sale.reversals.exists() == corrected
    assert verify_ledger().breaks == []


def test_two_organisers_take_back_no_more_than_was_sold() -> None:
    stand, (offer, _other) = make_shop()
    people = organisers(4)
    sale = make_sale(stand, {offer: 3})
    requests = [reversal_request(sale, {1: 2}) for _ in range(4)]
    ended = ends(lambda index: reverse_as_organiser(sale, requests[index], actor=people[index]), 4)
    assert ended == {"done": 1, "SaleRefused": 3}
    assert verify_ledger().breaks == []
