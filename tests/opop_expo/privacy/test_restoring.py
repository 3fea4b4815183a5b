"""A backup from before an erasure, restored: who was erased since then is not in it again."""

from __future__ import annotations

import io
import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from events.erasing import SEALED_START
from events.models import Erasure
from opop_expo.privacy.erasing import erase_person
from opop_expo.privacy.finding import find, with_accounts
from opop_expo.privacy.terms import Terms
from pesantren.models import Producer
from programme.forgetting import withdraw_consent
from sales.models import Sale
from sales.proof.verifying import verify_ledger
from sales.recording import record_sale
from tests.ledger import make_shop, sale_request
from tests.opop_expo.backups import back_up, remove_kept, run
from tests.opop_expo.privacy.planted import EMAIL, NAME, dump, plant, traces
from tests.participants import make_registration, make_talk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("alone_with_the_database"),
]


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    yield tmp_path
    remove_kept()


@pytest.mark.parametrize("is_by_file", [True, False], ids=["by the list", "by the database"])
def test_restored_they_are_erased_again(places: Path, is_by_file: bool) -> None:
    plant()
    citra = User.objects.create_user("citra")
    folder = back_up(places / "backups")
    terms = with_accounts(Terms(NAME, EMAIL, "81277665544"))
    keys = [one.key for one in find(terms)]
    erase_person(terms, keys, request=uuid.uuid4(), actor=citra)
    assert traces(dump()) == []
    many = Erasure.objects.count()
    if not is_by_file:
        (places / "erasures.jsonl").unlink()

    said = run("restore", folder, "--overwrite")

    assert f"{many} erasures of personal data were made again" in said
    assert "the ledger is whole" in said
    assert traces(dump()) == []
    assert verify_ledger().breaks == []


def test_whoever_withdrew_by_themselves_is_on_the_list_with_the_next_backup(places: Path) -> None:
    registration = make_registration(make_talk(), NAME)
    withdraw_consent(registration)
    back_up(places / "backups", "--no-check")
    assert registration.pk.hex in (places / "erasures.jsonl").read_text()


def test_what_a_tablet_sends_again_later_is_erased_again(places: Path) -> None:
    stand, offers = make_shop()
    citra = User.objects.create_user("citra")
    folder = back_up(places / "backups", "--no-check")
    request = sale_request({offers[0]: 1}, note=f"Dipesan {NAME}")
    sold = record_sale(stand=stand, cashier=None, request=request, intake=Sale.Intake.OUTBOX).sale
    terms = Terms(NAME)
    erase_person(terms, [one.key for one in find(terms)], request=uuid.uuid4(), actor=citra)
    run("restore", folder, "--overwrite")
    assert not Sale.objects.exists()

    record_sale(stand=stand, cashier=None, request=request, intake=Sale.Intake.OUTBOX)
    assert NAME in Sale.objects.get().note
    assert "Erased again: 1." in forget()
    assert sold is not None
    assert Sale.objects.get(pk=sold.pk).note.startswith(SEALED_START)
    assert verify_ledger().breaks == []
    assert "again" not in forget()


def test_old_list_erases_nobody_in_a_database_begun_anew(places: Path) -> None:
    """It counts its keys from one on: they are other rows' than those that the list means."""
    make_shop()
    producer = Producer.objects.earliest("pk")
    line = {"request": str(uuid.uuid4()), "place": Producer._meta.db_table, "part": "name"}
    (places / "erasures.jsonl").write_text(json.dumps(line | {"row": str(producer.pk)}))
    assert forget() == "Forgotten: 0.\n"
    assert Producer.objects.get(pk=producer.pk).name == producer.name


def forget() -> str:
    said = io.StringIO()
    call_command("forget_old", stdout=said)
    return said.getvalue()
