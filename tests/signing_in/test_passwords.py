"""Which passwords are refused, how they are hashed, and links under which one is chosen."""

from __future__ import annotations

import gzip
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings as portal_settings
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, identify_hasher
from django.contrib.auth.models import User
from django.core import mail, signing
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from events.models import Event
from opop_expo import settings as file_settings
from opop_expo.accounts import DEMO_PASSWORD
from opop_expo.signing_in import password_links
from opop_expo.signing_in.passwords import SHORTEST
from tests.signing_in.people import (
    ELSEWHERE,
    PASSWORD,
    is_in,
    make_person,
    minutes,
    set_up_factor,
    type_in,
)

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

KEEPER, ORGANISER = User(username="aminah"), User(username="citra", is_staff=True)
NEW = "lima unta makan rumput"


def refused(password: str, user: User = ORGANISER) -> set[str | None]:
    """Why a password is refused."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as wrong:
        return {one.code for one in wrong.error_list}
    return set()


# --- which ----------------------------------------------------------------------------------------


def test_organiser_needs_twelve_letters_and_a_keeper_ten() -> None:
    assert refused("kuda-terba", KEEPER) == set()
    assert refused("kuda-terb", KEEPER) == {"too_short"}
    assert refused("kuda-terbang") == set()
    assert refused("kuda-terban") == {"too_short"}
    assert refused("kuda-terba", None) == {"too_short"}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "password",
    [
        "empat kuda makan rumput", "839201748592", "hurufkecilsaja", "ÜÑÏÇØÐÉ kata", "x7" * 40,
        "🐎🐎🐎kuda lari",
    ],
)  # fmt: skip
def test_any_letters_will_do(password: str) -> None:
    assert refused(password) == set()


@pytest.mark.parametrize(
    "password",
    [
        DEMO_PASSWORD, "opopexpo2026!", "Pesantren-2026", "surabaya123456", "panitia panitia",
        "qwertyuiop123", "aaaaaaaaaaaaaa", "123456789012", "password2026!!", "bismillah1234",
        "one pesantren one product", "kasirkasir2026", "Merdeka17081945",
    ],
)  # fmt: skip
def test_what_is_tried_first_here_is_refused(password: str) -> None:
    assert "easy_to_guess" in refused(password) | refused(password, KEEPER)


def test_every_common_password_of_the_length_is_refused() -> None:
    file = Path(inspect.getfile(password_validation)).parent / "common-passwords.txt.gz"
    with gzip.open(file, "rt") as lines:
        common = [line.strip() for line in lines]
    long = [one for one in common if len(one) >= SHORTEST]
    assert len(long) > 1_500
    assert [one for one in long if not refused(one, KEEPER)] == []


def test_own_name_is_refused() -> None:
    assert refused("citra-wahyuningsih", User(username="citra-wahyuni", is_staff=True)) == {
        "password_too_similar"
    }


# --- how ------------------------------------------------------------------------------------------


@override_settings(PASSWORD_HASHERS=file_settings.PASSWORD_HASHERS)
def test_password_is_hashed_by_argon_and_an_older_one_becomes_so_at_the_login(
    client: Client,
) -> None:
    budi = make_person("budi", is_staff=False)
    assert budi.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    old = PBKDF2PasswordHasher().encode(PASSWORD, "garamgaramgaramgaramgaram", 1_000)
    User.objects.filter(pk=budi.pk).update(password=old)

    assert type_in(client, "budi").status_code == 302

    budi.refresh_from_db()
    assert identify_hasher(budi.password).algorithm == "argon2"
    assert is_in(client)
    assert check_password(PASSWORD, budi.password)


# --- a link ---------------------------------------------------------------------------------------


def choose(client: Client, link: str, password: str = NEW) -> Any:
    return client.post(link, {"new_password1": password, "new_password2": password})


def test_new_account_chooses_its_password_under_a_link(client: Client) -> None:
    root = make_person("akar", is_superuser=True)
    type_in(client, "akar")
    form = {"username": "hana", "first_name": "Hana", "is_staff": "on"}
    assert 'type="password"' not in client.get("/admin/auth/user/add/").text
    answer = client.post("/admin/auth/user/add/", form)
    hana = User.objects.get(username="hana")
    assert answer["Location"] == f"/admin/akun/{hana.pk}/"
    assert not hana.has_usable_password()
    page = client.post(f"/admin/akun/{hana.pk}/", {"do": "link"}).text
    link = page.partition("<code>")[2].partition("</code>")[0].partition("testserver")[2]
    other = Client()
    assert choose(other, link, "pendek").status_code == 422

    assert choose(other, link)["Location"] == "/setelah-masuk/"

    assert is_in(other)
    assert type_in(Client(), "hana", NEW).status_code == 302
    assert choose(Client(), link).status_code == 410
    made = Event.objects.get(kind=Event.Kind.PASSWORD_LINK_MADE)
    assert (made.actor, made.subject) == (root, "hana")


def test_link_ends_with_its_time_with_a_login_and_with_the_account(client: Client) -> None:
    hana = make_person("hana")
    link = password_links.make_link(hana, password_links.HANDED)
    mailed = password_links.make_link(hana, password_links.MAILED)
    assert [client.get(one).status_code for one in (link, mailed)] == [200, 200]
    with time_machine.travel(timezone.now() + minutes(31)):
        assert [client.get(one).status_code for one in (link, mailed)] == [200, 410]
    with time_machine.travel(timezone.now() + minutes(3 * 24 * 60 + 1)):
        assert client.get(link).status_code == 410
    type_in(client, "hana")
    assert client.get(link).status_code == 410
    hana.refresh_from_db()
    link = password_links.make_link(hana, password_links.HANDED)
    User.objects.filter(pk=hana.pk).update(is_active=False)
    assert client.get(link).status_code == 410


def test_link_ends_as_its_account_becomes_an_organisers(client: Client) -> None:
    """Else the organiser who had handed it out to a keeper could sign in as a superuser."""
    for right in ("is_staff", "is_superuser"):
        hana = make_person(right, is_staff=False)
        link = password_links.make_link(hana, password_links.HANDED)
        assert client.get(link).status_code == 200
        User.objects.filter(pk=hana.pk).update(**{right: True})
        assert client.get(link).status_code == 410


@pytest.mark.parametrize("token", ["x", "WzEsImgiLCJ4Il0:1abcde:x", "%00", "a" * 300])
def test_link_that_was_made_up_is_none(client: Client, token: str) -> None:
    assert client.get(f"/masuk/tautan/{token}/").status_code in (400, 410)


def test_link_of_another_purpose_opens_nothing(client: Client) -> None:
    citra = make_person()
    token = password_links.make_link(citra, password_links.HANDED).split("/")[-2]
    content = signing.loads(token, salt=password_links.SALT)
    for salt in ("", "stands.saved", "django.contrib.sessions.backends.signed_cookies"):
        other = signing.dumps(content, salt=salt)
        assert client.get(f"/masuk/tautan/{other}/").status_code == 410
    assert client.get(f"/masuk/tautan/{token}/").status_code == 200


def test_link_does_not_pass_the_second_step_by(client: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR = "offered"
    citra = make_person()
    set_up_factor(citra)
    answer = choose(client, password_links.make_link(citra, password_links.HANDED))
    assert answer["Location"] == "/masuk/kode/"
    assert not is_in(client)


def test_link_lifts_the_locks_of_who_was_locked_out(client: Client) -> None:
    citra = make_person()
    for _number in range(6):
        type_in(client, password="tebakan")
    assert type_in(client).status_code == 429
    choose(Client(), password_links.make_link(citra, password_links.HANDED))
    assert type_in(client, password=NEW).status_code == 302


def test_link_leaves_the_brake_on_the_second_step(client: Client, settings: Settings) -> None:
    """Whoever reads somebody's letters may choose a password, and guesses no more codes by it."""
    settings.SECOND_FACTOR = "offered"
    citra = make_person()
    set_up_factor(citra)
    for number in range(2):
        choose(client, password_links.make_link(citra, password_links.MAILED), f"{NEW} {number}")
        citra.refresh_from_db()
        codes = [client.post("/masuk/kode/", {"code": "0"}).status_code for _time in range(6)]
        assert codes == [[422] * 5 + [429], [429] * 6][number]


# --- forgotten ------------------------------------------------------------------------------------


def forget(client: Client, who: str, **more: Any) -> Any:
    answer = client.post("/masuk/lupa/", {"who": who}, **more)
    # After it the letter is out: there is one thread that sends.
    password_links.letters.submit(lambda: None).result()
    return answer


@pytest.mark.parametrize("who", ["citra", "CITRA@expo.example"])
def test_forgotten_password_is_chosen_anew_under_a_mailed_link(client: Client, who: str) -> None:
    make_person(email="citra@expo.example")
    assert "30 menit" in forget(client, who).text
    (letter,) = mail.outbox
    assert letter.to == ["citra@expo.example"]
    link = letter.body.partition("testserver")[2].split()[0]
    assert choose(client, link).status_code == 302
    assert type_in(Client(), password=NEW).status_code == 302
    assert Event.objects.get(kind=Event.Kind.PASSWORD_CHANGED).data == {"by_link": True}


def test_nobody_learns_there_who_has_an_account(client: Client) -> None:
    make_person(email="citra@expo.example")
    make_person("hana")
    answers = [forget(client, who).text for who in ("citra", "hana", "tidak-ada", "x@y.example")]
    assert len({_without_token(text) for text in answers}) == 1
    assert len(mail.outbox) == 1


def _without_token(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf" not in line)


def test_link_names_the_portal_and_not_the_host_that_was_asked(
    client: Client, settings: Settings
) -> None:
    settings.PUBLIC_ORIGIN = "https://expo.example"
    settings.ALLOWED_HOSTS = ["*"]
    make_person(email="citra@expo.example")
    forget(client, "citra", headers={"Host": "jahat.example"})
    assert "https://expo.example/masuk/tautan/" in mail.outbox[0].body
    assert "jahat" not in mail.outbox[0].body


def test_nobody_is_flooded_with_letters(client: Client) -> None:
    make_person(email="citra@expo.example")
    answers = [forget(client, "citra").text for _time in range(5)]
    assert len(mail.outbox) == 3
    assert len({_without_token(text) for text in answers}) == 1
    # Whatever the account is called.
    forget(client, "citra@expo.example")
    assert len(mail.outbox) == 3


def test_stranger_who_asked_keeps_no_letter_from_whom_it_is_for(client: Client) -> None:
    make_person(email="citra@expo.example")
    asked_at = timezone.now()
    with time_machine.travel(asked_at, tick=False):
        for _time in range(3):
            forget(Client(**ELSEWHERE), "citra")
    with time_machine.travel(asked_at + password_links.LASTS[password_links.MAILED], tick=False):
        forget(client, "citra")
    assert len(mail.outbox) == 4


def test_one_place_asks_so_many_times_an_hour(client: Client) -> None:
    answers = [forget(client, f"x{number}").status_code for number in range(31)]
    assert answers == [200] * 30 + [429]
    assert forget(Client(**ELSEWHERE), "x").status_code == 200


# --- one's own ------------------------------------------------------------------------------------


def test_own_password_wants_the_one_of_now_and_a_good_one(client: Client) -> None:
    make_person()
    type_in(client)
    for old, new in (("salah", NEW), (PASSWORD, "pendek"), (PASSWORD, "pesantren-2026")):
        fields = {"old_password": old, "new_password1": new, "new_password2": new}
        assert client.post("/akun/sandi/", fields).status_code == 422
    assert User.objects.get().check_password(PASSWORD)
    # A good guess at the old one is no easier here than at the login.
    answers = [
        client.post("/akun/sandi/", {"old_password": "salah"}).status_code for _time in range(6)
    ]
    assert answers == [422] * 5 + [429]


def test_admin_types_no_password_for_anybody(client: Client) -> None:
    root = make_person("akar", is_superuser=True)
    type_in(client, "akar")
    assert client.get("/admin/password_change/")["Location"] == "/akun/sandi/"
    path = f"/admin/auth/user/{root.pk}/password/"
    assert client.get(path)["Location"] == f"/admin/akun/{root.pk}/"


# --- the demo -------------------------------------------------------------------------------------


def test_account_with_the_password_of_the_demo_stops_a_deployment() -> None:
    make_person("hana")
    call_command("check", databases=["default"])
    User.objects.create_user("citra", password=DEMO_PASSWORD)
    with pytest.raises(SystemCheckError, match="'citra' has the password of the demo"):
        call_command("check", databases=["default"])
    with pytest.raises(SystemCheckError, match="demo"):
        call_command("migrate", verbosity=0, skip_checks=False)
    with override_settings(DEBUG=True):
        call_command("check", databases=["default"])


def test_let_in_says_what_it_did_and_whom_it_does_not_know(
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_person()
    call_command("let_in", "citra", "--link")
    said = capsys.readouterr().out
    assert "Locks lifted: 0" in said
    assert "/masuk/tautan/" in said
    for name in ("tidak-ada", "mati"):
        User.objects.get_or_create(username="mati", is_active=False)
        with pytest.raises(CommandError, match=name):
            call_command("let_in", name)


def test_settings_of_the_portal_know_no_rule_but_length_and_lists() -> None:
    names = [one["NAME"].rpartition(".")[2] for one in portal_settings.AUTH_PASSWORD_VALIDATORS]
    assert names == [
        "LengthValidator",
        "UserAttributeSimilarityValidator",
        "CommonPasswordValidator",
        "EasyToGuessValidator",
    ]


def test_what_is_wrong_with_a_new_password_is_said_beneath_it(client: Client) -> None:
    client.force_login(make_person())
    page = client.get("/akun/sandi/").text
    assert "Paling sedikit 12 huruf" in page
    wrong = {"old_password": "x", "new_password1": "opop2026", "new_password2": "opop2027"}
    text = client.post("/akun/sandi/", wrong).text
    # Where a screen reader looks for it: the field names the words.
    for name, words in [
        ("old_password", "Ini bukan kata sandi Anda yang sekarang."),
        ("new_password1", "Terlalu pendek: paling sedikit 12 huruf."),
        ("new_password2", "Ini tidak sama dengan yang di atas."),
    ]:
        field = text.split(f'name="{name}"')[1].split("</div>")[0]
        assert f'id="id_{name}_error"' in field
        assert words in field
        described = field.split('aria-describedby="')[1].split('"')[0].split()
        assert all(f'id="{one}"' in text for one in described)
