"""A stand that sells, and who checks its money at the bank."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from stands.models import Offer, Stand


@pytest.fixture
def shop() -> tuple[Stand, Offer, Offer]:
    """A stand of a running edition with an offer at 25.000 and one at 10.000."""
    from tests.ledger import make_shop

    stand, (dear, cheap) = make_shop()
    return stand, dear, cheap


@pytest.fixture
def farida(client: Client) -> User:
    """Farida keeps the money, signed in."""
    from django.contrib.auth.models import Group

    from opop_expo.roles import FINANCE, sync_groups
    from tests.bank import finance

    sync_groups()
    user = finance()
    user.groups.add(Group.objects.get(name=FINANCE))
    client.force_login(user)
    return user
