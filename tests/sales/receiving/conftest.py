"""Who delivers what a tablet has sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def citra(client: Client) -> Client:
    """Citra, who organises, signed in."""
    from django.contrib.auth.models import Group, User

    from opop_expo.roles import sync_groups

    sync_groups()
    user = User.objects.create_user("citra", is_staff=True)
    user.groups.set(Group.objects.filter(name="Organiser"))
    client.force_login(user)
    return client
