"""The groups' permissions, and that the people of the demo exist nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import CommandError, call_command
from django.db import connection

from opop_expo.accounts import (
    DEMO_PASSWORD,
    make_demo_accounts,
    write_people,
)
from opop_expo.roles import ORGANISER, role_codes, sync_groups
from sales.models import Cashier
from tests.make import make_expo, make_offer, make_stand

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import Settings

    from stands.models import Expo

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

LEDGER = ["sales.sale", "sales.saleline", "sales.payment", "sales.ledgerhead", "events.event"]


@pytest.fixture
def expo() -> Expo:
    expo = make_expo(slug="2026-contoh")
    for code, offers in (("A1", 1), ("A2", 3), ("A3", 2)):
        stand = make_stand(expo=expo, code=code)
        for _number in range(offers):
            make_offer(stand=stand)
    return expo


def has(username: str, codes: list[str]) -> set[bool]:
    user = User.objects.get(username=username)
    return {user.has_perm(code) for code in codes}


# --- groups ---------------------------------------------------------------------------------------


def test_organiser_sees_the_ledger_and_changes_none_of_it(expo: Expo) -> None:
    write_people(expo)

    for model in LEDGER:
        app, _dot, name = model.partition(".")
        assert has("citra", [f"{app}.view_{name}"]) == {True}
        writes = [f"{app}.{action}_{name}" for action in ("add", "change", "delete")]
        assert has("citra", writes) == {False}


def test_organiser_keeps_the_catalogue(expo: Expo) -> None:
    write_people(expo)

    may = ["stands.add_offer", "pesantren.change_product", "sales.add_cashier", "auth.view_user"]
    assert has("citra", may) == {True}
    assert has("citra", ["stands.delete_stand", "auth.add_user", "auth.change_user"]) == {False}
    citra = User.objects.get(username="citra")
    assert (citra.is_staff, citra.is_superuser) == (True, False)


def test_organiser_pairs_and_revokes_tablets_and_makes_no_till_by_hand(expo: Expo) -> None:
    write_people(expo)

    may = ["sales.add_pairingcode", "sales.view_tablet", "sales.change_tablet", "sales.change_till"]
    assert has("citra", may) == {True}
    assert has("citra", ["sales.add_till", "sales.add_tablet", "sales.delete_tablet"]) == {False}


def test_keeper_may_nothing_in_the_admin(expo: Expo) -> None:
    write_people(expo)

    for name in ("aminah", "budi"):
        keeper = User.objects.get(username=name)
        assert not keeper.is_staff
        assert keeper.get_all_permissions() == set()


def test_sync_takes_away_what_does_not_stand_in_the_code() -> None:
    sync_groups()
    group = Group.objects.get(name="Organiser")
    group.permissions.add(Permission.objects.get(codename="delete_sale"))

    call_command("sync_groups")

    assert group.permissions.count() == len(role_codes(ORGANISER))
    assert not group.permissions.filter(codename="delete_sale").exists()


# --- people of the demo ---------------------------------------------------------------------------


def test_keepers_stand_where_most_is_sold(expo: Expo) -> None:
    people = write_people(expo)

    assert [(str(one.user), one.stand.code) for one in people.keepers] == [
        ("aminah", "A2"),
        ("budi", "A3"),
    ]


def test_people_can_sign_in(expo: Expo, client: Client, settings: Settings) -> None:
    settings.DEBUG = True  # elsewhere their password opens nothing
    write_people(expo)

    assert client.login(username="citra", password=DEMO_PASSWORD)
    assert client.login(username="aminah", password=DEMO_PASSWORD)


def test_people_written_again_stay_signed_in_where_they_were(expo: Expo) -> None:
    write_people(expo)
    before = list(User.objects.order_by("pk").values_list("username", "password"))
    Cashier.objects.filter(user__username="aminah").update(name="Bu Aminah")

    write_people(expo)

    assert list(User.objects.order_by("pk").values_list("username", "password")) == before
    assert Cashier.objects.get(user__username="aminah").name == "Bu Aminah"
    assert Cashier.objects.count() == 2


def test_keepers_move_to_the_edition_of_a_new_year(expo: Expo) -> None:
    write_people(expo)
    next_year = make_expo(slug="2027-contoh", is_current=False)
    make_offer(stand=make_stand(expo=next_year, code="B1"))

    write_people(next_year)

    assert Cashier.objects.get(user__username="aminah").stand.code == "B1"
    assert [one.user for one in Cashier.objects.filter(stand__code="A2", is_active=False)] == [None]


# --- never anywhere else --------------------------------------------------------------------------


@pytest.mark.parametrize("debug", [False, True])
def test_demo_is_refused_elsewhere(expo: Expo, settings: Settings, *, debug: bool) -> None:
    """Without DEBUG, and with it on a database that is not the file under var/."""
    settings.DEBUG = debug
    settings.VAR_DIR = Path("/nowhere")

    with pytest.raises(CommandError, match=r"DEBUG=1|DATABASE_URL"):
        make_demo_accounts(expo)
    with pytest.raises(CommandError, match=r"DEBUG=1|DATABASE_URL"):
        call_command("start_demo", "--no-serve")

    assert not User.objects.exists()


def test_demo_is_an_sqlite_file_under_var(expo: Expo, settings: Settings) -> None:
    settings.DEBUG = True
    settings.VAR_DIR = Path(str(connection.settings_dict["NAME"])).resolve().parent

    if connection.vendor == "postgresql":
        with pytest.raises(CommandError, match="DATABASE_URL"):
            make_demo_accounts(expo)
    else:
        assert str(make_demo_accounts(expo).organiser) == "citra"
