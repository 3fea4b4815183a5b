"""What `check` and `migrate` refuse in production: an account with the demo's password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.checks import Error, Tags, register
from django.db import connections

from opop_expo.accounts import DEMO_NAMES, DEMO_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Sequence


@register(Tags.database)
def check_demo_accounts(
    app_configs: Any, databases: Sequence[str] | None = None, **others: Any
) -> list[Error]:
    """An error for each account of the demo that still has its password. `migrate` asks this."""
    from django.contrib.auth.models import User

    if settings.DEBUG or not databases:
        return []
    found = []
    for alias in databases:
        if User._meta.db_table not in connections[alias].introspection.table_names():
            continue
        users = User.objects.using(alias).filter(username__in=DEMO_NAMES, is_active=True)
        found += [
            Error(
                f"The account {user.get_username()!r} has the password of the demo, which "
                "everybody knows.",
                hint="It cannot sign in. Give it another password (manage.py let_in "
                f"{user.get_username()} --link), or start from an empty database.",
                id="signing_in.E001",
            )
            for user in users
            if check_password(DEMO_PASSWORD, user.password)
        ]
    return found
