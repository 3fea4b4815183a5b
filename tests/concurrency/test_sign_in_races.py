"""Passwords and codes that come at the same moment: few are judged, and a code is good once."""

from __future__ import annotations

from collections import Counter
from threading import Barrier
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from events.models import Attempt
from events.throttle import TooManyTriesError
from opop_expo.signing_in import braking, factor
from opop_expo.signing_in.braking import FROM_ONE_PLACE
from tests.concurrency.test_recording_races import at_once
from tests.signing_in.people import code_of, make_person, set_up_factor, type_in

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from events.throttle import GrowingLimit

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 12


def guess_at_once() -> Counter[int]:
    """How so many wrong passwords at one account are answered."""
    return Counter(
        at_once(MANY, lambda number: type_in(Client(), "citra", f"x{number}").status_code)
    )


def test_of_many_passwords_at_once_few_are_judged() -> None:
    make_person()
    answers = guess_at_once()
    assert answers[422] <= FROM_ONE_PLACE.free
    assert answers[429] == MANY - answers[422]


def test_counted_before_they_are_noted_all_would_be_judged() -> None:
    make_person()
    everybody_has_counted = Barrier(MANY, timeout=30)

    def count_first(limit: GrowingLimit, key: str) -> tuple[Attempt, int]:
        tries = Attempt.objects.filter(scope=limit.scope, key=key).count()
        if limit is FROM_ONE_PLACE:
            everybody_has_counted.wait()
        if tries >= limit.free:
            raise TooManyTriesError(60)
        return Attempt.objects.create(scope=limit.scope, key=key, at=timezone.now()), tries + 1

    with mock.patch.object(braking, "book_growing_try", count_first):
        assert guess_at_once()[422] == MANY


def waiting_clients(number: int) -> list[Client]:
    """Browsers that have proved the password and not the code."""
    clients = [Client() for _each in range(number)]
    for client in clients:
        assert type_in(client)["Location"] == "/masuk/kode/"
    return clients


def send_at_once(clients: list[Client], code: str) -> Counter[int]:
    def send(number: int) -> int:
        return int(clients[number].post("/masuk/kode/", {"code": code}).status_code)

    return Counter(at_once(len(clients), send))


def test_one_code_sent_by_four_lets_one_in(settings: Settings) -> None:
    settings.SECOND_FACTOR = "offered"
    device, _codes = set_up_factor(make_person())
    assert send_at_once(waiting_clients(4), code_of(device)) == {302: 1, 422: 3}


def test_without_its_lock_a_code_would_let_in_more(settings: Settings) -> None:
    settings.SECOND_FACTOR = "offered"
    device, _codes = set_up_factor(make_person())
    everybody_has_read = Barrier(4, timeout=30)

    def unlocked(user: Any, code: str) -> bool:
        kept = TOTPDevice.objects.get(user=user, confirmed=True)
        everybody_has_read.wait()
        return bool(kept.verify_token(code))

    with mock.patch.object(factor, "is_right_code", unlocked):
        assert send_at_once(waiting_clients(4), code_of(device)) == {302: 4}
