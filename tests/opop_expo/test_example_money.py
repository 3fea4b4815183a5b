"""Closes and vouchers of the example edition: true like real ones, and made once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.contrib.auth.models import User

from opop_expo import example_edition
from opop_expo.edition_loading import load_edition
from opop_expo.example_edition import make_example_edition
from opop_expo.example_money import HANDED_OUT, VOUCHERS, add_money
from sales.models import CloseAmendment, DayClose, SaleFlag, Voucher, VoucherEntry
from sales.proof.verifying import verify_ledger
from stands.clock import WIB
from stands.models import Expo, Offer
from tests.opop_expo.small_edition import write_small_edition

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet")]

NOON = dt.datetime(2026, 11, 25, 12, 0, tzinfo=WIB)


@pytest.fixture
def source(tmp_path: Path) -> Expo:
    expo = load_edition(write_small_edition(tmp_path)).expo
    Offer.objects.update(stock=None)
    return expo


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sales an hour are enough."""
    monkeypatch.setattr(example_edition, "RUSH", [2] * 24)


def run_at(now: dt.datetime, source: Expo) -> Expo:
    citra, _created = User.objects.get_or_create(username="citra")
    with time_machine.travel(now, tick=False):
        expo = make_example_edition(source=source, now=now)
        add_money(expo, now=now, actor=citra)
    return expo


def test_what_is_over_is_closed_and_today_is_not(source: Expo) -> None:
    run_at(NOON, source)

    days = {close.business_date for close in DayClose.objects.all()}
    assert days == {NOON.date() - dt.timedelta(days=1)}
    assert all(
        close.counted_rupiah - close.expected_rupiah == close.difference_rupiah
        for close in DayClose.objects.all()
    )
    assert not CloseAmendment.objects.exists()


def test_some_vouchers_are_spent_and_some_handed_out(source: Expo) -> None:
    run_at(NOON, source)

    spent = Voucher.objects.redeemed().count()
    assert Voucher.objects.count() == VOUCHERS
    assert 0 < spent < HANDED_OUT == Voucher.objects.filter(issued_at__isnull=False).count()
    assert VoucherEntry.objects.filter(kind=VoucherEntry.Kind.USED).count() == spent
    flags = set(SaleFlag.objects.values_list("kind", flat=True))
    assert not flags & {SaleFlag.Kind.VOUCHER_CLASH, SaleFlag.Kind.VOUCHER_INVALID}


def test_second_run_changes_nothing_and_the_next_day_closes_this_one(source: Expo) -> None:
    run_at(NOON, source)
    closes, vouchers = DayClose.objects.count(), Voucher.objects.count()

    run_at(NOON, source)
    assert (DayClose.objects.count(), Voucher.objects.count()) == (closes, vouchers)

    run_at(NOON + dt.timedelta(days=1), source)
    assert DayClose.objects.filter(business_date=NOON.date()).exists()
    assert Voucher.objects.count() == vouchers
    assert verify_ledger().breaks == []
