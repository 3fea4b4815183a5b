"""Outcomes of the example edition: made once, marked as such, and a joint total half explained."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User

from opop_expo.edition_loading import load_edition
from opop_expo.example_outcomes import add_outcomes
from outcomes.financing import financing_of
from outcomes.models import Agreement, Claim, Disbursement, FinancingScheme
from outcomes.partnerships import partnerships_of
from stands.clock import WIB
from tests.make import make_expo
from tests.opop_expo.small_edition import write_small_edition

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

NOON = dt.datetime(2026, 11, 25, 12, 0, tzinfo=WIB)


def test_outcomes_are_made_once_and_marked_as_examples(tmp_path: Path) -> None:
    expo = load_edition(write_small_edition(tmp_path)).expo
    citra = User.objects.create_user("citra")
    for _time in range(2):
        add_outcomes(expo, now=NOON, actor=citra)

    for model in (Claim, Disbursement, FinancingScheme, Agreement):
        rows = model._default_manager.all()
        assert rows.exists()
        assert not rows.exclude(example_fields="*").exists(), model
    money = financing_of(expo).money
    assert money.claimed == 1_500_000_000
    assert money.recorded == 995_000_000
    assert Claim.objects.published().filter(figure="stands").get().value == 3
    b2b, foreign, pesantren = partnerships_of(expo, public_only=True)
    assert [len(one.partnerships) for one in (b2b, foreign, pesantren)] == [2, 1, 1]


def test_edition_without_offers_gets_none() -> None:
    add_outcomes(make_expo(), now=NOON, actor=User.objects.create_user("citra"))
    assert not Claim.objects.exists()
