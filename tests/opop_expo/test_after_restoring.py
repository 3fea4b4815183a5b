"""After a restore nothing of the time that was lost is shown, given or printed a second time."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from opop_expo.backups import restoring
from opop_expo.backups.databases import engine_in_use, settings_with, using
from opop_expo.backups.postgres import find_program
from sales.closing.requests import MovementRequest
from sales.closing.writing import write_in_book
from sales.models import CashMovement, DayClose, LedgerHead, Sale
from sales.proof.verifying import verify_ledger
from stands.catalogue_version import edition_at, forget
from stands.models import Expo
from tests.closings import make_close
from tests.ledger import make_sale, make_shop
from tests.opop_expo.backups import back_up, kept_databases, remove_kept, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stands.models import Offer, Stand

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("alone_with_the_database"),
]


@pytest.fixture(autouse=True)
def _places(tmp_path: Path) -> Iterator[None]:
    with override_settings(
        MEDIA_ROOT=tmp_path / "media",
        PRIVATE_ROOT=tmp_path / "private",
        ERASURES_FILE=tmp_path / "erasures.jsonl",
        CATALOGUE_LOOK_SECONDS=0,
    ):
        yield
        remove_kept()
        forget()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def shop() -> tuple[Stand, list[Offer]]:
    """A stand that has sold once."""
    stand, offers = make_shop()
    make_sale(stand, {offers[0]: 1}, intake=Sale.Intake.FORM)
    return stand, offers


def test_slow_dump_keeps_its_snapshot(
    root: Path, tmp_path: Path, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite nothing ends a transaction that says nothing; there it is a backup as any."""
    if connection.vendor == "sqlite":
        back_up(root)
        return
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("pg_dump", "pg_restore"):
        slow = programs / name
        slow.write_text(f'#!/bin/sh\nsleep 1.5\nexec {find_program(name)} "$@"\n')
        slow.chmod(0o755)
    monkeypatch.setenv("PG_BINDIR", str(programs))
    with using(settings_with(options="-c idle_in_transaction_session_timeout=1s")):
        back_up(root)


def movement() -> MovementRequest:
    return MovementRequest(
        uuid=uuid.uuid4(),
        number=None,
        kind="out",
        amount_rupiah=1_000,
        reason="uang kecil",
        moved_at=timezone.now(),
    )


def version_of(expo: Expo) -> int:
    found = edition_at(expo.slug)
    assert found is not None
    return found.version.number


def test_no_version_of_the_catalogue_is_given_twice(root: Path, shop: Any) -> None:
    expo = Expo.objects.get()
    folder = back_up(root, "--no-check")
    lost = set()
    for turn in ("pertama", "kedua"):
        for name in ("satu", "dua", "tiga"):
            Expo.objects.filter(pk=expo.pk).update(theme=f"{turn} {name}")
            lost.add(version_of(expo))
        caches["default"].set("kept", "a page of the time that is lost")
        run("restore", folder, "--overwrite")
        assert caches["default"].get("kept") is None
        remove_kept()
        forget()
        seen = {version_of(expo)}
        for name in ("satu", "dua", "tiga"):
            Expo.objects.filter(pk=expo.pk).update(theme=f"{turn} {name} lagi")
            seen.add(version_of(expo))
        assert len(seen) == 4
        assert not seen & lost
        lost |= seen


def test_no_number_of_the_plain_form_is_given_twice(root: Path, shop: Any) -> None:
    stand, offers = shop
    other, others = make_shop(code="B2", expo=stand.expo)
    folder = back_up(root, "--no-check")
    given: set[str] = set()
    for _turn in range(2):
        numbers = [
            make_sale(stand, {offers[0]: 1}, intake=Sale.Intake.FORM).number,
            make_sale(other, {others[0]: 1}, intake=Sale.Intake.FORM).number,
        ]
        till = LedgerHead.objects.get(stand=stand).web_till
        write_in_book(movement(), stand=stand, cashier=None)
        make_close(till, number=None)
        numbers += CashMovement.objects.values_list("number", flat=True)
        numbers += DayClose.objects.values_list("number", flat=True)
        assert len(numbers) == 4
        assert not given & set(numbers)
        given |= set(numbers)
        run("restore", folder, "--overwrite")
        remove_kept()
    assert make_sale(stand, {offers[0]: 1}, intake=Sale.Intake.FORM).number not in given
    assert verify_ledger().breaks == []


# --- what fails after the change of places -------------------------------------------------------


def breaking(error: BaseException) -> Any:
    def broken(*_arguments: Any, **_options: Any) -> Any:
        raise error

    return broken


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("verify_ledger", psycopg.OperationalError("gone away")),
        ("put_back", OSError("no room")),
    ],
)
def test_once_replaced_it_does_not_say_that_nothing_was_changed(
    root: Path, shop: Any, monkeypatch: pytest.MonkeyPatch, name: str, error: BaseException
) -> None:
    stand, offers = shop
    default_storage.save("photos/stan.png", ContentFile(b"photo"))
    folder = back_up(root, "--no-check")
    make_sale(stand, {offers[0]: 1})
    monkeypatch.setattr(restoring, name, breaking(error))
    with pytest.raises(CommandError, match=f"The database was replaced.*{error}") as said:
        run("restore", folder, "--overwrite")
    assert "as it was" not in str(said.value)
    assert kept_databases()[0] in str(said.value)
    assert Sale.objects.count() == 1


def test_files_are_left_alone_where_the_database_was_not_replaced(
    root: Path, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    default_storage.save("photos/stan.png", ContentFile(b"photo"))
    folder = back_up(root, "--no-check")
    default_storage.delete("photos/stan.png")
    error = psycopg.OperationalError("too many connections")
    monkeypatch.setattr(type(engine_in_use()), "take_over", breaking(error))
    with pytest.raises(CommandError, match="is as it was: too many connections"):
        run("restore", folder, "--overwrite")
    assert not default_storage.exists("photos/stan.png")
    assert Sale.objects.count() == 1
