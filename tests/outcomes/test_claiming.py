"""Claims are recorded once, corrected with a trace, counted, and one of each figure published."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from events.models import Event
from outcomes.claiming import (
    ClaimRefused,
    Said,
    correct_claim,
    count_now,
    publish_claim,
    record_claim,
    remove_claim,
    withdraw_claim,
)
from outcomes.models import Claim
from stands.models import Expo
from tests.make import make_expo, make_stand
from tests.outcomes.make import SOURCE, make_claim, make_scheme

pytestmark = pytest.mark.django_db

UNUSA = Said(figure="pesantren", said_by="Unusa", value=30, sources=SOURCE)


@pytest.fixture
def citra() -> User:
    return User.objects.create_user("citra")


@pytest.fixture
def expo() -> Expo:
    return make_expo()


def test_claim_sent_twice_is_one(expo: Expo, citra: User) -> None:
    first = record_claim(expo, UNUSA, actor=citra)
    assert record_claim(expo, UNUSA, actor=citra) == first
    assert Claim.objects.count() == 1
    event = Event.objects.get(kind=Event.Kind.CLAIM_CHANGED)
    assert (event.actor, event.subject) == (citra, "2020: Pesantren peserta")
    assert event.data["changed"]["value"] == [None, 30]


def test_claim_with_another_explanation_is_another(expo: Expo, citra: User) -> None:
    record_claim(expo, UNUSA, actor=citra)
    record_claim(expo, replace(UNUSA, detail="Tanpa yang menitip barang."), actor=citra)
    assert Claim.objects.count() == 2


def test_published_claim_takes_the_place_of_the_one_before(expo: Expo, citra: User) -> None:
    times = make_claim(expo=expo, is_published=True)
    of_a_day = make_claim(expo=expo, date="2020-12-18", is_published=True)
    unusa = record_claim(expo, UNUSA, actor=citra)

    publish_claim(unusa, actor=citra)
    publish_claim(unusa, actor=citra)

    assert set(Claim.objects.published()) == {unusa, of_a_day}
    event = Event.objects.get(kind=Event.Kind.CLAIM_PUBLISHED)
    assert event.data["changed"]["value"] == [32, 30]
    times.refresh_from_db()
    withdraw_claim(unusa, actor=citra)
    assert list(Claim.objects.published()) == [of_a_day]


def test_statements_are_published_side_by_side(expo: Expo, citra: User) -> None:
    both = [make_claim(expo=expo, figure="opening", value=None, text=text) for text in "ab"]
    for one in both:
        publish_claim(one, actor=citra)
    assert Claim.objects.published().count() == 2


def test_database_refuses_two_published_of_one_figure(expo: Expo) -> None:
    scheme = make_scheme(expo=expo)
    for more in ({}, {"date": "2020-12-18"}, {"figure": "financing", "scheme": scheme}):
        make_claim(expo=expo, is_published=True, **more)
        with pytest.raises(IntegrityError), transaction.atomic():
            make_claim(expo=expo, is_published=True, value=1, **more)


def test_correction_keeps_what_was_said_in_the_log(expo: Expo, citra: User) -> None:
    claim = record_claim(expo, UNUSA, actor=citra)
    correct_claim(
        claim, Said(figure="pesantren", said_by="Unusa", value=31, sources=SOURCE), actor=citra
    )
    claim.refresh_from_db()
    assert claim.value == 31
    event = Event.objects.filter(kind=Event.Kind.CLAIM_CHANGED).first()
    assert event is not None
    assert event.data["changed"] == {"value": [30, 31]}


def test_correction_cannot_publish_two_of_one_figure(expo: Expo, citra: User) -> None:
    make_claim(expo=expo, is_published=True)
    stands = make_claim(expo=expo, figure="stands", value=40, is_published=True)
    with pytest.raises(ValidationError):
        correct_claim(stands, UNUSA, actor=citra)


def test_count_is_one_claim_until_a_published_one_differs(expo: Expo, citra: User) -> None:
    make_stand(expo=expo, code="A1")
    first = count_now(expo, "stands", actor=citra)
    make_stand(expo=expo, code="A2")
    second = count_now(expo, "stands", actor=citra)
    assert first == second
    assert second is not None
    assert (second.value, second.query, second.basis) == (2, "stands", "counted")
    assert second.counted_at is not None
    assert second.unit == "stan"

    publish_claim(second, actor=citra)
    make_stand(expo=expo, code="A3")
    third = count_now(expo, "stands", actor=citra)
    assert third != second
    second.refresh_from_db()
    assert (second.value, second.is_published) == (2, True)


def test_count_of_nothing_is_no_claim(expo: Expo, citra: User) -> None:
    assert count_now(expo, "sales", actor=citra) is None
    assert not Claim.objects.exists()


def test_count_of_an_example_edition_is_an_example(citra: User) -> None:
    expo = make_expo(is_example=True)
    claim = count_now(expo, "days", actor=citra)
    assert claim is not None
    assert claim.example_fields == "*"


def test_counted_claim_is_not_corrected_by_hand(expo: Expo, citra: User) -> None:
    claim = count_now(expo, "days", actor=citra)
    assert claim is not None
    with pytest.raises(ClaimRefused):
        correct_claim(claim, UNUSA, actor=citra)


def test_only_what_is_not_published_and_of_no_file_can_be_removed(expo: Expo, citra: User) -> None:
    published = make_claim(expo=expo, is_published=True)
    of_a_file = make_claim(expo=expo, code="pesantren-30", value=30)
    mistake = make_claim(expo=expo, value=3)
    for one in (published, of_a_file):
        with pytest.raises(ClaimRefused):
            remove_claim(one, actor=citra)
    remove_claim(mistake, actor=citra)
    assert set(Claim.objects.all()) == {published, of_a_file}
    event = Event.objects.get(kind=Event.Kind.CLAIM_CHANGED)
    assert event.data["changed"]["value"] == [3, None]


def test_statements_of_one_day_are_published_side_by_side(expo: Expo, citra: User) -> None:
    for text in ("Dibuka Gubernur.", "Bedug ditabuh."):
        said = make_claim(expo=expo, figure="opening", date="2020-12-18", value=None, text=text)
        publish_claim(said, actor=citra)
    assert Claim.objects.published().count() == 2


def test_claim_that_is_corrected_keeps_its_place(expo: Expo, citra: User) -> None:
    claim = make_claim(expo=expo, order=7)
    correct_claim(claim, UNUSA, actor=citra)
    claim.refresh_from_db()
    assert (claim.value, claim.order) == (30, 7)


def test_sale_does_not_wait_for_a_count(expo: Expo, citra: User) -> None:
    """A sale refers to its edition: a row that is held FOR UPDATE would let it wait."""
    make_stand(expo=expo)
    with CaptureQueriesContext(connection) as queries:
        count_now(expo, "stands", actor=citra)
    assert not [one["sql"] for one in queries if one["sql"].endswith("FOR UPDATE")]
