"""A stand that sells, and who decides what waits of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from stands.models import Stand


@pytest.fixture
def citra(client: Client) -> User:
    """Citra organises, signed in."""
    from django.contrib.auth.models import Group, User

    from opop_expo.roles import ORGANISER, sync_groups

    sync_groups()
    user = User.objects.create_user("citra", is_staff=True)
    user.groups.add(Group.objects.get(name=ORGANISER))
    client.force_login(user)
    return user


@pytest.fixture
def stand() -> Stand:
    from tests.ledger import make_shop

    return make_shop()[0]
