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
    from tests.organisers import signed_in_organiser

    return signed_in_organiser(client)


@pytest.fixture
def stand() -> Stand:
    from tests.ledger import make_shop

    return make_shop()[0]
