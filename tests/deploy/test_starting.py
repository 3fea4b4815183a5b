"""A start with settings that would be unsafe ends in one sentence and no traceback."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

from opop_expo.deployment.checks import others_are_spoken_to_over_tls, proxies_are_named
from opop_expo.deployment.reading import Environment, require_strong
from tests.deploy.front import DEPLOY

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.shown_alike
STRONG, OTHER = secrets.token_urlsafe(50), secrets.token_urlsafe(50)


def in_production(**changed: str) -> dict[str, str]:
    return os.environ | {
        "DEBUG": "0",
        "SECRET_KEY": STRONG,
        "VOUCHER_KEY": OTHER,
        "ALLOWED_HOSTS": "expo.example",
        "DATABASE_URL": "sqlite://:memory:",
        "TRUSTED_PROXIES": "127.0.0.1",
        **changed,
    }


def start(*command: str, **changed: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        env=in_production(**changed),
        cwd=DEPLOY.parent,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ("", "is missing"),
        ("x7Kq" * 5, "is shorter than 50 characters"),
        ("abcabcabc" * 8, "has too few different characters"),
        ("0123456789abcdefghijklmnop" * 2, "has too few different characters"),
        ("django-insecure-" + STRONG, "is an example"),
        ("change-me-" + STRONG, "is an example"),
        (OTHER, "is the same as VOUCHER_KEY"),
        ("a key of before " + STRONG, "is the same as SECRET_KEY_FALLBACKS"),
    ],
    # Each process makes secrets of its own, and the names of tests must be the same in all.
    ids=["none", "short", "repeated", "in order", "Django's", "ours", "voucher key", "fallback"],
)
def test_weak_secret_is_named_with_its_reason(secret: str, reason: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        require_strong(
            {"VOUCHER_KEY": OTHER, "SECRET_KEY": secret}, before=["a key of before " + STRONG]
        )
    assert str(refused.value).startswith(f"SECRET_KEY {reason}; python3 -c ")
    assert not secret or secret not in str(refused.value)


def test_random_secrets_are_taken() -> None:
    for _ in range(200):
        require_strong(
            {"SECRET_KEY": secrets.token_urlsafe(50), "VOUCHER_KEY": secrets.token_hex(32)},
            before=[secrets.token_urlsafe(40)],
        )


def test_manage_ends_in_one_sentence() -> None:
    done = start("manage.py", "migrate", SECRET_KEY="short")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "The portal does not start: SECRET_KEY is shorter than 50 characters; "
        "python3 -c 'import secrets; print(secrets.token_urlsafe(50))' prints one."
    ]


def test_missing_host_name_ends_in_one_sentence() -> None:
    done = start("manage.py", "migrate", ALLOWED_HOSTS="")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "The portal does not start: ALLOWED_HOSTS is missing; "
        "it is the name of the portal, such as expo.example."
    ]


def test_gunicorn_ends_in_one_sentence_and_does_not_try_again() -> None:
    done = start(
        *["-m", "gunicorn", "--config=deploy/gunicorn.conf.py", "--bind=127.0.0.1:0"],
        *["--workers=1", "opop_expo.wsgi"],
        VOUCHER_KEY=STRONG,
    )
    said = [line for line in done.stderr.splitlines() if "does not start" in line]
    assert done.returncode == 4, done.stderr
    assert said == [
        "The portal does not start: VOUCHER_KEY is the same as SECRET_KEY; "
        "python3 -c 'import secrets; print(secrets.token_urlsafe(50))' prints one."
    ]
    assert "Traceback" not in done.stderr


def test_secret_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text(f"{STRONG}\n")
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "secret"))
    assert Environment().str("SOME_SECRET") == STRONG
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "none"))
    env = Environment()
    env.ENVIRON.files_cache.clear()
    with pytest.raises(ImproperlyConfigured, match="SOME_SECRET_FILE cannot be read: No such file"):
        env.str("SOME_SECRET")


def test_value_of_the_wrong_kind_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_SECONDS", "s3cr3t")
    with pytest.raises(
        ImproperlyConfigured, match=r"^SOME_SECONDS is no int: look at its value\.$"
    ):
        Environment().int("SOME_SECONDS", default=1)


def test_check_for_deployment_misses_a_proxy(settings: Settings) -> None:
    """That it finds nothing else is what `make check` runs it for."""
    settings.SECURE_SSL_REDIRECT = True
    settings.TRUSTED_PROXIES = ()
    assert [warning.id for warning in proxies_are_named()] == ["opop_expo.W001"]
    settings.TRUSTED_PROXIES = ("127.0.0.1",)
    assert proxies_are_named() == []


def test_gunicorn_configuration_is_valid(tmp_path: Path) -> None:
    done = start(
        *["-m", "gunicorn", "--check-config", "--config=deploy/gunicorn.conf.py", "opop_expo.wsgi"],
        STATIC_ROOT=str(tmp_path),
    )
    assert (done.returncode, done.stderr) == (0, "")


ELSEWHERE = "opop:geheim@10.0.0.5"


@pytest.mark.parametrize(
    ("url", "cache", "store", "mail", "told"),
    [
        ("postgres:///opop", "redis://127.0.0.1:6379/0", None, "smtp://localhost:25", ""),
        ("postgres:///opop?host=/run/postgresql", "unix:///run/redis", "http://localhost:9000",
         "smtp://[::1]:25", ""),
        (f"postgres://{ELSEWHERE}/opop", "", None, "smtp://localhost:25", "the database."),
        (f"postgres://{ELSEWHERE}/opop?sslmode=require", "", None, "smtp://[::1]:25",
         "the database."),
        (f"postgres://{ELSEWHERE}/a?sslmode=verify-full", "", "https://s3.example",
         "smtp+tls://surat.example:587", ""),
        ("sqlite:///a.sqlite3", f"rediss://{ELSEWHERE}/0", None, "smtp+ssl://surat.example:465",
         ""),
        ("postgres://db/opop", f"redis://{ELSEWHERE}/0", "http://10.0.0.9:9000",
         "smtp://surat.example:25", "the database, Redis, the object store, the mail server."),
    ],
)  # fmt: skip
def test_check_for_deployment_names_who_is_spoken_to_in_the_open(
    monkeypatch: pytest.MonkeyPatch, url: str, cache: str, store: str | None, mail: str, told: str
) -> None:
    said = Environment.email_url_config(mail)
    changed = {
        "DATABASES": {"default": Environment.db_url_config(url)},
        "CACHES": {"default": {"LOCATION": cache}},
        "STORAGES": {"private": {"OPTIONS": {"endpoint_url": store}} if store else {}},
        "EMAIL_USE_TLS": said.get("EMAIL_USE_TLS", False),
        "EMAIL_USE_SSL": said.get("EMAIL_USE_SSL", False),
    } | {name: said[name] for name in ("EMAIL_BACKEND", "EMAIL_HOST")}
    for name, value in changed.items():
        # Without telling Django, which would open the database anew.
        monkeypatch.setattr(django_settings, name, value)
    found = others_are_spoken_to_over_tls()
    assert [one.id for one in found] == (["opop_expo.W011"] if told else [])
    assert "".join(one.msg for one in found).endswith(told)
    assert "geheim" not in str(found)
