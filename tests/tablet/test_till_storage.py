"""A till whose storage the browser ends, or is slow with: what is saved is called saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sales.vouchers.codes import new_code
from tests.tablet.tills import TILL

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.shown_alike


@pytest.fixture
def helpers() -> str:
    return TILL


def test_storage_that_the_browser_ended_is_opened_again(page: Page) -> None:
    """With the cart as it was tapped, and the sales of both connections arrive."""
    phase, paid, numbers = page.evaluate("""async () => {
      const till = await openTill();
      await sell(till);
      till.setQuantity(3, 2);
      endConnection();
      till.setQuantity(1, 1);
      await until(() => connections.length === 2);
      await pause(100);
      const { phase } = till.snapshot();
      await till.openPayment();
      const paid = (await till.pay(cash(7000))).total_rupiah;
      await until(() => till.snapshot().unsent === 0);
      const sent = asked.flatMap(([, { sale, sales = sale ? [sale] : [] }]) => sales);
      return [phase, paid, [...new Set(sent.map((one) => one.number))]];
    }""")
    assert (phase, paid, numbers) == ("ready", 7_000, ["A1-A-0001", "A1-A-0002"])


def test_customer_who_pays_keeps_the_voucher_meanwhile(page: Page) -> None:
    wanted, kinds = page.evaluate(
        """async (code) => {
      portal.voucher = () => json({ ok: true, voucher: { number: '0001', value_rupiah: 1000 } });
      const till = await openTill();
      till.setQuantity(1, 1);
      await till.openPayment();
      await till.takeVoucher(code);
      endConnection();
      await until(() => connections.length === 2);
      await pause(200);
      const paid = await till.pay([{ method: 'voucher', amount_rupiah: 1000, voucher: code }]);
      await pause(200);
      const wanted = asked.filter(([name]) => name === 'voucher').map(([, { do: what }]) => what);
      return [wanted, paid.payments.map(({ method }) => method)];
    }""",
        new_code(),
    )
    assert (wanted, kinds) == (["claim"], ["voucher"])


def test_storage_that_does_not_open_again_is_told(page: Page) -> None:
    assert (
        page.evaluate("""async () => {
      const till = await openTill();
      IDBFactory.prototype.open = () => { throw new DOMException('', 'UnknownError'); };
      endConnection();
      await until(() => till.snapshot().phase !== 'ready');
      return till.snapshot().phase;
    }""")
        == "storage_failed"
    )


def test_sale_that_was_saved_unheard_is_not_called_unsaved(page: Page) -> None:
    number, lines, numbers, unsent = page.evaluate("""async () => {
      const till = await openTill();
      portal.penjualan = portal.kiriman = null;
      till.setQuantity(1, 1);
      await till.openPayment();
      await pause(100);
      loseTheEnd();
      const { number } = await till.pay(cash(1000));
      const numbers = (await till.receipts()).map((one) => one.number);
      const { cart, unsent } = till.snapshot();
      return [number, cart.lines.length, numbers, unsent];
    }""")
    assert (number, lines, numbers, unsent) == ("A1-A-0001", 0, ["A1-A-0001"], 1)


def test_storage_that_is_made_again_gives_no_number_of_the_till_before(page: Page) -> None:
    """Somebody clears the browser's data while a customer pays."""
    number, phase = page.evaluate("""async () => {
      const till = await openTill();
      await sell(till);
      portal.till = 'A1-B';
      till.setQuantity(1, 1);
      await till.openPayment();
      const isClosed = new Promise((done) =>
        connections.at(-1).addEventListener('versionchange', done));
      indexedDB.deleteDatabase('opop-till');
      await isClosed;
      const paid = await till.pay(cash(1000)).catch(() => till.pay(cash(1000)));
      return [paid.number, till.snapshot().phase];
    }""")
    assert (number, phase) == ("A1-B-0001", "ready")


def test_tab_that_took_over_with_two_taps_sends_over_its_next_storage(page: Page) -> None:
    assert (
        page.evaluate("""async () => {
      const till = await openTill();
      await Promise.all([till.takeOver(), till.takeOver()]);
      endConnection();
      await until(() => connections.length === 2);
      await pause(100);
      await sell(till);
      await until(() => till.snapshot().unsent === 0);
      return till.snapshot().phase;
    }""")
        == "ready"
    )


def test_right_pin_is_right_where_it_cannot_be_kept(page: Page) -> None:
    assert page.evaluate("""async () => {
      portal.cashiers = [{ id: 1, name: 'Aminah', has_pin: true }];
      portal.petugas = () => json({ ok: true });
      const till = await openTill();
      const { put } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.put = function (value, key) {
        if (key === 'pins') throw new DOMException('full', 'QuotaExceededError');
        return put.call(this, value, key);
      };
      const { ok } = await till.chooseCashier(1, '2468');
      return [ok, till.snapshot().cashier?.name];
    }""") == [True, "Aminah"]


def test_reversal_asked_twice_is_one(page: Page) -> None:
    """Its end unheard, or asked again by whoever saw 'not saved'."""
    numbers, left = page.evaluate("""async () => {
      const till = await openTill();
      till.setQuantity(1, 2);
      await till.openPayment();
      const sale = await till.pay(cash(2000));
      await pause(100);
      const asked = { uuid: crypto.randomUUID(), original: sale.uuid, reason: 'rusak',
        lines: [{ position: 1, quantity: 1 }] };
      loseTheEnd();
      const first = await till.takeBack(asked);
      const again = await till.takeBack(asked);
      const [kept] = (await till.receipts()).filter((one) => one.kind === 'sale');
      return [[first.number, again.number], kept.lines[0].quantity - kept.lines[0].taken_back];
    }""")
    assert (numbers, left) == (["A1-A-0002", "A1-A-0002"], 1)


def test_cart_is_kept_while_receipts_are_read(page: Page) -> None:
    """Whoever looks at receipts, or waits for a slow disk to read them, holds up no tap."""
    lines = page.evaluate("""async () => {
      const till = await openTill();
      await pause(100);
      const store = connections.at(-1).transaction('receipts').objectStore('receipts');
      let isReading = true;
      const read = () => void (store.count().onsuccess = () => isReading && read());
      read();
      till.setQuantity(1, 1);
      await pause(50);
      const kept = new Promise((done) => {
        const asked = connections.at(-1).transaction('meta').objectStore('meta').get('cart');
        asked.onsuccess = () => done(asked.result?.cart.lines.length ?? 0);
      });
      const lines = await Promise.race([kept, pause(3000)]);
      isReading = false;
      return lines ?? 'waited in vain';
    }""")
    assert lines == 1
