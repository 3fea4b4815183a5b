"""A credential that meets a new storage: it goes on, and escapes neither revocation nor brakes."""

from __future__ import annotations

import uuid
from string import ascii_uppercase
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.test import Client

from sales.models import Cashier, PairingCode, Tablet, Till, Voucher
from sales.tablet.cashier_pin import WRONG_PINS, set_pin
from sales.tablet.pairing import make_code
from sales.tablet.tills import MOVES, RevokedError, credential_hash, find_tablet, move_credential
from sales.vouchers.claiming import GUESSES
from tests.ledger import make_shop
from tests.tablets import TestTablet, pair_tablet
from tests.vouchers import make_voucher

if TYPE_CHECKING:
    from stands.models import Offer, Stand

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> tuple[Stand, Offer]:
    stand, (offer, _other) = make_shop(code="A12")
    return stand, offer


@pytest.fixture
def tablet(shop: tuple[Stand, Offer]) -> TestTablet:
    return pair_tablet(shop[0])


def wiped(tablet: TestTablet) -> TestTablet:
    """The same credential over a storage that nobody knows."""
    return TestTablet(tablet.till, tablet.credential, uuid.uuid4())


def row_of(tablet: TestTablet) -> Tablet:
    return Tablet.objects.get(credential_hash=credential_hash(tablet.credential))


# --- revoking -----------------------------------------------------------------------------------


def test_tablet_that_changes_its_storage_is_revoked_by_the_row_it_had(tablet: TestTablet) -> None:
    listed = row_of(tablet)
    client = Client()
    client.force_login(User.objects.create_superuser("citra"))
    elsewhere = wiped(tablet)
    assert elsewhere.post("kabar").json()["till"]["prefix"] == "A12-B"

    page = client.post(f"/admin/sales/tablet/cabut/{listed.pk}/", follow=True)

    assert "A12-B sudah dicabut." in page.text
    for one in (tablet, elsewhere, wiped(tablet)):
        assert one.post("kabar").json() == {"error": "revoked"}
    again = client.post(f"/admin/sales/tablet/cabut/{listed.pk}/", follow=True)
    assert "A12-A sudah tidak terpasang, jadi tidak ada yang dicabut." in again.text


def test_what_was_read_before_it_was_revoked_moves_no_more(tablet: TestTablet) -> None:
    read_before = find_tablet(tablet.credential)
    assert read_before is not None
    Tablet.objects.update(revoked_at=read_before.paired_at)

    with pytest.raises(RevokedError):
        move_credential(read_before, storage_id=uuid.uuid4())

    assert Till.objects.get().prefix == "A12-A"


# --- letters ------------------------------------------------------------------------------------


def test_three_tablets_may_lose_their_storage_twice_and_no_letter_is_given_after(
    shop: tuple[Stand, Offer],
) -> None:
    tablets = [pair_tablet(shop[0]) for _ in range(3)]
    moved = [wiped(tablet).post("kabar").status_code for tablet in tablets * 2]
    assert moved == [200] * MOVES.most

    refused = wiped(tablets[0]).post("kabar")

    assert (refused.status_code, refused.json()["error"]) == (429, "too_many")
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert Till.objects.count() == 9
    # What has a storage that is known goes on meanwhile.
    assert pair_tablet(shop[0]).post("kabar").status_code == 200


def use_up(stand: Stand) -> None:
    letters = [*ascii_uppercase, *(f"{a}{b}" for a in ascii_uppercase for b in ascii_uppercase)]
    used = set(Till.objects.filter(stand=stand).values_list("letter", flat=True))
    Till.objects.bulk_create(
        Till(expo=stand.expo, stand=stand, letter=letter, prefix=f"{stand.code}-{letter}")
        for letter in letters
        if letter not in used
    )


def test_stand_without_letters_says_so_and_keeps_code_and_credential(
    tablet: TestTablet, shop: tuple[Stand, Offer]
) -> None:
    use_up(shop[0])
    citra = User.objects.create_user("citra")
    code = make_code(stand=shop[0], name="", actor=citra)[1]

    page, moved = Client().post(f"/kasir/pasang/{code}/"), wiped(tablet).post("kabar")

    assert (page.status_code, moved.status_code) == (409, 409)
    assert "Semua huruf kasir stan ini sudah dipakai." in page.text
    assert moved.json() == {"error": "letters"}
    assert PairingCode.objects.get().used_at is None
    assert tablet.post("kabar").status_code == 200


# --- guessing -----------------------------------------------------------------------------------


def test_new_storage_is_no_new_allowance_of_pins(
    tablet: TestTablet, shop: tuple[Stand, Offer]
) -> None:
    aminah = Cashier.objects.create(stand=shop[0], name="Aminah")
    set_pin(aminah, "2468", actor=None)
    for _ in range(WRONG_PINS.most):
        assert tablet.post("petugas", cashier_id=aminah.pk, pin="0000").status_code == 403

    assert wiped(tablet).post("petugas", cashier_id=aminah.pk, pin="2468").status_code == 429


def test_new_storage_is_no_new_allowance_of_voucher_codes(tablet: TestTablet) -> None:
    code = make_voucher(tablet.till.expo)[1]
    Voucher.objects.update(code_hmac="0" * 64)
    ask = {"do": "claim", "code": code, "sale": str(uuid.uuid4())}
    for _ in range(GUESSES.most):
        assert tablet.post("voucher", **ask).json()["error"] == "voucher"

    assert wiped(tablet).post("voucher", **ask).status_code == 429


# --- whose storage ------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["A12", "A13"])
def test_storage_of_another_tablet_is_not_taken_from_it(tablet: TestTablet, at: str) -> None:
    stand = tablet.till.stand if at == "A12" else make_shop(code=at, expo=tablet.till.expo)[0]
    victim = pair_tablet(stand)
    thief = TestTablet(tablet.till, tablet.credential, victim.storage_id)

    assert thief.post("kabar").json() == {"error": "not_paired"}

    assert victim.post("kabar").json()["till"]["prefix"] == victim.till.prefix
    assert tablet.post("kabar").json()["till"]["prefix"] == "A12-A"


def test_storage_of_a_revoked_tablet_is_not_given_back_by_another_credential(
    tablet: TestTablet,
) -> None:
    lost = pair_tablet(tablet.till.stand)
    Tablet.objects.filter(storage_id=lost.storage_id).update(revoked_at=lost.till.claimed_at)
    thief = TestTablet(tablet.till, tablet.credential, lost.storage_id)
    assert thief.post("kabar").json() == {"error": "not_paired"}
    assert row_of(lost).is_revoked


def test_storage_that_the_credential_came_from_is_found_again_with_its_letter(
    tablet: TestTablet, shop: tuple[Stand, Offer]
) -> None:
    unsent = tablet.sale({shop[1]: 1})
    wiped(tablet).post("kabar")

    assert tablet.post("kabar").json()["till"]["prefix"] == "A12-A"
    assert tablet.post("penjualan", sale=unsent).status_code == 201
