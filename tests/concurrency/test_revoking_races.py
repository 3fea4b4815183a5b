"""A tablet is revoked while its credential moves to another storage: it ends with the move."""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import connection

from sales.models import Tablet
from sales.tablet import pairing, tills
from sales.tablet.pairing import revoke
from stands.models import Stand
from tests.concurrency.test_recording_races import at_once
from tests.ledger import make_shop
from tests.tablets import TestTablet, pair_tablet

if TYPE_CHECKING:
    from sales.models import Till

pytestmark = pytest.mark.django_db(transaction=True)


def escapes() -> bool:
    """Whether a tablet still sells that was revoked in the middle of its move."""
    stand, citra = make_shop()[0], User.objects.create_user("citra")
    tablet = pair_tablet(stand)
    listed = Tablet.objects.get()
    moved = TestTablet(tablet.till, tablet.credential, uuid.uuid4())
    moves, revoked = threading.Event(), threading.Event()
    claim_till = tills.claim_till

    def slowly(**given: Any) -> Till:
        moves.set()
        revoked.wait(0.5)
        return claim_till(**given)

    def work(index: int) -> None:
        if index == 0:
            moved.post("kabar")
        else:
            moves.wait(10)
            revoke(listed, actor=citra)
            revoked.set()

    with mock.patch.object(tills, "claim_till", slowly):
        at_once(2, work)
    return bool(moved.post("kabar").status_code == 200)


def test_tablet_that_moves_as_it_is_revoked_is_revoked() -> None:
    assert not escapes()


def test_without_the_lock_it_would_escape() -> None:
    """The control. SQLite writes one at a time whatever is locked."""

    def unlocked(stand_id: int) -> Stand:
        return Stand.objects.get(pk=stand_id)

    with (
        mock.patch.object(tills, "one_at_a_time", unlocked),
        mock.patch.object(pairing, "one_at_a_time", unlocked),
    ):
        assert escapes() is (connection.vendor == "postgresql")
