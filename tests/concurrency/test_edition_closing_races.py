"""Two close an edition at once: it is closed once; and whoever changes it meanwhile is not lost."""

from __future__ import annotations

from collections import Counter
from threading import Event as Signal
from unittest import mock

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from events.models import Event
from stands import closing_edition
from stands.closing_edition import close_edition
from stands.models import Expo, KeptProduct, Offer
from tests.concurrency.test_recording_races import at_once, deferred_transactions
from tests.make import make_expo, make_offer, make_stand

pytestmark = pytest.mark.django_db(transaction=True)


def race(expo: Expo, number: int = 4) -> Counter[str]:
    def work(_index: int) -> str:
        try:
            return "closed" if close_edition(expo, actor=None) else "was closed"
        except DatabaseError:
            return "stopped"

    return Counter(at_once(number, work))


def test_of_four_who_close_it_one_does() -> None:
    expo = make_expo()
    make_offer(stand=make_stand(expo=expo))

    assert race(expo) == {"closed": 1, "was closed": 3}

    assert KeptProduct.objects.count() == 1
    assert Event.objects.filter(kind=Event.Kind.EDITION_CLOSED).count() == 1


def test_without_the_lock_they_meet() -> None:
    """The negative control: two find it open, and the second is stopped by what the first kept."""

    for year in range(2021, 2033):
        expo = make_expo(slug=str(year), is_current=False)
        make_offer(stand=make_stand(expo=expo))
        with mock.patch.object(closing_edition, "_lock"), deferred_transactions():
            ended = race(expo)
        if ended["stopped"]:
            return
    pytest.fail("nobody ever met anybody")


def test_a_price_that_is_being_changed_is_kept_as_changed_or_not_changed() -> None:
    """What is kept and what the offers say never part: the one waits for the other."""
    expo = make_expo()
    offer = make_offer(stand=make_stand(expo=expo), price_rupiah=25_000)
    is_changed = Signal()

    def change(_index: int) -> str:
        try:
            with transaction.atomic():
                Offer.objects.filter(pk=offer.pk).update(price_rupiah=30_000)
                is_changed.set()
                with connection.cursor() as cursor:
                    if connection.vendor == "postgresql":
                        cursor.execute("SELECT pg_sleep(0.3)")
        except IntegrityError:
            return "refused"
        return "changed"

    def close(_index: int) -> str:
        is_changed.wait(10)
        return "closed" if close_edition(expo, actor=None) else "was closed"

    ended = at_once(2, lambda index: (change, close)[index](index))

    assert set(ended) == {"changed", "closed"}
    offer.refresh_from_db()
    said = KeptProduct.objects.get().content["offers"]
    assert offer.price_rupiah == said[0]["price_rupiah"] == 30_000
