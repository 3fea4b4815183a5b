"""An organiser who is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import Group, User

from opop_expo.roles import ORGANISER, sync_groups

if TYPE_CHECKING:
    from django.test import Client


def signed_in_organiser(client: Client) -> User:
    """Citra, who organises, with the permissions of her role."""
    sync_groups()
    user = User.objects.create_user("citra", is_staff=True)
    user.groups.add(Group.objects.get(name=ORGANISER))
    client.force_login(user)
    return user
