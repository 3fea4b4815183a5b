"""What an organiser may write about a flag, and that a held sale is only shown for now."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from sales.models import HeldSale, Sale, SaleFlag
from sales.recording import record_sale
from tests.ledger import make_sale, make_shop, sale_request

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def citra(client: Client) -> User:
    """Citra organises, signed in."""
    user = User.objects.create_superuser("citra")
    client.force_login(user)
    return user


def test_note_settles_a_flag_and_nothing_else_of_it_changes(client: Client, citra: User) -> None:
    stand, offers = make_shop()
    make_sale(stand, {offers[0]: 1}, sold_at=timezone.now() - dt.timedelta(days=5))
    flag = SaleFlag.objects.get()

    client.post(
        f"/admin/sales/saleflag/{flag.pk}/change/",
        {"settlement": "Sudah dicek dengan stan", "kind": "clock_off", "sale": "x"},
    )

    settled = SaleFlag.objects.get()
    assert (settled.settlement, settled.settled_by) == ("Sudah dicek dengan stan", citra)
    assert settled.settled_at is not None
    assert (settled.kind, settled.sale_id) == (flag.kind, flag.sale_id)


def test_held_sale_is_shown_and_cannot_be_changed(client: Client) -> None:
    stand, offers = make_shop()
    request = sale_request({offers[0]: 1}, sold_at=timezone.now() + dt.timedelta(days=2))
    record_sale(stand=stand, cashier=None, request=request, intake=Sale.Intake.OUTBOX)
    page = f"/admin/sales/heldsale/{HeldSale.objects.get().pk}/change/"

    shown = client.get(page)
    changed = client.post(page, {"state": "dismissed"})

    assert "unit_price_rupiah" in shown.text
    assert changed.status_code == 403
    assert HeldSale.objects.get().state == HeldSale.State.WAITING
