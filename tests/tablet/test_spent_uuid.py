"""A sale's name is spent once: what is another sale under it gets a receipt of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.shown_alike

# Sells a piece for 5.000 as the sale X, then again under that name with so many pieces.
SELL_TWICE = """
async ([pieces, training]) => {
  const db = await start();
  const { saveSale } = await load('saving');
  const offer = { id: 1, name: 'Kopi', maker: '', unit: '', price_rupiah: 5000 };
  const sell = async (quantity, training) => {
    const cart = { lines: [{ offer_id: 1, quantity }], note: '', uuid: 'X' };
    const stored = { cart, priced: [offer], frozen: true };
    await db.put('meta', stored, 'cart');
    const at = {
      owner: 'p', till: { prefix: 'A1-B' }, cashier: null, training, clockOffsetMs: 0,
      likelyOffsetMs: 0, onTrustRupiah: 0, roomRupiah: 0, receiptBase: '/nota/',
      stand: { stand: { code: 'A1', name: 'S' }, expo: { name: 'E' } },
    };
    const paid = [{ method: 'cash', amount_rupiah: 5000 * quantity, tendered_rupiah: 50000 }];
    return (await saveSale(db, at, stored, paid, `spare ${quantity}`)).receipt;
  };
  const first = await sell(1, false);
  const second = await sell(pieces, training);
  await sell(pieces, training);
  return {
    same: first.uuid === second.uuid,
    total: second.total_rupiah,
    sent: (await db.getAll('outbox')).map((one) => one.request.uuid === one.uuid && one.uuid),
    left: (await db.get('meta', 'cart')).cart.lines.length,
  };
}
"""


def test_same_cart_is_the_same_sale(page: Page) -> None:
    assert page.evaluate(SELL_TWICE, [1, False]) == {
        "same": True,
        "total": 5_000,
        "sent": ["X"],
        "left": 0,
    }


@pytest.mark.parametrize(("pieces", "training"), [(3, False), (1, True)])
def test_another_cart_under_its_name_is_another_sale(
    page: Page, pieces: int, training: bool
) -> None:
    found = page.evaluate(SELL_TWICE, [pieces, training])
    assert not found["same"]
    assert (found["total"], found["left"]) == (5_000 * pieces, 0)
    assert found["sent"] == ["X", f"spare {pieces}"]
