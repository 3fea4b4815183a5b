"""A backup from before an erasure, restored: who was erased since then is not in it again."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User

from events.models import Erasure
from opop_expo.privacy.erasing import erase_person
from opop_expo.privacy.finding import find, with_accounts
from opop_expo.privacy.terms import Terms
from sales.proof.verifying import verify_ledger
from tests.opop_expo.backups import back_up, remove_kept, run
from tests.opop_expo.privacy.planted import EMAIL, NAME, dump, plant, traces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.django_db(transaction=True)


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
