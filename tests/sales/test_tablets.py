"""Tills of tablets: a letter for each storage, and none of them ever used for another."""

from __future__ import annotations

import uuid
from string import ascii_uppercase
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from sales.models import Tablet, Till
from sales.tablet.tills import claim_till, credential_hash, move_credential, present_till
from stands.models import Stand
from tests.ledger import make_running_expo, make_sale, make_shop

if TYPE_CHECKING:
    from uuid import UUID

pytestmark = pytest.mark.django_db


def claim(stand: Stand, storage_id: UUID | None = None, *, name: str = "") -> Till:
    return claim_till(
        stand=stand,
        storage_id=storage_id or uuid.uuid4(),
        credential_hash=credential_hash(str(uuid.uuid4())),
        name=name,
    )


def test_letters_go_up_and_leave_out_training_and_the_plain_form() -> None:
    stand, (offer, _) = make_shop(code="A12")
    make_sale(stand, {offer: 1})
    prefixes = [claim(stand).prefix for _ in range(25)]
    letters = [letter for letter in ascii_uppercase if letter not in "LW"]
    assert prefixes == [f"A12-{letter}" for letter in [*letters, "AA"]]


def test_no_pair_of_letters_begins_like_training_or_the_plain_form() -> None:
    stand, _ = make_shop()
    Till.objects.bulk_create(
        Till(expo=stand.expo, stand=stand, letter=letter, prefix=f"A1-{letter}")
        for letter in [
            *ascii_uppercase,
            *(f"{one}{other}" for one in "ABCDEFGHIJK" for other in ascii_uppercase),
        ]
    )
    assert claim(stand).letter == "MA"


def test_storage_goes_on_with_its_own_till() -> None:
    stand, _ = make_shop()
    storage = uuid.uuid4()
    first = claim(stand, storage, name="depan")
    claim(stand)
    Tablet.objects.filter(storage_id=storage).update(revoked_at=timezone.now())
    again = claim(stand, storage)
    assert (again.pk, again.name) == (first.pk, "depan")
    tablet = Tablet.objects.get(storage_id=storage)
    assert not tablet.is_revoked
    assert present_till(tablet) == first


def test_tablet_that_changes_stands_and_comes_back_keeps_both_tills() -> None:
    expo = make_running_expo()
    stand, _ = make_shop(code="A1", expo=expo)
    other, _ = make_shop(code="A2", expo=expo)
    storage = uuid.uuid4()
    prefixes = [claim(where, storage).prefix for where in (stand, other, stand)]
    assert prefixes == ["A1-A", "A2-A", "A1-A"]
    assert present_till(Tablet.objects.get()).prefix == "A1-A"


def test_letter_of_a_former_stand_of_that_code_is_not_used_again() -> None:
    expo = make_running_expo()
    first, _ = make_shop(code="A1", expo=expo)
    claim(first)
    Stand.objects.filter(pk=first.pk).update(code="B9")
    second, _ = make_shop(code="A1", expo=expo)
    assert claim(second).prefix == "A1-B"
    first.refresh_from_db()
    assert claim(first).prefix == "B9-B"


def test_new_storage_takes_the_credential_along_and_leaves_the_old_row_behind() -> None:
    stand, _ = make_shop()
    old = claim(stand, name="depan").tablet
    assert old is not None
    key, fresh = old.credential_hash, uuid.uuid4()
    till = move_credential(old, storage_id=fresh)
    assert (till.prefix, till.name) == ("A1-B", "depan")
    assert Tablet.objects.get(credential_hash=key).storage_id == fresh
    old.refresh_from_db()
    assert old.is_revoked
    assert old.credential_hash != key
    assert present_till(old).prefix == "A1-A"
