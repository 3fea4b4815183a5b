"""Two organisers who freeze at once make one version; what a snapshot reads is of one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import Error as DatabaseError
from django.utils import timezone

from outcomes import results
from outcomes.freezing import FrozenMeanwhileError, freeze, results_breaks
from outcomes.models import ResultsVersion
from outcomes.results import read_results
from outcomes.results_sales import top_section
from stands.models import Expo
from tests.concurrency.test_recording_races import at_once
from tests.ledger import make_sale, make_shop
from tests.make import make_expo

if TYPE_CHECKING:
    from typing import Any

    from outcomes.results_content import Section

pytestmark = pytest.mark.django_db(transaction=True)

ORGANISERS = 6


def freeze_at_once(expo: Expo, *, after: int = 0) -> list[str]:
    actor = User.objects.create_user("citra")

    def press(_index: int) -> str:
        try:
            freeze(Expo.objects.get(pk=expo.pk), after=after, reason="Uji", actor=actor)
        except FrozenMeanwhileError:
            return "refused"
        except DatabaseError as error:
            return type(error).__name__
        return "frozen"

    return sorted(at_once(ORGANISERS, press))


def test_organisers_who_freeze_at_once_make_one_version() -> None:
    expo = make_expo()
    assert freeze_at_once(expo) == ["frozen", *["refused"] * (ORGANISERS - 1)]
    assert list(ResultsVersion.objects.values_list("number", flat=True)) == [1]
    assert list(results_breaks()) == []


def test_without_the_number_that_follows_there_would_be_several() -> None:
    """The negative control: who takes whatever number is free makes a version each."""
    expo = make_expo()

    def press(_index: int) -> str:
        last = ResultsVersion.objects.filter(expo=expo).order_by("number").last()
        after = last.number if last else 0
        actor = User.objects.get(username="citra")
        try:
            freeze(Expo.objects.get(pk=expo.pk), after=after, reason="Uji", actor=actor)
        except FrozenMeanwhileError:
            return press(_index)
        return "frozen"

    User.objects.create_user("citra")
    assert at_once(ORGANISERS, press) == ["frozen"] * ORGANISERS
    assert ResultsVersion.objects.count() == ORGANISERS


def sold_while_read(expo: Expo, sell: Any, *, snapshot: bool) -> tuple[int, int]:
    """The total of sales and that of the products, with a sale recorded between the two reads."""

    def top_after_a_sale(*args: Any) -> Section:
        at_once(1, lambda _index: sell())
        return top_section(*args)

    def sections() -> tuple[int, int]:
        found = read_results(Expo.objects.get(pk=expo.pk), timezone.now())
        top = found.figure("top", "top_products")
        assert top is not None
        return found.value("sales", "sales") or 0, sum(one.value or 0 for one in top.parts)

    with mock.patch.object(results, "top_section", top_after_a_sale):
        if snapshot:
            return sections()
        with mock.patch.object(results, "one_moment", mock.MagicMock()):
            return sections()


def test_figures_are_of_one_moment() -> None:
    stand, (offer, _other) = make_shop()
    make_sale(stand, {offer: 1})
    sales, products = sold_while_read(
        stand.expo, lambda: make_sale(stand, {offer: 1}), snapshot=True
    )
    assert (sales, products) == (25_000, 25_000)


def test_without_the_snapshot_they_would_contradict_each_other() -> None:
    """The negative control."""
    stand, (offer, _other) = make_shop()
    make_sale(stand, {offer: 1})
    sales, products = sold_while_read(
        stand.expo, lambda: make_sale(stand, {offer: 1}), snapshot=False
    )
    assert (sales, products) == (25_000, 50_000)
