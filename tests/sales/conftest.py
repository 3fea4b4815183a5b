"""A stand with its tablet and what it offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from stands.models import Offer, Stand
    from tests.tablets import TestTablet


@pytest.fixture
def shop() -> tuple[Stand, list[Offer]]:
    from tests.ledger import make_shop

    return make_shop(code="A12")


@pytest.fixture
def tablet(shop: tuple[Stand, list[Offer]]) -> TestTablet:
    from tests.tablets import pair_tablet

    return pair_tablet(shop[0])


@pytest.fixture
def offer(shop: tuple[Stand, list[Offer]]) -> Offer:
    return shop[1][0]
