"""A keeper who presses 'add' again, since no answer came, adds the goods once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.beside_modules import page_beside_modules
from tests.tablet.conftest import ADDRESS
from tests.tablet.tills import TILL

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.shown_alike


def test_change_keeps_its_key_until_it_is_answered(browser: Browser) -> None:
    with page_beside_modules(browser, TILL, ADDRESS) as page:
        lost, same, next_one = page.evaluate("""async () => {
          const till = await openTill();
          const keys = () => asked.filter(([name]) => name === 'barang').map(([, one]) => one.key);
          const add = { change: 'add_stock', offer_id: 1, quantity: 20 };
          const answers = [await till.changeOffer(add)];
          portal.barang = () => json({ error: 'busy' }, 503);
          answers.push(await till.changeOffer(add));
          portal.barang = portal.kabar;
          answers.push(await till.changeOffer(add));
          const same = new Set(keys()).size;
          await till.changeOffer(add);
          return [answers.map(({ ok }) => ok), same, new Set(keys()).size];
        }""")
    assert (lost, same, next_one) == ([False, False, True], 1, 2)


def test_what_is_sold_out_twice_is_marked_twice(browser: Browser) -> None:
    """The first answer was lost, and goods came in between."""
    with page_beside_modules(browser, TILL, ADDRESS) as page:
        keys = page.evaluate("""async () => {
          const till = await openTill();
          const out = { change: 'sold_out', offer_id: 1 };
          await till.changeOffer(out);
          portal.barang = portal.kabar;
          await till.changeOffer(out);
          return asked.filter(([name]) => name === 'barang').map(([, one]) => one.key);
        }""")
    assert keys[0] == keys[1] != keys[2]
