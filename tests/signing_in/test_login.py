"""The login: who gets in, who has to wait, and that nobody learns which accounts there are."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from events.models import Attempt, Event
from opop_expo.accounts import DEMO_PASSWORD
from opop_expo.signing_in.braking import FROM_ALL_STRANGERS, FROM_ONE_ADDRESS, FROM_ONE_PLACE
from opop_expo.signing_in.models import PortalSession
from tests.signing_in.people import ELSEWHERE, PASSWORD, is_in, make_person, minutes, type_in

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

FREE = FROM_ONE_PLACE.free


def guess(client: Client, times: int, name: str = "citra", **more: Any) -> Any:
    """The last of so many wrong passwords."""
    answers = [type_in(client, name, f"tebakan {number}", **more) for number in range(times)]
    return answers[-1]


# --- in -------------------------------------------------------------------------------------------


def test_right_password_leads_in_under_a_new_session_key(client: Client) -> None:
    citra = make_person()
    client.get("/masuk/")
    client.session.save()
    before = client.session.session_key
    client.cookies["sessionid"] = before or ""

    answer = type_in(client)

    assert (answer.status_code, answer["Location"]) == (302, "/setelah-masuk/")
    assert client.cookies["sessionid"].value != before
    assert PortalSession.objects.get(user=citra).session_key == client.cookies["sessionid"].value
    assert not PortalSession.objects.filter(pk=before).exists()
    assert Event.objects.get(kind=Event.Kind.SIGNED_IN).actor == citra


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ("/admin/edisi/", "/admin/edisi/"),
        ("https://jahat.example/", "/setelah-masuk/"),
        ("//jahat.example/", "/setelah-masuk/"),
        ("javascript:alert(1)", "/setelah-masuk/"),
    ],
)
def test_login_leads_to_our_own_pages_only(client: Client, wanted: str, there: str) -> None:
    make_person()
    answer = client.post("/masuk/", {"username": "citra", "password": PASSWORD, "next": wanted})
    assert answer["Location"] == there


def test_password_is_taken_as_it_was_typed(client: Client) -> None:
    long = "  Kuda" + "x" * 90 + "  "
    User.objects.create_user("budi", password=long)
    assert type_in(client, "budi", long.strip()).status_code == 422
    assert type_in(client, "budi", long.lower()).status_code == 422
    assert type_in(client, "budi", long).status_code == 302


def test_field_hides_the_password_and_lets_a_manager_fill_it(client: Client) -> None:
    page = client.get("/masuk/").text
    field = page[page.index('type="password"') - 20 : page.index('id="id_password"') + 20]
    assert 'autocomplete="current-password"' in field
    assert "onpaste" not in page
    assert client.get("/masuk/")["Cache-Control"].startswith("max-age=0")


def test_signing_out_clears_what_the_browser_kept(client: Client) -> None:
    make_person()
    type_in(client)
    for path in ("/keluar/", "/akun/keluar/"):
        type_in(client)
        assert client.post(path)["Clear-Site-Data"] == '"cache"'
        assert not is_in(client)


# --- nobody learns who there is -------------------------------------------------------------------


def test_unknown_name_is_answered_as_a_wrong_password(client: Client) -> None:
    make_person()
    User.objects.create_user("mati", password=PASSWORD, is_active=False)
    User.objects.create_user("baru")

    answers = [
        type_in(Client(), name, "bukan ini")
        for name in ("citra", "tidak-ada", "mati", "baru", "x" * 150)
    ]

    assert {answer.status_code for answer in answers} == {422}
    texts = {_without_what_was_typed(answer.text) for answer in answers}
    assert len(texts) == 1


def _without_what_was_typed(page: str) -> str:
    lines = page.splitlines()
    return "\n".join(line for line in lines if "csrf" not in line and 'name="username"' not in line)


def test_unknown_name_costs_one_hash_and_as_many_queries(
    client: Client, django_assert_num_queries: Any
) -> None:
    make_person()
    User.objects.create_user("baru")
    for name in ("citra", "tidak-ada", "baru"):
        hasher = "django.contrib.auth.hashers.MD5PasswordHasher.encode"
        hashed = mock.patch(hasher, autospec=True, return_value="md5$a$b")
        with hashed as encode, django_assert_num_queries(12):
            type_in(client, name, "bukan ini")
        assert encode.call_count == 1, name


def test_unknown_name_is_locked_like_any_other(client: Client) -> None:
    known = make_person()
    answers = [guess(Client(), FREE + 1, name) for name in ("citra", "tidak-ada")]
    assert {answer.status_code for answer in answers} == {429}
    assert len({_without_what_was_typed(answer.text) for answer in answers}) == 1
    assert Event.objects.filter(kind=Event.Kind.SIGN_IN_LOCKED).count() == 2
    assert not Attempt.objects.filter(key__contains="tidak-ada").exists()
    assert Attempt.objects.filter(key__startswith=f"{known.pk}:").exists()


# --- locks ----------------------------------------------------------------------------------------


def test_lock_says_how_long_and_holds_against_the_right_password(client: Client) -> None:
    make_person()
    assert guess(client, FREE).status_code == 422

    answer = type_in(client)

    assert answer.status_code == 429
    assert "Coba lagi dalam 1 menit" in answer.text
    assert not is_in(client)


def test_waits_double_and_end(client: Client) -> None:
    make_person()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        guess(client, FREE)
        for wait in (1, 2, 4, 8, 16, 32, 60, 60):
            clock.shift(minutes(wait) - minutes(0.02))
            assert type_in(client).status_code == 429, wait
            clock.shift(minutes(0.02))
            assert guess(client, 1).status_code == 422, wait
        clock.shift(minutes(60))
        assert type_in(client).status_code == 302
    assert Event.objects.filter(kind=Event.Kind.SIGN_IN_LOCKED).count() == 1


def test_attacker_in_the_hall_locks_neither_neighbours_nor_the_account_elsewhere(
    client: Client,
) -> None:
    make_person()
    make_person("aminah", is_staff=False)
    guess(Client(), FREE + 1)

    assert type_in(Client(), "aminah").status_code == 302
    assert type_in(Client(), **ELSEWHERE).status_code == 302


def test_owner_is_not_locked_out_of_a_known_device(client: Client) -> None:
    make_person()
    type_in(client)
    client.post("/keluar/")
    guess(Client(), FREE + 1)
    # And from all over the world.
    for number in range(FROM_ALL_STRANGERS.free + 1):
        last = guess(Client(), 1, REMOTE_ADDR=f"198.51.100.{number}")
    assert last.status_code == 429

    assert type_in(Client(), REMOTE_ADDR="192.0.2.1").status_code == 429
    assert type_in(client).status_code == 302


def test_cookie_of_a_known_device_is_good_for_its_account_and_not_for_guessing(
    client: Client,
) -> None:
    make_person()
    make_person("aminah", is_staff=False)
    type_in(client)
    client.post("/keluar/")
    assert guess(client, FREE + 1).status_code == 429
    # To another account it is a stranger, at an address that is locked for that one.
    guess(Client(), FREE, "aminah")
    assert type_in(client, "aminah").status_code == 429


def test_right_password_forgets_the_wrong_ones_of_its_place(client: Client) -> None:
    make_person()
    guess(client, FREE - 1)
    guess(Client(), 2, **ELSEWHERE)
    assert type_in(client).status_code == 302
    # Those of a stranger elsewhere still count, one for the place and one for the account.
    assert Attempt.objects.filter(scope="login").count() == 2
    assert Attempt.objects.filter(scope="login_all").count() == FREE + 1


def test_address_waits_after_very_many_tries_but_not_a_known_device(client: Client) -> None:
    make_person()
    make_person("aminah", is_staff=False)
    type_in(client)
    client.post("/keluar/")
    Attempt.objects.bulk_create(
        Attempt(scope=FROM_ONE_ADDRESS.scope, key="127.0.0.1", at=timezone.now())
        for _try in range(FROM_ONE_ADDRESS.most - 1)
    )
    assert guess(Client(), 1, "tidak-ada").status_code == 422

    with mock.patch("opop_expo.signing_in.login_page.authenticate") as authenticate:
        answer = type_in(Client(), "aminah")
    assert (answer.status_code, authenticate.called) == (429, False)
    assert "Coba lagi dalam 10 menit" in answer.text
    assert type_in(Client(), "aminah", **ELSEWHERE).status_code == 302
    assert type_in(client).status_code == 302
    with time_machine.travel(timezone.now() + minutes(10)):
        assert type_in(Client(), "aminah").status_code == 302


def test_right_passwords_do_not_count_for_an_address() -> None:
    """A hall that signs in at nine o'clock shares one address."""
    make_person()
    assert type_in(Client()).status_code == 302
    assert not Attempt.objects.exists()


# --- the demo's password --------------------------------------------------------------------------


def test_password_of_the_demo_opens_nothing_in_production(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    User.objects.create_user("citra", password=DEMO_PASSWORD, is_staff=True)
    with caplog.at_level(logging.ERROR):
        answer = type_in(client, password=DEMO_PASSWORD)
    assert answer.status_code == 422
    assert "has the password of the demo" in caplog.text
    assert DEMO_PASSWORD not in caplog.text
    assert not is_in(client)


def test_password_of_the_demo_opens_the_demo(client: Client, settings: Settings) -> None:
    settings.DEBUG = True
    User.objects.create_user("citra", password=DEMO_PASSWORD, is_staff=True)
    assert type_in(client, password=DEMO_PASSWORD).status_code == 302


def test_log_of_the_process_holds_neither_name_nor_password(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    make_person()
    with caplog.at_level(logging.INFO):
        type_in(client, "citra", "rahasia sekali")
        type_in(client, "kata sandi di tempat nama", "x")
    assert "Sign-in failed" in caplog.text
    for word in ("rahasia", "kata sandi di tempat nama", "citra"):
        assert word not in caplog.text
