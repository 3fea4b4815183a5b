"""Archives of photos that one person sends at once, with real threads: one waits, of any number."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from opop_expo.models import ImportJob
from tests.concurrency.test_recording_races import at_once
from tests.imports import send, sign_in_as
from tests.opop_expo.test_import_photos import files_in, jpeg, zipped

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 4


@pytest.fixture
def clients(settings: Any, tmp_path: Path) -> list[Client]:
    """Windows of one person."""
    settings.IMPORTS_ROOT = tmp_path / "imports"
    settings.MEDIA_ROOT = tmp_path / "media"
    clients = [Client() for _ in range(MANY)]
    citra = sign_in_as(clients[0])
    for client in clients[1:]:
        client.force_login(citra)
    return clients


def test_of_several_sent_at_once_one_waits_and_the_others_are_told(clients: list[Client]) -> None:
    """Else the tick that replaces one of them would never be enough for the next."""
    files = [zipped({f"kopi{number}.jpg": jpeg()}) for number in range(MANY)]

    def work(index: int) -> int:
        return int(send(clients[index], "foto", files[index], name=f"{index}.zip").status_code)

    assert Counter(at_once(MANY, work)) == {302: 1, 422: MANY - 1}
    assert ImportJob.objects.count() == 1


def test_one_sent_several_times_at_once_waits_once(clients: list[Client], settings: Any) -> None:
    file = zipped({"kopi.jpg": jpeg()})

    def work(index: int) -> int:
        return int(send(clients[index], "foto", file, name="foto.zip").status_code)

    assert at_once(MANY, work) == [302] * MANY
    assert ImportJob.objects.count() == 1
    # Of the others no file stays that no row knows.
    assert files_in(settings.IMPORTS_ROOT) == ["foto.zip"]
