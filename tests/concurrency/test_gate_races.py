"""Phones that send the same tap at the same moment, with real threads on the real database."""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.db import Error as DatabaseError
from django.utils import timezone

from programme.counting import Tap, count_taps
from programme.models import GateCount
from programme.outbox import Moment
from tests.concurrency.test_recording_races import at_once, deferred_transactions
from tests.gates import make_count, make_gate, make_usher
from tests.ledger import make_running_expo

if TYPE_CHECKING:
    from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db(transaction=True)

PHONES = 12


def send_at_once(taps: list[Tap], by: User) -> Counter[str]:
    """Each phone sends all of them, and says how its first one ended."""

    def work(_index: int) -> str:
        try:
            return count_taps(taps, by=by)[0].status.value
        except DatabaseError as error:
            return type(error).__name__

    return Counter(at_once(PHONES, work))


def test_the_same_tap_from_many_is_one_row_and_nobody_fails() -> None:
    gate, usher = make_gate(expo=make_running_expo()), make_usher()
    taps = [Tap(uuid.uuid4(), gate.pk, 5, Moment(timezone.now())) for _ in range(10)]
    ends = send_at_once(taps, usher)
    assert ends["recorded"] >= 1
    assert ends["recorded"] + ends["replayed"] == PHONES
    assert GateCount.objects.count() == 10


def test_a_tap_is_taken_back_once_by_however_many() -> None:
    gate, usher = make_gate(expo=make_running_expo()), make_usher()
    row = make_count(gate=gate, by=usher)

    def work(_index: int) -> str:
        undo = Tap(uuid.uuid4(), gate.pk, -1, Moment(timezone.now()), row.pk)
        return count_taps([undo], by=usher)[0].status.value

    ends = Counter(at_once(PHONES, work))
    assert ends == {"recorded": 1, "already": PHONES - 1}
    assert sum(GateCount.objects.values_list("step", flat=True)) == 0


def test_without_ignoring_the_row_of_the_other_some_would_fail() -> None:
    """The negative control: the tests above can fail, and fail when conflicts are not passed by."""
    gate, usher = make_gate(expo=make_running_expo()), make_usher()
    usual = GateCount.objects.bulk_create

    # Two by two: both have looked by then, and neither has written.
    both = threading.Barrier(2)

    def strict(rows: Any, *, ignore_conflicts: bool) -> Any:
        assert ignore_conflicts
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(5)
        return usual(rows)

    taps = [Tap(uuid.uuid4(), gate.pk, 1, Moment(timezone.now())) for _ in range(10)]
    with mock.patch.object(GateCount.objects, "bulk_create", strict), deferred_transactions():
        ends = send_at_once(taps, usher)
    assert ends.keys() & {"IntegrityError", "OperationalError"}
    assert GateCount.objects.count() == 10
