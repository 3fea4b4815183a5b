"""Errors are counted by what failed where, without a person, and never in a request's way."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from opop_expo.health import errors, nodes
from opop_expo.health.errors import ERRORS, ErrorsSeen
from opop_expo.models import ErrorSeen, NodeReport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noting() -> Iterator[None]:
    """The handler that a serving process has, with nothing noted before or after."""
    handler = ErrorsSeen(logging.ERROR)
    logging.getLogger().addHandler(handler)
    ERRORS._noted.clear()
    yield
    logging.getLogger().removeHandler(handler)
    ERRORS._noted.clear()


@pytest.mark.urls("tests.failing_urls")
def test_error_is_counted_with_its_last_requests(client: Client) -> None:
    client.raise_request_exception = False
    ids = [client.post("/gagal/row/", {"pin": "48151623"})["X-Request-ID"] for _time in range(7)]
    client.get("/gagal/database/")
    ERRORS.write()
    # Of another process, or later.
    ids.append(client.post("/gagal/row/")["X-Request-ID"])
    ERRORS.write()
    row, other = ErrorSeen.objects.order_by("-count")
    assert (row.count, row.kind, row.node) == (8, "django.db.utils.IntegrityError", row.node)
    assert row.place.startswith("tests/failing_urls.py:")
    assert row.place.endswith(" fails")
    assert row.request_ids == ids[::-1][:5]
    assert "48151623" not in str(vars(row))
    assert other.kind == "django.db.utils.OperationalError"


def test_what_cannot_be_written_now_is_written_later(client: Client) -> None:
    logging.getLogger("sales").error("uji")

    def refuse(*_arguments: object) -> None:
        raise DatabaseError

    with connection.execute_wrapper(refuse), pytest.raises(DatabaseError):
        ERRORS.write()
    ERRORS.write()
    assert ErrorSeen.objects.values_list("kind", "count").get() == ("sales", 1)


def test_strangers_who_ask_for_another_host_are_no_error_of_ours(client: Client) -> None:
    client.get("/", headers={"Host": "bukan.example"})
    ERRORS.write()
    assert not ErrorSeen.objects.exists()


def test_storm_leaves_few_rows_and_old_ones_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "MOST_ROWS", 20)
    for number in range(150):
        logging.getLogger(f"badai.{number}").error("uji")
    assert len(ERRORS._noted) == errors.MOST_NOTED
    ERRORS.write()
    ErrorSeen.objects.update(last_at=timezone.now())
    errors.forget_old_errors()
    assert ErrorSeen.objects.count() == 20
    ErrorSeen.objects.update(last_at=timezone.now() - dt.timedelta(days=15))
    errors.forget_old_errors()
    assert not ErrorSeen.objects.exists()


def test_process_tells_of_itself_and_one_that_is_gone_is_forgotten() -> None:
    started = timezone.now()
    gone = {"started_at": started, "seen_at": started - dt.timedelta(days=3)}
    NodeReport.objects.create(node="lama", process=1, **gone)
    logging.getLogger("sales").error("uji")
    nodes.report(started)
    nodes.report(started)
    report = NodeReport.objects.get()
    assert report.started_at == started
    assert set(report.versions) == {"portal", "python", "django"}
    assert {name for name, *_rest in report.disks} >= {"media", "private", "imports", "backups"}
    assert ErrorSeen.objects.get().count == 1
