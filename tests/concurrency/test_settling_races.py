"""Two who pay the same stand at once: one paper, and without the lock it would fall to luck."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError

from sales.models import Settlement, SettlementHead, SettlementLine
from sales.proof.verifying import verify_ledger
from sales.vouchers import settling
from sales.vouchers.settling import SettlementRefused, settle
from tests.concurrency.test_recording_races import at_once, deferred_transactions
from tests.ledger import make_shop
from tests.redeemed import spend
from tests.vouchers import make_voucher

if TYPE_CHECKING:
    from stands.models import Expo, Stand

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4


def race(stand: Stand, number: int = 4) -> Counter[str]:
    who = [User.objects.get_or_create(username=f"dewi{index}")[0] for index in range(number)]

    def work(index: int) -> str:
        try:
            settle(
                stand,
                expo=stand.expo,
                count=1,
                total_rupiah=25_000,
                received_by="Aminah",
                actor=who[index],
            )
        except SettlementRefused as refused:
            return str(refused)
        except DatabaseError:
            return "stopped"
        return "paid"

    return Counter(at_once(number, work))


def make_due(stand: Stand) -> None:
    _voucher, code = make_voucher(stand.expo)
    spend(stand, code, {stand.offers.get(price_rupiah=25_000): 1})


def test_one_of_four_pays_and_the_chain_is_whole() -> None:
    stand, _offers = make_shop()
    for number in range(1, ROUNDS + 1):
        make_due(stand)
        ended = race(stand)
        # The others find it done, and none is only saved by a constraint.
        assert ended == {"paid": 1, "Tidak ada yang perlu dilunasi: semuanya sudah.": 3}
        assert Settlement.objects.count() == SettlementLine.objects.count() == number
    numbers = Settlement.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, ROUNDS + 1))
    assert verify_ledger().breaks == []


def test_without_the_lock_only_the_constraint_keeps_a_stand_from_being_paid_twice() -> None:
    """The negative control: somebody gets past the look, and is stopped at the writing."""
    stand, _offers = make_shop()
    SettlementHead.objects.create(expo=stand.expo)

    def unlocked(expo: Expo) -> SettlementHead:
        return SettlementHead.objects.get(expo=expo)

    late = 0
    for _round in range(10):
        make_due(stand)
        with mock.patch.object(settling, "_locked_head", unlocked), deferred_transactions():
            ended = race(stand)
        assert ended["paid"] == 1
        late += ended["Orang lain baru saja melunasi ini. Tidak ada yang dibayar dua kali."]
        late += ended["stopped"]  # so SQLite says it
        if late:
            break
    assert late
