"""Goods stay under the finger: nothing from elsewhere moves a tile while somebody sells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tablet.tills import TILL

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.shown_alike


@pytest.fixture
def helpers() -> str:
    return TILL


def test_tiles_stay_where_they_are_until_the_next_customer(page: Page) -> None:
    """Another till sells the last tea, coffee is withdrawn, and milk is new."""
    before, meanwhile, still, after = page.evaluate("""async () => {
      const till = await openTill();
      const tiles = () => till.snapshot().tiles.map(({ name, left }) => `${name} ${left}`);
      const before = tiles();
      till.setQuantity(3, 1);
      offers = [{ ...offers[1], left: 0 }, offers[2], { ...offers[0], id: 4, name: 'Susu' }];
      portal.etag = 'b';
      await till.sendNow();
      await until(() => till.snapshot().tiles.length === 4);
      const meanwhile = tiles();
      till.layTiles();
      const still = tiles();
      till.setQuantity(3, 0);
      till.layTiles();
      return [before, meanwhile, still, tiles()];
    }""")
    assert before == ["Kopi 5", "Teh 1", "Gula null"]
    assert meanwhile == still == ["Kopi 0", "Teh 0", "Gula null", "Susu 5"]
    assert after == ["Gula null", "Susu 5", "Teh 0"]
