"""Organisers at one inquiry or one partnership at once: it is made once, and moved once."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import Error as DatabaseError

from events.models import Event
from outcomes import agreeing
from outcomes.agreeing import change_agreement, record_agreement
from outcomes.disbursing import record_disbursement
from outcomes.models import Agreement, Disbursement
from pesantren.changed_meanwhile import ChangedMeanwhileError, read_seen, seen_text
from stands.models import Inquiry
from tests.concurrency.test_recording_races import at_once, deferred_transactions
from tests.inquiries import make_inquiry
from tests.make import make_expo, make_product
from tests.outcomes.make import make_agreement, make_scheme

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 6


def ends(work: Callable[[int], Any], number: int = MANY) -> Counter[str]:
    """How the attempts ended: 'done', or the name of the refusal."""

    def one(index: int) -> str:
        try:
            work(index)
        except (ChangedMeanwhileError, ValidationError, DatabaseError) as refused:
            return type(refused).__name__
        return "done"

    return Counter(at_once(number, one))


def test_one_inquiry_becomes_one_partnership() -> None:
    expo, citra = make_expo(), User.objects.create_user("citra")
    inquiry = make_inquiry(expo=expo, product=make_product(), state=Inquiry.State.TALK)
    values = {"kind": "b2b", "state": "talk", "name": "Toko Barokah"}

    def work(_index: int) -> None:
        record_agreement(
            uuid.uuid4(), expo=expo, values=values, parties=[], actor=citra, inquiry=inquiry
        )

    assert ends(work) == {"done": MANY}
    assert Agreement.objects.count() == 1
    assert Event.objects.filter(kind=Event.Kind.AGREEMENT_CHANGED).count() == 1


def move(agreement: Agreement, citra: User) -> Counter[str]:
    """Several organisers move it on at once, each having seen it in talk."""
    values = {"kind": "b2b", "name": agreement.name}
    seen = read_seen(seen_text(agreement, ["state"]), ["state"])

    def work(index: int) -> None:
        state = "signed" if index % 2 else "ended"
        change_agreement(
            agreement, seen=seen, values=values | {"state": state}, parties=[], actor=citra
        )

    return ends(work)


def test_of_many_moves_one_counts() -> None:
    citra = User.objects.create_user("citra")
    agreement = make_agreement(expo=make_expo(), state="talk")
    assert move(agreement, citra) == {"done": 1, "ChangedMeanwhileError": MANY - 1}
    assert Event.objects.filter(kind=Event.Kind.AGREEMENT_CHANGED).count() == 1


def test_without_its_lock_several_moves_would_count() -> None:
    """The negative control: two believe to be the first, or the database turns one away."""
    citra, expo = User.objects.create_user("citra"), make_expo()

    def unlocked(agreement: Agreement) -> Agreement:
        return Agreement.objects.select_related("expo").get(pk=agreement.pk)

    broken = 0
    for _round in range(20):
        agreement = make_agreement(expo=expo, state="talk")
        with mock.patch.object(agreeing, "lock", unlocked), deferred_transactions():
            ended = move(agreement, citra)
        broken += ended != {"done": 1, "ChangedMeanwhileError": MANY - 1}
        if broken:
            break
    assert broken


def test_disbursement_sent_many_times_at_once_is_one() -> None:
    citra = User.objects.create_user("citra")
    values = {"scheme": make_scheme(expo=make_expo()), "recipient": "A", "amount_rupiah": 5}
    key = uuid.uuid4()
    assert ends(lambda _index: record_disbursement(key, values, actor=citra)) == {"done": MANY}
    assert Disbursement.objects.count() == 1
