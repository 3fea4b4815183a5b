"""What an organiser sees of locks and logins, and does for others; and what not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from events.models import Event
from tests.ledger import make_keeper, make_shop, sign_in
from tests.queries import queries_of
from tests.signing_in.people import PASSWORD, code_of, is_in, make_person, set_up_factor, type_in

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


@pytest.fixture
def citra(client: Client) -> User:
    citra = make_person()
    type_in(client)
    return citra


def do(client: Client, person: User, what: str) -> int:
    return int(client.post(f"/admin/akun/{person.pk}/", {"do": what}).status_code)


def test_lock_is_seen_and_lifted(client: Client, citra: User) -> None:
    aminah = make_person("aminah", is_staff=False)
    for _time in range(6):
        type_in(Client(), "aminah", "tebakan")
        type_in(Client(), "tidak-ada", "tebakan")
    page = client.get("/admin/akun/").text
    assert "Terkunci sementara" in page
    assert "tidak-ada" not in page
    assert "dari alamat 127.0.0.1" in client.get(f"/admin/akun/{aminah.pk}/").text

    assert do(client, aminah, "unlock") == 302

    assert type_in(Client(), "aminah").status_code == 302
    assert "Terkunci" not in client.get("/admin/akun/").text
    event = Event.objects.get(kind=Event.Kind.SIGN_IN_UNLOCKED)
    assert (event.actor, event.subject) == (citra, "aminah")


def test_who_may_not_make_accounts_reads_who_does(client: Client, citra: User) -> None:
    assert "Akun baru dibuat superuser." in client.get("/admin/akun/").text
    User.objects.update(is_superuser=True)
    assert "Akun baru dibuat superuser." not in client.get("/admin/akun/").text


def test_logins_of_somebody_are_ended(client: Client, citra: User) -> None:
    aminah, other = make_person("aminah", is_staff=False), Client()
    type_in(other, "aminah")
    assert do(client, aminah, "end") == 302
    assert not is_in(other)
    assert is_in(client)
    assert Event.objects.get(kind=Event.Kind.LOGINS_ENDED).actor == citra


def test_organiser_helps_a_keeper_to_a_password_and_no_organiser(
    client: Client, citra: User
) -> None:
    aminah = make_person("aminah", is_staff=False)
    root = make_person("akar", is_superuser=True)
    assert do(client, aminah, "link") == 200
    for person in (root, make_person("hana")):
        assert do(client, person, "link") == 403
        assert do(client, person, "reset") == 403
    assert do(client, aminah, "apa saja") == 403


def test_superuser_resets_the_factor_of_another_and_not_the_own(
    client: Client, settings: Settings
) -> None:
    settings.SECOND_FACTOR = "offered"
    hana, root = make_person("hana"), make_person("akar", is_superuser=True)
    device, _codes = set_up_factor(hana)
    own, _more = set_up_factor(root)
    other = Client()
    type_in(other, "hana")
    other.post("/masuk/kode/", {"code": code_of(device)})
    assert is_in(other)
    type_in(client, "akar")
    client.post("/masuk/kode/", {"code": code_of(own)})

    assert do(client, hana, "reset") == 302
    assert do(client, root, "reset") == 403

    assert not is_in(other)
    assert list(TOTPDevice.objects.values_list("user", flat=True)) == [root.pk]
    event = Event.objects.filter(kind=Event.Kind.FACTOR_CHANGED).first()
    assert event is not None
    assert (event.actor, event.subject, event.data) == (root, "hana", {"change": "reset"})


def test_secret_of_a_factor_is_shown_nowhere_in_the_admin(
    client: Client, settings: Settings
) -> None:
    root = make_person("akar", is_superuser=True)
    device, _codes = set_up_factor(root)
    type_in(client, "akar")
    for path in (f"/admin/akun/{root.pk}/", f"/admin/auth/user/{root.pk}/change/", "/akun/"):
        page = client.get(path)
        assert page.status_code == 200
        assert device.key not in page.text
        assert root.password not in page.text
    assert client.get("/admin/otp_totp/totpdevice/").status_code == 404


def test_change_of_rights_ends_the_logins_of_that_person(client: Client) -> None:
    make_person("akar", is_superuser=True)
    type_in(client, "akar")
    aminah, other = make_person("aminah", is_staff=False), Client()
    type_in(other, "aminah")
    form = {"username": "aminah", "is_active": "on", "is_staff": "on"}
    assert client.post(f"/admin/auth/user/{aminah.pk}/change/", form).status_code == 302
    assert not is_in(other)
    aminah.refresh_from_db()
    assert aminah.check_password(PASSWORD)


def test_list_asks_as_often_for_three_as_for_one(client: Client, citra: User) -> None:
    queries_of(client, "/admin/akun/")
    once = queries_of(client, "/admin/akun/")
    for name in ("hana", "dina", "eka"):
        make_person(name)
        type_in(Client(), name)
    assert queries_of(client, "/admin/akun/") == once


@pytest.mark.parametrize("path", ["/akun/", "/admin/", "/admin/akun/", "/kasir/", "/peserta/"])
def test_every_page_for_who_is_signed_in_leads_out(client: Client, citra: User, path: str) -> None:
    stand, _offers = make_shop()
    aminah = make_keeper(stand=stand)
    who = client if path.startswith("/admin/") else sign_in(Client(), aminah)
    page = who.get(path)
    assert page.status_code == 200
    assert 'action="/keluar/"' in page.text or 'href="/akun/"' in page.text


@pytest.mark.parametrize("path", ["/hitung/", "/hadir/"])
@pytest.mark.parametrize("kept", ["", "luring/"])
def test_every_page_at_the_doors_leads_in_and_out(
    client: Client, citra: User, path: str, kept: str
) -> None:
    page, english = client.get(path + kept).text, client.get(f"{path}{kept}en/").text
    assert 'href="/akun/"' in page
    assert 'href="/en/akun/"' in english
    # Whose login has run out meanwhile.
    assert f'data-login="/masuk/?next={path}"' in page
    assert f'data-login="/en/masuk/?next={path}en/"' in english


def test_log_tells_what_happened_in_words(client: Client, citra: User) -> None:
    page = client.get("/admin/catatan/").text
    assert "dengan langkah kedua" in page
    assert "citra" in page
