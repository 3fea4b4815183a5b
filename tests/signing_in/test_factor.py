"""The second step: set up, asked for, left out, lost, and never asked of who sells."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from events.models import Event
from opop_expo.signing_in.factor import RECOVERY_CODES
from opop_expo.signing_in.models import RecoveryCode
from tests.ledger import make_keeper, make_shop
from tests.signing_in.people import (
    ELSEWHERE,
    PASSWORD,
    code_of,
    is_in,
    make_person,
    minutes,
    set_up_factor,
    type_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pytest_django.fixtures import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


@pytest.fixture(autouse=True)
def _clock_that_stands() -> Iterator[None]:
    """A code of this half minute would else be one of the last now and then."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def citra(settings: Settings) -> User:
    settings.SECOND_FACTOR = "required"
    return make_person()


def give(client: Client, code: str, **more: str) -> Any:
    return client.post("/masuk/kode/", {"code": code, **more})


# --- asked for ------------------------------------------------------------------------------------


def test_password_alone_opens_nothing(client: Client, citra: User) -> None:
    device, _codes = set_up_factor(citra)

    answer = type_in(client)

    assert answer["Location"] == "/masuk/kode/"
    assert not is_in(client)
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    assert give(client, code_of(device))["Location"] == "/setelah-masuk/"
    assert client.get("/admin/").status_code == 200


def test_code_without_a_password_opens_nothing(client: Client, citra: User) -> None:
    device, _codes = set_up_factor(citra)
    assert give(client, code_of(device))["Location"] == "/masuk/"
    assert not is_in(client)


def test_code_may_have_a_gap_and_nothing_else(client: Client, citra: User) -> None:
    device, _codes = set_up_factor(citra)
    type_in(client)
    code = code_of(device)
    assert give(client, f"{code}0").status_code == 422
    assert give(client, "").status_code == 422
    assert give(client, f"{code[:3]} {code[3:]}").status_code == 302


def test_code_is_good_once(client: Client, citra: User) -> None:
    device, _codes = set_up_factor(citra)
    code = code_of(device)
    type_in(client)
    assert give(client, code).status_code == 302
    other = Client()
    type_in(other)
    assert give(other, code).status_code == 422
    assert not is_in(other)


@pytest.mark.parametrize(
    ("seconds", "is_right"), [(0, True), (30, True), (-30, True), (-60, False), (60, False)]
)
def test_clock_of_the_phone_may_be_half_a_minute_off(
    client: Client, citra: User, seconds: int, is_right: bool
) -> None:
    device, _codes = set_up_factor(citra)
    type_in(client)
    given = give(client, code_of(device, after=seconds))
    assert (given.status_code == 302) == is_right
    device.refresh_from_db()
    # The drift is kept, so that a clock that goes on straying stays within reach.
    assert device.drift == (seconds // 30 if is_right else 0)


def test_wrong_codes_have_to_wait_and_say_how_long(client: Client, citra: User) -> None:
    device, _codes = set_up_factor(citra)
    type_in(client)
    for _number in range(5):
        assert give(client, "000000").status_code == 422
    answer = give(client, code_of(device))
    assert answer.status_code == 429
    assert "Coba lagi dalam 1 menit" in answer.text
    # From elsewhere it is not locked, and the other way of the same place is.
    assert give(client, "abcd-efgh-jkmn-pqrs", cara="pemulihan").status_code == 429
    other = Client(**ELSEWHERE)
    type_in(other)
    assert give(other, code_of(device)).status_code == 302


def test_step_between_lasts_ten_minutes(client: Client, citra: User) -> None:
    device, _codes = set_up_factor(citra)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        type_in(client)
        clock.shift(minutes(11))
        assert give(client, code_of(device))["Location"] == "/masuk/"


def test_step_between_ends_with_the_password(client: Client, citra: User) -> None:
    device, _codes = set_up_factor(citra)
    type_in(client)
    citra.set_password("lain sama sekali ini")
    citra.save()
    assert give(client, code_of(device))["Location"] == "/masuk/"


# --- a device that is not asked -------------------------------------------------------------------


def test_device_may_be_left_in_peace_for_two_weeks(client: Client, citra: User) -> None:
    device, _codes = set_up_factor(citra)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        type_in(client)
        give(client, code_of(device), ingat="1")
        client.post("/keluar/")
        clock.shift(minutes(13 * 24 * 60))
        assert type_in(client)["Location"] == "/setelah-masuk/"
        assert client.get("/admin/").status_code == 200
        client.post("/keluar/")
        clock.shift(minutes(2 * 24 * 60))
        assert type_in(client)["Location"] == "/masuk/kode/"


@pytest.mark.parametrize("end", ["all", "password", "reset"])
def test_device_is_asked_again_when_anything_is_wrong(
    client: Client, citra: User, end: str
) -> None:
    device, _codes = set_up_factor(citra)
    type_in(client)
    give(client, code_of(device), ingat="1")
    password = PASSWORD
    if end == "all":
        client.post("/akun/keluar/")
    elif end == "password":
        password = "lain sama sekali ini"
        fields = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
        assert client.post("/akun/sandi/", fields).status_code == 302
        client.post("/keluar/")
    else:
        call_command("let_in", "citra", "--reset-factor")
    there = "/masuk/kode/pasang/" if end == "reset" else "/masuk/kode/"
    assert type_in(client, password=password)["Location"] == there


def test_cookie_of_another_account_leaves_nobody_in_peace(client: Client, citra: User) -> None:
    device, _codes = set_up_factor(citra)
    type_in(client)
    give(client, code_of(device), ingat="1")
    client.post("/keluar/")
    hana = make_person("hana")
    set_up_factor(hana)
    assert type_in(client, "hana")["Location"] == "/masuk/kode/"


# --- set up ---------------------------------------------------------------------------------------


def test_whoever_has_to_sets_it_up_on_the_way_in(client: Client, citra: User) -> None:
    assert type_in(client)["Location"] == "/masuk/kode/pasang/"
    assert not is_in(client)
    page = client.get("/masuk/kode/pasang/").text
    device = TOTPDevice.objects.get(user=citra, confirmed=False)
    assert "<svg" in page
    assert "otpauth://totp/" in page
    assert client.post("/masuk/kode/pasang/", {"code": "000000"}).status_code == 422

    answer = client.post("/masuk/kode/pasang/", {"code": code_of(device)})

    assert answer.text.count("<li><code>") == RECOVERY_CODES
    assert client.get("/admin/").status_code == 200
    assert Event.objects.get(kind=Event.Kind.FACTOR_CHANGED).data == {"change": "set_up"}


def test_password_alone_cannot_set_up_another_one(client: Client, citra: User) -> None:
    set_up_factor(citra)
    type_in(client)
    answer = client.get("/masuk/kode/pasang/")
    assert answer["Location"] == "/masuk/"
    assert not TOTPDevice.objects.filter(user=citra, confirmed=False).exists()


def test_moving_to_another_phone_wants_the_password_and_ends_other_logins(
    client: Client, citra: User
) -> None:
    device, _codes = set_up_factor(citra)
    other = Client()
    for one, code in ((client, code_of(device)), (other, code_of(device, after=30))):
        type_in(one)
        assert give(one, code).status_code == 302
    with time_machine.travel(timezone.now() + minutes(16), tick=False):
        assert client.get("/masuk/kode/pasang/")["Location"].startswith("/masuk/ulang/")
        client.post("/masuk/ulang/", {"password": PASSWORD})
        client.get("/masuk/kode/pasang/")
        new = TOTPDevice.objects.get(user=citra, confirmed=False)
        answer = client.post("/masuk/kode/pasang/", {"code": code_of(new)})
        assert "Simpan kode pemulihan" in answer.text
        assert is_in(client)
        assert not is_in(other)
    assert TOTPDevice.objects.get(user=citra) == new


def test_secrets_are_long_and_differ(citra: User) -> None:
    device, codes = set_up_factor(citra)
    hana, more = set_up_factor(make_person("hana"))
    assert len(device.bin_key) == len(hana.bin_key) == 20
    assert device.key != hana.key
    assert len({*codes, *more}) == 2 * RECOVERY_CODES
    assert {len(code.replace("-", "")) for code in codes} == {16}


# --- recovery -------------------------------------------------------------------------------------


def test_recovery_code_is_good_once_and_kept_as_a_hash(client: Client, citra: User) -> None:
    _device, codes = set_up_factor(citra)
    plain = codes[3].replace("-", "")
    assert not any(plain in kept.code_hash for kept in RecoveryCode.objects.all())
    type_in(client)
    assert "Kode pemulihan" in client.get("/masuk/kode/?cara=pemulihan").text

    assert give(client, codes[3].upper(), cara="pemulihan").status_code == 302

    assert RecoveryCode.objects.filter(user=citra).count() == RECOVERY_CODES - 1
    last = Event.objects.filter(kind=Event.Kind.FACTOR_CHANGED).first()
    assert last is not None
    assert last.data == {"change": "recovery_code_used", "left": RECOVERY_CODES - 1}
    other = Client()
    type_in(other)
    assert give(other, codes[3], cara="pemulihan").status_code == 422


def test_new_recovery_codes_end_those_of_before(client: Client, citra: User) -> None:
    device, old = set_up_factor(citra)
    type_in(client)
    give(client, code_of(device))
    page = client.post("/akun/kode-pemulihan/").text
    assert page.count("<li><code>") == RECOVERY_CODES
    other = Client()
    type_in(other)
    assert give(other, old[0], cara="pemulihan").status_code == 422


def test_only_superuser_gets_back_in_from_the_server(settings: Settings, client: Client) -> None:
    settings.SECOND_FACTOR = "required"
    root = make_person("akar", is_superuser=True)
    set_up_factor(root)

    call_command("let_in", "akar", "--reset-factor")

    assert not TOTPDevice.objects.filter(user=root).exists()
    assert type_in(client, "akar")["Location"] == "/masuk/kode/pasang/"
    event = Event.objects.filter(kind=Event.Kind.FACTOR_CHANGED).first()
    assert event is not None
    assert (event.actor, event.data) == (None, {"change": "reset"})


# --- by setting -----------------------------------------------------------------------------------


def test_login_from_before_it_was_required_is_not_enough(
    client: Client, settings: Settings
) -> None:
    settings.SECOND_FACTOR = "offered"
    make_person()
    type_in(client)
    assert client.get("/admin/").status_code == 200
    settings.SECOND_FACTOR = "required"
    assert "/masuk/" in client.get("/admin/", follow=True).redirect_chain[-1][0]
    assert type_in(client)["Location"] == "/masuk/kode/pasang/"


def test_offered_is_asked_of_who_took_it(client: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR = "offered"
    citra, _hana = make_person(), make_person("hana")
    set_up_factor(citra)
    assert type_in(Client(), "hana")["Location"] == "/setelah-masuk/"
    assert type_in(client)["Location"] == "/masuk/kode/"


def test_offered_can_be_taken_off_and_required_cannot(client: Client, settings: Settings) -> None:
    citra = make_person()
    device, _codes = set_up_factor(citra)
    settings.SECOND_FACTOR = "required"
    type_in(client)
    give(client, code_of(device))
    client.post("/akun/tanpa-kode/")
    assert TOTPDevice.objects.filter(user=citra, confirmed=True).exists()
    settings.SECOND_FACTOR = "offered"
    client.post("/akun/tanpa-kode/")
    assert not TOTPDevice.objects.filter(user=citra).exists()
    assert not RecoveryCode.objects.filter(user=citra).exists()


def test_off_asks_nobody(client: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR = "off"
    set_up_factor(make_person())
    assert type_in(client)["Location"] == "/setelah-masuk/"


def test_keeper_never_needs_one(client: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR = "required"
    stand, _offers = make_shop()
    make_keeper(stand=stand)
    assert type_in(client, "aminah", "kata sandi uji")["Location"] == "/setelah-masuk/"
    assert client.get("/kasir/").status_code == 200
    assert "Langkah kedua" not in client.get("/akun/").text
    assert client.get("/masuk/kode/pasang/")["Location"] == "/akun/"


def test_code_is_that_of_the_standard() -> None:
    """RFC 6238, appendix B: the last six digits at second 59."""
    device = TOTPDevice(key=b"12345678901234567890".hex())
    with time_machine.travel(0, tick=False):
        assert code_of(device, after=59 - time.time()) == "287082"
