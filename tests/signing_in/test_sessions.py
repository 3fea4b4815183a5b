"""How long a login lasts, who ends it, and when the password is asked again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from opop_expo.roles import KEEPER
from opop_expo.signing_in.confirming import DANGEROUS
from opop_expo.signing_in.models import PortalSession
from sales.models import PairingCode, Voucher
from sales.models.tills import KEEPERS
from tests.addresses import addresses
from tests.ledger import make_keeper, make_running_expo, make_shop, sign_in
from tests.make import make_expo
from tests.signing_in.people import PASSWORD, is_in, make_person, minutes, type_in
from tests.vouchers import make_voucher

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


# --- how long -------------------------------------------------------------------------------------


def test_organiser_who_does_nothing_for_an_hour_signs_in_again(
    client: Client, clock: time_machine.Traveller
) -> None:
    make_person()
    unused = Client()
    type_in(client)
    type_in(unused)
    clock.shift(minutes(50))
    assert is_in(client)
    clock.shift(minutes(11))
    assert (is_in(client), is_in(unused)) == (True, False)
    clock.shift(minutes(61))
    assert not is_in(client)


def test_organiser_who_works_on_signs_in_again_after_twelve_hours(
    client: Client, clock: time_machine.Traveller
) -> None:
    make_person()
    type_in(client)
    for _time in range(14):
        clock.shift(minutes(50))
        assert is_in(client)
    clock.shift(minutes(21))
    assert not is_in(client)


def test_keeper_gets_through_a_day_and_not_two(
    client: Client, clock: time_machine.Traveller
) -> None:
    make_person("aminah", is_staff=False)
    type_in(client, "aminah")
    for _time in range(3):
        clock.shift(dt.timedelta(hours=5))
        assert is_in(client)
    clock.shift(dt.timedelta(hours=1, minutes=1))
    assert not is_in(client)


def test_cookie_goes_with_the_login(client: Client) -> None:
    make_person()
    answer = type_in(client)
    cookie = answer.cookies["sessionid"]
    assert 11.9 * 3600 < cookie["max-age"] <= 12 * 3600
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert len(cookie.value) == 32
    device = answer.cookies["opop_device"]
    assert (device["httponly"], device["samesite"]) == (True, "Strict")


def test_bounds_cost_no_query_and_use_is_noted_seldom(
    client: Client, clock: time_machine.Traveller
) -> None:
    make_person()
    type_in(client)
    client.get("/akun/")
    counted = []
    for shift in (0, 5, 2, 1):
        clock.shift(minutes(shift))
        with CaptureQueriesContext(connection) as queries:
            client.get("/akun/")
        counted.append([one["sql"] for one in queries if one["sql"].startswith("UPDATE")])
    assert [len(some) for some in counted] == [0, 0, 1, 0]


def test_public_page_does_not_ask_for_the_session_of_who_is_signed_in(client: Client) -> None:
    make_expo(slug="2026-uji")
    make_person()
    type_in(client)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/2026-uji/")
    assert answer.status_code == 200
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies
    assert not any("signing_in" in one["sql"] for one in queries)


def test_own_pages_are_kept_by_nobody(client: Client) -> None:
    make_person()
    type_in(client)
    for path in ("/akun/", "/akun/sandi/", "/masuk/", "/masuk/ulang/", "/admin/", "/admin/akun/"):
        said = client.get(path)["Cache-Control"]
        assert {"no-store", "private"} <= set(said.split(", ")), path


# --- ended ----------------------------------------------------------------------------------------


def test_logout_ends_the_login_at_the_server(client: Client) -> None:
    make_person()
    type_in(client)
    stolen = Client()
    stolen.cookies["sessionid"] = client.cookies["sessionid"].value
    assert is_in(stolen)
    client.post("/keluar/")
    assert not is_in(stolen)


def test_changed_password_ends_every_other_login(client: Client) -> None:
    make_person()
    other = Client()
    type_in(client)
    type_in(other)
    before = client.cookies["sessionid"].value
    new = "lima unta makan rumput"

    answer = client.post(
        "/akun/sandi/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )

    assert answer["Location"] == "/akun/?sandi"
    # At once, and not only when the other one asks.
    assert PortalSession.objects.exclude(user=None).count() == 1
    assert is_in(client)
    assert client.cookies["sessionid"].value != before
    assert not is_in(other)
    assert Event.objects.get(kind=Event.Kind.PASSWORD_CHANGED).data == {"by_link": False}


def test_out_of_all_devices(client: Client) -> None:
    make_person()
    make_person("hana")
    other, hana = Client(), Client()
    for one, name in ((client, "citra"), (other, "citra"), (hana, "hana")):
        type_in(one, name)

    client.post("/akun/keluar/")

    assert [is_in(one) for one in (client, other, hana)] == [False, False, True]
    assert Event.objects.get(kind=Event.Kind.LOGINS_ENDED).data == {"ended": 2}


def test_one_login_is_seen_and_ended(client: Client) -> None:
    make_person()
    other = Client(headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/140 Mobile"})
    type_in(client)
    type_in(other)
    page = client.get("/akun/").text
    assert "Chrome, Android" in page
    assert other.cookies["sessionid"].value not in page
    name = page.partition('name="login" value="')[2][:16]

    client.post("/akun/keluar/", {"login": name})

    assert (is_in(client), is_in(other)) == (True, False)


def test_nobody_ends_the_login_of_another(client: Client) -> None:
    make_person()
    make_person("hana")
    hana = Client()
    type_in(client)
    type_in(hana, "hana")
    page = hana.get("/akun/").text
    from opop_expo.signing_in.account_page import login_name

    theirs = login_name(PortalSession.objects.get(user__username="hana"))
    assert "Keluar dari semua perangkat" in page
    client.post("/akun/keluar/", {"login": theirs})
    assert is_in(hana)


def test_account_that_is_switched_off_is_out_at_once(client: Client) -> None:
    citra = make_person()
    type_in(client)
    citra.is_active = False
    citra.save()
    assert not is_in(client)


def test_command_ends_the_logins_of_one_or_of_all(client: Client) -> None:
    make_person()
    make_person("hana")
    hana = Client()
    type_in(client)
    type_in(hana, "hana")
    call_command("end_logins", "citra")
    assert (is_in(client), is_in(hana)) == (False, True)
    call_command("end_logins", "--all")
    assert not is_in(hana)


# --- keepers --------------------------------------------------------------------------------------


def test_keeper_who_is_taken_out_of_the_group_keeps_nothing_from_then_on(client: Client) -> None:
    assert KEEPERS == KEEPER
    stand, _offers = make_shop()
    keeper = make_keeper(stand=stand)
    sign_in(client, keeper)
    assert client.get("/kasir/").status_code == 200
    assert keeper.user is not None

    keeper.user.groups.remove(Group.objects.get(name=KEEPER))

    assert client.get("/kasir/").status_code == 403
    assert client.get("/peserta/").status_code == 403


# --- the password again ---------------------------------------------------------------------------


def test_what_is_dangerous_is_an_address_of_the_admin() -> None:
    known = {address.name: address.route for address in addresses()}
    assert {known[name].partition("/")[0] for name in DANGEROUS} == {"admin"}


def test_dangerous_page_asks_for_the_password_after_a_quarter_of_an_hour(
    client: Client, clock: time_machine.Traveller
) -> None:
    make_expo(slug="2026-uji")
    make_person()
    type_in(client)
    path = "/admin/sales/voucher/buat/?edisi=2026-uji"
    path = path if client.get(path).status_code == 200 else _voucher_path()
    assert client.get(path).status_code == 200
    clock.shift(minutes(16))
    asked = client.get(path)
    assert asked["Location"].startswith("/masuk/ulang/?next=%2Fadmin%2Fsales%2Fvoucher%2F")
    before = client.cookies["sessionid"].value

    assert client.post("/masuk/ulang/", {"password": "salah", "next": path}).status_code == 422
    answer = client.post("/masuk/ulang/", {"password": PASSWORD, "next": path})

    assert answer["Location"] == path
    assert client.cookies["sessionid"].value != before
    assert client.get(path).status_code == 200


def _voucher_path() -> str:
    from django.urls import reverse

    return f"{reverse('voucher_make')}?edisi=2026-uji"


def test_form_of_a_dangerous_page_is_not_carried_out_without(
    client: Client, clock: time_machine.Traveller
) -> None:
    expo = make_expo(slug="2026-uji")
    make_person()
    type_in(client)
    clock.shift(minutes(16))
    from django.urls import reverse

    for name in ("close_edition", "discard_edition"):
        answer = client.post(reverse(name, args=[expo.slug]), {"address": expo.slug})
        assert answer["Location"].startswith("/masuk/ulang/")
    expo.refresh_from_db()
    assert expo.closed_at is None


def test_unattended_desk_prints_no_voucher_in_place_of_one_and_pairs_no_tablet(
    client: Client, clock: time_machine.Traveller
) -> None:
    voucher, _code = make_voucher(make_running_expo())
    stand = make_shop(expo=voucher.expo)[0]
    make_person("akar", is_superuser=True)
    type_in(client, "akar")
    clock.shift(minutes(16))
    path = reverse("voucher_detail", args=[voucher.pk])

    asked = [
        client.post(path, {"do": "reissue", "reason": "hilang"}, headers={"Referer": path}),
        client.post(reverse("pair_tablet", args=[stand.pk])),
        client.get(reverse("session_participants_csv", args=[1])),
    ]

    assert [one["Location"].partition("?")[0] for one in asked] == ["/masuk/ulang/"] * 3
    assert client.get(path).status_code == 200
    assert (Voucher.objects.count(), PairingCode.objects.count()) == (1, 0)


def test_wrong_passwords_there_are_counted_as_at_the_login(
    client: Client, clock: time_machine.Traveller
) -> None:
    make_person()
    type_in(client)
    answers = [client.post("/masuk/ulang/", {"password": "salah"}) for _time in range(6)]
    assert [one.status_code for one in answers] == [422] * 5 + [429]


def test_page_that_takes_only_a_post_is_come_back_from(
    client: Client, clock: time_machine.Traveller
) -> None:
    make_person()
    type_in(client)
    clock.shift(minutes(16))
    answer = client.post("/akun/keluar/", headers={"Referer": "http://testserver/akun/"})
    assert answer["Location"] == "/masuk/ulang/?next=%2Fakun%2F"


@pytest.mark.parametrize("name", ["user", "group"])
def test_accounts_and_groups_are_not_deleted_in_passing(
    client: Client, clock: time_machine.Traveller, name: str
) -> None:
    """Django's action on the list would pass by the page that asks for the password."""
    make_person("akar", is_superuser=True)
    other = make_person()
    keys = {"user": other.pk, "group": Group.objects.get(name=KEEPER).pk}
    type_in(client, "akar")
    clock.shift(minutes(16))
    sent = {"action": "delete_selected", "_selected_action": str(keys[name]), "post": "yes"}
    client.post(f"/admin/auth/{name}/", sent)
    assert "delete_selected" not in client.get(f"/admin/auth/{name}/").text
    assert User.objects.filter(pk=other.pk).exists()
    assert Group.objects.filter(name=KEEPER).exists()


@pytest.mark.parametrize("part", ["hapus", "unduh"])
def test_data_of_a_person_is_neither_erased_nor_handed_out_without(
    client: Client, clock: time_machine.Traveller, part: str
) -> None:
    make_person("akar", is_superuser=True)
    type_in(client, "akar")
    clock.shift(minutes(16))
    # Both take nothing but a POST, so the way back leads to the page before.
    here = f"http://testserver/admin/data-pribadi/{part}/"
    answer = client.post(f"/admin/data-pribadi/{part}/", headers={"Referer": here})
    assert answer["Location"] == "/masuk/ulang/?next=%2Fadmin%2Fdata-pribadi%2F"
