"""Organisers who save one form at once, with real threads: one counts, the others read."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any
from unittest import mock

import pytest
from django.db import Error as DatabaseError
from django.db import connection, models
from django.test import Client

from pesantren import changed_meanwhile
from stands.models import Stand
from tests.concurrency.test_recording_races import at_once
from tests.make import make_expo, make_stand
from tests.opened import opened
from tests.outcomes.make import make_claim, make_disbursement, make_scheme
from tests.participants import make_organiser
from tests.programmes import make_session

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 4
MADE: dict[str, Any] = {
    "session": (lambda: make_session(expo=make_expo()), "programme/session/%s/change", "title"),
    "stand": (lambda: make_stand(expo=make_expo()), "stands/stand/%s/change", "name"),
    "claim": (lambda: make_claim(expo=make_expo()), "hasil/klaim/%s", "detail"),
    "financing": (
        lambda: make_disbursement(scheme=make_scheme(expo=make_expo())),
        "hasil/pembiayaan/%s",
        "note",
    ),
}


def save_at_once(row: models.Model, address: str, field: str) -> Counter[str]:
    """Each has opened the form and typed something else; how their attempts ended."""
    organiser = make_organiser()
    clients = [Client() for _ in range(MANY)]
    for client in clients:
        client.force_login(organiser)
    sent = [opened(client.get(address)) | {field: f"Dari {n}"} for n, client in enumerate(clients)]

    def work(index: int) -> str:
        try:
            response = clients[index].post(address, sent[index])
        except DatabaseError as refused:
            return type(refused).__name__
        if response.status_code == 302:
            return "saved"
        return "told" if "orang lain mengubahnya" in response.text else str(response.status_code)

    return Counter(at_once(MANY, work))


@pytest.mark.parametrize("name", MADE)
def test_of_many_at_once_one_counts_and_the_others_are_told(name: str) -> None:
    make, path, field = MADE[name]
    row = make()
    ended = save_at_once(row, f"/admin/{path % row.pk}/", field)
    assert ended == {"saved": 1, "told": MANY - 1}
    row.refresh_from_db()
    assert getattr(row, field).startswith("Dari ")


def test_row_is_held_from_the_comparison_to_the_saving() -> None:
    """The control: without the lock each finds the stand as it was, and writes over the others."""
    usual, compared = models.QuerySet.select_for_update, changed_meanwhile.complain

    def unlocked(rows: Any, *given: Any, **named: Any) -> Any:
        return rows if rows.model is Stand else usual(rows, *given, **named)

    def slowly(*given: Any, **named: Any) -> Any:
        found = compared(*given, **named)
        time.sleep(0.3)
        return found

    make, path, field = MADE["stand"]
    row = make()
    with (
        mock.patch.object(models.QuerySet, "select_for_update", unlocked),
        mock.patch.object(changed_meanwhile, "complain", slowly),
    ):
        saved = save_at_once(row, f"/admin/{path % row.pk}/", field)["saved"]
    # On SQLite one transaction writes at a time, from its beginning.
    assert saved > 1 if connection.vendor == "postgresql" else saved == 1
