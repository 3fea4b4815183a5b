"""Vouchers for tests: a batch with its codes, and who made it."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.utils import timezone

from sales.models import VoucherBatch
from sales.vouchers.issuing import make_batch, make_codes
from stands.clock import business_date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sales.models import Voucher
    from stands.models import Expo, Stand

_numbers = count(1)


def make_finance(name: str = "dewi") -> User:
    """The person who makes vouchers."""
    user, _created = User.objects.get_or_create(username=name)
    return user


def make_vouchers(
    expo: Expo,
    *,
    quantity: int = 1,
    value_rupiah: int = 100_000,
    stands: Iterable[Stand] = (),
    owed: VoucherBatch.Owed = VoucherBatch.Owed.USED,
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
) -> list[tuple[Voucher, str]]:
    """The vouchers of a fresh batch with their codes, valid today at all stands."""
    today = business_date(timezone.now())
    batch = make_batch(
        expo=expo,
        name=f"Voucher {next(_numbers)}",
        value_rupiah=value_rupiah,
        quantity=quantity,
        audience=VoucherBatch.Audience.VISITOR,
        valid_from=valid_from or today,
        valid_until=valid_until or today + dt.timedelta(days=2),
        actor=make_finance(),
        stands=stands,
        owed=owed,
    )
    return make_codes(batch, actor=make_finance())


def make_voucher(
    expo: Expo, *, value_rupiah: int = 100_000, stands: Iterable[Stand] = ()
) -> tuple[Voucher, str]:
    """One voucher and its code."""
    [made] = make_vouchers(expo, value_rupiah=value_rupiah, stands=stands)
    return made
