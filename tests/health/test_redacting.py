"""No code, token, PIN or person in the log: every address, and the way an exception takes."""

from __future__ import annotations

import logging
import re
import runpy
import smtplib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core import mail
from django.utils.log import AdminEmailHandler

from opop_expo.health.redacting import HIDDEN, safe_message, safe_path, safe_text
from tests.addresses import addresses
from tests.log_lines import written

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

SECRET = "Q7KMX4ZT0BFCq3Fx9yT_2a"  # 22 signs, as a receipt's token has
PIN = "48151623"

# What each argument of an address is. Whoever adds one says here whether it opens something.
SECRETS = {
    "password_link": {"token"},
    "pairing_confirm": {"code"},
    "e_receipt": {"token"},
    "ticket": {"code"},
    "ticket_call_off": {"code"},
    "ticket_forget": {"code"},
    "ticket_certificate": {"code"},
    "certificate": {"code"},
    "shared_list": {"code"},
}
# Slugs, numbers of rows, codes of stands and the like, which only say what is shown.
PUBLIC = {
    *("edition", "slug", "kind", "jenis", "key", "digest", "path", "object_id", "app_label"),
    *("content_type_id", "ending", "number", "url"),
}

PUBLIC_HERE = {("stand_detail", "code"), ("admin:auth_user_password_change", "id")}


def test_every_argument_of_every_address_is_known_for_what_it_is() -> None:
    unknown = {
        (one.name, argument)
        for one in addresses()
        for argument in one.arguments
        if argument not in SECRETS.get(one.name, ())
        and not argument.endswith("_id")
        and argument not in PUBLIC
        and (one.name, argument) not in PUBLIC_HERE
    }
    assert not unknown
    assert SECRETS.keys() <= {one.name for one in addresses()}


@pytest.mark.parametrize("language", ["", "/en"])
def test_path_is_written_without_its_secret_and_otherwise_as_it_is(language: str) -> None:
    for one in addresses():
        secrets = SECRETS.get(one.name, set())
        path = language + one.path(dict.fromkeys(secrets, SECRET))
        expected = path.replace(SECRET, HIDDEN)
        assert safe_path(path) == expected, one.name
        assert safe_text(f"Not Found: {path}") == f"Not Found: {expected}", one.name


def test_address_that_leads_nowhere_is_written_without_what_may_be_a_code() -> None:
    for path in [f"/tikett/{SECRET}/", f"/kasir/{PIN}a/", f"/en/nota/{SECRET}", "/7q2km9x4/"]:
        assert safe_path(path, leads_somewhere=False).split("/")[-2 if path[-1] == "/" else -1] == (
            HIDDEN
        ), path
    assert safe_path("/wp-login.php", leads_somewhere=False) == "/wp-login.php"


@pytest.mark.parametrize("name", SECRETS)
def test_gunicorn_and_both_proxies_hide_the_same(name: str) -> None:
    """They have lists of their own, since none of them reads the portal's code."""
    deploy = Path(settings.BASE_DIR, "deploy")
    gunicorn = runpy.run_path(str(deploy / "gunicorn.conf.py"))["SECRET_IN_PATH"]
    [address] = [one for one in addresses() if one.name == name]
    path = address.path(dict.fromkeys(SECRETS[name], SECRET))
    for asked in (path, f"/en{path}"):
        assert SECRET not in gunicorn.sub(r"\g<before>***", asked)
    words = [
        sorted(re.findall(r"/\(\?:([a-z/|]+)\)/", text))
        for text in (
            gunicorn.pattern,
            (deploy / "nginx" / "opop.conf").read_text(),
            (deploy / "Caddyfile").read_text(),
        )
    ]
    assert len({tuple(sorted(one[0].split("|"))) for one in words}) == 1


@pytest.mark.parametrize("name", SECRETS)
def test_request_leaves_no_secret_in_the_log(client: Client, name: str) -> None:
    # Not as the tests are collected: with the addresses the settings of then would stay.
    [address] = [one for one in addresses() if one.name == name]
    path = address.path(dict.fromkeys(SECRETS[name], SECRET))
    with written() as log:
        for asked in (path, f"/en{path}", f"{path}x", f"/x{path}"):
            client.get(asked, {"code": SECRET, SECRET: ""}, headers={"Referer": path})
            client.post(asked, {"pin": PIN})
    assert len(log.by("opop.access")) == 8
    assert SECRET not in log.getvalue()
    assert PIN not in log.getvalue()


@pytest.mark.urls("tests.failing_urls")
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_exception_tells_where_and_not_with_what(
    client: Client, settings: Any, content_type: str
) -> None:
    client.raise_request_exception = False
    client.cookies["opop_till"] = SECRET
    settings.ADMINS = [("Citra", "citra@opop.test")]
    body = (
        {"pin": PIN, "name": "Aminah binti Umar"}
        if content_type == "application/json"
        else f"pin={PIN}&name=Aminah+binti+Umar"
    )
    by_mail = AdminEmailHandler(include_html=True)
    logger = logging.getLogger("django.request")
    logger.addHandler(by_mail)
    try:
        with written() as log:
            client.post(f"/tiket/{SECRET}/?q={SECRET}", body, content_type=content_type)
    finally:
        logger.removeHandler(by_mail)
    [line] = log.by("django.request")
    [letter] = mail.outbox
    assert isinstance(letter, mail.EmailMultiAlternatives)
    told = log.getvalue() + letter.subject + letter.body + str(letter.alternatives)
    for secret in (SECRET, PIN, "Aminah"):
        assert secret not in told, secret
    for text in (line["exc_info"], letter.body):
        assert "failing_urls.py" in text
        assert "LookupError" in text
        assert "ValueError" in text
    assert line["request_id"] in letter.body


@pytest.mark.urls("tests.failing_urls")
def test_row_that_the_database_refuses_is_not_written(client: Client) -> None:
    client.raise_request_exception = False
    with written() as log:
        client.post("/gagal/row/", {"pin": PIN})
    assert "IntegrityError: duplicate key" in log.by("django.request")[0]["exc_info"]
    assert PIN not in log.getvalue()


@pytest.mark.parametrize(
    ("message", "written_as"),
    [
        ('relation "sales_till" does not exist', 'relation "sales_till" does not exist'),
        ("can't read 'Siti' here", f"can't read {HIDDEN} here"),
        (
            'invalid input syntax for type uuid: "abc"',
            f"invalid input syntax for type uuid: {HIDDEN}",
        ),
        (
            "see https://x.test/masuk/?next=/kasir/pasang/7Q2KM9X4/",
            f"see https://x.test/masuk/?{HIDDEN}",
        ),
    ],
)
def test_words_of_an_exception_keep_names_and_lose_values(message: str, written_as: str) -> None:
    assert safe_message(message) == written_as


def test_letter_that_was_refused_is_told_without_its_reader() -> None:
    refused = smtplib.SMTPRecipientsRefused({"dewi@toko.example": (550, b"no such user")})
    with written() as log:
        logging.getLogger("opop_expo").error("A letter was not sent: %s", refused)
    assert "dewi" not in log.getvalue()
    assert "no such user" in log.getvalue()
