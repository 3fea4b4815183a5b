"""A cashier's PIN: set in the admin, kept as a hash, checked from the tablet, throttled."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password
from django.contrib.auth.models import User
from django.utils import timezone

from events.models import Attempt, Event
from sales.models import Cashier, Tablet
from sales.tablet.cashier_pin import set_pin
from tests.ledger import make_shop, pair_tablet

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import Settings

    from stands.models import Stand

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


@pytest.fixture
def stand() -> Stand:
    return make_shop(code="A12")[0]


@pytest.fixture
def aminah(stand: Stand) -> Cashier:
    """Aminah has a PIN."""
    cashier = Cashier.objects.create(stand=stand, name="Aminah")
    set_pin(cashier, "2468", actor=None)
    return cashier


@pytest.fixture
def tablet(client: Client, stand: Stand) -> Tablet:
    """The client's tablet at the same stand."""
    tablet = pair_tablet(client, stand).tablet
    assert tablet is not None
    return tablet


def choose(client: Client, tablet: Tablet, cashier_id: object, pin: object) -> Any:
    return client.post(
        "/kasir/tablet/petugas/",
        {
            "sent_at": timezone.now().isoformat(),
            "storage_id": str(tablet.storage_id),
            "cashier_id": cashier_id,
            "pin": pin,
        },
        content_type="application/json",
        headers={"X-Opop-Till": "1"},
    )


# --- in the admin ---------------------------------------------------------------------------------


def save(client: Client, cashier: Cashier, **fields: str) -> Any:
    client.force_login(User.objects.get_or_create(username="citra", is_superuser=True)[0])
    User.objects.filter(username="citra").update(is_staff=True)
    return client.post(
        f"/admin/sales/cashier/{cashier.pk}/change/",
        {"stand": cashier.stand_id, "name": cashier.name, "is_active": "on", **fields},
    )


def test_pin_is_kept_as_a_hash_and_logged_without_itself(client: Client, stand: Stand) -> None:
    cashier = Cashier.objects.create(stand=stand, name="Budi")

    save(client, cashier, new_pin="13579")

    cashier.refresh_from_db()
    event = Event.objects.get(kind=Event.Kind.PIN_CHANGED)
    assert check_password("13579", cashier.pin_hash)
    assert (event.subject, str(event.actor), event.data["has_pin"]) == (
        "Budi (A12)",
        "citra",
        True,
    )
    assert "13579" not in str(list(Event.objects.values()))
    page = client.get(f"/admin/sales/cashier/{cashier.pk}/change/").text
    assert "13579" not in page
    assert cashier.pin_hash not in page


def test_pin_can_be_taken_away(client: Client, aminah: Cashier) -> None:
    save(client, aminah, clear_pin="on")
    aminah.refresh_from_db()
    assert aminah.pin_hash == ""
    assert Event.objects.latest("pk").data["has_pin"] is False


def test_saving_without_a_new_pin_keeps_the_old(client: Client, aminah: Cashier) -> None:
    before = Event.objects.count()
    save(client, aminah, new_pin="")
    aminah.refresh_from_db()
    assert check_password("2468", aminah.pin_hash)
    assert Event.objects.count() == before


@pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "٤٤٤٤", "12 34"])
def test_what_is_no_pin_is_told_at_its_field(client: Client, aminah: Cashier, pin: str) -> None:
    page = save(client, aminah, new_pin=pin)
    assert "PIN terdiri dari 4 sampai 8 angka." in page.text
    aminah.refresh_from_db()
    assert check_password("2468", aminah.pin_hash)


# --- from the tablet ------------------------------------------------------------------------------


def test_right_and_wrong_pin(client: Client, tablet: Tablet, aminah: Cashier) -> None:
    right = choose(client, tablet, aminah.pk, "2468")
    wrong = choose(client, tablet, aminah.pk, "2469")
    assert (right.status_code, right.json()) == (200, {"ok": True})
    assert (wrong.status_code, wrong.json()) == (403, {"error": "wrong_pin"})


def test_cashier_without_a_pin_is_chosen_by_name_after_the_same_work(
    client: Client, tablet: Tablet, stand: Stand, aminah: Cashier, settings: Settings
) -> None:
    hashed: list[str] = []

    class Counting(PBKDF2PasswordHasher):
        iterations = 1

        def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
            hashed.append(password)
            return super().encode(password, salt, iterations)

    # Django looks hashers up by their dotted name.
    globals()["Counting"] = Counting
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    set_pin(aminah, "2468", actor=None)
    without = Cashier.objects.create(stand=stand, name="Dewi")
    hashed.clear()

    answers = [choose(client, tablet, one.pk, "0000") for one in (without, aminah)]

    assert [answer.status_code for answer in answers] == [200, 403]
    assert hashed == ["0000", "0000"]


def test_five_wrong_pins_must_wait(client: Client, tablet: Tablet, aminah: Cashier) -> None:
    wrong = [choose(client, tablet, aminah.pk, "0000").status_code for _ in range(5)]
    sixth = choose(client, tablet, aminah.pk, "2468")

    assert wrong == [403] * 5
    assert sixth.status_code == 429
    assert sixth.json()["error"] == "too_many"
    assert 0 < sixth.json()["retry_after"] <= 300


def test_wait_is_for_this_cashier_at_this_tablet_and_ends(
    client: Client, tablet: Tablet, aminah: Cashier, stand: Stand
) -> None:
    other = Cashier.objects.create(stand=stand, name="Budi")
    set_pin(other, "1357", actor=None)
    for _ in range(5):
        choose(client, tablet, aminah.pk, "0000")

    elsewhere = choose(client, tablet, other.pk, "1357").status_code
    Attempt.objects.update(at=timezone.now() - dt.timedelta(minutes=5))

    assert elsewhere == 200
    assert choose(client, tablet, aminah.pk, "2468").status_code == 200
    assert not Attempt.objects.exists()


def test_right_pin_forgives_the_wrong_ones(client: Client, tablet: Tablet, aminah: Cashier) -> None:
    answers = [
        choose(client, tablet, aminah.pk, pin).status_code
        for pin in ["0000"] * 4 + ["2468"] + ["0000"] * 4 + ["2468"]
    ]
    assert answers == [403] * 4 + [200] + [403] * 4 + [200]


def test_cashier_of_another_stand_or_who_left_is_unknown(
    client: Client, tablet: Tablet, aminah: Cashier
) -> None:
    other = Cashier.objects.create(
        stand=make_shop(code="A13", expo=aminah.stand.expo)[0], name="Budi"
    )
    Cashier.objects.filter(pk=aminah.pk).update(is_active=False)

    answers = [choose(client, tablet, key, "2468") for key in (other.pk, aminah.pk, 0, 2**70)]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert answers[0].json() == {"error": "no_cashier"}


@pytest.mark.parametrize(("key", "pin"), [("1", "2468"), (True, "2468"), (1, 2468), (1, None)])
def test_what_cannot_be_read_is_refused(
    client: Client, tablet: Tablet, key: object, pin: object
) -> None:
    assert choose(client, tablet, key, pin).status_code == 400


def test_stranger_and_revoked_tablet_learn_nothing(
    client: Client, tablet: Tablet, aminah: Cashier
) -> None:
    Tablet.objects.update(revoked_at=timezone.now())
    revoked = choose(client, tablet, aminah.pk, "2468")
    client.cookies.clear()
    stranger = choose(client, tablet, aminah.pk, "2468")
    assert (revoked.status_code, revoked.json()) == (403, {"error": "revoked"})
    assert (stranger.status_code, stranger.json()) == (401, {"error": "not_paired"})
