"""Pairing: the code, the page that asks, the credential, its end, and two tablets at one code."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from events.models import Attempt, Event
from events.throttle import Limit, TooManyTriesError, book_try
from sales.models import PairingCode, Tablet, Till
from sales.tablet import pairing as pairing_module
from sales.tablet.pairing import (
    ALPHABET,
    CodeUnusableError,
    as_meant,
    make_code,
    revoke,
    use_code,
)
from sales.tablet.tills import claim_till
from tests.concurrency.test_recording_races import at_once
from tests.ledger import make_shop

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse
    from pytest_django.fixtures import Settings

    from stands.models import Stand

pytestmark = pytest.mark.django_db


@pytest.fixture
def citra() -> User:
    """Citra organises."""
    return User.objects.create_user("citra", is_staff=True)


@pytest.fixture
def stand() -> Stand:
    return make_shop(code="A12")[0]


def code_for(stand: Stand, actor: User, name: str = "") -> str:
    return make_code(stand=stand, name=name, actor=actor)[1]


def pair(client: Client, code: str, storage: uuid.UUID | None = None) -> _MonkeyPatchedWSGIResponse:
    return client.post(f"/kasir/pasang/{code}/", {"storage_id": str(storage or "")})


def everything_in(table: Any) -> str:
    return str(list(table.objects.values()))


# --- the code -------------------------------------------------------------------------------------


def test_code_is_short_unambiguous_and_kept_as_a_hash(stand: Stand, citra: User) -> None:
    row, code = make_code(stand=stand, name=" Tablet biru ", actor=citra)

    assert len(code) == 10
    assert set(code) <= set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)
    assert row.code_hash == hashlib.sha256(code.encode()).hexdigest()
    assert row.expires_at - row.made_at == dt.timedelta(minutes=10)
    assert row.name == "Tablet biru"
    assert code not in everything_in(PairingCode)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("k7qm2-x9d4h", "K7QM2X9D4H"),
        (" K7QM2 X9D4H ", "K7QM2X9D4H"),
        ("kOqm2-iLxd4", "K0QM211XD4"),
        ("K7QM2X9D4", ""),
        ("K7QM2X9D4HH", ""),
        ("U7QM2X9D4H", ""),
        ("K7QM2X9D4٣", ""),
        ("", ""),
    ],
)
def test_code_is_read_as_it_was_meant(typed: str, meant: str) -> None:
    assert as_meant(typed) == meant


# --- the page -------------------------------------------------------------------------------------


def test_typed_code_leads_to_the_question(client: Client, stand: Stand, citra: User) -> None:
    code = code_for(stand, citra)
    answer = client.post("/kasir/pasang/", {"code": f"{code[:4].lower()} {code[4:]}"})
    assert answer["Location"] == f"/kasir/pasang/{code}/"


def test_text_that_is_no_code_is_told_at_its_field(client: Client) -> None:
    page = client.post("/kasir/pasang/", {"code": "abc"})
    assert page.status_code == 422
    assert "Kode terdiri dari 10 huruf dan angka" in page.text
    assert not Attempt.objects.exists()


def test_looking_uses_nothing_up(client: Client, stand: Stand, citra: User) -> None:
    """Messengers open links by themselves."""
    code = code_for(stand, citra)

    pages = [client.get(f"/kasir/pasang/{code}/") for _ in range(3)]
    client.head(f"/kasir/pasang/{code}/")

    assert "Pasangkan tablet ini ke stan A12?" in pages[-1].text
    assert "no-store" in pages[-1]["Cache-Control"]
    assert not pages[-1].cookies.get("opop_till")
    assert PairingCode.objects.get().used_at is None
    assert not Tablet.objects.exists()
    assert not Attempt.objects.exists()


def test_saying_yes_pairs_the_tablet(client: Client, stand: Stand, citra: User) -> None:
    storage = uuid.uuid4()
    code = code_for(stand, citra, "Tablet biru")

    answer = pair(client, code, storage)

    assert answer["Location"] == "/kasir/tablet/"
    cookie = answer.cookies["opop_till"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/kasir/", True, "Strict")
    assert cookie["max-age"] == 400 * 24 * 60 * 60
    assert len(cookie.value) >= 43  # 256 bits
    tablet, till, row = Tablet.objects.get(), Till.objects.get(), PairingCode.objects.get()
    assert tablet.credential_hash == hashlib.sha256(cookie.value.encode()).hexdigest()
    assert (tablet.storage_id, till.tablet, till.prefix) == (storage, tablet, "A12-A")
    assert (row.till, row.used_at is not None, till.name) == (till, True, "Tablet biru")


def test_away_from_a_development_machine_the_cookie_wants_https(
    client: Client, stand: Stand, citra: User, settings: Settings
) -> None:
    settings.SESSION_COOKIE_SECURE = True
    assert pair(client, code_for(stand, citra)).cookies["opop_till"]["secure"] is True


def test_pairing_is_logged_without_code_or_credential(
    client: Client, stand: Stand, citra: User
) -> None:
    code = code_for(stand, citra)
    credential = pair(client, code).cookies["opop_till"].value

    event = Event.objects.get(kind=Event.Kind.TABLET_PAIRED)

    assert (event.subject, event.actor) == ("A12-A", citra)
    for secret in (code, credential, Tablet.objects.get().credential_hash):
        assert secret not in everything_in(Event)


def test_without_javascript_the_server_names_the_storage(
    client: Client, stand: Stand, citra: User
) -> None:
    pair(client, code_for(stand, citra))
    assert Tablet.objects.get().storage_id.version == 4


def test_pairing_is_a_form_of_our_own(stand: Stand, citra: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert pair(strict, code_for(stand, citra)).status_code == 403
    assert not Tablet.objects.exists()


@pytest.mark.parametrize("state", ["used", "expired", "unknown"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_code_that_is_over_says_what_to_do(
    stand: Stand, citra: User, state: str, language: str
) -> None:
    code = code_for(stand, citra)
    if state == "used":
        pair(Client(), code)
    elif state == "expired":
        PairingCode.objects.update(expires_at=timezone.now())
    else:
        PairingCode.objects.all().delete()
    tablets = Tablet.objects.count()

    answers = [Client().get(f"{language}/kasir/pasang/{code}/"), pair(Client(), code)]

    assert [answer.status_code for answer in answers] == [410, 410]
    if not language:
        assert "Kode ini tidak berlaku" in answers[0].text
        assert "Minta kode baru kepada panitia" in answers[0].text
    assert f'href="{language}/kasir/pasang/"' in answers[0].text
    assert Tablet.objects.count() == tablets


def test_second_tap_of_the_same_tablet_goes_on_to_the_till(
    client: Client, stand: Stand, citra: User
) -> None:
    code = code_for(stand, citra)
    pair(client, code)
    assert pair(client, code)["Location"] == "/kasir/tablet/"
    assert pair(Client(), code).status_code == 410
    assert Till.objects.count() == 1


# --- again ----------------------------------------------------------------------------------------


def test_revoked_tablet_paired_again_goes_on_with_its_till(stand: Stand, citra: User) -> None:
    storage = uuid.uuid4()
    first = use_code(code_for(stand, citra), storage)
    revoke(Tablet.objects.get(), actor=citra)

    second = use_code(code_for(stand, citra), storage)

    tablet = Tablet.objects.get()
    assert second.till == first.till
    assert second.credential != first.credential
    assert tablet.revoked_at is None
    assert tablet.credential_hash == hashlib.sha256(second.credential.encode()).hexdigest()


def test_another_stand_or_another_storage_is_another_till(stand: Stand, citra: User) -> None:
    other, _ = make_shop(code="A13", expo=stand.expo)
    storage = uuid.uuid4()

    prefixes = [
        use_code(code_for(place, citra), key).till.prefix
        for place, key in [
            (stand, storage),
            (stand, uuid.uuid4()),
            (other, storage),
            (stand, storage),
        ]
    ]

    assert prefixes == ["A12-A", "A12-B", "A13-A", "A12-A"]


def test_revoking_is_logged_once(stand: Stand, citra: User) -> None:
    use_code(code_for(stand, citra), uuid.uuid4())
    tablet = Tablet.objects.get()

    assert [revoke(tablet, actor=citra), revoke(tablet, actor=citra)] == ["A12-A", ""]

    event = Event.objects.get(kind=Event.Kind.TABLET_REVOKED)
    assert (event.subject, event.actor) == ("A12-A", citra)


def test_what_fails_midway_leaves_the_code_to_be_used(
    stand: Stand, citra: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_for(stand, citra)
    with monkeypatch.context() as patch:
        patch.setattr(pairing_module, "log_event", None)
        with pytest.raises(TypeError):
            use_code(code, uuid.uuid4())
    assert use_code(code, uuid.uuid4()).till.prefix == "A12-A"


# --- wrong codes ----------------------------------------------------------------------------------


def test_many_wrong_codes_from_one_address_must_wait(client: Client) -> None:
    wrong = [client.get(f"/kasir/pasang/00000000{number:02}/").status_code for number in range(30)]
    assert wrong == [410] * 30

    refused = [client.get("/kasir/pasang/0000000099/"), pair(client, "0000000099")]

    assert [one.status_code for one in refused] == [429, 429]
    assert 0 < int(refused[0]["Retry-After"]) <= 600
    assert "Terlalu banyak kode salah" in refused[0].text
    assert Client(REMOTE_ADDR="10.0.0.9").get("/kasir/pasang/0000000099/").status_code == 410
    assert Attempt.objects.filter(key="127.0.0.1").count() == 30


def test_right_code_passes_however_many_were_wrong_at_its_address(
    client: Client, stand: Stand, citra: User
) -> None:
    for number in range(31):
        Client().get(f"/kasir/pasang/00000000{number:02}/")
    code = code_for(stand, citra)

    assert "Pasangkan tablet ini ke stan A12?" in client.get(f"/kasir/pasang/{code}/").text
    assert pair(client, code)["Location"] == "/kasir/tablet/"


def test_wait_ends_and_old_tries_are_cleared_away(client: Client) -> None:
    for _ in range(30):
        Attempt.objects.create(
            scope="pairing", key="127.0.0.1", at=timezone.now() - dt.timedelta(minutes=10)
        )
    Attempt.objects.create(scope="pin", key="1/1", at=timezone.now() - dt.timedelta(minutes=9))

    assert client.get("/kasir/pasang/0000000000/").status_code == 410

    assert sorted(Attempt.objects.values_list("scope", flat=True)) == ["pairing", "pin"]


# --- at once --------------------------------------------------------------------------------------


def use_at_once(number: int, code: str) -> list[str]:
    def work(_index: int) -> str:
        try:
            return use_code(code, uuid.uuid4()).till.prefix
        except CodeUnusableError:
            return "over"

    return at_once(number, work)


@pytest.mark.django_db(transaction=True)
def test_two_tablets_at_one_code_are_one_tablet() -> None:
    stand, actor = make_shop(code="A12")[0], User.objects.create_user("citra")
    for _ in range(5):
        before = Till.objects.count()
        ends = use_at_once(4, code_for(stand, actor))
        assert ends.count("over") == 3
        assert Till.objects.count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_looking_before_using_would_pair_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with the check and the mark in two statements the race shows."""

    def look_then_mark(code: str, storage_id: uuid.UUID) -> Any:
        pairing_module.find_code(code)
        barrier.wait(timeout=20)
        PairingCode.objects.update(used_at=timezone.now())
        return claim_till(stand=stand, storage_id=storage_id, credential_hash=str(storage_id))

    barrier = threading.Barrier(2)
    stand, actor = make_shop(code="A12")[0], User.objects.create_user("citra")
    code = code_for(stand, actor)
    tills = at_once(2, lambda _index: look_then_mark(code, uuid.uuid4()))
    assert len({till.pk for till in tills}) == 2


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_do_not_slip_through() -> None:
    limit = Limit("uji", most=3, within=dt.timedelta(minutes=5))

    def work(_index: int) -> bool:
        try:
            book_try(limit, "satu")
        except TooManyTriesError:
            return False
        return True

    assert sum(at_once(8, work)) <= 3
