"""Whether a process lives and a node can serve, told to whoever asks from inside, within bounds."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from opop_expo.health import nodes, probes
from opop_expo.health.bounded import Bounded, NoAnswerError
from opop_expo.health.disks import MB, Disk, disk_of_backups, disks
from opop_expo.models import NodeReport
from sales.models import SaleFlag
from tests.ledger import make_sale, make_shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

WELL = {"database": "ok", "migrations": "ok", "backlog": "ok", "disk": "ok"}


@pytest.fixture(autouse=True)
def _time_and_room(settings: Any) -> None:
    """Enough for a machine on which other tests run, and on which somebody fills the disk."""
    settings.READY_SECONDS, settings.DISK_MIN_FREE_MB, settings.DISK_LOW_FREE_MB = 20, 0, 0


def test_node_that_is_well_says_so_and_nobody_keeps_the_answer(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ready", "checks": WELL})
    assert "no-store" in response["Cache-Control"]
    assert client.get("/livez").content == b"ok\n"


def test_head_is_enough(client: Client) -> None:
    for path in ("/livez", "/readyz"):
        response = client.head(path)
        assert (response.status_code, response.content) == (200, b"")


def test_asked_from_inside_it_wants_neither_https_nor_the_right_name(
    client: Client, settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, [".expo.example"]
    for path in ("/livez", "/readyz"):
        assert client.get(path, headers={"Host": "10.0.0.7:8000"}).status_code == 200
    assert client.get("/", headers={"Host": "10.0.0.7:8000"}).status_code == 400
    assert client.get("/", headers={"Host": "x.expo.example"}).status_code == 301


def test_process_lives_without_a_database(client: Client) -> None:
    with mock.patch.object(connection, "ensure_connection", side_effect=AssertionError):
        assert client.get("/livez").status_code == 200


@pytest.fixture
def database_that_hangs() -> Iterator[None]:
    """A server that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": "127.0.0.1",
            "PORT": str(server.getsockname()[1]),
            "NAME": "x",
            "OPTIONS": {"connect_timeout": 10},
        }
        with (
            mock.patch.dict(connections.settings["default"], place),
            # Neither joins nor leaves behind a question of other tests.
            mock.patch.object(probes, "DATABASE", Bounded(probes.check_database)),
        ):
            yield


@pytest.mark.usefixtures("database_that_hangs")
def test_database_that_hangs_is_told_in_time(client: Client, settings: Any) -> None:
    settings.READY_SECONDS = 0.5
    started = time.monotonic()
    response = client.get("/readyz")
    assert time.monotonic() - started < 8
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": "no answer", "disk": "ok"}


def test_database_that_refuses_is_told_without_its_words(client: Client) -> None:
    failing: Bounded[dict[str, str]] = Bounded(lambda: {"database": str(1 // 0)})
    with mock.patch.object(probes, "DATABASE", failing):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {
        "status": "not ready",
        "checks": {"database": "failing", "disk": "ok"},
    }


def test_code_that_is_ahead_of_the_database_takes_no_requests() -> None:
    MigrationRecorder(connection).record_unapplied("opop_expo", "0001_initial")
    assert probes.check_database() == {"database": "ok", "migrations": "missing"}
    assert probes.missing_migrations() == ["opop_expo.0001_initial"]


def test_what_waits_for_an_organiser_is_shown_and_takes_nobody_out(client: Client) -> None:
    stand, [coffee, _other] = make_shop()
    SaleFlag.objects.create(sale=make_sale(stand, {coffee: 1}), kind=SaleFlag.Kind.CLOCK_OFF)
    assert probes.check_database() == {"database": "ok", "migrations": "ok", "backlog": "waiting"}
    waiting = Bounded(lambda: {"database": "ok", "migrations": "ok", "backlog": "waiting"})
    with mock.patch.object(probes, "DATABASE", waiting):
        assert client.get("/readyz").status_code == 200
    SaleFlag.objects.update(settled_at=timezone.now())
    assert probes.check_database()["backlog"] == "ok"


def test_disk_that_fills_is_told_early_and_stops_a_node_late(client: Client, settings: Any) -> None:
    settings.DISK_LOW_FREE_MB = 10**9
    response = client.get("/readyz")
    assert (response.status_code, response.json()["checks"]["disk"]) == (200, "low")
    settings.DISK_MIN_FREE_MB = 10**9
    response = client.get("/readyz")
    assert (response.status_code, response.json()["checks"]["disk"]) == (503, "full")


def test_place_that_nobody_may_write_to_is_as_good_as_full(settings: Any) -> None:
    settings.DISK_MIN_FREE_MB = 10
    assert Disk("media", 100 * MB, 100 * MB, is_writable=False).is_full
    assert not Disk("media", 10 * MB, 100 * MB, is_writable=True).is_full


def test_disk_of_the_backups_takes_no_node_out(settings: Any, tmp_path: Path) -> None:
    settings.BACKUP_ROOT, settings.DISK_MIN_FREE_MB = tmp_path, 10**9
    [disk] = disk_of_backups()
    assert (disk.name, disk.is_full) == ("backups", False)
    settings.DISK_LOW_FREE_MB = 10**9
    assert disk.is_low
    assert "backups" not in {one.name for one in disks()}
    settings.BACKUP_ROOT = tmp_path / "nowhere"
    assert disk_of_backups() == []


def test_disk_of_the_backups_that_hangs_holds_up_no_report(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BACKUP_ROOT, settings.READY_SECONDS = tmp_path / "elsewhere", 0.1
    is_back, disk_usage = threading.Event(), shutil.disk_usage

    def hang(place: Path) -> Any:
        if place == settings.BACKUP_ROOT:
            is_back.wait(5)
            place = tmp_path
        return disk_usage(place)

    monkeypatch.setattr(shutil, "disk_usage", hang)
    nodes.report(timezone.now())
    is_back.set()
    assert "backups" not in {name for name, *_rest in NodeReport.objects.get().disks}


def test_many_who_ask_at_once_ask_once() -> None:
    asked: list[int] = []
    go_on = threading.Event()

    def ask() -> int:
        asked.append(1)
        assert go_on.wait(10)
        return len(asked)

    question = Bounded(ask)
    futures = [question.start() for _person in range(5)]
    with pytest.raises(NoAnswerError):
        question.answer(0.01)
    go_on.set()
    assert [future.result(10) for future in futures] == [1] * 5
    assert question.answer(10) == 2


def test_question_that_hangs_is_asked_anew_after_a_while_and_not_without_end() -> None:
    hangs = threading.Event()
    asked: list[int] = []

    def ask() -> None:
        asked.append(1)
        hangs.wait(10)

    question = Bounded(ask)
    with mock.patch("opop_expo.health.bounded.GIVEN_UP_AFTER_SECONDS", 0):
        for _time in range(10):
            question.start()
    hangs.set()
    assert len(asked) == 4
